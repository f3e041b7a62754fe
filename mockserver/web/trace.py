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
"""The key of an ASGI scope with the trace of its request; without interceptors there is none."""

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

T = TypeVar("T")


class NotedValue(Generic[T]):
    """An attribute of a Trace that is one value of its outcome."""

    def __init__(self, index: int) -> None:
        self._index = index

    def __get__(self, trace: Trace, of: type[Trace]) -> T:
        found: Any = trace.outcome[self._index]
        value: T = found
        return value

    def __set__(self, trace: Trace, value: T) -> None:
        values: list[Any] = list(trace.outcome)
        values[self._index] = value
        changed: Any = tuple(values)
        trace.outcome = changed


class Trace(Struct):
    """How a request is answered; a new one is that of a request that is not answered yet.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `override` says which override applied (a fault is
    one), `rules` name the rules that ran. `number` is that of its entry in the journal, or 0.
    """

    outcome: Outcome = UNANSWERED  # one value, since it is made in one step
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    override: str = ""
    number: int = 0

    operation = NotedValue[Operation | None](0)
    step = NotedValue[str](1)
    refusal = NotedValue[Refusal | None](2)
    principal = NotedValue[Principal | None](3)
    tenant = NotedValue[str | None](4)
    label = NotedValue[str | None](5)
    commits = NotedValue[tuple[Commit, ...]](6)
    rules = NotedValue[tuple[str, ...]](7)


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)
