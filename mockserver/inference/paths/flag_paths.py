"""Paths with a mark behind them that tells nothing apart: `/v1/vaults?beta=true` is `/v1/vaults` with a parameter.

What is behind a path tells apart what has one path and one method (`/files?op=copy`, `/#Action=ListUsers`). A flag that
many paths have, such as `?beta=true`, and a parameter that Amazon's documents name there (`/devices/{id}#type`) tell
nothing apart where the document has no other operation of this path and method. Without them, the paths of collections
and of their items go together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.inference.paths.name_paths import AUTHORS_PATH, methods_in, referred_to
from mockserver.openapi import path_template

FEWEST = 2
"""How many paths have a flag, at least."""


def without_flags(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with what tells nothing apart as parameters; `raw` itself, which is not changed, without any.

    A path that references lead into stays, and an operation beside which the document has one without the mark.
    """
    written = raw.get("paths")
    paths: dict[Any, Any] = written if type(written) is dict else {}
    marked = _marked(paths)
    refers = {*referred_to(raw)} if marked else ()
    marked = {path: parts for path, parts in marked.items() if path not in refers}
    if not marked:
        return raw
    flags = _flags([behind for _, behind in marked.values()])
    others = ((path, item) for path, item in paths.items() if type(path) is str and path not in marked)
    taken = {(path_template.shape(path), method) for path, item in others for method in methods_in(item)}
    moved: dict[Any, Any] = {}
    for path, item in paths.items():
        plain, behind = marked.get(path, (path, ""))
        going: dict[str, Any] = {}
        for method in methods_in(item) if behind else ():
            node = _plain(path, item, item[method], behind, flags, is_swagger="swagger" in raw)
            if node is not None and (path_template.shape(plain), method) not in taken:
                taken.add((path_template.shape(plain), method))
                going[method] = node
        if going:
            moved[plain] = {**moved.get(plain, {}), **going}
        rest = {key: value for key, value in item.items() if key not in going} if going else item
        if not going or methods_in(rest):
            moved[path] = {**rest, **moved[path]} if path in moved else rest
    return {**raw, "paths": moved}


def _marked(paths: Mapping[Any, Any]) -> dict[str, tuple[str, str]]:
    """The paths with something behind them, each as the path itself and that."""
    found = {path: path_template.split(path) for path in paths if type(path) is str and ("?" in path or "#" in path)}
    return {
        path: parts
        for path, parts in found.items()
        if parts[1] and "{" not in parts[1] and type(paths[path]) is dict and "$ref" not in paths[path]
    }


def _flags(behind: list[str]) -> frozenset[str]:
    """The queries of fixed values that several paths have."""
    fixed = [each for each in behind if each[0] == "?" and all("=" in part for part in each[1:].split("&"))]
    return frozenset(each for each in fixed if fixed.count(each) >= FEWEST)


def _plain(
    path: str, item: Mapping[str, Any], node: Any, behind: str, flags: Collection[str], *, is_swagger: bool
) -> dict[str, Any] | None:
    """The operation for the path without what is behind it; None if that may say more than a parameter does."""
    if type(node) is not dict:
        return None
    known = [*_listed(item), *_listed(node)]
    if behind in flags:
        added = [each for each in _parameters(behind, is_swagger=is_swagger) if _declared(each["name"], known) is None]
    elif behind[0] == "#" and all(_is_single(_declared(name, known)) for name in behind[1:].split("&")):
        added = []
    else:
        return None
    outer = {"servers": item["servers"]} if "servers" in item else {}
    return {**outer, **node, "parameters": [*known, *added], AUTHORS_PATH: path}


def _is_single(parameter: Mapping[str, Any] | None) -> bool:
    """Is it a single value? A list may name what a DELETE takes away: `DELETE /tags/{arn}#tagKeys` keeps other tags."""
    if parameter is None:
        return False
    schema = parameter.get("schema", parameter)
    return type(schema) is dict and schema.get("type") not in (None, "array")


def _listed(holder: Mapping[str, Any]) -> list[Any]:
    found = holder.get("parameters")
    return found if type(found) is list else []


def _declared(name: str, known: list[Any]) -> dict[str, Any] | None:
    """The parameter of this name outside of the path."""
    outside = (each for each in known if type(each) is dict and each.get("in") in ("query", "header"))
    return next((each for each in outside if each.get("name") == name), None)


def _parameters(behind: str, *, is_swagger: bool) -> Iterator[dict[str, Any]]:
    """The parameters of a flag: each has one value."""
    for name, value in parse_qsl(behind[1:], keep_blank_values=True):
        schema: dict[str, Any] = {"type": "string", "enum": [value]}
        yield {"name": name, "in": "query", "required": True, **(schema if is_swagger else {"schema": schema})}
