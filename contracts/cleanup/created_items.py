"""The items that a check created, and the exchanges that are needed to create them again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, value_at
from mockserver.inference.names import noun
from mockserver.inference.relations.references import stem
from mockserver.openapi import path_template

MOST_RECREATED = 12
"""At most this many items are created again to reproduce a list."""

MOST_WRITES = 12
"""At most this many changes of its items are sent again to reproduce what a read shows: the last ones."""

LONG_ID = 8
"""A text of so many characters that is the id of an item is no other value by chance."""

SHORT_ID = 3
"""A text of fewer characters may be both an id and the value of a field by chance."""

NO_SLUG = re.compile(r"[^a-z0-9]+")
"""What no slug has."""

SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class CreatedItem:
    """An item that a check created: its id, the `item` in the create response, and the body in `sent`.

    `named` is the id that the request asked for, in its path or its body; None where the service chose the id. Two
    requests that name the same id create one item.
    """

    resource: CheckedResource
    id: Any
    item: Mapping[str, Any]
    sent: Mapping[str, Any]
    user: User
    exchange: RecordedExchange
    path: Mapping[str, Any]
    named: Any = None

    def path_below(self, resource: CheckedResource) -> dict[str, Any]:
        """The path parameters of items of a resource that belong to this one."""
        parent = resource.behaviour.parent
        key = {resource.owner_key: self.id} if resource.owner_key else {}
        return {**self.path, **({parent.parameter: self.id} if parent else {}), **key}


def created_item(
    resource: CheckedResource,
    exchange: RecordedExchange,
    sent: Mapping[str, Any],
    user: User,
    path: Mapping[str, Any],
) -> CreatedItem | None:
    """The item that a create request created, by its response; None if it created none."""
    if not 200 <= exchange.status < 300:
        return None
    create, field = resource.operations["create"], resource.behaviour.identity.field
    shown = create.item_in(exchange.json)
    bare = (value_at(exchange.json, create.reply_path(name)) for name in ("id", "text:id"))  # a body that is the id
    id = shown.get(field) if field in shown else next((each for each in bare if each is not None), None)
    id = sent.get(field) if id is None else id
    id = path.get(resource.behaviour.identity.parameter) if id is None and resource.is_put else id
    id = _located_id(resource, exchange) if id is None else id
    if id is None:
        return None
    parameter = resource.behaviour.identity.parameter
    asked = path.get(parameter) if resource.is_put else sent.get(naming_field(resource, sent, id))
    named = asked if resource.is_put or str(asked) == str(id) else None
    own = {parameter: id} if parameter else {}
    return CreatedItem(resource, id, shown, sent, user, exchange, {**path, **own}, named)


def naming_field(resource: CheckedResource, sent: Mapping[str, Any], id: Any) -> str:
    """The field of a create request whose text became the id of the item; else the field that the document names so."""
    found = [name for name, value in sent.items() if value == id and isinstance(value, str) and len(value) >= SHORT_ID]
    return found[0] if len(found) == 1 else resource.behaviour.identity.field


def slug_sources(made: CreatedItem) -> frozenset[str]:
    """The fields after which the service has named the item: the title `My Trip` for the id `my-trip-4f2`."""
    resource = made.resource
    if resource.is_put or resource.behaviour.identity.field in made.sent or not isinstance(made.id, str):
        return frozenset()
    texts = {name: _slug(value) for name, value in made.sent.items() if isinstance(value, str)}
    return frozenset(name for name, text in texts.items() if len(text) >= LONG_ID and _slug(made.id).startswith(text))


def _slug(text: str) -> str:
    return NO_SLUG.sub("-", text.lower()).strip("-")


def _located_id(resource: CheckedResource, exchange: RecordedExchange) -> str | None:
    """The id in the `Location` of a response that shows none (RFC 9110 section 10.2.2); None if there is none."""
    location, parameter = exchange.header("location"), resource.behaviour.identity.parameter
    ops = (resource.operations[name] for name in ("get", "replace", "update", "delete") if resource.can(name))
    paths = (path_template.bare(op.operation.path) for op in ops)
    own = next((path for path in paths if path.endswith(f"/{{{parameter}}}")), None)
    if location is None or own is None or not parameter:
        return None
    *above, id = [unquote(step) for step in path_template.bare(urlsplit(location).path).split("/")]
    collection = own.rsplit("/", 2)[-2]
    return id if id and above[-1:] == [collection] else None


class CreatedItems:
    """The created items. Those in `present` still exist; the oldest is first."""

    def __init__(self) -> None:
        self.present: list[CreatedItem] = []
        self._ever: list[CreatedItem] = []
        self._removals: list[RecordedExchange] = []
        self._writes: list[tuple[str, RecordedExchange]] = []
        self._preparations: list[tuple[CreatedItem, RecordedExchange]] = []

    def add(self, made: CreatedItem) -> None:
        """Remember a created item."""
        self.present.append(made)
        self._ever.append(made)

    def forget(self, made: CreatedItem) -> None:
        """Remove an item from `present`, because it no longer exists or cannot be deleted."""
        if made in self.present:
            self.present.remove(made)

    def removed_by(self, exchange: RecordedExchange) -> None:
        """Remember a request that may have deleted an item."""
        self._removals.append(exchange)

    def prepared(self, made: CreatedItem, exchange: RecordedExchange) -> None:
        """Remember a request that brought an item into the state that later requests need."""
        self._preparations.append((made, exchange))

    def is_prepared(self, made: CreatedItem) -> bool:
        """Has any request tried to bring the item into another state?"""
        return any(each is made for each, _ in self._preparations)

    def wrote(self, operation: str, exchange: RecordedExchange) -> None:
        """Remember a request that may have changed an item, and its operation (`METHOD path`)."""
        if exchange.method not in (*SAFE, "OPTIONS") and 200 <= exchange.status < 300:
            self._writes.append((operation, exchange))

    def last_write(self, exchanges: Iterable[RecordedExchange]) -> str:
        """The operation that last changed the item that the last exchange reads; empty if only its creation did.

        A read that shows a wrong value is filed under this operation, which is the one that lost it.
        """
        *before, last = exchanges
        written = {id(exchange): operation for operation, exchange in self._writes}
        item = _path(last)
        return next((written[id(e)] for e in reversed(before) if id(e) in written and _path(e) == item), "")

    def steps_to_show(self, exchange: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """The exchanges that reproduce a wrong response. For a list, they include the item created last."""
        led = self.steps_to(*(each for each in self._removals if each.url == exchange.url), exchange)
        latest = [each.exchange for each in self.present[-1:] if each.exchange is not exchange]
        return led if len(led) > 1 or exchange.method != "GET" else (*self.steps_to(*latest), exchange)

    def steps_to(self, *exchanges: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """The exchanges, preceded by those that created the items in their URLs, bodies and lists.

        If the last one is a read, the requests that changed these items before it are among them.
        """
        shown = {id(each) for each in exchanges}
        needed: list[RecordedExchange] = []
        listed = self._listed(exchanges)
        steps = {step for each in exchanges for step in _path(each).split("/")}
        named_values = {leaf for each in exchanges for leaf in _leaves(each.sent, "")}
        named: list[CreatedItem] = []
        for made in reversed(self._ever):
            if made in listed or quote(str(made.id), safe="") in steps or _is_referred(made, named_values):
                named.append(made)
                if id(made.exchange) not in shown:
                    needed.insert(0, made.exchange)
                    shown.add(id(made.exchange))
                    steps |= set(_path(made.exchange).split("/"))
                    named_values |= set(_leaves(made.exchange.sent, ""))
        if not exchanges:
            return ()
        led = [e for item, e in self._preparations if item in named and e.status < 300 and id(e) not in shown]
        if exchanges[-1].method not in SAFE:
            return _in_order((*needed, *exchanges), led)
        shown |= {id(each) for each in led}
        return _in_order((*needed, *exchanges), (*led, *self._changes(named, shown, exchanges[-1].position)))

    def _changes(self, items: Sequence[CreatedItem], shown: set[int], end: int) -> Sequence[RecordedExchange]:
        """The requests before position `end` that changed the items, without those that are shown."""
        known = shown | {id(made.exchange) for made in self._ever}
        changes = [
            exchange
            for operation, exchange in self._writes
            if exchange.position < end
            and id(exchange) not in known
            and any(_changes_item(operation, exchange, each) for each in items)
        ]
        return changes[-MOST_WRITES:]

    def _listed(self, exchanges: Iterable[RecordedExchange]) -> list[CreatedItem]:
        """Our items in the lists of the responses; none if there are too many to create again."""
        seen = {
            (key, str(value))
            for each in exchanges
            for item in _members(each.json)
            for key, value in item.items()
            if isinstance(value, str | int)
        }
        resources = [
            made.resource for made in self._ever if (made.resource.behaviour.identity.field, str(made.id)) in seen
        ]
        found = [made for made in self.present if made.resource in resources]
        return found if len(found) <= MOST_RECREATED else []


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str | int]]:
    """The texts and whole numbers in a JSON value, each with the name of the property that it is in."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, name)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield name, value


def _is_referred(made: CreatedItem, values: Iterable[tuple[str, str | int]]) -> bool:
    """Does a request body name an item? A property named after it does (`author_id`), or a long text that is its id."""
    called = noun(made.resource.name)[-1]
    return any(
        str(value) == str(made.id)
        and (stem(name).endswith(called) or (isinstance(value, str) and len(value) >= LONG_ID))
        for name, value in values
    )


def _path(exchange: RecordedExchange) -> str:
    return urlsplit(exchange.url).path


def _changes_item(operation: str, exchange: RecordedExchange, made: CreatedItem) -> bool:
    """Is it a request to the URL of an item, or below it?"""
    path = operation.partition(" ")[2]
    ops = (op for op in made.resource.operations.values() if made.resource.is_of_item(op))
    is_own = any(path.startswith(path_template.bare(op.operation.path)) for op in ops)
    return is_own and quote(str(made.id), safe="") in _path(exchange).split("/")


def _in_order(
    exchanges: Sequence[RecordedExchange], changes: Iterable[RecordedExchange]
) -> tuple[RecordedExchange, ...]:
    """The exchanges with each change before the first one that was sent after it."""
    result = list(exchanges)
    for change in changes:
        later = (index for index, each in enumerate(result) if not 0 < each.position < change.position)
        result.insert(next(later, len(result) - 1), change)
    return tuple(result)


def _members(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that are in lists of a JSON value."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(value, list) and isinstance(each, dict):
            yield each
        yield from _members(each)
