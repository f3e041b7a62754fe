"""How the body of an update changes an item: field by field, merge patch (RFC 7396) or JSON Patch (RFC 6902)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mockserver.errors import Conflict, Fault, Invalid
from mockserver.lazy_module import LazyModule
from mockserver.openapi import pointer as json_pointer

if TYPE_CHECKING:
    from mockserver.handlers.fields import scim_patch as scim_patch_module
else:
    scim_patch_module = LazyModule("mockserver.handlers.fields.scim_patch")


def fields(item: dict[str, Any], body: Any) -> dict[str, Any]:
    """The item with the body's fields in place of its own; null is a value like any other."""
    return {**item, **body}


def merge_patch(item: dict[str, Any], body: Any) -> dict[str, Any]:
    """The item after a JSON Merge Patch: objects merge, null removes, any other value replaces (RFC 7396 section 2)."""
    result: dict[str, Any] = merged(item, body)
    return result


def merged(target: Any, patch: Any) -> Any:
    """Any JSON value after a JSON Merge Patch (RFC 7396 section 2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def json_api(item: dict[str, Any], body: Any) -> dict[str, Any]:
    """The item after an update of JSON:API 1.1: attributes and relationships that are not sent keep their values."""
    return {**item, **{name: _joined(item.get(name), value, name) for name, value in body.items()}}


def _joined(own: Any, sent: Any, name: str) -> Any:
    is_kept = name in ("attributes", "relationships") and isinstance(own, dict) and isinstance(sent, dict)
    return {**own, **sent} if is_kept else sent


def json_patch(item: dict[str, Any], body: Any) -> dict[str, Any]:
    """The item after a JSON Patch; when one operation fails, none is applied (RFC 6902 section 5).

    Raises Conflict when a `test` fails (section 4.6), Invalid when a path does not exist.
    """
    document: Any = copy.deepcopy(item)
    for index, operation in enumerate(body):
        document = _apply(document, operation, index)
    if not isinstance(document, dict):
        raise Invalid("The patch leaves no object", faults=(Fault("body", (), "leaves no object", "path"),))
    return document


def _apply(document: Any, operation: dict[str, Any], index: int) -> Any:
    name, path = operation.get("op"), str(operation.get("path", ""))
    try:
        return OPERATIONS[str(name)](document, path, operation)
    except (KeyError, IndexError, ValueError, TypeError):
        fault = Fault("body", (index, "path"), f"{name} at {path!r} leads nowhere", "path")
        raise Invalid(fault.message, faults=(fault,)) from None


def _get(document: Any, path: str) -> Any:
    for step in json_pointer.split(path):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def _add(document: Any, path: str, operation: dict[str, Any]) -> Any:
    return _put(document, path, operation["value"])


def _put(document: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    *above, last = json_pointer.split(path)
    parent = _get(document, json_pointer.join("", *above))
    if isinstance(parent, list):
        position = len(parent) if last == "-" else int(last)
        if not 0 <= position <= len(parent):
            raise IndexError(last)
        parent.insert(position, value)
    else:
        parent[last] = value
    return document


def _remove(document: Any, path: str, operation: dict[str, Any]) -> Any:
    *above, last = json_pointer.split(path)
    parent = _get(document, json_pointer.join("", *above))
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def _replace(document: Any, path: str, operation: dict[str, Any]) -> Any:
    value = operation["value"]
    _get(document, path)
    return _put(_remove(document, path, operation), path, value) if path else value


def _move(document: Any, path: str, operation: dict[str, Any]) -> Any:
    value = _get(document, operation["from"])
    return _put(_remove(document, operation["from"], operation), path, value)


def _copy(document: Any, path: str, operation: dict[str, Any]) -> Any:
    return _put(document, path, copy.deepcopy(_get(document, operation["from"])))


def _test(document: Any, path: str, operation: dict[str, Any]) -> Any:
    if _get(document, path) != operation["value"]:
        raise Conflict(f"The test at {path!r} failed")
    return document


OPERATIONS: dict[str, Callable[[Any, str, dict[str, Any]], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _scim(item: dict[str, Any], given: Any) -> dict[str, Any]:
    return scim_patch_module.scim_patch(item, given)


STYLES: dict[str, Callable[[dict[str, Any], Any], dict[str, Any]]] = {
    "fields": fields,
    "merge-patch": merge_patch,
    "json-patch": json_patch,
    "json-api": json_api,
    "scim": _scim,
}
"""The function that applies a body to an item, by the name that `action.patch` uses."""

MEDIA_TYPES = {
    "application/merge-patch+json": "merge-patch",
    "application/json-patch+json": "json-patch",
    "application/vnd.api+json": "json-api",
}
"""The media types that say how the body changes the item; they win over `action.patch`."""
