"""What a client sent, shown again in a made-up reply: who creates `Ada` expects to read `Ada`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.messages import Call

Path = tuple[str, ...]


def given(call: Call, item: str = "") -> dict[str, Any]:
    """What the request says, by name. `item` is the path parameter that ends the path: it is called `id` too."""
    body = call.body if isinstance(call.body, dict) else {}
    named = {"id": call.path[item]} if item in call.path else {}
    return {**named, **call.query, **call.path, **body}


def echo(value: Any, said: Mapping[str, Any], is_valid: Callable[[Any], bool]) -> Any:
    """A copy of `value` in which what has the same name and type as something that was said, says it.

    What would not be valid is left as it is, or gets what else was said and makes it so: a client that says `Circle`
    where a square was made up has said `radius` too.
    """
    changes = list(_changes(value, said)) or list(_inside(value, said))
    together = _changed(value, changes)
    if not changes or is_valid(together):
        return together
    full = {**said, **together} if isinstance(together, dict) else together
    if is_valid(full):
        return _without_surplus(full, [name for name in said if name not in together], is_valid)
    for change in changes:
        trial = _changed(value, [change])
        value = trial if is_valid(trial) else value
    return value


def _without_surplus(value: dict[str, Any], surplus: list[str], is_valid: Callable[[Any], bool]) -> dict[str, Any]:
    """`value` with as little of the surplus as makes it valid."""
    for name in surplus:
        trial = {key: inner for key, inner in value.items() if key != name}
        value = trial if is_valid(trial) else value
    return value


def _changes(value: Any, said: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """(where, what) for every property that the request named too, also in objects that both have."""
    names = {_plain(name): name for name in reversed(list(said))}
    for key, inner in value.items() if isinstance(value, dict) else ():
        wanted = said.get(names.get(_plain(key), ""))
        if isinstance(inner, dict) and isinstance(wanted, Mapping):
            yield from (((key, *path), what) for path, what in _changes(inner, wanted))
        elif _kind(inner) == _kind(wanted) and inner != wanted and not _is_blurred(inner, wanted):
            yield (key,), wanted


def _inside(value: Any, said: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The same for the one object in an envelope such as `{"data": {…}}`."""
    objects = [key for key, inner in value.items() if isinstance(inner, dict)] if isinstance(value, dict) else []
    if len(objects) == 1:
        yield from (((objects[0], *path), what) for path, what in _changes(value[objects[0]], said))


def _changed(value: Any, changes: list[tuple[Path, Any]]) -> Any:
    result = copy.deepcopy(value)
    for path, what in changes:
        parent = result
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = what
    return result


def _is_blurred(old: Any, new: Any) -> bool:
    """Would a whole number become one that not every reader takes for whole, as those beyond 64 bits are written?"""
    return type(old) is int and type(new) is float


def _plain(name: str) -> str:
    """`petId`, `pet_id` and `pet-id` are one name."""
    return name.replace("_", "").replace("-", "").lower()


def _kind(value: Any) -> str:
    """The JSON type; integers and other numbers are one kind, null and absence are none to be echoed."""
    if isinstance(value, bool):
        return "boolean"
    return {"int": "number", "float": "number", "NoneType": ""}.get(type(value).__name__, type(value).__name__)
