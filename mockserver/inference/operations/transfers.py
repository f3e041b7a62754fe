"""Exports and imports of all items: `GET /articles/export` as a table, `POST /articles/import` with one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mockserver.inference.bodies.messages import ReplyBody, is_object
from mockserver.inference.bodies.raw_bodies import sent_content
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain, words
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.csv_text import header
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.media_types import CSV, essence, is_json, is_lines
from mockserver.openapi.schemas import Schemas

EXPORTS = frozenset(("export", "download", "csv", "dump", "backup"))
IMPORTS = frozenset(("import", "upload", "load"))
"""Words of a path that reads or writes all items of the collection above."""

EXTENSIONS = (".csv", ".ndjson", ".jsonl")
"""How the path of a collection ends that shows it as a file."""

COLUMNS = lazy_pattern(
    r"\b(?:columns|fields|headers?|header line)(?: are| is|:| in order:?)? (?P<names>[\w ,`'\"-]+)", re.IGNORECASE
)
"""How a sentence names the columns of a table: "The columns are number, description, quantity"."""


def add_transfers(drafts: Iterable[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add to each resource that clients create the operations that export or import its items."""
    found = [draft for draft in drafts if not draft.single and draft.is_created]
    used = {action.operation.operation_id for draft in found for action in draft.actions}
    above = {draft.shape[:-1] if draft.has_id else draft.shape: draft for draft in found}
    for shape, node in nodes.items():
        place, said = _place(shape)
        draft = above.get(place) if said else None
        for operation in node.operations.values() if draft is not None else ():
            action = _transfer(draft, operation, said) if draft is not None else None
            if draft is not None and action is not None and operation.operation_id not in used:
                draft.actions.append(action)


def _place(shape: Shape) -> tuple[Shape, str]:
    """The shape of the collection, and what the path adds: `export` of `/articles/export` or `/articles:export`."""
    if not shape:
        return shape, ""
    *before, last = shape
    head, mark, verb = last.partition(":")
    if mark and head:
        return (*before, head), verb
    ending = next((each for each in EXTENSIONS if last.endswith(each)), "")
    return ((*before, last.removesuffix(ending)), "export") if ending else (tuple(before), last)


def _transfer(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    if operation.method == "get" and not EXPORTS.isdisjoint(words(said)):
        return _export(draft, operation, said)
    if operation.method in ("post", "put") and not IMPORTS.isdisjoint(words(said)):
        return _import(draft, operation, said)
    return None


def _export(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    """The list of all items as a table, or an item a line."""
    success = operation.success()
    media = next((each for each in success.content if _is_table(each)), None) if success is not None else None
    if success is None or media is None or any(is_json(each.name) for each in success.content):
        return None
    status = int(success.status) if success.status.isdigit() else 200
    reason = f"a GET of {said} below the collection, whose reply is {essence(media.name)}"
    columns = {} if is_lines(media.name) else _columns(draft, operation, _texts(draft.schemas, media))
    return DraftAction(operation, "list", ReplyBody(success, status, media), reason, columns=columns)


def _import(draft: ResourceDraft, operation: Operation, said: str) -> DraftAction | None:
    """The request that makes or changes an item for each row of a table, or each line."""
    asked = operation.request_body.content if operation.request_body is not None else ()
    success = operation.success()
    media = next((each for each in asked if _is_table(each)), None)
    part = "" if media is not None else sent_content(draft.schemas, operation)
    shown = next((each for each in success.content if is_json(each.name)), None) if success is not None else None
    if success is None or (media is None and not (part.isidentifier() and _is_of_tables(draft, operation))):
        return None
    if shown is not None and shown.schema and not _counts(draft.schemas, shown.schema):
        return None
    status = int(success.status) if success.status.isdigit() else 200
    columns = _columns(draft, operation, _texts(draft.schemas, media) if media is not None else [])
    reason = f"a {operation.http_method} of {said} below the collection, whose request has a row for each item"
    reply = ReplyBody(success, status, shown)
    return DraftAction(operation, "import", reply, reason, content=part, columns=columns)


def _is_table(media: MediaType) -> bool:
    return essence(media.name) in CSV or is_lines(media.name)


def _is_of_tables(draft: ResourceDraft, operation: Operation) -> bool:
    """Does the document say that an uploaded file is a table?"""
    told = (description(draft.schemas, operation.pointer, each).text for each in ("summary", "description"))
    return any("csv" in text.lower() for text in (operation.path, operation.operation_id, *told))


def _counts(schemas: Schemas, pointer: str) -> bool:
    """Does a reply say how many items there were: is it an object with whole numbers, and no id of a job?"""
    known = schemas.properties(pointer)
    has_id = any(plain(name) in ("id", "jobid", "taskid", "importid") for name in known)
    return is_object(schemas, pointer) and not has_id and any(schemas.types(at) == {"integer"} for at in known.values())


def _texts(schemas: Schemas, media: MediaType) -> list[str]:
    """The examples of a table in the document."""
    listed = schemas.keyword(media.schema, "examples") if media.schema else None
    shown = [*media.examples.values(), *(listed if isinstance(listed, list) else [])]
    return [each for each in shown if isinstance(each, str)]


def _columns(draft: ResourceDraft, operation: Operation, texts: list[str]) -> dict[str, str]:
    """The columns of a table, each with its property: as an example or a sentence has them, else all single values."""
    properties = draft.properties()
    known = {plain(name): name for name in properties}
    shown = next((header(text) for text in texts if header(text)), ()) or tuple(_said(draft, operation))
    found = {column: known[plain(column)] for column in shown if plain(column) in known}
    if found:
        return {column: found.get(column, "") for column in shown}
    single = (name for name, at in properties.items() if not draft.schemas.types(at) & {"object", "array"})
    return {name: name for name in single}


def _said(draft: ResourceDraft, operation: Operation) -> Iterator[str]:
    """The columns that a sentence about the operation names."""
    known = {plain(name) for name in draft.properties()}
    for word in ("description", "summary"):
        for sentence in description(draft.schemas, operation.pointer, word).sentences():
            match = COLUMNS.search(sentence)
            names = re.split(r",\s*(?:and )?| and ", match["names"]) if match else []
            if len([name for name in names if plain(name) in known]) > 1:
                yield from (name.strip(" `'\"") for name in names)
                return


DONE = {
    "created": frozenset(("created", "inserted", "added", "new")),
    "updated": frozenset(("updated", "modified", "changed", "replaced", "existing")),
    "failed": frozenset(("failed", "failures", "errors", "error", "rejected", "invalid", "skipped", "ignored")),
    "imported": frozenset(("imported", "succeeded", "success", "successful", "accepted", "processed", "stored")),
    "rows": frozenset(("total", "count", "rows", "lines", "received", "read")),
}  # fmt: skip
"""The numbers of a reply about an import, and what they are called."""


def import_counts(schemas: Schemas, pointer: str) -> dict[str, str]:
    """The template of the body of the reply to an import: its numbers, and the list of what was refused."""
    found: dict[str, str] = {}
    for name, at in schemas.properties(pointer).items():
        spoken, types = set(words(name)), schemas.types(at) - {"null"}
        told = next((key for key, names in DONE.items() if names & spoken), "")
        if told and types == {"integer"}:
            found[name] = "{" + told + "}"
        elif told == "failed" and types == {"array"}:
            found[name] = "{refused}"
    return found
