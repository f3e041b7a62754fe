"""Strings, numbers, booleans and null (JSON Schema 2020-12 Validation, sections 6.1 to 6.3)."""

from __future__ import annotations

from mockserver.examples import name_hints
from mockserver.examples.budget import Budget, NoValue
from mockserver.examples.equality import among
from mockserver.examples.generator import ValueGenerator
from mockserver.examples.numbers import between
from mockserver.openapi import json_codec


def string(generator: ValueGenerator, budget: Budget, name: str) -> str:
    """A string; the text of a JSON value where the schema says what the text contains."""
    constraints = generator.constraints
    if constraints.contents and not (constraints.encodings or constraints.formats or constraints.patterns):
        content = generator.generators.of(tuple(constraints.contents)).make(budget, name)
        return json_codec.write(content).decode()
    written = generator.text.written(budget.random, name)
    if written is None:
        generator.compile()  # raises if the cause is an unsupported pattern, which is the better reason
        raise NoValue(generator.pointer, "no string was found for its length, pattern and format together")
    return written


def number(generator: ValueGenerator, budget: Budget, name: str) -> int | float:
    constraints = generator.constraints
    found = between(
        budget.random,
        constraints.lowest,
        constraints.highest,
        low_open=constraints.lowest_open,
        high_open=constraints.highest_open,
        step=constraints.step,
        integral=constraints.integral,
        usual=name_hints.number_range(name),
    )
    if found is None:
        raise NoValue(generator.pointer, "no number lies within its bounds")
    return found


def boolean(generator: ValueGenerator, budget: Budget, name: str) -> bool:
    allowed = [value for value in (True, False) if not among(value, generator.constraints.excluded)]
    if not allowed:
        raise NoValue(generator.pointer, "neither true nor false is allowed")
    return budget.random.choice(allowed)


def null(generator: ValueGenerator, budget: Budget, name: str) -> None:
    return None
