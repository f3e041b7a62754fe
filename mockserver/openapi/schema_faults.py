"""What is wrong with a value, from the errors of its validator: for people, and as few faults as say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import jsonschema_rs
from msgspec.structs import replace

from mockserver.errors import Fault
from mockserver.openapi import fault_messages, json_codec
from mockserver.openapi.schemas import Path, Validator
from mockserver.suggestions import nearest

MOST_FAULTS = 20
"""How many faults of one value are reported."""

LONGEST = 200
"""How many characters of a value a message shows."""


Readable = tuple[Fault, jsonschema_rs.ValidationError]
"""What is wrong, and the error that says so."""


def faults(
    validator: Validator, instance: Any, location: str, prefix: Path = (), *, is_large: bool = False
) -> tuple[Fault, ...]:
    """What is wrong with `instance`: a Fault for each keyword that fails, located below `prefix` in `location`.

    If all alternatives of `anyOf` or `oneOf` fail, the faults are those of the alternative that was most likely meant:
    "is not valid under any of the schemas" would help no client. At most MOST_FAULTS are found, one where the instance
    is large: the validator collects all of them before it returns the first.
    """
    errors = [validator.first_error(instance)] if is_large else _telling(list(validator.iter_errors(instance)))
    found = [*islice((each for error in errors for each in _readable(error, location, prefix)), MOST_FAULTS)]
    depth = len(prefix)
    return tuple(_with_hint(fault, error, validator, depth) for fault, error in _evaluated(found, validator, depth))


def _evaluated(found: list[Readable], validator: Validator, depth: int) -> Iterator[Readable]:
    """The faults without the properties and entries that are called unevaluated since a part of their schema fails.

    Such a part evaluates nothing (JSON Schema 2020-12 section 7.7.1): all its properties would count as unknown.
    """
    places = [fault.path for fault, error in found if not error.kind.name.startswith("unevaluated")]
    for fault, error in found:
        above = fault.path[:depth] + tuple(error.instance_path)
        if not error.kind.name.startswith("unevaluated") or all(path[: len(above)] != above for path in places):
            yield fault, error
        elif error.kind.name == "unevaluatedProperties":
            known = {*validator.known(above[depth:])}
            names = [name for name in error.kind.unexpected if name not in known]  # type: ignore[attr-defined]
            if names:
                yield replace(fault, path=(*above, names[0]), message=fault_messages.unknown(names)), error


def _telling(errors: list[jsonschema_rs.ValidationError]) -> list[jsonschema_rs.ValidationError]:
    """The errors without each `not` about a value of another type, which most schemas match."""
    kinds: list[Any] = [each.kind for each in errors]
    other = [each.instance_path for each, kind in zip(errors, kinds, strict=True) if kind.name == "type"]
    pairs = zip(errors, kinds, strict=True)
    return [each for each, kind in pairs if kind.name != "not" or each.instance_path not in other]


def _with_hint(fault: Fault, error: jsonschema_rs.ValidationError, validator: Validator, depth: int) -> Fault:
    """The fault with what would be right: examples of the schema, the name that was meant by an unknown property."""
    if fault.keyword in fault_messages.FITTING:
        return replace(fault, message=fault.message + fault_messages.examples_of(error, validator.definition))
    *above, name = fault.path or ("",)
    if fault.message != fault_messages.unknown([str(name)]):
        return fault
    known = [*validator.known(tuple(above[depth:]))]
    if name in known:  # one part of an `allOf` forbids what another one names
        return fault
    near = nearest(str(name), known)
    return replace(fault, message=f"{fault.message}; did you mean {near!r}?") if near else fault


def _readable(error: jsonschema_rs.ValidationError, location: str, prefix: Path) -> Iterator[Readable]:
    branches = _alternatives(error)
    possible = [branch for branch in branches if not _is_of_other_type(branch, error)]
    meant = [branch for branch in possible if not _is_other_kind(branch, error)]
    of_values = _decided(branches, location, prefix) or _decided(possible, location, prefix)
    decided = of_values if not meant else None
    inside = meant[0] if len(meant) == 1 else _agreed(branches) if decided is None else []
    for inner in inside:
        yield from _readable(inner, location, prefix)
    if not inside:
        yield of_values or _fault(error, location, prefix), error


def _alternatives(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    """The errors of each alternative, also of alternatives that are a choice themselves, as a subtype with subtypes."""
    branches = error.kind.context if error.kind.name in ("anyOf", "oneOf") else []  # type: ignore[attr-defined]
    if not all(branches):
        return []  # several alternatives of a `oneOf` match, so the fault is not inside of one
    same = [each for each in branches if len(each) == 1 and each[0].instance_path == error.instance_path]
    inner = {id(each): _alternatives(each[0]) for each in same}
    return [one for branch in branches for one in inner.get(id(branch)) or [branch]]


def _is_of_other_type(branch: list[jsonschema_rs.ValidationError], whole: jsonschema_rs.ValidationError) -> bool:
    """Does an alternative fail since the whole value is of another type?"""
    return any(error.kind.name == "type" and error.instance_path == whole.instance_path for error in branch)


def _is_other_kind(branch: list[jsonschema_rs.ValidationError], whole: jsonschema_rs.ValidationError) -> bool:
    """Does an alternative fail by a property with fixed values, which selects another one?"""
    return any(error.instance_path != whole.instance_path and _is_choice(error) for error in branch)


def _is_choice(error: jsonschema_rs.ValidationError) -> bool:
    """Does a property have a value that selects another alternative?"""
    kind = error.kind
    return kind.name in CHOICES or (kind.name == "not" and set(kind.schema) == {"enum"})  # type: ignore[attr-defined]


def _agreed(branches: list[list[jsonschema_rs.ValidationError]]) -> list[jsonschema_rs.ValidationError]:
    """The errors about properties that are missing in every alternative."""
    missing = [
        {(*e.instance_path, e.kind.property): e for e in branch if e.kind.name == "required"}  # type: ignore[attr-defined]
        for branch in branches
    ]
    return [error for place, error in missing[0].items() if all(place in one for one in missing)] if missing else []


def _decided(branches: list[list[jsonschema_rs.ValidationError]], location: str, prefix: Path) -> Fault | None:
    """The fault of a property whose value no alternative allows; None if that is not what is wrong.

    The message lists the values of all alternatives together.
    """
    chosen = [{tuple(e.instance_path): e for e in branch if e.kind.name in CHOICES} for branch in branches]
    for place, error in chosen[0].items() if chosen else ():
        if all(place in one for one in chosen):
            allowed = [value for one in chosen for value in CHOICES[one[place].kind.name](one[place].kind)]
            listed = ", ".join(json_codec.write(value).decode() for value in allowed)
            hint = fault_messages.likeliest(error.instance, allowed)
            message = _cut(f"{json_codec.write(error.instance).decode()} is not one of {listed}{hint}")
            return Fault(location, (*prefix, *place), message, "enum", allowed)
    return None


CHOICES: dict[str, Callable[[Any], list[Any]]] = {
    "enum": lambda kind: kind.options,
    "const": lambda kind: [kind.expected_value],
}
"""Keyword with fixed values → a function that takes these values from its error."""


def _fault(error: jsonschema_rs.ValidationError, location: str, prefix: Path) -> Fault:
    keyword = error.kind.name
    path = (*prefix, *error.instance_path)
    if keyword == "required":
        path = (*path, error.kind.property)  # type: ignore[attr-defined]
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        path = (*path, *error.kind.unexpected[:1])  # type: ignore[attr-defined]
    return Fault(location, path, _cut(fault_messages.message(error)), keyword, _expected(error))


def _cut(message: str) -> str:
    """A message whose value, with which it begins, is cut where it is long."""
    return message if len(message) <= 2 * LONGEST else f"{message[:LONGEST]}… {message[-LONGEST // 2 :]}"


def _expected(error: jsonschema_rs.ValidationError) -> Any:
    """What the failed keyword requires; of several types those that are not null."""
    if error.kind.name == "type":
        return " or ".join(name for name in error.kind.types if name != "null")  # type: ignore[attr-defined]
    return getattr(error.kind, "value", None)
