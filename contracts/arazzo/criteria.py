"""Criteria of steps and actions: whether they are met, and what was seen (Arazzo 1.0.1 section 4.6.11)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import jsonpath_rfc9535
import jsonschema_rs

from contracts.arazzo.conditions import BadCondition, is_true, simple_condition
from contracts.arazzo.description import Criterion
from contracts.arazzo.expressions import ExpressionScope, compiled, embedded
from mockserver.openapi.parameter_styles import as_text

LONGEST_SHOWN = 200
"""How many characters of a value are shown."""


class JudgedCriterion(NamedTuple):
    """A criterion with its outcome. `seen` says what the values in it were."""

    text: str
    is_met: bool
    seen: str


def compile_criterion(criterion: Criterion) -> None:
    """Raises BadCondition or BadExpression for a criterion that cannot be judged."""
    if criterion.kind == "simple":
        simple_condition(criterion.condition)
        return
    if not criterion.context:
        raise BadCondition(f"a condition of type {criterion.kind} needs a context, such as $response.body")
    compiled(criterion.context)
    if criterion.kind == "xpath":
        raise BadCondition("conditions of type xpath are not supported; use simple, regex or jsonpath")
    if "{$" not in criterion.condition:
        _pattern(criterion.condition) if criterion.kind == "regex" else _query(criterion.condition)


def judged(criterion: Criterion, scope: ExpressionScope) -> JudgedCriterion:
    """Judge one criterion."""
    if criterion.kind == "simple":
        condition = simple_condition(criterion.condition)
        seen = ", ".join(f"{each} is {shown(compiled(each)(scope))}" for each in condition.operands)
        return JudgedCriterion(criterion.condition, is_true(condition.read(scope)), seen)
    value = compiled(criterion.context)(scope)
    text = f"{criterion.context} {'matches' if criterion.kind == 'regex' else 'has'} {criterion.condition}"
    try:
        is_met = _is_met(criterion.kind, embedded(criterion.condition, scope), value)
    except BadCondition as fault:
        return JudgedCriterion(text, False, str(fault))
    return JudgedCriterion(text, is_met, f"{criterion.context} is {shown(value)}")


def all_met(criteria: Iterable[Criterion], scope: ExpressionScope) -> bool:
    """Are all of these criteria met?"""
    return all(judged(each, scope).is_met for each in criteria)


def _is_met(kind: str, condition: str, value: Any) -> bool:
    if value is None:
        return False
    if kind == "regex":
        return bool(_pattern(condition).is_valid(as_text(value)))
    query = _query(condition)
    if query.find(value):
        return True
    # By RFC 9535 a filter looks at the members of an object. The examples of Arazzo mean the object itself.
    return isinstance(value, dict) and condition.startswith("$[?") and bool(query.find([value]))


@lru_cache(maxsize=512)
def _pattern(text: str) -> Any:
    """A regular expression of ECMA-262, as in JSON Schema, which is not anchored and takes bounded time."""
    try:
        return jsonschema_rs.validator_for({"type": "string", "pattern": text})
    except (ValueError, jsonschema_rs.ValidationError):
        raise BadCondition(f"{text!r} is no regular expression") from None


@lru_cache(maxsize=512)
def _query(text: str) -> jsonpath_rfc9535.JSONPathQuery:
    try:
        return jsonpath_rfc9535.compile(text)
    except jsonpath_rfc9535.JSONPathError as fault:
        raise BadCondition(f"{text!r} is no JSONPath (RFC 9535): {fault}") from None


def shown(value: Any) -> str:
    """A value in a message: as JSON, not too long."""
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
