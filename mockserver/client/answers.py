"""Overrides from the arguments of `fail`, `fault`, `delay` and `override`, in the words of the admin API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from mockserver.suggestions import nearest

Json = dict[str, Any]
Answer = Mapping[str, Any]

Seconds = float | str
"""A number of seconds, or a text with a unit, such as `500ms`."""


class OverrideLimits(TypedDict, total=False):
    """To which requests an override applies, and whether its answer may break the document (schema `Override`)."""

    times: int | None
    after: int | None
    probability: float | None
    expires: Seconds | None
    invalid: bool | None
    enabled: bool | None
    note: str | None


ARGUMENTS = (*OverrideLimits.__annotations__, "status", "refusal", "body", "headers", "delay", "when", "fraction",
             "bytes_per_second", "requests", "seconds", "limit", "median", "sigma")  # fmt: skip
"""What the methods that set overrides take by name."""


def override(when: Mapping[str, Any] | None, then: Answer | Sequence[Answer], limits: Mapping[str, Any]) -> Json:
    """The body of an override (schema `Override`). Raises TypeError for an argument that no override has."""
    for name in limits.keys() - OverrideLimits.__annotations__.keys():
        near = nearest(name, ARGUMENTS)
        raise TypeError(f"there is no argument {name!r}{f'; did you mean {near}?' if near and near != name else ''}")
    answers = dict(then) if isinstance(then, Mapping) else [dict(each) for each in then]
    made: Json = {"when": dict(when)} if when else {}
    made |= {"then": answers} | {name: value for name, value in limits.items() if value is not None}
    return made


def when(operation: str | None, conditions: Mapping[str, Any] | None) -> Json:
    """The condition for an operation, with further conditions."""
    named = {"operation": operation} if operation is not None else {}
    return named | dict(conditions or {})


def failing(status: int | None, refusal: str | None, body: Any, headers: Mapping[str, str] | None, delay: Any) -> Json:
    """The answer of `fail`. Raises ValueError when the arguments contradict each other."""
    if (status is None) == (refusal is None):
        raise ValueError("fail: give either status=503 or refusal='too-many'")
    given = {"status": status, "refusal": refusal, "body": body, "headers": headers, "delay": delay}
    return {name: value for name, value in given.items() if value is not None}


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
