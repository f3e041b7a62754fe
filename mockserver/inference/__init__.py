"""What a document lets one guess about behaviour: its resources, written as an overlay of behaviour statements.

OpenAPI says what messages look like. Paths, methods, the names of parameters and properties, and the shapes of schemas
tell the rest well enough to begin with: what is a collection, what is an item, which property is its id. Every guess
is a statement with the evidence `inferred` and its reason, so that a reader can correct it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.envelope import Envelopes
from mockserver.inference.overlay_writer import UNMAKEABLE, Writer, guessed, place
from mockserver.inference.resources import owner, resources
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.schemas import Schemas

Overlay = dict[str, Any]


def infer(document: Document, schemas: Schemas, examples: ExampleMaker | None = None) -> Overlay:
    """An OpenAPI Overlay 1.0 with everything that can be guessed about a document's behaviour.

    Operations that already say `x-behaviour` are left alone. What is no resource is named in a note of the service.
    """
    frames = Envelopes(schemas, examples or ExampleMaker(document.root), keeps_validators=not document.is_large)
    writer = Writer(schemas, frames, document.base_path)
    drafts, behaviours, unsaid = resources(document, schemas), dict[tuple[str, str], Any](), list[str]()
    for draft in drafts:
        for deed in draft.deeds:
            key = (deed.operation.path, deed.operation.method)
            try:
                behaviours[key] = writer.operation(draft, deed)
            except UNMAKEABLE as fault:
                unsaid.append(f"{place(deed.operation)} seems to {deed.does} a {draft.name}, but: {fault}")
    return _overlay(document, _root(document, writer, drafts, behaviours, unsaid), behaviours)


def written(overlay: Overlay) -> str:
    """An overlay as YAML to read and correct: one statement a line."""
    return HEAD + yaml.dump(overlay, Dumper=_Lines, sort_keys=False, width=116, allow_unicode=True)


HEAD = """\
# What the document lets one guess about the service's behaviour: paths, methods, names and schemas, with the reason for
# each guess. Correct what is wrong, take out what is not so, and serve it:  mockserver serve DOCUMENT --behaviour FILE
"""


class _Lines(yaml.SafeDumper):
    """Writes a value that is a statement, or holds none, on one line."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        mapping = dict(sorted(mapping.items(), key=lambda entry: entry[0] in ("evidence", "source", "note")))
        is_inner = "evidence" in mapping or not any(isinstance(value, dict | list) for value in mapping.values())
        return super().represent_mapping(tag, mapping, flow_style=is_inner)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _root(
    document: Document, writer: Writer, drafts: list[ResourceDraft], behaviours: Mapping[Any, Any], unsaid: list[str]
) -> dict[str, Any]:
    by_shape = {draft.shape: draft for draft in drafts}
    notes = [*unsaid, *_improvised(document, behaviours)]
    service: dict[str, Any] = {"notes": [{"says": says, "evidence": "inferred"} for says in notes]} if notes else {}
    if document.security_schemes and "authentication" not in (document.root.get("x-service") or {}):
        service["authentication"] = guessed("what a credential looks like is not documented", pattern=".+")
    stated = {draft.name: writer.resource(draft, owner(draft, by_shape)) for draft in drafts}
    return {"x-service": service, "x-resources": stated}


def _improvised(document: Document, behaviours: Mapping[tuple[str, str], Any]) -> list[str]:
    """One sentence about the operations of which nothing is kept."""
    rest = [place(operation) for operation in document.operations if not _is_said(operation, behaviours)]
    return [f"Answered by examples, since nothing seems to be kept: {', '.join(rest)}."] if rest else []


def _is_said(operation: Operation, behaviours: Mapping[tuple[str, str], Any]) -> bool:
    return bool(operation.extension) or (operation.path, operation.method) in behaviours


def _overlay(document: Document, root: dict[str, Any], behaviours: Mapping[tuple[str, str], Any]) -> Overlay:
    said = {(operation.path, operation.method) for operation in document.operations if operation.extension}
    actions = [{"target": "$", "update": root}]
    actions += [
        {"target": f"$.paths[{_quoted(path)}].{method}", "update": {"x-behaviour": stated}}
        for (path, method), stated in behaviours.items()
        if (path, method) not in said
    ]
    info = {"title": f"Behaviour of {document.title or 'the API'}, inferred", "version": document.version or "1"}
    return {"overlay": "1.0.0", "info": info, "actions": actions}


def _quoted(text: str) -> str:
    """A name as a string of JSONPath (RFC 9535 section 2.3.1)."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
