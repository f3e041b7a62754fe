"""Resources whose DELETE keeps the item, and sets `deleted_at`: another operation restores it, or a list shows it."""

from __future__ import annotations

import re

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import words
from mockserver.inference.relations.naming_fields import field_naming
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

GONE = frozenset(("deleted", "removed", "trashed", "discarded"))
"""Words for an item that was deleted."""

TIMES = frozenset(("at", "on", "date", "time"))

OF_TIMES = GONE | {"delete", "deletion"}
"""First words of the time at which an item was deleted: `deleteTime` (AIP-164)."""

SHOWING = frozenset(("include", "includes", "including", "with", "show", "return", "list", "and"))
"""First words of a parameter that lets a list show deleted items too: `include_deleted`, `withTrashed`."""


def soft_delete(draft: ResourceDraft) -> Statement | None:
    """The `soft-delete` statement of a resource; None if its items are just deleted.

    A property must say that an item is deleted, and an operation must set it back, or a list show deleted items.
    """
    field = _field(draft) if draft.action("delete", "delete-many") is not None else ""
    if not field:
        return None
    restores = next((action for action in draft.actions if action.sets.get(field, True) in (None, False)), None)
    listing = draft.action("list")
    shown = shown_by(listing.operation, draft) if listing is not None else ""
    if restores is None and not shown:
        return None
    is_flag = draft.schemas.types(draft.properties()[field]) - {"null"} == {"boolean"}
    reason = (
        f"{shown} shows items that are deleted"
        if restores is None
        else f"{_place(restores.operation)} restores an item"
    )
    return inferred(
        f"{field} says that an item is deleted, and {reason}", field=field, value=True if is_flag else "{now}"
    )


def hiding_filter(draft: ResourceDraft, operation: Operation) -> Statement | None:
    """The `filter` statement by which a list leaves out what is deleted; None if nothing is kept."""
    stated = soft_delete(draft)
    if stated is None:
        return _leaving_out(draft, operation)
    parameter = shown_by(operation, draft)
    is_flag = stated["value"] is True
    keys: Statement = {"parameter": parameter, "field": stated["field"], "equals": False if is_flag else None}
    keys |= {"unless": True} if parameter else {}
    return inferred("an item that is deleted is not listed", **keys)


def _leaving_out(draft: ResourceDraft, operation: Operation) -> Statement | None:
    """The `filter` by which a list leaves out what is archived, unless `include_archived` asks for it."""
    shown = draft.properties()
    flags = {name: "".join(words(name)) for name, at in shown.items() if _is_flag(draft.schemas, at)}
    times = {name: words(name)[0] for name in shown if len(words(name)) == 2 and words(name)[1] in TIMES}
    said = description(draft.schemas, operation.pointer).first(LEFT_OUT)
    listed = [(each.name, words(each.name)[1:]) for each in operation.parameters if _may_show(draft, each)]
    about = [(parameter, rest[0]) for parameter, rest in listed if len(rest) == 1]
    about += [("", (said.match["what"] or said.match["too"]).lower())] if said is not None else []
    for parameter, what in about:
        field = next((name for known in (flags, times) for name, word in known.items() if word == what), "")
        if field:
            keys: Statement = {"parameter": parameter, "field": field, "equals": False if field in flags else None}
            keys |= {"unless": True} if parameter else {}
            note = f"{parameter} shows what is {what}" if parameter else "a sentence of the document says so"
            return said.statement(**keys) if said is not None and not parameter else inferred(note, **keys)
    return None


def without_those_below(draft: ResourceDraft, action: DraftAction) -> Statement | None:
    """The `filter` of a list that leaves out items which name another one above: "messages without replies"."""
    texts = [description(draft.schemas, action.operation.pointer, word) for word in ("description", "summary")]
    for text in texts:
        for sentence in text.sentences():
            match = TOP_LEVEL.search(sentence)
            field = field_naming(draft, draft, is_tree=True) if match is not None else ""
            if match is not None and field and "." not in field:
                return Said(match, sentence, text.pointer).statement(parameter="", field=field, equals=None)
    return None


TOP_LEVEL = lazy_pattern(
    r"\b(?:without|excluding|except(?: for)?|no) (?:the |any |their )?(?:replies|answers|children|sub\w+)\b"
    r"|\b(?:only )?top[- ]level (?:ones|[a-z]+s)\b|\bthose without an? parent\b",
    re.IGNORECASE,
)
"""How a sentence says that a list has only items that are below no other one."""

LEFT_OUT = lazy_pattern(
    r"\b(?P<what>[a-z]+ed) (?:ones|[a-z]+s) (?:are|is) (?:left out|omitted|excluded|hidden|skipped|"
    r"not (?:listed|shown|included|returned|part))\b|\b(?:without|excludes|excluding|except|hides|omits|no)"
    r"(?: the)? (?P<too>[a-z]+ed) (?:ones|[a-z]+s)\b",
    re.IGNORECASE,
)
"""How a sentence says which items a list leaves out: "Archived ones are left out"."""


def _is_flag(schemas: Schemas, pointer: str) -> bool:
    return schemas.types(pointer) - {"null"} == {"boolean"}


def _may_show(draft: ResourceDraft, parameter: Parameter) -> bool:
    """Is a parameter a flag by which a list shows more: `include_archived`?"""
    is_flag = parameter.location == "query" and parameter.schema and _is_flag(draft.schemas, parameter.schema)
    return bool(is_flag) and words(parameter.name)[:1] != () and words(parameter.name)[0] in SHOWING


def shown_by(operation: Operation, draft: ResourceDraft) -> str:
    """The flag in a query that lets a list show deleted items too; empty if there is none."""
    for each in operation.parameters:
        if _may_show(draft, each) and not GONE.isdisjoint(words(each.name)[1:]):
            return each.name
    return ""


def _field(draft: ResourceDraft) -> str:
    """The property that says that an item is deleted: a time that may be null, or a flag; empty if none does."""
    sent = draft.sendable("create")
    for name, at in draft.properties().items():
        parts, types = words(name), draft.schemas.types(at)
        is_time = parts[:1] and parts[0] in OF_TIMES and len(parts) == 2 and parts[1] in TIMES
        is_flag = parts[-1:] and parts[-1] in GONE and types - {"null"} == {"boolean"}
        if name not in sent and (is_flag or (is_time and "string" in types)):
            return name
    return ""


def _place(operation: Operation) -> str:
    return f"{operation.http_method} {operation.path}"
