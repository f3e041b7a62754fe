"""OpenAPI Overlay 1.0: a document that changes another one.

Source: the OpenAPI Initiative's Overlay Specification 1.0.0 (sections 4.4 to 4.6). Targets are JSONPath (RFC 9535).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import jsonpath_rfc9535
import orjson
from jsonpath_rfc9535.exceptions import JSONPathError

from mockserver.errors import BehaviourError


def apply(document: dict[str, Any], overlay: Mapping[str, Any], *, file: str = "overlay") -> dict[str, Any]:
    """A copy of `document` with every action of `overlay` carried out in its order.

    Raises BehaviourError, naming file and action, for a target that is no JSONPath or that nothing matches: an
    action without effect is a mistake of its writer, even though the specification would let it pass.
    """
    if str(overlay.get("overlay", "")).split(".")[0] != "1":
        raise BehaviourError(f"{file}: `overlay` must be 1.0.0, not {overlay.get('overlay')!r}")
    result = copy.deepcopy(document)
    for index, action in enumerate(overlay.get("actions") or ()):
        _carry_out(result, action, f"{file}#/actions/{index}")
    return result


def _carry_out(document: dict[str, Any], action: Mapping[str, Any], place: str) -> None:
    target = action.get("target")
    try:
        nodes = jsonpath_rfc9535.find(str(target), document)
    except JSONPathError as fault:
        raise BehaviourError(f"{place}/target: {target!r} is no JSONPath (RFC 9535): {fault}") from None
    if not nodes:
        raise BehaviourError(f"{place}/target: {target!r} matches nothing in the document")
    for node in reversed(nodes):
        if action.get("remove"):
            _remove(node)
        elif "update" in action:
            _update(node.value, action["update"], place)


def _remove(node: Any) -> None:
    key, parent = node.location[-1], node.parent.value
    del parent[key]


def _update(value: Any, update: Any, place: str) -> None:
    if isinstance(value, list):
        _extend(value, [update])
    elif isinstance(value, dict) and isinstance(update, Mapping):
        merge(value, update)
    else:
        raise BehaviourError(f"{place}/update: the target is neither an object nor an array")


def merge(target: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Merge `update` into `target` in place: objects recursively, arrays concatenated, the rest replaced.

    An entry that an array already has is not added again, so that applying an overlay twice changes nothing.
    """
    for key, value in update.items():
        here = target.get(key)
        if isinstance(here, dict) and isinstance(value, Mapping):
            merge(here, value)
        elif isinstance(here, list) and isinstance(value, list):
            _extend(here, value)
        else:
            target[key] = copy.deepcopy(value)


def _extend(target: list[Any], entries: list[Any]) -> None:
    known = {_written(entry) for entry in target}
    target.extend(copy.deepcopy(entry) for entry in entries if _written(entry) not in known)


def _written(value: Any) -> bytes:
    """The same for equal JSON values; to Python 1 and true are equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
