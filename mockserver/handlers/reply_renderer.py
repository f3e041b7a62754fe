"""How a success reply is written: status, headers, the body's template, and which fields of an item it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.behaviour.statements import ReplyStatement
from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.handlers import reply_template
from mockserver.handlers.generated_fields import ReplyView
from mockserver.handlers.reply_template import Render
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.state.record import Record

NAMES = frozenset(
    {"item", "items", "id", "next", "more", "total", "limit", "offset", "page", "pages", "count", "last", "location"}
)
"""What a reply's body template may name."""

NOTHING = frozenset[str]()

AROUND = frozenset({"type", "properties", "required", "title", "description", "example", "examples"})
"""Keywords of an object schema that say nothing of a property's value but by its own schema."""

HARMLESS = {"type", "items", "title", "description", "example", "examples", "default", "nullable", "readOnly"}
"""Keywords of an array schema under which valid items make a valid array."""


@dataclass(frozen=True, slots=True)
class ReplyRenderer:
    """One operation's success reply, made ready at load.

    `shown` are the fields of an item that the reply's schema names (None: all but secrets). `checks` are the validators
    of the whole and of an item, where an item can be checked by itself, when it changes, and not at every request;
    `look` names how it is then shown: replies of one look share its bytes. `view` makes up what this reply shows and
    another one does not, where the resource says `invented`.
    """

    status: int
    media_type: str
    headers: tuple[tuple[str, Render], ...]
    body: Render
    shown: tuple[str, ...] | None
    secrets: frozenset[str]
    checks: tuple[Validator, Validator] | None
    place: str
    view: ReplyView | None = None
    is_located: bool = False
    look: str = ""

    def item(self, record: Record, extras: Mapping[str, Any]) -> dict[str, Any]:
        """The item as this reply shows it; `extras` are fields of this one reply."""
        fields = record.fields
        if self.shown is not None:
            view = {name: fields[name] for name in self.shown if name in fields}
        else:
            view = {name: value for name, value in fields.items() if name not in self.secrets}
        if extras:
            view.update(extras)
        if self.view is not None:
            self.view.complete(view, NOTHING, f"{self.place}/{record.id}")
        return view

    def one(self, record: Record | None, extras: Mapping[str, Any], location: str = "") -> Reply:
        """The reply that shows one item (or only its id, or nothing)."""
        if record is None:
            return self.empty()
        if self.look and self.checks is not None and not extras:
            return self._kept(record, *self.checks)
        values = {"item": self.item(record, extras), "id": record.id, "location": location}
        return Reply(self.status, self.body(values), self._headers(values), self.media_type)

    def _kept(self, record: Record, whole: Validator, one: Validator) -> Reply:
        """The reply around the item's bytes; an item that did not change since it was shown is not written anew."""
        if record.rendered is None or record.rendered[0] != self.look:
            body = self.body({"item": self.item(record, {})})
            if not whole.is_valid(body):
                return Reply(self.status, body, (), self.media_type)
        content = orjson.dumps(self.body({"item": orjson.Fragment(self._rendered(record, one))}))
        return Reply(self.status, None, (), self.media_type, content, True)

    def empty(self) -> Reply:
        """The reply that shows no item."""
        return Reply(self.status, self.body({"item": None, "id": None, "location": None}), (), self.media_type)

    def many(self, records: list[Record], values: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> Reply:
        """The reply that shows a list; items that did not change since they were shown are not written anew."""
        values["last"] = not values["more"]
        headers = (*headers, *self._headers(values))
        if self.checks is None:
            values["items"] = [self.item(record, {}) for record in records]
            return Reply(self.status, self.body(values), headers, self.media_type)
        values["items"] = []
        whole, one = self.checks
        if not whole.is_valid(self.body(values)):
            return Reply(self.status, self.body(values), headers, self.media_type)
        values["items"] = orjson.Fragment(b"[" + b",".join([self._rendered(record, one) for record in records]) + b"]")
        content = orjson.dumps(self.body(values))
        return Reply(self.status, None, headers, self.media_type, content, True)

    def _rendered(self, record: Record, validator: Validator) -> bytes:
        cached = record.rendered
        if cached is not None and cached[0] == self.look:
            return cached[1]
        view = self.item(record, {})
        if not validator.is_valid(view):
            fault = next(iter(validator.iter_errors(view)))
            raise Unanswerable(f"our own item {record.id!r} breaks {self.place}: {fault.message}")
        text = json_codec.write(view)
        record.rendered = (self.look, text)
        return text

    def _headers(self, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        if not self.headers:
            return ()
        return tuple((name, str(render(values))) for name, render in self.headers)


def item_schema(operation: Operation, stated: ReplyStatement | None, schemas: Schemas, does: str) -> str | None:
    """The pointer of the item's schema in an operation's success reply; None where the reply shows no item."""
    media = _json(_response(operation, stated.status if stated else None))
    wanted, pointer = _wanted(stated, does), media.schema if media else None
    listed = reply_template.find(wanted, "items") if does == "list" else None
    path = listed if listed is not None else reply_template.find(wanted, "item")
    return schemas.below(pointer, _path(path) + ((0,) if listed is not None else ())) if path is not None else None


def example_items(
    operation: Operation, stated: ReplyStatement | None, examples: ExampleMaker, does: str
) -> list[dict[str, Any]]:
    """The items in the document's own example of an operation's success reply; none where it has no valid example."""
    media = _json(_response(operation, stated.status if stated else None))
    if media is None or not media.examples:
        return []
    wanted = _wanted(stated, does)
    path = reply_template.find(wanted, "items" if does == "list" else "item")
    found = examples.documented(media)
    for step in path if path is not None else ():
        found = found.get(step) if isinstance(found, dict) else None
    found = found if isinstance(found, list) else [found]
    return [item for item in found if isinstance(item, dict)]


def _wanted(stated: ReplyStatement | None, does: str) -> Any:
    """The template of the body: what is stated, else the item or the items alone."""
    hole = "{items}" if does == "list" else "{item}"
    return stated.body if stated is not None and (stated.body != "{item}" or does != "list") else hole


def compile(
    operation: Operation,
    stated: ReplyStatement | None,
    schemas: Schemas,
    secrets: frozenset[str],
    does: str,
    view: Callable[[str], ReplyView] | None = None,
) -> ReplyRenderer:
    """The shape of an operation's success reply. Raises BehaviourError for a template that cannot be."""
    response = _response(operation, stated.status if stated else None)
    media = _json(response)
    wanted, unsaid = _wanted(stated, does), stated.media_type if stated else ""
    pointer = media.schema if media else None
    place = f"{operation.method.upper()} {operation.path} reply"
    stated_headers = stated.headers if stated else {}
    listed = reply_template.find(wanted, "items") if does == "list" else None
    item = item_schema(operation, stated, schemas, does)
    named = dict.fromkeys([*schemas.properties(item), *sorted(schemas.required(item))]) if item else {}
    shown = tuple(name for name in named if name not in secrets)
    array = schemas.below(pointer, _path(listed)) if listed is not None else None
    checks = None
    is_kept = array is not None and _is_plain_array(schemas, array)
    is_kept = is_kept or (
        does == "get" and view is None and not stated_headers and _is_around(schemas, pointer, wanted)
    )
    if pointer and item and is_kept:
        checks = (schemas.validator(pointer, "response"), schemas.validator(item, "response"))
    return ReplyRenderer(
        status=_status(response, stated.status if stated else None, media),
        media_type=_written(media.name) if media else unsaid or "application/json",
        headers=tuple((n, reply_template.compile(v, NAMES, place)) for n, v in stated_headers.items()),
        body=reply_template.compile(wanted if media or unsaid or (stated and not response) else None, NAMES, place),
        shown=shown or None,
        secrets=secrets,
        checks=checks,
        place=item or pointer or place,
        view=view(item) if view is not None and item else None,
        look=(schemas.resolve(item)[1] if view is None else item) if checks and item else "",
        is_located="{location" in orjson.dumps([wanted, stated_headers]).decode(),
    )


def _written(name: str) -> str:
    """The media type to send; where the document gives a range, JSON."""
    return name if "*" not in name else "application/json"


def _path(path: tuple[str | int, ...] | None) -> tuple[str | int, ...]:
    return path or ()


def _response(operation: Operation, status: int | None) -> Response | None:
    return operation.response(status) if status else operation.success()


def _json(response: Response | None) -> MediaType | None:
    media = response.content if response else ()
    return next((m for m in media if "json" in m.name), media[0] if media else None)


def _status(response: Response | None, stated: int | None, media: MediaType | None) -> int:
    if stated:
        return stated
    if response and response.status.isdigit():
        return int(response.status)
    return 200 if media else 204


def _is_around(schemas: Schemas, pointer: str | None, wanted: Any) -> bool:
    """Is a reply valid whose item is, because it says nothing else and its schema asks nothing else of the item?"""
    path = reply_template.find(wanted, "item")
    if pointer is None or path is None or set(reply_template.placeholders(wanted)) != {"item"}:
        return False
    for length in range(len(path)):
        at = schemas.below(pointer, path[:length])
        if at is None or any(set(node) - AROUND - {"$ref"} for node, _ in schemas.branches(at)):
            return False
    return True


def _is_plain_array(schemas: Schemas, pointer: str) -> bool:
    branches = list(schemas.branches(pointer))
    return all(set(node) <= HARMLESS | {"$ref"} for node, _ in branches) and schemas.items(pointer) is not None
