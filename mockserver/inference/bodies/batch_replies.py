"""Replies to requests about several items: how many there were, which ids they have, and which ids no item has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from mockserver.behaviour.statements import BATCHES
from mockserver.behaviour.templates import EACH
from mockserver.inference.bodies.envelope import Envelopes, filled
from mockserver.inference.bodies.envelope_names import COUNTED, SUCCESSES
from mockserver.inference.bodies.raw_bodies import is_list_of_ids
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import noun, plain, words

Template = Any

DONE = {
    "create": frozenset(("created", "inserted", "added", "accepted", "imported", "ingested", "received", "queued",
                         "saved", "stored", "enqueued", "written", "published", "registered", "uploaded")),
    "update": frozenset(("updated", "modified", "changed", "patched", "edited", "replaced", "read", "marked",
                         "affected")),
    "delete": frozenset(("deleted", "removed", "purged", "destroyed", "cleared")),
}  # fmt: skip
"""What is done to each item, as the number of them is called."""

FAILED = frozenset((
    "failed", "failures", "failure", "errors", "error", "rejected", "invalid", "skipped", "ignored", "duplicates",
    "duplicate", "unprocessed", "conflicts",
))  # fmt: skip
"""Words for what did not succeed: of a request that does all or nothing, these are none."""

UNKNOWN = frozenset(("notfound", "missing", "missingids", "unknown", "unknownids", "notfoundids", "idsnotfound"))
"""Plain names of the ids that no item has."""


def counted(draft: ResourceDraft, envelopes: Envelopes, action: DraftAction, pointer: str) -> Template:
    """The template of a body that shows no items: their number, or their ids, if it can say them."""
    schemas = draft.schemas
    if is_list_of_ids(schemas, pointer):
        return "{ids}"
    if (each := _results(draft, pointer)) is not None:
        return each
    if schemas.types(pointer) == {"integer"}:
        return "{count}"
    constant = envelopes.constant(pointer)
    return _with_figures(draft, envelopes, action, pointer, constant) if isinstance(constant, dict) else constant


def _results(draft: ResourceDraft, pointer: str) -> Template | None:
    """The template of a body that has a result for each entry of the request, with its id and its status; else None."""
    schemas = draft.schemas
    arrays = {name: at for name, at in schemas.properties(pointer).items() if schemas.items(at) is not None}
    for path, at in [((), pointer), *(((name,), at) for name, at in arrays.items())]:
        entries = schemas.items(at)
        known = schemas.properties(entries) if entries is not None else {}
        told = {name: said for name, where in known.items() if (said := _result(draft, name, where))}
        values = {value.strip("{}?") for value in told.values()}
        required = schemas.required(entries) if entries is not None else set()
        beside = schemas.required(pointer) if path else set()
        if "id" in values and values & {"status", "ok"} and required <= told.keys() and beside <= set(path):
            each = [{EACH: "results", **told}]
            return {path[0]: each} if path else each
    return None


def _result(draft: ResourceDraft, name: str, pointer: str) -> str:
    """The placeholder of a property of a result; empty if it says something else."""
    types, word = draft.schemas.types(pointer) - {"null"}, plain(name)
    if word in draft.id_names and types <= {"string", "integer"}:
        return "{id}"
    if word in STATUS_NAMES and types == {"integer"}:
        return "{status}"
    if word in SUCCESSES and types == {"boolean"}:
        return "{ok}"
    return "{message?}" if word in MESSAGES and types == {"string"} else ""


STATUS_NAMES = frozenset(("status", "statuscode", "httpstatus", "code"))
"""Plain names of the status of one result."""

MESSAGES = frozenset(("error", "message", "detail", "reason", "errormessage", "description"))
"""Plain names of what went wrong."""


def with_counts(
    draft: ResourceDraft, envelopes: Envelopes, action: DraftAction, pointer: str, template: Template
) -> Template:
    """The template of a body that shows items, with what is beside them."""
    return _with_figures(draft, envelopes, action, pointer, template) if isinstance(template, dict) else template


def _with_figures(
    draft: ResourceDraft, envelopes: Envelopes, action: DraftAction, pointer: str, template: dict[str, Template]
) -> Template:
    said = {name: value for name, value in _figures(draft, action, pointer) if name not in action.item_path[:1]}
    body = template | said
    return body if envelopes.is_valid(pointer, filled(body, [])) else template


def _figures(draft: ResourceDraft, action: DraftAction, pointer: str) -> Iterator[tuple[str, Template]]:
    """The properties of a reply that say how many items a request was about, which, and how many failed."""
    schemas, base = draft.schemas, BATCHES[action.does]
    required, ids = schemas.required(pointer), {"ids", *draft.id_names, *(f"{each}s" for each in draft.id_names)}
    for name, at in schemas.properties(pointer).items():
        types, spoken = schemas.types(at) - {"null"}, set(words(name)) - {*words(draft.word), noun(draft.word)[-1]}
        if types == {"integer"}:
            value = _number(base, spoken)
            if value is not None:
                yield name, value
        elif plain(name) in UNKNOWN and base != "create" and is_list_of_ids(schemas, at):
            yield name, "{unknown_ids}"
        elif plain(name) in ids and is_list_of_ids(schemas, at):
            yield name, "{ids}"
        elif types == {"array"} and FAILED & spoken and name in required:
            yield name, []


def _number(base: str, spoken: Collection[str]) -> Template | None:
    """What a number of a reply is, by the words of its name; None if they do not say it.

    What is done by another request, such as updates by a create, is done to none.
    """
    told = set(spoken)
    if FAILED & told:
        return 0
    own, others = DONE[base], frozenset().union(*(each for does, each in DONE.items() if does != base))
    if not told or not told <= COUNTED | own | others:
        return None
    return 0 if others & told and not own & told else "{count}"
