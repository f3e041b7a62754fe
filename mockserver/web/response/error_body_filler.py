"""Filling a generated error body with the facts of an error, by the names of its properties: `message`, `code`, …"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mockserver.errors import Fault
from mockserver.inference.names import plain
from mockserver.web.response.error_field_map import field_bodies
from mockserver.web.response.error_values import (
    HEADINGS,
    LOCATIONS,
    SENTENCES,
    ErrorFacts,
    Path,
    candidates,
    role_of,
    with_fault,
)

MAX_FAULTS = 50
"""The most faults that a body lists."""


class BodyRules(Struct, frozen=True):
    """What the schema of a body says.

    `is_valid` is for the body, `is_map` for objects without declared properties, `choices` are the values of an `enum`.
    `wrapper` is the object around all that the request has. `is_example`: the body is the only example of this
    response, so that its code is right. `fields` are properties of the body that the request has too; with
    `is_by_field` each property is one.
    """

    is_valid: Callable[[Any], bool]
    is_map: Callable[[Path], bool]
    choices: Callable[[Path], Sequence[Any]]
    is_example: bool = False
    wrapper: str = ""
    fields: Collection[str] = ()
    is_by_field: bool = False


def fill(value: Any, facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> Any:
    """A copy of `value` with the facts in all properties whose names are known and whose schema allows them."""
    if isinstance(value, dict) and (rules.is_by_field or rules.fields):
        named = _names_in_maps(value, faults, rules)
        body = value if rules.is_by_field else _filled(value, facts, faults, rules)
        found = field_bodies(body, facts, named, rules.fields, is_map=rules.is_by_field, is_valid=rules.is_valid)
        return next(found, None) or _filled(value, facts, faults, rules)
    return _filled(value, facts, faults, rules)


def names_one(body: Any, facts: ErrorFacts, faults: tuple[Fault, ...]) -> bool:
    """Does a filled body only say what the first of several faults is, in a text that could name all of them?

    A text beside the name of a field (`{"message": …, "field": "name"}`) is about that field.
    """
    root = body if isinstance(body, dict) else {"errors": body}
    shown = [(role, _at(root, path)) for path, role in (*_leaves(root), *_unnamed(root))]
    if any(role not in SENTENCES and value == facts.field for role, value in shown):
        return False
    texts = list(_texts(root))
    listed = (text for text in texts if text != facts.message for fault in faults if fault.message in text)
    return facts.message in texts and next(listed, None) is None


def _texts(value: Any) -> Iterator[str]:
    """All texts in a body."""
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _texts(each)


def _filled(value: Any, facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> Any:
    # A body that is just a list or a text is filled like a property `errors`.
    root = "" if isinstance(value, dict) else "errors"
    filled = {root: copy.deepcopy(value)}
    inner = BodyRules(
        lambda trial: rules.is_valid(trial[root]),
        lambda path: rules.is_map(path[1:]),
        lambda p: rules.choices(p[1:]),
        rules.is_example,
        rules.wrapper,
    )
    _fill(filled, facts, faults, inner)
    return filled[root]


def _fill(body: dict[str, Any], facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> None:
    _empty(body, rules)
    _fill_lists(body, facts, faults, rules)
    for find in (_leaves, _names, _unnamed):
        for path, role in list(find(body)):
            if len(path) > 1 and plain(str(path[-2])) in LISTS and rules.is_map(path[:-1]):
                continue  # the name of a field says nothing about its message
            closest = _closest_facts(facts, path, faults)
            old = _at(body, path)
            if not any(_try(body, path, each, rules) for each in _values(body, path, role, closest, rules)):
                _put(body, path, old)
                _leave_out(body, path, rules)


def _values(body: dict[str, Any], path: Path, role: str, facts: ErrorFacts, rules: BodyRules) -> Iterator[Any]:
    """The values for a property, the best first."""
    old, beside = _at(body, path), _at(body, path[:-1])
    if path[-1] == "type" and isinstance(old, str) and beside.keys() >= PROBLEM:
        return iter([NO_TYPE])
    # Beside a time or a status, as in bodies of Spring, the path is that of the request.
    if role == "path" and isinstance(old, str) and len(path) == ROOT and not OF_REQUEST.isdisjoint(map(plain, beside)):
        return iter([facts.address])
    if role == "location" and facts.field and _is_alone(beside, old):
        return iter([f"{facts.location}.{facts.field}", facts.location])  # as Huma writes it
    if role == "code" and rules.is_example and isinstance(old, str) and len(path) <= DEEPEST_EXAMPLE:
        return iter([old])
    return candidates(role, old, facts, rules.choices(path))


def _is_alone(beside: dict[str, Any], old: Any) -> bool:
    """Does nothing beside a `location` name the field, and is it no `in`, which is one word?"""
    others = {str(name) for name in beside if name != "location"}
    is_named = any(role_of(each) in NAMED | {"pointer"} or plain(each) in NAMERS for each in others)
    return "location" in beside and not is_named and isinstance(old, str) and old not in LOCATIONS


def _empty(body: dict[str, Any], rules: BodyRules) -> None:
    """Leave out what a success would show beside the message, such as `data`; null where it has to be there.

    The `instance` of a problem is left out too: it would be the address of this one.
    """
    for root in [each for each in body.values() if isinstance(each, dict)]:
        unknown = SUCCESS_VALUES | {"instance"} if root.keys() >= PROBLEM else SUCCESS_VALUES
        for name in [each for each in root if plain(each) in unknown]:
            old = root.pop(name)
            if rules.is_valid(body):
                continue
            root[name] = None
            if not rules.is_valid(body):
                root[name] = old


def _closest_facts(facts: ErrorFacts, path: Path, faults: tuple[Fault, ...]) -> ErrorFacts:
    """The facts for a path: inside a list, those of the fault with the same index."""
    index = next((step for step in path if isinstance(step, int)), None)
    if index is None or index >= len(faults):
        return facts
    return replace(with_fault(facts, faults[index]), message=faults[index].message)


def _fill_lists(body: dict[str, Any], facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> None:
    """Give lists of faults one entry for each fault, and maps by field one name for each."""
    for path, value in list(_containers(body, rules)):
        if not faults and _has_message(body, path):
            _leave_out(body, path, rules)
            if path[-1] not in _at(body, path[:-1]):
                continue
        named = _names_in_maps(body, faults, rules) if isinstance(value, dict) else faults
        trials = (_entries(value, facts, named), _entries(value, facts, named[:1]))
        if not any(_try(body, path, trial, rules) for trial in trials):
            _put(body, path, value)


def _names_in_maps(body: dict[str, Any], faults: tuple[Fault, ...], rules: BodyRules) -> tuple[Fault, ...]:
    """The faults with their fields as a map names them: without the wrapper, and in problem details `lines[0].name`."""
    is_problem = any(isinstance(each, dict) and each.keys() >= PROBLEM for each in (body, *body.values()))
    named = []
    for fault in faults:
        steps = (
            fault.path[1:] if rules.wrapper and fault.path[:1] == (rules.wrapper,) and fault.path[1:] else fault.path
        )
        if is_problem and any(isinstance(step, int) for step in steps):
            text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
            steps = (text,)
        named.append(replace(fault, path=steps))
    return tuple(named)


def _containers(value: Any, rules: BodyRules, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The lists and maps with a known name: `errors`, `detail`, `violations`, …"""
    for name, inner in value.items() if isinstance(value, dict) else ():
        here = (*path, name)
        if plain(name) in LISTS and _is_fault_list(inner, here, rules):
            yield here, inner
        elif isinstance(inner, dict):
            yield from _containers(inner, rules, here)


def _is_fault_list(value: Any, path: Path, rules: BodyRules) -> bool:
    """Is the value a list, or a map by field?"""
    return isinstance(value, list) or (isinstance(value, dict) and bool(value) and rules.is_map(path))


def _entries(value: Any, facts: ErrorFacts, faults: tuple[Fault, ...]) -> Any:
    if isinstance(value, dict):
        sample = next(iter(value.values()))
        messages = {fault.field: fault.message for fault in faults[:MAX_FAULTS]} or {facts.kind: facts.message}
        return {name: [text] if isinstance(sample, list) else text for name, text in messages.items()}
    if value and isinstance(value[0], dict):
        return [copy.deepcopy(value[0]) for _ in faults[:MAX_FAULTS]] or value[:1]
    return [f"{fault.field}: {fault.message}" for fault in faults[:MAX_FAULTS]] or [facts.message]


def _has_message(body: Any, path: Path) -> bool:
    """Does a body say elsewhere than at this path what is wrong?"""
    return any(role in SENTENCES and here[: len(path)] != path for here, role in _leaves(body))


def _leaves(value: Any, path: Path = (), role: str = "") -> Iterator[tuple[Path, str]]:
    """(path, role) of every value that can show a fact."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), role_of(key))
    elif isinstance(value, list) and role not in PLACES:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index), "" if isinstance(inner, str) else role)
    elif role:
        yield path, role


def _unnamed(body: Any) -> Iterator[tuple[Path, str]]:
    """(path, role of a message) of texts that are the message because nothing else is.

    These are the heading, else the first text, of a body that says nothing else, and the first text of an entry of a
    list of faults.
    """
    if not _says_something(body):
        heading = next((path for path, role in _leaves(body) if role in HEADINGS), None)
        first = _first_text(next(iter(body.values())), (next(iter(body)),))
        yield from iter([(heading, "message")]) if heading is not None else first
    for path, value in _lists(body):
        for index, entry in enumerate(value):
            if isinstance(entry, dict) and not any(role in SENTENCES for _, role in _leaves(entry)):
                yield from _first_text(entry, (*path, index))


def _says_something(value: Any) -> bool:
    """Is there a message, a list of texts, or a map by field?"""
    if any(role in SENTENCES for _, role in _leaves(value)):
        return True
    inner = value.items() if isinstance(value, dict) else ()
    return any(
        _says_something(each) or (plain(name) in LISTS and isinstance(each, list | dict) and bool(each))
        for name, each in inner
    )


def _names(body: Any) -> Iterator[tuple[Path, str]]:
    """(path, role of a field) of what names the field in an entry of a list of faults only by a common name.

    `invalid-params` of RFC 9457 has a `name` and a `reason`, other services have `source` or `key`.
    """
    for path, value in _lists(body):
        for index, entry in enumerate(value):
            known = {role for _, role in _leaves(entry)} if isinstance(entry, dict) else set()
            for key in entry if known & SENTENCES and not known & NAMED else ():
                if plain(key) in NAMERS and isinstance(entry[key], str):
                    yield (*path, index, key), "field"


def _lists(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """The lists of faults."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, list) and plain(name) in LISTS:
            yield (*path, name), inner
        yield from _lists(inner, (*path, name))


def _first_text(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    texts = [key for key, inner in value.items() if isinstance(inner, str)] if isinstance(value, dict) else []
    yield from [((*path, key), "message") for key in texts if not role_of(key)][:1]


def _try(body: Any, path: Path, value: Any, rules: BodyRules) -> bool:
    _put(body, path, value)
    return rules.is_valid(body)


def _leave_out(body: Any, path: Path, rules: BodyRules) -> None:
    """Remove a property for which there is no fact, such as the field of an error without one, if that is valid."""
    parent = _at(body, path[:-1])
    if isinstance(parent, dict) and len(path) > 1:
        before = dict(parent)
        del parent[path[-1]]
        if not rules.is_valid(body):
            parent.clear()
            parent.update(before)


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _put(body: Any, path: Path, value: Any) -> None:
    _at(body, path[:-1])[path[-1]] = value


SUCCESS_VALUES = frozenset({"data", "result", "payload"})
"""Names of what a success shows, in bodies that errors have too: `{code, message, data}`."""

PROBLEM, NO_TYPE = frozenset({"title", "status"}), "about:blank"
"""Names beside the `type` of a problem (RFC 9457 section 3.1), and its value where it says no more than the status."""

ROOT = 2
"""The length of a path to a property of the body itself."""

DEEPEST_EXAMPLE = 3
"""The length of a path to a property of an object in the body: `error.code`."""

OF_REQUEST = frozenset({"timestamp", "status", "statuscode", "time", "instance", "method"})
"""Names beside a `path` that is the one of the request."""

NAMED = frozenset({"field", "fieldname", "param", "parameter", "property", "propertyname", "attribute", "loc", "path"})
NAMERS = frozenset({"name", "source", "key", "id", "target", "element"})
"""Names of what is wrong in an entry, and names that mean this where there is none of the first."""

PLACES = frozenset({"loc", "path"})
"""Names of lists that are one value: the path to the fault."""

LISTS = frozenset(
    {
        "errors",
        "error",
        "detail",
        "details",
        "violations",
        "message",
        "messages",
        "fielderrors",
        "fields",
        "invalidparams",
        "issues",
        "validationerrors",
        "causes",
        "reasons",
    }
)
"""Names of lists and of maps by field that have one entry for each fault."""
