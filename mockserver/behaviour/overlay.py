"""OpenAPI Overlay 1.0 and 1.1: a document that changes another one.

Source: the OpenAPI Initiative's Overlay Specification 1.0.0 (sections 4.4 to 4.6) and 1.1.0 (section 4.4.3), which
added `copy`, updates of single values, and lists that are appended. Targets are JSONPath (RFC 9535).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from msgspec import Struct

from mockserver.behaviour.faults import Place, StatementFault, report
from mockserver.errors import BehaviourError
from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec
from mockserver.suggestions import allowed

if TYPE_CHECKING:
    import jsonpath_rfc9535
else:
    jsonpath_rfc9535 = LazyModule("jsonpath_rfc9535")

ACTION_KEYS = ("target", "description", "update", "copy", "remove")


class AppliedAction(Struct, frozen=True):
    """What an action of an overlay did: its number, the places where its target matched, and its update."""

    number: int
    places: tuple[Place, ...]
    update: Any


class InferredStatement(dict[str, Any]):
    """A statement that was inferred. An update replaces its values whole, and its note with its evidence.

    The specification would merge objects and append to arrays: then a corrected reply body would keep the keys of the
    guess, and a corrected `envelope` would be one key longer.
    """


class InferredList(list[Any]):
    """Inferred statements of one kind. An update adds its own, be it one or a list."""


def apply(document: dict[str, Any], overlay: Mapping[str, Any], *, file: str = "overlay") -> dict[str, Any]:
    """A copy of `document` with every action of `overlay` applied in order.

    Raises BehaviourError, naming the file and the action, for every fault. A target that matches nothing is a fault
    too: the specification allows it, but an action without effect is a mistake.
    """
    result = copy.deepcopy(document)
    _, faults = carry_out(result, overlay)
    if faults:
        raise BehaviourError(*report(faults, lambda place: file))
    return result


def carry_out(document: dict[str, Any], overlay: Mapping[str, Any]) -> tuple[list[AppliedAction], list[StatementFault]]:
    """Apply every action of an overlay to `document` in place: what each did, and what is wrong with the others."""
    version = str(overlay.get("overlay", ""))
    if not version.startswith("1."):
        return [], [StatementFault(("overlay",), f"`overlay` must be 1.0.0 or 1.1.0, not {overlay.get('overlay')!r}")]
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        return [], [StatementFault(("actions",), "`actions` must be a list")]
    applied, faults = list[AppliedAction](), list[StatementFault]()
    for number, action in enumerate(actions):
        places, wrong = _carry_out(document, action, is_10=version.startswith("1.0"))
        faults += [StatementFault(("actions", number, *place), message) for place, message in wrong]
        applied += [AppliedAction(number, places, action.get("update"))] if places else []
    return applied, faults


def _carry_out(document: dict[str, Any], action: Any, *, is_10: bool) -> tuple[tuple[Place, ...], list[StatementFault]]:
    wrong = list(_wrong(action, is_10=is_10))
    if wrong:
        return (), wrong
    nodes, wrong = _found(document, "target", action["target"])
    value = action.get("update")
    if not wrong and "copy" in action and action.get("remove") is not True:
        value, wrong = _copied(document, action["copy"])
    if not wrong and action.get("remove") is True:
        wrong = [fault for node in reversed(nodes) for fault in _remove(node)]
    elif not wrong:
        wrong = [fault for node in reversed(nodes) for fault in _update(node, value, is_10=is_10)]
    return () if wrong else tuple(node.location for node in nodes), wrong


def _copied(document: Any, path: str) -> tuple[Any, list[StatementFault]]:
    """A copy of the one value that `copy` selects, and why there is none."""
    nodes, wrong = _found(document, "copy", path)
    if not wrong and len(nodes) > 1:
        wrong = [StatementFault(("copy",), f"{path!r} matches {len(nodes)} values; only one can be copied")]
    return (None, wrong) if wrong else (copy.deepcopy(nodes[0].value), [])


def _wrong(action: Any, *, is_10: bool) -> Iterator[StatementFault]:
    """What is wrong with an action itself."""
    if not isinstance(action, Mapping):
        yield StatementFault((), "an action must be an object")
        return
    for key in action:
        if key not in ACTION_KEYS and not key.startswith("x-"):
            yield StatementFault((key,), f"unknown key{allowed(key, ACTION_KEYS)}")
    if not isinstance(action.get("target"), str):
        yield StatementFault((), "`target` is missing, or is no string")
    if action.get("remove") is True:
        return
    if is_10 and "copy" in action:
        yield StatementFault(("copy",), "`copy` needs `overlay: 1.1.0`")
    elif "copy" in action and not isinstance(action["copy"], str):
        yield StatementFault(("copy",), "`copy` must be a JSONPath")
    elif ("update" in action) == ("copy" in action):
        yield StatementFault((), "an action must have one of `update`, `copy` and `remove: true`")


def _found(document: Any, key: str, target: str) -> tuple[list[Any], list[StatementFault]]:
    """The nodes that a JSONPath under `key` of an action matches, and why there are none."""
    try:
        nodes = list(jsonpath_rfc9535.find(target, document))
    except jsonpath_rfc9535.JSONPathError as fault:
        return [], [StatementFault((key,), f"{target!r} is no JSONPath (RFC 9535): {fault}")]
    return nodes, [] if nodes else [StatementFault((key,), f"{target!r} matches nothing{_nearest(document, target)}")]


def _nearest(document: Any, target: str) -> str:
    """How far a target leads, and what is there."""
    names = list[str]()
    for segment in jsonpath_rfc9535.compile(target).segments:
        [first, *others] = segment.selectors
        if others or not isinstance(first, jsonpath_rfc9535.selectors.NameSelector):
            break
        names.append(first.name)
    node, way = document, "$"
    for name in names:
        if not isinstance(node, Mapping):
            break
        if name not in node:
            return f": there is no {name!r} in {way}{allowed(name, list(node)[:LISTED])}"
        node, way = node[name], f"{way}[{name!r}]"
    return ""


LISTED = 30
"""How many keys an error lists."""


def _update(node: Any, value: Any, *, is_10: bool) -> Iterator[StatementFault]:
    """Merge a value into an object, append it to a list, or put it in place of a single value."""
    here = node.value
    if isinstance(here, list):
        # In 1.0 a list is one entry to append; since 1.1 its entries are appended.
        _extend(here, value if isinstance(value, list) and not is_10 else [value])
    elif isinstance(here, dict) and isinstance(value, Mapping):
        merge(here, value)
    elif is_10 and not isinstance(here, dict):
        yield StatementFault(("update",), "the target is neither an object nor an array; that needs `overlay: 1.1.0`")
    elif isinstance(here, dict) or isinstance(value, dict | list):
        yield StatementFault(("target",), f"{_kind(value)} cannot take the place of {_kind(here)}")
    else:
        node.parent.value[node.location[-1]] = value


def _kind(value: Any) -> str:
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "a single value"


def _remove(node: Any) -> Iterator[StatementFault]:
    if node.location:
        del node.parent.value[node.location[-1]]
    else:
        yield StatementFault(("target",), "the whole document cannot be removed")


def merge(target: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Merge `update` into `target` in place: objects recursively, arrays concatenated, the rest replaced.

    An entry that an array already has is not added again, so that applying an overlay twice changes nothing. Values of
    an inferred statement are replaced.
    """
    if isinstance(target, InferredStatement):
        if "evidence" in update:
            target.pop("note", None)
        target.update(copy.deepcopy(dict(update)))
        return
    for key, value in update.items():
        here = target.get(key)
        if isinstance(here, dict) and isinstance(value, Mapping):
            merge(here, value)
        elif isinstance(here, list) and isinstance(value, list):
            _extend(here, value)
        elif isinstance(here, InferredList) and isinstance(value, Mapping):
            _extend(here, [value])
        else:
            target[key] = copy.deepcopy(value)


def _extend(target: list[Any], entries: list[Any]) -> None:
    known = {_written(entry) for entry in target}
    target.extend(copy.deepcopy(entry) for entry in entries if _written(entry) not in known)


def _written(value: Any) -> bytes:
    """The same for equal JSON values; to Python 1 and true are equal."""
    return json_codec.write(value, orjson.OPT_SORT_KEYS)
