"""Strings, numbers, booleans and null (JSON Schema 2020-12 Validation, sections 6.1 to 6.3)."""

from __future__ import annotations

from mockserver.examples import realistic
from mockserver.examples.budget import Budget, Stuck
from mockserver.examples.constraints import among
from mockserver.examples.generator import ValueGenerator
from mockserver.examples.numbers import between


def string(shape: ValueGenerator, growth: Budget, name: str) -> str:
    written = shape.text.written(growth.random, name)
    if written is None:
        shape.compile()  # a pattern that no engine takes is the better reason
        raise Stuck(shape.pointer, "no string was found for its length, pattern and format together")
    return written


def number(shape: ValueGenerator, growth: Budget, name: str) -> int | float:
    facets = shape.facets
    found = between(
        growth.random,
        facets.lowest,
        facets.highest,
        low_open=facets.lowest_open,
        high_open=facets.highest_open,
        step=facets.step,
        integral=facets.integral,
        usual=realistic.window(name),
    )
    if found is None:
        raise Stuck(shape.pointer, "no number lies within its bounds")
    return found


def boolean(shape: ValueGenerator, growth: Budget, name: str) -> bool:
    allowed = [value for value in (True, False) if not among(value, shape.facets.excluded)]
    if not allowed:
        raise Stuck(shape.pointer, "neither true nor false is allowed")
    return growth.random.choice(allowed)


def null(shape: ValueGenerator, growth: Budget, name: str) -> None:
    return None
