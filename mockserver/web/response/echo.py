"""Echoing the values of a request in a generated reply: a client that creates `Ada` expects to read `Ada`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from mockserver.inference.names import noun
from mockserver.inference.paths.path_tree import PathNode, shape_of
from mockserver.messages import Call

Path = tuple[str, ...]


def request_values(call: Call, item: str = "") -> dict[str, Any]:
    """The values of the request by name. `item` is the path parameter at the end of the path; its value is `id` too."""
    body = call.body if isinstance(call.body, dict) else {}
    named = {"id": call.path[item]} if item in call.path else {}
    return {**named, **call.query, **call.path, **body}


def echo(value: Any, sent: Mapping[str, Any], is_valid: Callable[[Any], bool]) -> Any:
    """A copy of `value` in which properties with the name and type of a sent value, or of a sent null, have that value.

    If the copy is not valid, other sent values are added until it is: a client that sends `Circle` where a square was
    generated has sent `radius` too. If that does not help, only the changes that are valid alone are made.
    """
    changes = list(_changes(value, sent)) or list(_inside(value, sent))
    changed = _changed(value, changes)
    if not changes or is_valid(changed):
        return changed
    complete = {**sent, **changed} if isinstance(changed, dict) else changed
    if is_valid(complete):
        return _without_surplus(complete, [name for name in sent if name not in changed], is_valid)
    for change in changes:
        trial = _changed(value, [change])
        value = trial if is_valid(trial) else value
    return value


@lru_cache(maxsize=4096)
def names_above(path: str) -> dict[str, str]:
    """The names by which a reply shows what is above it in a path, each with its parameter.

    `/plans/{id}/bills` is about bills whose `plan_id` is that `id`.
    """
    node = PathNode(path, shape_of(path), {})
    above = zip(node.parameters, node.words_before, strict=False) if len(node.shape) > 1 else ()
    named = {parameter: "".join((*noun(word), "id")) for parameter, word in above if word}
    if node.is_item and node.parameters:
        named.pop(node.parameters[-1], None)
    return {name: parameter for parameter, name in named.items()}


def echo_above(value: Any, path: str, call: Call, is_valid: Callable[[Any], bool]) -> Any:
    """A copy of `value` whose objects, also in lists, name the items of the path above them, if it is valid."""
    known = {name: call.path[parameter] for name, parameter in names_above(path).items() if parameter in call.path}
    changed = _below(value, known, DEEPEST) if known else value
    return changed if changed is value or is_valid(changed) else value


DEEPEST = 4
"""How deep objects and lists are looked into for what names something above."""


def _below(value: Any, known: Mapping[str, Any], depth: int) -> Any:
    if isinstance(value, list) and depth:
        return [_below(each, known, depth - 1) for each in value]
    if not isinstance(value, dict) or not depth:
        return value
    new = {key: known.get(_normalized(key)) for key in value}
    return {
        key: new[key] if new[key] is not None and _is_alike(inner, new[key]) else _below(inner, known, depth - 1)
        for key, inner in value.items()
    }


def _without_surplus(value: dict[str, Any], surplus: list[str], is_valid: Callable[[Any], bool]) -> dict[str, Any]:
    """`value` without those properties of the surplus that it is valid without."""
    for name in surplus:
        trial = {key: inner for key, inner in value.items() if key != name}
        value = trial if is_valid(trial) else value
    return value


def _changes(value: Any, sent: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """(path, value) for every property that the request has too, also inside objects that both have."""
    names = {_normalized(name): name for name in reversed(list(sent))}
    for key, inner in value.items() if isinstance(value, dict) else ():
        name = names.get(_normalized(key))
        if name is None:
            continue
        new = _integral(inner, sent[name])
        if isinstance(inner, dict) and isinstance(new, Mapping):
            yield from (((key, *path), other) for path, other in _changes(inner, new))
        elif _is_alike(inner, new) and inner != new and not _loses_integer(inner, new):
            yield (key,), new


def _inside(value: Any, sent: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The same for the only object in an envelope such as `{"data": {…}}`."""
    objects = [key for key, inner in value.items() if isinstance(inner, dict)] if isinstance(value, dict) else []
    if len(objects) == 1:
        yield from (((objects[0], *path), new) for path, new in _changes(value[objects[0]], sent))


def _changed(value: Any, changes: list[tuple[Path, Any]]) -> Any:
    result = copy.deepcopy(value)
    for path, new in changes:
        parent = result
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = new
    return result


def _integral(old: Any, new: Any) -> Any:
    """A sent `1.0` as 1 where an integer is shown: both are integers (JSON Schema 2020-12 validation 6.1.1)."""
    return int(new) if _loses_integer(old, new) and new.is_integer() and abs(new) <= EXACT else new


EXACT = 2**53
"""Floats up to this one are exact integers."""


def _loses_integer(old: Any, new: Any) -> bool:
    """Would an integer become a float? Integers beyond 64 bits are read as floats, and written like 1e20."""
    return type(old) is int and type(new) is float


def _normalized(name: str) -> str:
    """The name without case and separators: `petId`, `pet_id` and `pet-id` are the same."""
    return name.replace("_", "").replace("-", "").lower()


def _is_alike(shown: Any, sent: Any) -> bool:
    """Have the values one JSON type, or is one of them null? Whether null is allowed is asked of the schema."""
    return shown is None or sent is None or _json_type(shown) == _json_type(sent)


def _json_type(value: Any) -> str:
    """The JSON type; integers and other numbers are one type."""
    if isinstance(value, bool):
        return "boolean"
    return {"int": "number", "float": "number"}.get(type(value).__name__, type(value).__name__)
