"""What is noted about a request while it is answered, for those who want to know: interceptors and the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from mockserver.errors import Refusal
from mockserver.messages import Principal
from mockserver.openapi.document import Operation
from mockserver.state.change_log import Commit

TRACE = "mockserver.trace"
"""The key of an ASGI scope with the trace of its request, or None where only the outcome is wanted.

Without interceptors and a journal there is no such key.
"""

STEPS = (
    "route",
    "namespace",
    "authentication",
    "rate limit",
    "access",
    "parameters",
    "body",
    "media type",
    "handler",
    "response",
)
"""The steps of an answer, in their order. A request that is refused at one has passed those before it."""

ROUTE = STEPS[0]
"""The first step."""

Outcome = tuple[
    Operation | None, str, Refusal | None, Principal | None, str | None, str | None, tuple[Commit, ...], tuple[str, ...]
]
"""How an operation answered: `operation`, `step`, `refusal`, `principal`, `tenant`, `label`, `commits` and `rules`."""

UNANSWERED: Outcome = (None, ROUTE, None, None, None, None, (), ())
"""The outcome of a request that is not answered yet."""

Remarks = tuple[tuple[str, ...], tuple[str, ...], str]
"""What few requests have: `reasons`, `notes` and `override`."""

NO_REMARKS: Remarks = ((), (), "")
"""What most requests have of it."""

T = TypeVar("T")


class NotedValue(Generic[T]):
    """An attribute of a Trace that is one value of its outcome, or of its remarks."""

    def __init__(self, index: int, within: str = "outcome") -> None:
        self._index, self._within = index, within

    def __get__(self, trace: Trace, of: type[Trace]) -> T:
        value: T = getattr(trace, self._within)[self._index]
        return value

    def __set__(self, trace: Trace, value: T) -> None:
        values: list[Any] = list(getattr(trace, self._within))
        values[self._index] = value
        setattr(trace, self._within, tuple(values))


class Trace(Struct):
    """How a request is answered; a new one is that of a request that is not answered yet.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `override` says which override applied (a fault is
    one), `rules` name the rules that ran. `number` is that of its entry in the journal, or 0.
    """

    outcome: Outcome = UNANSWERED  # one value, since it is made in one step
    remarks: Remarks = NO_REMARKS  # one value, since most requests have the same
    number: int = 0

    operation = NotedValue[Operation | None](0)
    step = NotedValue[str](1)
    refusal = NotedValue[Refusal | None](2)
    principal = NotedValue[Principal | None](3)
    tenant = NotedValue[str | None](4)
    label = NotedValue[str | None](5)
    commits = NotedValue[tuple[Commit, ...]](6)
    rules = NotedValue[tuple[str, ...]](7)
    reasons = NotedValue[tuple[str, ...]](0, "remarks")
    notes = NotedValue[tuple[str, ...]](1, "remarks")
    override = NotedValue[str](2, "remarks")


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)


def forget_reasons(scope: Mapping[str, Any]) -> None:
    """Note that a request is answered again from its beginning, so that it is not refused yet."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons = ()
