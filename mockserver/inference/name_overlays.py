"""Overlays whose targets name an operation by the path that its author wrote, and not by the one written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.behaviour.layers import OverlayFile
from mockserver.inference.name_paths import AUTHORS_PATH
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import methods_of

OPERATION = lazy_pattern(r"""(\$(?:\.paths|\[['"]paths['"]\])\[['"])(/[^'"]*)(['"]\](?:\.|\[['"]))(\w+)(.*)""")
"""A target that names an operation: `$.paths['/v1/{name}'].get`, by its parts."""


def followed(files: Sequence[OverlayFile], document: Mapping[str, Any]) -> list[OverlayFile]:
    """The overlays for a document whose paths of resource names are written out: their targets follow its operations.

    Where an operation has several paths, that is the first one.
    """
    moved: dict[tuple[str, str], str] = {}
    for path, item in document["paths"].items():
        for method, _ in methods_of(item) if isinstance(item, dict) else ():
            node = item.get(method)
            if isinstance(node, dict) and AUTHORS_PATH in node:
                moved.setdefault((node[AUTHORS_PATH], method), path)
    return [OverlayFile(file.path, _followed(file.data, moved)) for file in files] if moved else list(files)


def _followed(data: Mapping[str, Any], moved: Mapping[tuple[str, str], str]) -> Mapping[str, Any]:
    actions = data.get("actions")
    if not isinstance(actions, list):
        return data
    return {**data, "actions": [_renamed(action, moved) for action in actions]}


def _renamed(action: Any, moved: Mapping[tuple[str, str], str]) -> Any:
    target = action.get("target") if isinstance(action, dict) else None
    found = OPERATION.fullmatch(target) if isinstance(target, str) else None
    path = moved.get((found[2], found[4])) if found is not None else None
    if found is None or path is None:
        return action
    return {**action, "target": f"{found[1]}{path}{found[3]}{found[4]}{found[5]}"}
