"""Statements written as a behaviour file, to read and to correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from mockserver.behaviour.reader import EVIDENCE, Tree
from mockserver.openapi.document import Document

HEAD = """\
# The behaviour of the service as it is inferred from paths, methods, names and schemas; each note says why.
# `inference: none` makes this file complete: correct what is wrong, remove what does not hold, and serve it:
#   mockserver serve DOCUMENT --behaviour FILE
"""


def inferred(document: Document, inferred: Tree, stated: Tree) -> str:
    """The behaviour file of what is inferred from a document, without what the document states itself."""
    rest = {key: _rest(inferred[key], stated[key]) for key in ("x-resources", "x-behaviour")}
    service = {"inference": "none"} | _rest_of_group(inferred["x-service"], stated["x-service"])
    actions: list[dict[str, Any]] = [
        {"target": "$", "update": {"x-service": service, "x-resources": rest["x-resources"]}}
    ]
    for place, group in rest["x-behaviour"].items():
        method, _, path = place.partition(" ")
        actions.append({"target": f"$.paths[{quoted(path)}].{method}", "update": {"x-behaviour": group}})
    return HEAD + text(overlay(f"Behaviour of {document.title or 'the API'}, inferred", document.version, actions))


def overlay(title: str, version: str, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """An OpenAPI Overlay 1.0 with these actions."""
    return {"overlay": "1.0.0", "info": {"title": title, "version": version or "1"}, "actions": actions}


def text(overlay: Mapping[str, Any]) -> str:
    """An overlay as YAML: one statement a line."""
    return yaml.dump(overlay, Dumper=_Lines, sort_keys=False, width=116, allow_unicode=True)


def quoted(name: str) -> str:
    """A name as a string of JSONPath (RFC 9535 section 2.3.1)."""
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"


class _Lines(yaml.SafeDumper):
    """Writes a value that is a statement, or contains none, on one line."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        mapping = dict(sorted(mapping.items(), key=lambda entry: entry[0] in EVIDENCE))
        is_inner = "evidence" in mapping or not any(isinstance(value, dict | list) for value in mapping.values())
        return super().represent_mapping(tag, mapping, flow_style=is_inner)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _rest(inferred: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """Groups of statements by name, without what the document states; a group that is null there is left out."""
    groups = ((name, _rest_of_group(group, stated.get(name, {}))) for name, group in inferred.items())
    return {name: group for name, group in groups if group}


def _rest_of_group(inferred: Mapping[str, Any], stated: Any) -> dict[str, Any]:
    return dict(_rest_of_statements(inferred, stated)) if isinstance(stated, Mapping) else {}


def _rest_of_statements(inferred: Mapping[str, Any], stated: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is inferred and not stated: whole statements, and single keys of statements that say something else too."""
    for kind, statement in inferred.items():
        own = stated.get(kind, {})
        if not isinstance(statement, dict) or not isinstance(own, dict):
            if kind not in stated or isinstance(own, list):
                yield kind, statement
            continue
        rest = {key: value for key, value in statement.items() if key not in own and (not own or key not in EVIDENCE)}
        if rest:
            yield kind, rest
