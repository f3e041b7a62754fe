"""GitHub's document, and the same document with only two operations, to measure what the other 1,221 cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mockserver.openapi.document import METHODS

PATHS = ("/gitignore/templates", "/gitignore/templates/{name}")

PROBE = "/gitignore/templates"
"""A path without parameters, which every server answers."""


def reduce(document: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """The document with only these paths and the components that they need."""
    kept = {key: value for key, value in document.items() if key not in ("paths", "components", "x-webhooks")}
    kept["paths"] = paths
    kept["components"] = components = {}
    waiting = references(kept)
    while waiting:
        group, name = waiting.pop()
        if name not in components.setdefault(group, {}):
            components[group][name] = document["components"][group][name]
            waiting |= references(components[group][name])
    return kept


def part(document: dict[str, Any], first: int, step: int) -> dict[str, Any]:
    """The paths of some operations of a document, evenly spread and always the same."""
    found = [(path, method) for path, item in document["paths"].items() for method in METHODS if method in item]
    chosen: dict[str, Any] = {}
    for path, method in found[first::step]:
        item = document["paths"][path]
        own = {key: value for key, value in item.items() if key not in METHODS}
        chosen.setdefault(path, own)[method] = item[method]
    return chosen


def references(node: Any) -> set[tuple[str, str]]:
    """Group and name of each component that a node refers to."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    target = node.get("$ref")
    own = {tuple(target.split("/")[2:4])} if isinstance(target, str) else set()
    return own.union(*map(references, node.values()))  # type: ignore[arg-type]


def write(packages: Path, folder: Path) -> dict[str, Path]:
    """Write both documents into `folder`; return name → path."""
    full = packages / "node_modules/@octokit/openapi/generated/api.github.com.json"
    small = folder / "two-operations.json"
    document = json.loads(full.read_bytes())
    two = reduce(document, {path: document["paths"][path] for path in PATHS})
    small.write_text(json.dumps(two), encoding="utf-8")
    return {"two operations": small, "GitHub": full}
