"""Paths with one flag behind them, which becomes a parameter: `/v1/vaults?beta=true` is `/v1/vaults` with `beta`.

A query behind a path tells apart what one path and one method have in common (`/files?op=copy`). A flag such as
`?beta=true`, which many paths have and which no other operation of these paths lacks, tells nothing apart. Without it,
the paths of collections and of their items go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.inference.paths.name_paths import AUTHORS_PATH, methods_in, referred_to
from mockserver.openapi import path_template

FEWEST = 2
"""How many paths have a flag, at least."""


def without_flags(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with flags behind paths as parameters; `raw` itself, which is not changed, without any.

    A path that references lead into stays, and one beside which the document has the path without the flag.
    """
    written = raw.get("paths")
    paths: dict[Any, Any] = written if type(written) is dict else {}
    flagged = dict(_flagged(paths))
    if not flagged:
        return raw
    stay = {path_template.shape(path) for path in paths if type(path) is str and path not in flagged}
    refers = {*referred_to(raw)}
    is_swagger, moved = "swagger" in raw, dict[str, Any]()
    for path, item in paths.items():
        plain, behind = path_template.split(path) if path in flagged else (path, "")
        if not behind or path in refers or path_template.shape(plain) in stay or plain in moved:
            moved[path] = item
        else:
            moved[plain] = _with_parameters(path, item, behind, is_swagger=is_swagger)
    return {**raw, "paths": moved}


def _flagged(paths: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """The paths with a query of fixed values that others have too, and that query."""
    behind = {path: path_template.split(path)[1] for path in paths if type(path) is str and "?" in path}
    queries = [*behind.values()]
    for path, query in behind.items():
        is_fixed = query[:1] == "?" and "{" not in query and all("=" in part for part in query[1:].split("&"))
        if is_fixed and queries.count(query) >= FEWEST and type(paths[path]) is dict and "$ref" not in paths[path]:
            yield path, query


def _with_parameters(path: str, item: Mapping[str, Any], behind: str, *, is_swagger: bool) -> dict[str, Any]:
    """A path item whose operations need the query `behind` the path as parameters."""
    made = dict(item)
    for method in methods_in(item):
        node = item[method]
        if type(node) is dict:
            known = [*_listed(item), *_listed(node)]
            added = [each for each in _parameters(behind, is_swagger=is_swagger) if not _is_among(each, known)]
            made[method] = {**node, "parameters": [*_listed(node), *added], AUTHORS_PATH: path}
    return made


def _listed(holder: Mapping[str, Any]) -> list[Any]:
    found = holder.get("parameters")
    return found if type(found) is list else []


def _is_among(parameter: Mapping[str, Any], known: list[Any]) -> bool:
    """Is there a parameter with this place and name, which says more of it?"""
    wanted = parameter["in"], parameter["name"]
    return any(type(each) is dict and (each.get("in"), each.get("name")) == wanted for each in known)


def _parameters(behind: str, *, is_swagger: bool) -> Iterator[dict[str, Any]]:
    for name, value in parse_qsl(behind[1:], keep_blank_values=True):
        schema: dict[str, Any] = {"type": "string", "enum": [value]}
        yield {"name": name, "in": "query", "required": True, **(schema if is_swagger else {"schema": schema})}
