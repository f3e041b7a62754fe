"""Overrides from the arguments of `fail`, `fault`, `delay` and `override`, in the words of the admin API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Answer = Mapping[str, Any]

Seconds = float | str
"""A number of seconds, or a text with a unit, such as `500ms`."""


def override(
    when: Mapping[str, Any] | None,
    then: Answer | Sequence[Answer],
    *,
    times: int | None = None,
    after: int | None = None,
    probability: float | None = None,
    expires: Seconds | None = None,
    invalid: bool = False,
    note: str | None = None,
) -> Json:
    """The body of an override (schema `Override`)."""
    answers = dict(then) if isinstance(then, Mapping) else [dict(each) for each in then]
    limits = {"times": times, "after": after, "probability": probability, "expires": expires, "note": note}
    made: Json = {"when": dict(when)} if when else {}
    made |= {"then": answers} | {name: value for name, value in limits.items() if value is not None}
    return made | ({"invalid": True} if invalid else {})


def when(operation: str | None, conditions: Mapping[str, Any] | None) -> Json:
    """The condition for an operation, with further conditions."""
    named = {"operation": operation} if operation is not None else {}
    return named | dict(conditions or {})


def failing(
    status: int | None, refusal: str | None, body: Any, headers: Mapping[str, str] | None, delay: Any
) -> tuple[Json, bool]:
    """The answer of `fail`, and whether it may break the document.

    Any server can break down, whatever its document says: so 500 to 599 are answered where they are not documented too.
    Raises ValueError when the arguments contradict each other.
    """
    if (status is None) == (refusal is None):
        raise ValueError("fail: give either status=503 or refusal='too-many'")
    given = {"status": status, "refusal": refusal, "body": body, "headers": headers, "delay": delay}
    return {name: value for name, value in given.items() if value is not None}, status is not None and status >= 500


def faulty(kind: str, settings: Mapping[str, Any], delay: Any) -> Json:
    """The answer of `fault`: `settings` are properties of the fault, such as `fraction`."""
    given = {name: value for name, value in settings.items() if value is not None}
    return {"fault": {"kind": kind, **given}} | ({"delay": delay} if delay is not None else {})


def delaying(seconds: Seconds | tuple[Seconds, Seconds] | None, median: Seconds | None, sigma: float) -> Json:
    """The answer of `delay`: a number of seconds, from and to, or a median. Raises ValueError without any of them."""
    if (seconds is None) == (median is None):
        raise ValueError("delay: give seconds, for example 0.5, a pair such as (0.1, 2), or median=0.2")
    if median is not None:
        return {"delay": {"lognormal": {"median": median, "sigma": sigma}}}
    return {"delay": {"uniform": list(seconds)} if isinstance(seconds, tuple) else seconds}
