"""What names an operation by the path of its author, and not by the one written out: overlays and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.behaviour.layers import OverlayFile
from mockserver.inference.paths.name_paths import AUTHORS_PATH
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import methods_of
from mockserver.openapi.lint import Problem
from mockserver.openapi.pointer import join
from mockserver.openapi.unrated_problem import ALIKE

OPERATION = lazy_pattern(r"""(\$(?:\.paths|\[['"]paths['"]\])\[['"])(/[^'"]*)(['"]\](?:\.|\[['"]))(\w+)(.*)""")
"""A target that names an operation: `$.paths['/v1/{name}'].get`, by its parts."""


def followed(files: Sequence[OverlayFile], document: Mapping[str, Any]) -> list[OverlayFile]:
    """The overlays for a document whose paths of resource names are written out: their targets follow its operations.

    Where an operation has several paths, that is the first one.
    """
    moved = _moved(document)
    return [OverlayFile(file.path, _followed(file.data, moved)) for file in files] if moved else list(files)


def still_true(problems: Sequence[Problem], document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problems of a document whose paths are written out, without those of alike paths that no longer are."""
    told_apart = {join("/paths", path, method) for path, method in _moved(document)}
    return tuple(each for each in problems if each.pointer not in told_apart or ALIKE not in each.error.message)


def _moved(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The operations that are not at the path of their author, by that path and their method."""
    moved: dict[tuple[str, str], str] = {}
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, _ in methods_of(item) if isinstance(item, dict) else ():
            node = item.get(method)
            if isinstance(node, dict) and AUTHORS_PATH in node:
                moved.setdefault((node[AUTHORS_PATH], method), path)
    return moved


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
