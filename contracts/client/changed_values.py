"""Other valid values: every field of a body changed, also inside of objects and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.client.request_bodies import RequestBodies
from contracts.client.text_forms import EMAIL, HOST
from contracts.model.resources import ResourceOperation
from mockserver.inference.values.ordered_pairs import in_order
from mockserver.openapi.schemas import Schemas


def changed_body(
    bodies: RequestBodies, schemas: Schemas, op: ResourceOperation, present: Mapping[str, Any], fixed: frozenset[str]
) -> dict[str, Any]:
    """A valid body for `op` with another value in every field except `fixed`, which keep the value in `present`.

    A field for which no other valid value is found keeps its value too, if the body needs it. Returns an empty body if
    none is valid.
    """
    pointers = bodies.properties(op)
    kept = {name: value for name, value in present.items() if name in pointers}
    body = {name: kept[name] for name in bodies.required(op) if name in kept}
    for name, pointer in pointers.items():
        if name not in fixed:
            body |= _changed_field(bodies, schemas, op, name, pointer, kept, body)
    ordered = in_order(body)
    return next((each for each in (ordered, body) if bodies.accepts(op, each)), {})


def _changed_field(
    bodies: RequestBodies,
    schemas: Schemas,
    op: ResourceOperation,
    name: str,
    pointer: str,
    kept: Mapping[str, Any],
    body: Mapping[str, Any],
) -> dict[str, Any]:
    needed = {n: kept[n] for n in bodies.required(op) if n in kept}
    value = changed_value(schemas, pointer, kept[name]) if name in kept else bodies.value(op, name, "changed")
    if value is None and name in kept:
        value = bodies.other(op, name, kept[name], "changed")
    valid = value is not None and bodies.accepts(op, {**needed, **body, name: value})
    return {name: value} if valid else {}


def changed_value(schemas: Schemas, pointer: str, present: Any) -> Any:
    """A valid value that differs from `present` in every part that can be changed; None if there is none.

    Empty values, zero and false are the last choice, because many servers take them for a missing value.
    """
    validator = schemas.validator(pointer, "request")
    return next((v for v in _others(schemas, pointer, present) if v != present and validator.is_valid(v)), None)


def _others(schemas: Schemas, pointer: str, present: Any) -> Iterator[Any]:
    yield from (each for each in schemas.keyword(pointer, "enum") or () if each)
    if isinstance(present, bool):
        yield not present
    elif isinstance(present, int | float):
        yield from (present + step for step in (1, 2, 5, -1, -2, -5) if present + step)
    elif isinstance(present, str):
        yield from _changed_texts(present)
    elif isinstance(present, dict):
        yield _changed_object(schemas, pointer, present)
    elif isinstance(present, list):
        yield from _changed_arrays(schemas, pointer, present)


def _changed_texts(present: str) -> Iterator[str]:
    """Other texts of the same form: an e-mail address stays one, and so do a URL and a number."""
    if "://" in present:
        yield from (f"{present.rstrip('/')}/changed", f"{present.rstrip('/')}2")
        return
    if EMAIL.fullmatch(present):
        yield from (f"changed.{present}", f"x{present}")
        return
    if HOST.fullmatch(present):
        yield f"changed-{present}"
    elif not any(character.isalpha() for character in present):
        yield from (present[:-1] + digit for digit in "123")
    yield from (f"{present} changed", f"{present}-2", f"{present[:-1]}x", f"{present[:-1]}y")


def _changed_object(schemas: Schemas, pointer: str, present: Mapping[str, Any]) -> dict[str, Any]:
    known = schemas.properties(pointer)
    inner = {name: changed_value(schemas, known[name], value) for name, value in present.items() if name in known}
    return {**present, **{name: value for name, value in inner.items() if value is not None}}


def _changed_arrays(schemas: Schemas, pointer: str, present: list[Any]) -> Iterator[list[Any]]:
    items = schemas.items(pointer)
    entries = [changed_value(schemas, items, entry) if items else None for entry in present]
    yield [new if new is not None else old for new, old in zip(entries, present, strict=True)]
    yield present[:-1]
