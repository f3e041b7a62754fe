"""Completes what PostgREST (also behind Supabase) writes about the tables of a database, which says less than it does.

A path is a table if its GET takes a header `Range-Unit`. Its PATCH takes some of the columns, its POST a row or a list
of rows without those that the database fills in, and both, as the DELETE, show the rows where the request has
`Prefer: return=representation`. One row instead of a list has a media type of its own. Source: the reference of
PostgREST, "Tables and Views" and "Prefer Header".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Node = dict[str, Any]
Follow = Callable[[Any], Node]
"""The object that a node is or refers to."""

RANGE_UNIT, PREFER = "range-unit", "prefer"
"""Headers of requests, in lower case."""

ONE_ROW = "application/vnd.pgrst.object"
"""How the media type of one row begins."""

KEY = "<pk/>"
"""What the description of a primary key contains."""

NUMBERS = ("limit", "offset")
"""Query parameters that are written as texts and are numbers."""

REPEATED = {"style": "pipeDelimited", "explode": True}
"""How the filter of a column is repeated: `id=gte.1&id=lt.9`. Its value may have commas."""

JSON = "application/json"


def describe(paths: Iterable[Any], follow: Follow) -> None:
    """Complete the path items of tables in a document in the normal form; others stay as they are."""
    for item in paths:
        get = item.get("get") if isinstance(item, dict) else None
        if isinstance(get, dict) and _has_header(get, RANGE_UNIT, follow):
            _describe(item, follow)


def _has_header(operation: Node, name: str, follow: Follow) -> bool:
    found = (follow(each) for each in operation.get("parameters") or ())
    return any(each.get("in") == "header" and str(each.get("name")).lower() == name for each in found)


def _describe(item: Node, follow: Follow) -> None:
    for method in ("get", "post", "patch", "delete"):
        operation = item.get(method)
        if isinstance(operation, dict) and isinstance(operation.get("parameters"), list):
            operation["parameters"] = [_parameter(follow(each)) for each in operation["parameters"]]
    success = follow((item["get"].get("responses") or {}).get("200"))
    listed = ((success.get("content") or {}).get(JSON) or {}).get("schema") or {}
    row = listed.get("items")
    columns = follow(row).get("properties") if isinstance(row, dict) else None
    if not isinstance(columns, dict):
        return
    _show_one(item["get"], success, row)
    for method in ("get", "patch", "delete"):
        for each in (item.get(method) or {}).get("parameters") or ():
            if each.get("in") == "query" and each.get("name") in columns:
                each |= {"schema": {"type": "array", "items": {"type": "string"}}, **REPEATED}
    rows = {"description": "The rows, with Prefer: return=representation", "content": {JSON: {"schema": listed}}}
    filled = {name for name, each in columns.items() if _is_filled_in(follow(each))}
    needed = [name for name in follow(row).get("required") or () if name not in filled]
    whole = {"type": "object", "properties": columns, "required": needed}
    asked: dict[str, Node] = {
        "post": {"oneOf": [whole, {"type": "array", "items": whole}]},
        "patch": {"type": "object", "properties": columns},
    }
    for method, status in (("post", "201"), ("patch", "200"), ("delete", "200")):
        operation = item.get(method)
        if isinstance(operation, dict):
            operation["responses"] = {**(operation.get("responses") or {}), status: rows}
        if isinstance(operation, dict) and method in asked:
            operation["requestBody"] = {"content": {JSON: {"schema": asked[method]}}}


def _parameter(node: Node) -> Node:
    if node.get("in") == "header" and str(node.get("name")).lower() == PREFER:
        return {**node, "schema": {"type": "string"}}  # a list of preferences, and unknown ones are ignored (RFC 7240)
    if node.get("in") == "query" and node.get("name") in NUMBERS:
        return {**node, "schema": {"type": "integer", "minimum": 0}}
    return dict(node)


def _is_filled_in(column: Node) -> bool:
    """Does the database give a column a value where a new row has none?"""
    return "default" in column or KEY in str(column.get("description"))


def _show_one(get: Node, success: Node, row: Any) -> None:
    """Let the media types of one row have the schema of one row."""
    content = {
        name: {"schema": row} if name.startswith(ONE_ROW) else media for name, media in success["content"].items()
    }
    get["responses"] = {**get["responses"], "200": {**success, "content": content}}
