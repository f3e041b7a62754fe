"""The reply of an inferred action, written as a statement: its status, the template of its body, and its headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mockserver.behaviour.statements import BATCHES, CONTENTS, SEVERAL
from mockserver.behaviour.templates import EACH
from mockserver.inference.bodies.batch_replies import counted, with_counts
from mockserver.inference.bodies.envelope import Envelopes, Template, literal
from mockserver.inference.bodies.messages import SAYING, Path
from mockserver.inference.bodies.page_headers import page_headers
from mockserver.inference.bodies.raw_bodies import is_list_of_ids
from mockserver.inference.bodies.said_replies import is_said, said
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.figures.statistics import ItemNumbers
from mockserver.inference.lists import paging
from mockserver.inference.names import SCALAR, plain, words
from mockserver.inference.operations.accounts import with_token
from mockserver.inference.operations.tables import row_reply
from mockserver.inference.operations.transfers import import_counts
from mockserver.inference.values.fields import timestamps
from mockserver.inference.values.state_values import STATES, choices
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.deprecation_headers import announced
from mockserver.openapi.document import Header
from mockserver.openapi.header_values import documented_value, header_text
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.server_headers import ENTITY_TAG, SERVER_HEADERS

CURSORS, NONE = frozenset(("cursor",)), frozenset[str]()
"""What an entry of a list that is paged by cursors has beside the item: the position after it, which is its id."""


class ReplyWriter:
    """Writes the replies of the operations of one document. `generate` says how the ids of items are made."""

    def __init__(self, schemas: Schemas, envelopes: Envelopes, generate: Callable[[ResourceDraft], str]) -> None:
        self._schemas, self._envelopes, self._generate = schemas, envelopes, generate
        self._numbers = ItemNumbers(schemas, ())

    def count_items_of(self, drafts: Sequence[ResourceDraft]) -> None:
        """Set the resources whose items replies may count."""
        self._numbers = ItemNumbers(self._schemas, drafts)

    def reply(self, draft: ResourceDraft, action: DraftAction) -> Statement:
        """The `reply` of an operation."""
        placeholder: Any = (
            "{by_id}" if action.is_map else "{items}" if action.does in SEVERAL or action.is_listing else "{item}"
        )
        if action.within:
            array = self._schemas.below(str(action.reply.schema), action.item_path)
            has_cursors = self._pages(draft, action).get("style") == "cursor"
            placeholder = self._of_entries(
                str(self._schemas.items(str(array))), action.within, draft.id_names | (CURSORS if has_cursors else NONE)
            )
        keys: Statement = {"status": action.reply.status}
        body = self._body(draft, action, placeholder)
        if body is not None and any(one.account for one in draft.actions) and action.reply.schema:
            body = with_token(body, self._schemas.properties(action.reply.schema), self._schemas)
        if body is not None and (body != placeholder or action.is_map or action.within or action.is_listing):
            keys["body"] = body
        is_content = action.does in CONTENTS or bool(action.leads_to)
        if action.leads_to:
            keys |= {"body": "", "media-type": "text/plain"}
        names = {header.name.lower() for header in action.reply.response.headers}
        is_told = action.does == "create" and "location" in names  # a client reads the new item there
        has_body = action.reply.status != 204 and "delete" not in action.does and not is_content and not is_told
        if action.reply.media is None and has_body:
            keys["media-type"] = "application/json"
        rows = row_reply(draft, action)
        headers = dict(self._headers(draft, action)) | rows.pop("headers", {})
        if headers:
            keys["headers"] = headers
        keys |= rows
        return {"reply": inferred("the first documented success that fits", **keys)}

    def _of_entries(self, entries: str, path: Path, id_names: frozenset[str]) -> Template:
        """The template of a list whose entries have the items at `path`, each inside of an object with its id."""
        entry: dict[str, Template] = self._envelopes.template(entries, path, "{item}", listed=False)
        for name, at in self._schemas.properties(entries).items():
            types = self._schemas.types(at) - {"null"}
            if plain(name) in id_names and name not in path and types and types <= SCALAR:
                entry[name] = "{text:id}" if types == {"string"} else "{id}"
        return [{EACH: "items", **entry}]

    def _body(self, draft: ResourceDraft, action: DraftAction, placeholder: Any) -> Any:
        if action.body is not None:
            return dict(action.body)
        pointer, media = action.reply.schema, action.reply.media
        if media is not None and action.does in SAYING and is_said(self._schemas, media):
            return said(self._schemas, self._envelopes, action, media, self._generate(draft))
        if pointer is None or (action.does == "list" and self._schemas.says_nothing(pointer)):
            return None
        if action.item_schema is not None:
            is_list = action.does in SEVERAL or action.is_listing
            pages = self._pages(draft, action) if is_list else {}
            template = self._envelopes.template(
                pointer,
                action.item_path,
                placeholder,
                listed=is_list,
                is_map=action.is_map,
                has_cursors=pages.get("style") == "cursor",
                echoed=_echoed(pages),
            )
            if action.does == "list":
                self._add_numbers(draft, action, pointer, template)
            is_batch = action.does in BATCHES
            return with_counts(draft, self._envelopes, action, pointer, template) if is_batch else template
        if action.does in CONTENTS:
            return None  # the content itself
        if action.does == "import":
            return self._imported(pointer)
        if action.does == "list":
            return "{ids}" if is_list_of_ids(self._schemas, pointer) else self._envelopes.number(pointer)
        if action.does in BATCHES:
            return counted(draft, self._envelopes, action, pointer)
        return self._told(action, pointer)

    def _told(self, action: DraftAction, pointer: str) -> Any:
        """The body of a reply that shows no item."""
        if action.does in CHANGING:
            return self._envelopes.changed_one(pointer)
        body = self._envelopes.constant(pointer)
        return self._begun(pointer, body) if action.reply.status == ACCEPTED else body

    def _begun(self, pointer: str, body: Any) -> Any:
        """The body of a 202, in which a state is the first that does not say that something has ended."""
        known = self._schemas.properties(pointer) if isinstance(body, dict) and not self._has_example(pointer) else {}
        early = {
            name: next((each for each in choices(self._schemas, at) if not ENDED.search(each)), body[name])
            for name, at in known.items()
            if name in body and (words(name) or ("",))[-1] in STATES and not self._has_example(at)
        }
        return {**body, **early} if early else body

    def _has_example(self, pointer: str) -> bool:
        return any(self._schemas.keyword(pointer, each) is not None for each in ("example", "examples"))

    def _pages(self, draft: ResourceDraft, action: DraftAction) -> Statement:
        """How a list is paged; empty if it is not."""
        return paging.paging(self._schemas, action.operation, draft.properties()) or {}

    def _imported(self, pointer: str) -> Any:
        """The body of the reply to an import: what it says of the numbers, beside what else must be there."""
        constant, told = self._envelopes.constant(pointer), import_counts(self._schemas, pointer)
        return constant | told if isinstance(constant, dict) else constant

    def _add_numbers(self, draft: ResourceDraft, action: DraftAction, pointer: str, template: Any) -> None:
        """Put the numbers of items beside a list into its template, where nothing else says them."""
        asked = {plain(each.name): each.name for each in action.operation.parameters if each.location == "path"}
        asked |= {plain(name): parameter for parameter, name in action.keeps.items()}
        found = dict(self._numbers.beside(pointer, action.item_path, draft, asked))
        known = self._schemas.properties(pointer)
        for place, value in found.items():
            holder = template
            for step in place[:-1]:
                told = {name for outer, *rest in found if outer == step for name in rest}
                if isinstance(holder, dict) and step not in holder and set(self._schemas.required(known[step])) <= told:
                    holder[step] = {}  # an object that may be missing has nothing else
                holder = holder.get(step) if isinstance(holder, dict) else None
            shown = holder.get(place[-1]) if isinstance(holder, dict) else None
            if isinstance(holder, dict) and not isinstance(shown, str | dict | list):
                holder[place[-1]] = value

    def _headers(self, draft: ResourceDraft, action: DraftAction) -> Iterator[tuple[str, str]]:
        """The address of a new item (RFC 9110 sections 10.2.2 and 15.3.2), page numbers, required ones, an end."""
        if action.leads_to:
            yield "Location", f"{{field:{action.leads_to}}}"
        documented = {header.name.lower() for header in action.reply.response.headers}
        is_there = draft.item is not None and bool(draft.item.operations)
        is_there &= action.does != "replace" or "get" in draft.node.operations  # a client knows the path of its PUT
        is_telling = action.reply.status == 201 or not self._shows_id(draft, action)
        is_located = "location" in documented or (is_there and is_telling)
        makes_one = action.does in ("create", "copy") or (action.upsert and action.does not in BATCHES)
        if draft.has_id and makes_one and is_located and draft.node.key_location != "header":
            yield "Location", "{location}"
        updated = (timestamps(self._schemas, draft.properties()) or {}).get("updated")
        if "last-modified" in documented and updated and action.does not in SEVERAL and action.item_schema:
            yield "Last-Modified", f"{{http_date:{updated}}}"
        numbers = dict(page_headers(self._schemas, action.reply.response)) if action.does == "list" else {}
        yield from numbers.items()
        known = {"location", *SERVER_HEADERS, *(name.lower() for name in numbers)}
        for header in action.reply.response.headers:
            end = announced(self._schemas, header)
            is_ours = header.name.lower() == "etag" and self._takes_our_tag(header)
            if end is not None:
                yield header.name, end
            elif header.name.lower() == "last-modified":
                yield from self._last_modified(draft, action, header.name)
            elif header.name.lower() not in known and not is_ours:
                written = self._documented(header) or (
                    self._written(header) if header.required and header.schema else ""
                )
                if written:
                    yield header.name, written

    def _last_modified(self, draft: ResourceDraft, action: DraftAction, header: str) -> Iterator[tuple[str, str]]:
        """The time of the last change of the one item that a reply is about."""
        stamps = timestamps(self._schemas, draft.properties()) or {}
        changed = stamps.get("updated") or stamps.get("created")
        if changed and action.does not in SEVERAL:
            yield header, f"{{http_date:{changed}}}"

    def _takes_our_tag(self, header: Header) -> bool:
        """Can an `ETag` be the one that the mock makes of the item?"""
        return header.schema is None or self._schemas.validator(header.schema, "response").is_valid(ENTITY_TAG)

    def _shows_id(self, draft: ResourceDraft, action: DraftAction) -> bool:
        shown = self._schemas.properties(action.item_schema) if action.item_schema else {}
        return any(plain(name) in draft.id_names for name in shown)

    def _documented(self, header: Header) -> str:
        """The value of a header that the document shows, unless it changes with each response; empty without one."""
        if any(word in plain(header.name) for word in CHANGING_HEADERS):
            return ""
        return self._text(documented_value(self._schemas, header), header)

    def _written(self, header: Header) -> str:
        return self._text(self._envelopes.value(str(header.schema)), header)

    def _text(self, value: Any, header: Header) -> str:
        """A value as the template of a header; empty for None."""
        stated = self._schemas.resolve(header.pointer)[0]
        if value is None or (isinstance(value, list | dict) and "content" in stated):
            return ""
        return str(literal(header_text(value, stated.get("explode") is True)))


CHANGING_HEADERS = ("ratelimit", "lastmodified", "expires", "setcookie", "link")
"""Parts of names of headers whose example is wrong in the next response."""


ACCEPTED = 202
"""The status of what has only begun (RFC 9110 section 15.3.3)."""

ENDED = lazy_pattern(
    r"^(?:success|succe|done|fail|error|cancel|abort|reject|expire|finish|complete|clos|delet|stop|timed?)",
    re.IGNORECASE,
)
"""States of what has ended."""


CHANGING = ("update", "replace", "delete")
"""Actions that change or delete one item."""


def _echoed(pages: Statement) -> dict[str, str]:
    """The numbers of a page by the plain names of the parameters that ask for them: `take` is the limit."""
    found = {plain(pages["limit"]): "limit"} if pages.get("limit") else {}
    if pages.get("position"):
        found[plain(pages["position"])] = pages["style"]
    return found
