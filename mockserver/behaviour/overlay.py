"""OpenAPI Overlay 1.0: a document that changes another one.

Source: the OpenAPI Initiative's Overlay Specification 1.0.0 (sections 4.4 to 4.6). Targets are JSONPath (RFC 9535).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonpath_rfc9535
import orjson
from jsonpath_rfc9535.exceptions import JSONPathError
from jsonpath_rfc9535.selectors import NameSelector

from mockserver.behaviour.faults import Place, StatementFault, report
from mockserver.behaviour.suggestions import allowed
from mockserver.errors import BehaviourError

ACTION_KEYS = ("target", "description", "update", "remove")


class AppliedAction(NamedTuple):
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
    if str(overlay.get("overlay", "")).split(".")[0] != "1":
        return [], [StatementFault(("overlay",), f"`overlay` must be 1.0.0, not {overlay.get('overlay')!r}")]
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        return [], [StatementFault(("actions",), "`actions` must be a list")]
    applied, faults = list[AppliedAction](), list[StatementFault]()
    for number, action in enumerate(actions):
        places, wrong = _carry_out(document, action)
        faults += [StatementFault(("actions", number, *place), message) for place, message in wrong]
        applied += [AppliedAction(number, places, action.get("update"))] if places else []
    return applied, faults


def _carry_out(document: dict[str, Any], action: Any) -> tuple[tuple[Place, ...], list[StatementFault]]:
    wrong = list(_wrong(action))
    if wrong:
        return (), wrong
    nodes, wrong = _found(document, action["target"])
    wrong = wrong or [fault for node in reversed(nodes) for fault in _change(node, action)]
    return () if wrong else tuple(node.location for node in nodes), wrong


def _wrong(action: Any) -> Iterator[StatementFault]:
    """What is wrong with an action itself."""
    if not isinstance(action, Mapping):
        yield StatementFault((), "an action must be an object")
        return
    for key in action:
        if key not in ACTION_KEYS and not key.startswith("x-"):
            yield StatementFault((key,), f"unknown key{allowed(key, ACTION_KEYS)}")
    if not isinstance(action.get("target"), str):
        yield StatementFault((), "`target` is missing, or is no string")
    if "update" not in action and action.get("remove") is not True:
        yield StatementFault((), "an action must have `update` or `remove: true`")


def _found(document: Any, target: str) -> tuple[list[Any], list[StatementFault]]:
    """The nodes that a target matches, and why there are none."""
    try:
        nodes = list(jsonpath_rfc9535.find(target, document))
    except JSONPathError as fault:
        return [], [StatementFault(("target",), f"{target!r} is no JSONPath (RFC 9535): {fault}")]
    return nodes, [] if nodes else [
        StatementFault(("target",), f"{target!r} matches nothing{_nearest(document, target)}")
    ]


def _nearest(document: Any, target: str) -> str:
    """How far a target leads, and what is there."""
    names = list[str]()
    for segment in jsonpath_rfc9535.compile(target).segments:
        [first, *others] = segment.selectors
        if others or not isinstance(first, NameSelector):
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


def _change(node: Any, action: Mapping[str, Any]) -> Iterator[StatementFault]:
    if action.get("remove"):
        yield from _remove(node)
    elif isinstance(node.value, list):
        _extend(node.value, [action["update"]])
    elif isinstance(node.value, dict) and isinstance(action["update"], Mapping):
        merge(node.value, action["update"])
    else:
        yield StatementFault(("update",), "the target is neither an object nor an array")


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
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
