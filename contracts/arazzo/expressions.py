"""Runtime expressions of Arazzo (1.0.1 section 4.7): values of requests, responses, inputs, steps and workflows.

After the value that an expression names, `.name` and `[0]` lead into it, and so does a JSON pointer after `#`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.parameter_styles import as_text
from mockserver.openapi.runtime_expressions import ExpressionValues


class BadExpression(Exception):
    """A text that looks like a runtime expression and is none; the text says what there is."""


@dataclass(slots=True)
class ExpressionScope:
    """What expressions can name. `exchange` is the last request of the step with its response, if there is one.

    `steps` has the outputs of each step, `workflows` the inputs and outputs of each workflow that has run, `sources`
    the fields of each source.
    """

    inputs: Mapping[str, Any]
    workflows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    components: Mapping[str, Any] = field(default_factory=dict)
    steps: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    exchange: ExpressionValues | None = None


Reading = Callable[[ExpressionScope], Any]
"""The value of an expression; None if there is none."""

LOOKS_LIKE = re.compile(
    r"\$(?:(?:url|method|statusCode)(?!\w)|(?:request|response|inputs|outputs|steps|workflows|sourceDescriptions|"
    r"components)\.)\S*"
)
"""A text that can only be meant as an expression."""

EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")

STEP = re.compile(r"(\.[^.\[\]]+|\[\d+\])")

NAMED = re.compile(
    r"\$(steps\.(?P<step>[^.#]+)\.outputs|workflows\.(?P<workflow>[^.#]+)\.(?P<side>inputs|outputs))(?=\.|$)"
)

FORMS = (
    "$inputs.NAME, $steps.ID.outputs.NAME, $workflows.ID.outputs.NAME, $outputs.NAME, $response.body#/POINTER, "
    "$response.header.NAME, $request.body#/POINTER, $request.query.NAME, $request.path.NAME, $request.header.NAME, "
    "$statusCode, $url, $method, $sourceDescriptions.NAME.url, $components.parameters.NAME"
)
"""For error messages."""


def _sent(name: str) -> Callable[[ExpressionScope], Any]:
    return lambda scope: getattr(scope.exchange, name) if scope.exchange is not None else None


WHOLE: Mapping[str, Reading] = {
    "$url": _sent("url"),
    "$method": _sent("method"),
    "$statusCode": _sent("status"),
}

FIELDS: Mapping[str, Reading] = {
    "$request.header.": _sent("headers"),
    "$response.header.": _sent("response_headers"),
    "$request.query.": _sent("query"),
    "$request.path.": _sent("path"),
}
"""Expressions that end with one name."""

ROOTS: Mapping[str, Reading] = {
    "$request.body": _sent("body"),
    "$response.body": _sent("response_body"),
    "$inputs": lambda scope: scope.inputs,
    "$outputs": lambda scope: scope.outputs,
    "$sourceDescriptions": lambda scope: scope.sources,
    "$components": lambda scope: scope.components,
}
"""Expressions that lead into a value."""


def is_expression(text: str) -> bool:
    """Is the whole text one expression?"""
    return LOOKS_LIKE.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def compiled(text: str) -> Reading:
    """A function that reads the value of an expression. Raises BadExpression."""
    if text in WHOLE:
        return WHOLE[text]
    for begin, fields in FIELDS.items():
        name = text.removeprefix(begin)
        if text.startswith(begin) and name:
            return _field(fields, name.lower() if ".header." in begin else name)
    place, hash, pointer = text.partition("#")
    if hash and pointer and not pointer.startswith("/"):
        raise BadExpression(f"{text!r}: a JSON pointer begins with / and not with {pointer[0]!r}")
    read, rest = _root(place, text)
    steps, keys = _steps(rest, text), json_pointer.split(pointer)
    return lambda scope: _below(_walked(read(scope), steps), keys)


def _root(place: str, text: str) -> tuple[Reading, str]:
    """Where an expression begins, and the rest of its text."""
    if found := NAMED.match(place):
        read = _output_of(found["step"]) if found["step"] else _side_of(found["workflow"], found["side"])
        return read, place[found.end() :]
    for begin, read in ROOTS.items():
        if place == begin or place.startswith((f"{begin}.", f"{begin}[")):
            return read, place[len(begin) :]
    raise BadExpression(f"{text!r} is no runtime expression; there are: {FORMS}")


def _output_of(step: str) -> Reading:
    return lambda scope: scope.steps.get(step)


def _side_of(workflow: str, side: str) -> Reading:
    return lambda scope: scope.workflows.get(workflow, {}).get(side)


def _field(fields: Reading, name: str) -> Reading:
    return lambda scope: (fields(scope) or {}).get(name)


def _steps(rest: str, text: str) -> tuple[str, ...]:
    found = STEP.findall(rest)
    if "".join(found) != rest:
        raise BadExpression(f"{text!r}: {rest!r} leads nowhere; write .NAME, [0] or #/POINTER")
    return tuple(found)


def _walked(value: Any, steps: tuple[str, ...]) -> Any:
    """The value behind `.name` and `[0]`. Names may contain dots, so the longest that fits is taken."""
    if not steps or value is None:
        return value
    if steps[0].startswith("["):
        return _walked(_item(value, steps[0][1:-1]), steps[1:])
    if isinstance(value, list):
        return _walked(_item(value, steps[0][1:]), steps[1:])
    for end in range(len(steps), 0, -1):
        name = "".join(steps[:end])[1:]
        if isinstance(value, Mapping) and name in value:
            return _walked(value[name], steps[end:])
    return None


def _below(value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else _item(value, key)
    return value


def _item(value: Any, index: str) -> Any:
    is_there = isinstance(value, list) and index.isdecimal() and int(index) < len(value)
    return value[int(index)] if is_there else None


def evaluated(value: Any, scope: ExpressionScope) -> Any:
    """A value whose texts may be expressions, or contain some in braces.

    An expression keeps its type, also alone in braces. One inside of a text becomes text; objects and lists JSON.
    A property whose expression finds nothing is left out.
    """
    if isinstance(value, dict):
        made = {key: evaluated(each, scope) for key, each in value.items()}
        return {key: each for key, each in made.items() if each is not None or value[key] is None}
    if isinstance(value, list):
        return [evaluated(each, scope) for each in value]
    return _of_text(value, scope) if isinstance(value, str) else value


def _of_text(text: str, scope: ExpressionScope) -> Any:
    if is_expression(text):
        return compiled(text)(scope)
    alone = EMBEDDED.fullmatch(text)
    return compiled(alone[1])(scope) if alone else embedded(text, scope)


def embedded(text: str, scope: ExpressionScope) -> str:
    """A text in which the expressions in braces are replaced by their values."""
    return EMBEDDED.sub(lambda found: as_text(compiled(found[1])(scope)), text) if "{$" in text else text


def expressions_in(value: Any) -> Iterator[str]:
    """The expressions in a value, as they are written."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from expressions_in(each)
    if isinstance(value, str):
        yield from [value] if is_expression(value) else EMBEDDED.findall(value)
