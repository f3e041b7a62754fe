"""Strings, numbers, booleans and null (JSON Schema 2020-12 Validation, sections 6.1 to 6.3)."""

from __future__ import annotations

from mockserver.examples import name_hints
from mockserver.examples.budget import Budget, NoValue
from mockserver.examples.draws import choice
from mockserver.examples.equality import among
from mockserver.examples.generator import ValueGenerator
from mockserver.openapi import json_codec

BOOLEANS = (True, False)


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
    maker = generator.numbers(name_hints.number_range(name), whole=name_hints.is_whole(name))
    if maker is None:
        raise NoValue(generator.pointer, "no number lies within its bounds")
    return maker(budget.random)


def boolean(generator: ValueGenerator, budget: Budget, name: str) -> bool:
    excluded = generator.constraints.excluded
    allowed = [value for value in BOOLEANS if not among(value, excluded)] if excluded else BOOLEANS
    if not allowed:
        raise NoValue(generator.pointer, "neither true nor false is allowed")
    return choice(budget.random, allowed)


def null(generator: ValueGenerator, budget: Budget, name: str) -> None:
    return None
