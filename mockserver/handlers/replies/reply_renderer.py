"""Rendering success replies: status, headers, the body from its template, and the fields of an item that it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import CONTENTS, SEVERAL, ReplyStatement
from mockserver.behaviour.templates import REPLY_VALUES, Render
from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.handlers.fields.generated_fields import ReplyView
from mockserver.handlers.replies.empty_lists import NO_CONTENT, says_none
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.further_names import IsName, shown_names
from mockserver.openapi.media_types import is_json, is_xml
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.openapi.sequences import is_list_of_values
from mockserver.state.record import UNCHECKED, Record

NOTHING = frozenset[str]()

ENVELOPE_KEYWORDS = frozenset({"type", "properties", "required", "title", "description", "example", "examples"})
"""Keywords of an object schema that restrict a property only by the property's own schema."""

PLAIN_ARRAY_KEYWORDS = {
    "type",
    "items",
    "title",
    "description",
    "example",
    "examples",
    "default",
    "nullable",
    "readOnly",
}
"""Keywords of an array schema under which an array of valid items is valid."""


class ReplyRenderer(Struct, frozen=True):
    """One operation's success reply, compiled.

    `shown` are the fields of an item that the reply's schema names (None: all but secrets), `further` says which others
    it shows. `validators` are those of the body and of an item, for a reply whose body is valid if its items are: an
    item is then validated and encoded
    once after each change, not in every reply, and replies with the same `cache_key` share its bytes. `view` generates
    the fields that this reply shows and others do not, for a resource that is `invented`. `has_addresses` says that the
    reply shows addresses of pages, `has_facts` that it shows what follows from others of its values, `has_ids` that it
    shows the ids of all items, `has_results` what became of each entry of a batch, `counts_items` how many items of
    resources there are, `has_range` that it says which items of all it shows, `is_map` that it shows the items in an
    object by their ids, `is_wrapped` that it shows each inside of an object, `is_one` that a list shows its only item,
    `shows_all` that a create shows all items, `is_bodiless` that it has no body. A request that does not ask for the
    items gets `minimal`, the status of a reply without a body.
    """

    status: int
    media_type: str
    headers: tuple[tuple[str, Render], ...]
    body: Render
    shown: tuple[str, ...] | None
    secrets: frozenset[str]
    validators: tuple[Validator, Validator] | None
    place: str
    view: ReplyView | None = None
    is_located: bool = False
    has_addresses: bool = False
    has_facts: bool = False
    has_ids: bool = False
    has_results: bool = False
    counts_items: bool = False
    has_range: bool = False
    is_map: bool = False
    is_wrapped: bool = False
    cache_key: str = ""
    minimal: int | None = None
    is_one: bool = False
    shows_all: bool = False
    is_bodiless: bool = False
    says_none: bool = False
    further: IsName | None = None

    @property
    def needs_more(self) -> bool:
        """Does its template need values that not every page has?"""
        return self.has_addresses or self.has_facts

    def item(self, record: Record, extras: Mapping[str, Any]) -> dict[str, Any]:
        """The item as this reply shows it, with the `extras` of the request."""
        fields = record.fields
        if self.shown is not None:
            view = {name: fields[name] for name in self.shown if name in fields}
        else:
            view = {name: value for name, value in fields.items() if name not in self.secrets}
        if self.further is not None:
            view |= {name: value for name, value in fields.items() if name not in view and self.further(name)}
        if extras:
            view.update(extras)
        if self.view is not None and UNCHECKED not in record.hidden:
            self.view.complete(view, NOTHING, f"{self.place}/{record.id}")
        return view

    def one_item(
        self,
        record: Record | None,
        extras: Mapping[str, Any],
        location: str = "",
        included: list[dict[str, Any]] | None = None,
    ) -> Reply:
        """The reply that shows one item, its id only, or nothing; `included` are the items behind its references."""
        if record is None:
            return self.empty()
        if self.cache_key and self.validators is not None and not extras:
            return self._cached_reply(record, *self.validators)
        item = self.item(record, extras)
        values = {"item": item, "only": item, "id": record.id, "location": location, "included": included}
        values["fields"] = record.fields
        if self.is_bodiless:
            return Reply(self.status, None, self._headers(values), "", b"", True)
        return Reply(self.status, self.body(values), self._headers(values), self.media_type)

    def _cached_reply(self, record: Record, body_validator: Validator, item_validator: Validator) -> Reply:
        """The reply with the item's bytes as they were last encoded, if the item did not change since."""
        if record.rendered is None or record.rendered[0] != self.cache_key:
            body = self.body({"item": self.item(record, {})})
            if UNCHECKED not in record.hidden and not body_validator.is_valid(body):
                return Reply(self.status, body, (), self.media_type)
        item = orjson.Fragment(self._item_bytes(record, item_validator))
        content = json_codec.compact(orjson.dumps(self.body({"item": item})))
        return Reply(self.status, None, (), self.media_type, content, True)

    def empty(self) -> Reply:
        """The reply without an item."""
        if self.is_bodiless:
            return Reply(self.status, None, (), "", b"", True)
        return Reply(
            self.status, self.body({"item": None, "id": None, "location": None, "included": None}), (), self.media_type
        )

    def told(self, values: Mapping[str, Any]) -> Reply:
        """The reply that shows no items, and says something about them."""
        if self.is_bodiless:
            return self.empty()
        return Reply(self.status, self.body(values), (), self.media_type)

    def item_list(self, records: list[Record], values: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> Reply:
        """The reply that shows a list, with the bytes of each item as they were last encoded."""
        values["last"] = not values["more"]
        values["first_id"], values["last_id"] = (records[0].id, records[-1].id) if records else (None, None)
        if self.has_ids:
            values["ids"] = [record.id for record in records]
        if self.has_range:
            values["range"] = _range(values["offset"], len(records), values["total"])
        if self.is_map:
            values["by_id"] = {str(record.id): self.item(record, {}) for record in records}
        headers = (*headers, *self._headers(values))
        if self.is_bodiless:
            return self.empty()._replace(headers=headers)
        if self.says_none and not records:
            return Reply(NO_CONTENT, None, (), "", b"", True)
        if self.is_wrapped:
            values["items"] = [{"item": self.item(record, {}), "id": record.id} for record in records]
            return Reply(self.status, self.body(values), headers, self.media_type)
        if self.validators is None:
            values["items"] = [self.item(record, {}) for record in records]
            return Reply(self.status, self.body(values), headers, self.media_type)
        values["items"] = []
        body_validator, item_validator = self.validators
        if not body_validator.is_valid(self.body(values)):
            return Reply(self.status, self.body(values), headers, self.media_type)
        values["items"] = orjson.Fragment(
            b"[" + b",".join([self._item_bytes(record, item_validator) for record in records]) + b"]"
        )
        content = json_codec.compact(orjson.dumps(self.body(values)))
        return Reply(self.status, None, headers, self.media_type, content, True)

    def _item_bytes(self, record: Record, validator: Validator) -> bytes:
        cached = record.rendered
        if cached is not None and cached[0] == self.cache_key:
            return cached[1]
        view = self.item(record, {})
        if UNCHECKED not in record.hidden and not validator.is_valid(view):
            fault = next(iter(validator.iter_errors(view)))
            raise Unanswerable(f"our own item {record.id!r} breaks {self.place}: {fault.message}")
        text = json_codec.write(view)
        record.rendered = (self.cache_key, text)
        return text

    def _headers(self, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        if not self.headers:
            return ()
        rendered = ((name, render(values)) for name, render in self.headers)
        return tuple((name, str(value)) for name, value in rendered if value is not None)


def item_schema(
    operation: Operation, stated: ReplyStatement | None, schemas: Schemas, does: str, media: MediaType | None = None
) -> str | None:
    """The pointer of the item's schema in an operation's success reply; None when the reply shows no item.

    The reply is in the `media` type, else in the preferred one.
    """
    media = media or preferred_media(documented_response(operation, stated.status if stated else None))
    template, pointer = _template(stated, does), media.schema if media else None
    by_id = templates.find(template, "by_id") if does == "list" else None
    if by_id is not None and pointer is not None:
        at = schemas.below(pointer, by_id)
        return schemas.values(at) if at is not None else None
    items_path = templates.find(template, "items") if _shows_several(template, does) else None
    path = items_path if items_path is not None else _place_of_one(template)
    if does in CONTENTS and pointer and not schemas.properties(pointer):
        return None  # it is the content
    entry = (0, *templates.within_entry(template, "items", "item")) if items_path is not None else ()
    return schemas.below(pointer, _path(path) + entry) if path is not None else None


def _shows_several(template: Any, does: str) -> bool:
    """Does a reply show several items? That of a create may show all that there are then."""
    return does in SEVERAL or (does == "create" and templates.find(template, "items") is not None)


def _place_of_one(template: Any) -> tuple[str | int, ...] | None:
    """Where a template has one item."""
    found = templates.find(template, "item")
    return found if found is not None else templates.find(template, "only")


def example_items(
    operation: Operation, stated: ReplyStatement | None, examples: ExampleMaker, does: str
) -> list[dict[str, Any]]:
    """The items in the document's own example of an operation's success reply; none without a valid example."""
    media = preferred_media(documented_response(operation, stated.status if stated else None))
    if media is None or not media.examples:
        return []
    template = _template(stated, does)
    found = _inside(examples.documented(media), templates.find(template, "items" if does in SEVERAL else "item") or ())
    within = templates.within_entry(template, "items", "item") if does in SEVERAL else ()
    entries = (_inside(entry, within) for entry in (found if isinstance(found, list) else [found]))
    return [item for item in entries if isinstance(item, dict)]


def _inside(value: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path; None where there is none."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def items_template(stated: ReplyStatement | None) -> Any:
    """The template of the body of a list."""
    return _template(stated, "list")


def _template(stated: ReplyStatement | None, does: str) -> Any:
    """The template of the body: the stated one, else just the item or the items."""
    default = "{items}" if does in SEVERAL else "{item}"
    return stated.body if stated is not None and (stated.body != "{item}" or does not in SEVERAL) else default


def compile(
    operation: Operation,
    stated: ReplyStatement | None,
    schemas: Schemas,
    secrets: frozenset[str],
    does: str,
    view: Callable[[str], ReplyView] | None = None,
    media: MediaType | None = None,
    further: IsName | None = None,
) -> ReplyRenderer:
    """The renderer of an operation's success reply, in a `media` type of it, else in the preferred one."""
    response = documented_response(operation, stated.status if stated else None)
    media = media or preferred_media(response)
    template, other_media_type = _template(stated, does), stated.media_type if stated else ""
    pointer = media.schema if media else None
    place = f"{operation.http_method} {operation.path} reply"
    stated_headers = stated.headers if stated else {}
    items_path = templates.find(template, "items") if _shows_several(template, does) else None
    item = item_schema(operation, stated, schemas, does, media)
    shown = tuple(name for name in (_named(schemas, item) if item else ()) if name not in secrets)
    array = schemas.below(pointer, _path(items_path)) if items_path is not None else None
    written = json_codec.write([template, stated_headers]).decode()
    used = set(templates.values_in([template, stated_headers]))
    is_wrapped = items_path is not None and bool(templates.within_entry(template, "items", "item"))
    is_cacheable = array is not None and not is_wrapped and _is_plain_array(schemas, array)
    is_cacheable = is_cacheable or (
        does == "get" and view is None and not stated_headers and _is_only_envelope(schemas, pointer, template)
    )
    # Bytes that are kept are put between what orjson writes, and it writes no long numbers.
    is_kept = is_cacheable and not json_codec.has_long_number(written.encode())
    validators = _validators(schemas, pointer, item) if is_kept else None
    return ReplyRenderer(
        status=_status(response, stated.status if stated else None, media),
        media_type=_sent_media_type(media.name) if media else other_media_type or "application/json",
        headers=tuple((n, templates.compile(v, REPLY_VALUES)) for n, v in stated_headers.items()),
        body=templates.compile(
            template if media or other_media_type or (stated and not response) else None, REPLY_VALUES
        ),
        shown=shown or None,
        secrets=secrets,
        validators=validators,
        place=item or pointer or place,
        view=view(item) if view is not None and item else None,
        cache_key=(schemas.resolve(item)[1] if view is None else item) if validators and item else "",
        is_located="{location" in written,
        has_addresses=not used.isdisjoint(templates.ADDRESSES),
        has_facts=not used.isdisjoint(templates.PAGE_FACTS),
        has_ids='"{ids}"' in written,
        has_results='"results"' in written,
        counts_items=any(begin in written for begin in ("{count_of:", "{figure:", "{asked:")),
        has_range="{range}" in written,
        is_map=templates.find(template, "by_id") is not None,
        is_wrapped=is_wrapped,
        minimal=stated.minimal if stated else None,
        is_one=templates.find(template, "only") is not None,
        shows_all=does == "create" and items_path is not None,
        further=shown_names(schemas, item, further) if shown and item else None,
        says_none=does == "list" and says_none(operation),
        is_bodiless=response is not None and not response.content and not other_media_type,
    )


def _validators(schemas: Schemas, body: str | None, item: str | None) -> tuple[Validator, Validator] | None:
    """The validators of a body and of an item in it; None without one of them."""
    return (schemas.validator(body, "response"), schemas.validator(item, "response")) if body and item else None


def _named(schemas: Schemas, item: str) -> dict[str, None]:
    """The names that the schema of an item has, in its order, and then those that it requires without a schema."""
    return dict.fromkeys([*schemas.properties(item), *sorted(schemas.required(item))])


def _range(first: int | None, count: int, total: int) -> str:
    """Which items of all a page has, as in a header `Content-Range` (RFC 9110 section 14.4): `0-9/57`, or `*/0`."""
    return f"{first}-{first + count - 1}/{total}" if first is not None and count else f"*/{total}"


def _sent_media_type(name: str) -> str:
    """The media type to send; JSON when the document has a range such as `*/*`."""
    return name if "*" not in name else "application/json"


def _path(path: tuple[str | int, ...] | None) -> tuple[str | int, ...]:
    return path or ()


def documented_response(operation: Operation, status: int | None) -> Response | None:
    """The response with a status, else the first documented success."""
    return operation.response(status) if status else operation.success()


def preferred_media(response: Response | None) -> MediaType | None:
    """The media type of a response to a client that accepts any: JSON, else XML, else lines, else the first one."""
    media = response.content if response else ()
    ranked = (m for matches in (is_json, is_xml, is_list_of_values) for m in media if matches(m.name))
    return next(ranked, media[0] if media else None)


def _status(response: Response | None, stated: int | None, media: MediaType | None) -> int:
    if stated:
        return stated
    if response and response.status.isdigit():
        return int(response.status)
    return 200 if media else 204


def _is_only_envelope(schemas: Schemas, pointer: str | None, template: Any) -> bool:
    """Is a reply valid if its item is? True for a body that has only the item, in objects without other rules."""
    path = templates.find(template, "item")
    if pointer is None or path is None or set(templates.placeholders(template)) != {"item"}:
        return False
    for length in range(len(path)):
        at = schemas.below(pointer, path[:length])
        if at is None or any(set(node) - ENVELOPE_KEYWORDS - {"$ref"} for node, _ in schemas.branches(at)):
            return False
    return True


def _is_plain_array(schemas: Schemas, pointer: str) -> bool:
    """Is an array valid if its items are?"""
    branches = list(schemas.branches(pointer))
    return (
        all(set(node) <= PLAIN_ARRAY_KEYWORDS | {"$ref"} for node, _ in branches) and schemas.items(pointer) is not None
    )
