"""The body of a delivery: an example of its schema, with the values of the item and of what happened in it.

Each value is put in only if the body is still valid with it, so that the result is as valid as the example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.webhooks.message_ids import in_form_of

LETTERS = lazy_pattern(r"[^a-z0-9]")

EVENT_NAMES = frozenset(("type", "event", "eventtype", "eventname", "topic", "action", "kind", "webhook", "trigger"))
TIMES = frozenset(
    (
        "timestamp",
        "time",
        "created",
        "createdat",
        "occurredat",
        "sentat",
        "date",
        "eventtime",
        "triggeredat",
        "emittedat",
        "updatedat",
        "deletedat",
        "deliveredat",
        "datetime",
    )
)
MESSAGE_IDS = frozenset(("id", "eventid", "messageid", "deliveryid", "webhookid", "notificationid"))
"""Names of properties, in plain letters, that say what happened, when, and with which id."""

MESSAGES = frozenset(
    ("event", "message", "notification", "delivery", "webhook", "meta", "metadata", "header", "envelope")
)
"""Names of objects, in plain letters, whose `id` is that of the message. In any other object it is that of a thing."""

ITEMS = frozenset(("data", "object", "resource", "item", "entity", "record", "payload"))
"""Names of objects, in plain letters, that are the item, whatever its resource is called."""

MOMENT = lazy_pattern(r"\d{4}-\d\d-\d\d[Tt ]\d\d:.*")
TIME_OF_EVENT = lazy_pattern(
    r"(?!.*(expir|due|until|schedul|start|begin|end|next|valid|retry|birth)).*(at|time|timestamp|date)"
)
"""A text that is a moment, and a name, in plain letters, of a property that says when something happened."""

VERBS = {"created": ("create", "add", "new"), "updated": ("update", "change", "edit"), "deleted": ("delete", "remove")}
"""A change, and how the words for it may begin."""

DEEPEST = 5
"""How many objects deep values are put in."""

MILLISECONDS = 100_000_000_000
"""A number for a time above this one counts milliseconds."""


class Facts(Struct, frozen=True):
    """What happened: the `event` by name, the change, when in seconds since 1970, the item, and the id of the message.

    `resource` is the name of the item's resource, `id` the item's id.
    """

    event: str
    change: str
    moment: float
    message: str
    resource: str = ""
    item: Mapping[str, Any] | None = None
    id: Any = None


class BodyFiller:
    """Fills bodies of one schema. `item_schemas` are the resolved pointers of the schemas that show an item."""

    def __init__(self, schemas: Schemas, pointer: str, item_schemas: frozenset[str] = frozenset()) -> None:
        self._schemas, self._pointer, self._items = schemas, pointer, item_schemas
        self._validator: Validator = schemas.validator(pointer, "response")

    def filled(self, example: Any, facts: Facts) -> Any:
        """The example, changed in place where it is valid with the facts. May return another value for the whole."""
        holder = {"": example}
        self._fill(holder, holder, "", self._pointer, facts, 0)
        return holder[""]

    def _fill(
        self, top: dict[str, Any], holder: dict[str, Any], name: str, pointer: str, facts: Facts, depth: int
    ) -> None:
        node, properties = holder[name], self._schemas.properties(pointer)
        if not isinstance(node, dict) or depth > DEEPEST:
            return
        if facts.item is not None and self._shows_item(pointer, properties, facts.item):
            self._put_item(top, holder, name, properties, facts.item)
            return
        is_message = depth == 0 or letters(name) in MESSAGES
        for key, value in list(node.items()):
            at = properties.get(key)
            values = candidates(key, value, facts, self._enum(at))
            if not is_message and letters(key) == "id":
                values = iter((facts.id,) if facts.id is not None and _is_item(name, facts) else ())
            for candidate in values:
                if self._put(top, node, key, candidate):
                    break
            if isinstance(node[key], dict) and at is not None:
                self._fill(top, node, key, at, facts, depth + 1)

    def _enum(self, at: str | None) -> tuple[Any, ...]:
        if at is None:
            return ()
        constant = self._schemas.keyword(at, "const")
        return tuple(self._schemas.keyword(at, "enum") or ()) if constant is None else (constant,)

    def _shows_item(self, pointer: str, properties: Mapping[str, str], item: Mapping[str, Any]) -> bool:
        """Is this object the item: by its schema, or because it has most of the item's properties?"""
        if self._schemas.resolve(pointer)[1] in self._items:
            return True
        shared = len(properties.keys() & item.keys())
        return shared > 1 and 2 * shared > len(properties)

    def _put_item(
        self,
        top: dict[str, Any],
        holder: dict[str, Any],
        name: str,
        properties: Mapping[str, str],
        item: Mapping[str, Any],
    ) -> None:
        example = holder[name]
        shown = {key: value for key, value in item.items() if key in properties or not properties}
        for candidate in (shown, {**example, **shown}):
            if self._put(top, holder, name, candidate):
                return
        for key, value in shown.items():
            self._put(top, holder[name], key, value)

    def _put(self, top: dict[str, Any], node: dict[str, Any], key: str, value: Any) -> bool:
        """Put a value in, if the whole is valid with it."""
        is_new, before = key not in node, node.get(key)
        node[key] = value
        if self._validator.is_valid(top[""]):
            return True
        if is_new:
            del node[key]
        else:
            node[key] = before
        return False


def candidates(name: str, example: Any, facts: Facts, enum: tuple[Any, ...]) -> Iterator[Any]:
    """Values for a property of an event, the likeliest first; none for one that says nothing about it."""
    plain = letters(name)
    if plain in EVENT_NAMES:
        yield from _named(facts, enum)
    elif plain in TIMES:
        yield from _time(example, facts.moment)
    elif plain in MESSAGE_IDS and not enum:
        yield in_form_of(example, facts.message)
        yield facts.message
        if plain == "id" and facts.id is not None:  # a number: messages have texts
            yield facts.id
    elif facts.id is not None and plain in (
        letters(f"{facts.resource}id"),
        letters(f"{facts.resource}uuid"),
        "objectid",
    ):
        yield facts.id
    elif facts.item is not None and name in facts.item:
        yield facts.item[name]
    elif isinstance(example, str) and MOMENT.fullmatch(example) and TIME_OF_EVENT.fullmatch(plain):
        yield from _time(example, facts.moment)


def _is_item(name: str, facts: Facts) -> bool:
    """Is the object of this name the item, with little more than its id?"""
    return letters(name) == letters(facts.resource) or letters(name) in ITEMS


def letters(name: str) -> str:
    """A name in lower case, without all that is no letter or digit."""
    return LETTERS.sub("", name.lower())


def _named(facts: Facts, enum: tuple[Any, ...]) -> Iterator[Any]:
    """The name of the event; of an `enum` the value that means it."""
    texts = [value for value in enum if isinstance(value, str)]
    yield from (value for value in texts if letters(value) == letters(facts.event))
    verbs = VERBS.get(facts.change, ())
    yield from (
        value for value in texts if any(letters(value).endswith(verb) or verb in letters(value) for verb in verbs)
    )
    if not enum:
        yield facts.event.strip("/")  # some documents write the names of webhooks like paths


def _time(example: Any, moment: float) -> Iterator[Any]:
    """The time in the form of the example: a number of seconds or milliseconds, or a text (RFC 3339)."""
    if isinstance(example, bool) or example is None:
        return
    if isinstance(example, int | float):
        yield int(moment * 1000) if example > MILLISECONDS else int(moment)
        return
    written = datetime.fromtimestamp(moment, UTC)
    yield written.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield written.isoformat(timespec="seconds").replace("+00:00", "Z")
    yield written.date().isoformat()
