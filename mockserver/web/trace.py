"""What is noted about a request while it is answered, for those who want to know: interceptors and the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from mockserver.errors import Refusal
from mockserver.messages import Principal
from mockserver.openapi.document import Operation
from mockserver.state.change_log import Commit

TRACE = "mockserver.trace"
"""The key of an ASGI scope with the trace of its request; without interceptors there is none."""

STEPS = (
    "route", "namespace", "authentication", "rate limit", "access", "parameters", "body", "media type", "handler",
    "response",
)  # fmt: skip
"""The steps of an answer, in their order. A request that is refused at one has passed those before it."""

ROUTE = STEPS[0]
"""The first step."""

Outcome = tuple[
    Operation | None, str, Refusal | None, Principal | None, str | None, str | None, tuple[Commit, ...], tuple[str, ...]
]
"""How an operation answered: `operation`, `step`, `refusal`, `principal`, `tenant`, `label`, `commits` and `rules`."""

Kept = tuple[int, float, float, Any, tuple[int, bytes, bytes] | None, int]
"""What the journal adds: `number`, `moment`, `seconds`, `request`, `response` and `sent`."""

UNANSWERED: Outcome = (None, ROUTE, None, None, None, None, (), ())
"""The outcome of a request that is not answered yet."""

DEFAULTS: Mapping[str, Any] = {
    "outcome": UNANSWERED,
    "kept": (0, 0.0, 0.0, b"", None, 0),
    "override": "",
    "reasons": (),
    "notes": (),
}
"""What is not known of a request yet."""

T = TypeVar("T")


class NotedValue(Generic[T]):
    """An attribute of a Trace that is one value of a tuple of it."""

    def __init__(self, whole: str, index: int) -> None:
        self._whole, self._index = whole, index

    def __get__(self, trace: Trace, of: type[Trace]) -> T:
        value: T = getattr(trace, self._whole)[self._index]
        return value

    def __set__(self, trace: Trace, value: T) -> None:
        values = list(getattr(trace, self._whole))
        values[self._index] = value
        setattr(trace, self._whole, tuple(values))


class Trace:
    """How a request is answered; a new one is that of a request that is not answered yet.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `override` says which override applied (a fault is
    one), `rules` name the rules that ran. The others are what the journal keeps: the `number` of the entry, or 0, and
    `moment`, `seconds` and `request` of a JournalRecord, `response` without the journal's header lines, and `sent`, the
    length of its body if it was cut, else 0.
    """

    # Two tuples, since many requests are answered and few are looked at: each is made in one step, and nothing else is
    # filled in advance.
    __slots__ = ("kept", "notes", "outcome", "override", "reasons")
    outcome: Outcome
    kept: Kept
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    override: str

    operation = NotedValue[Operation | None]("outcome", 0)
    step = NotedValue[str]("outcome", 1)
    refusal = NotedValue[Refusal | None]("outcome", 2)
    principal = NotedValue[Principal | None]("outcome", 3)
    tenant = NotedValue[str | None]("outcome", 4)
    label = NotedValue[str | None]("outcome", 5)
    commits = NotedValue[tuple[Commit, ...]]("outcome", 6)
    rules = NotedValue[tuple[str, ...]]("outcome", 7)

    number = NotedValue[int]("kept", 0)
    moment = NotedValue[float]("kept", 1)
    seconds = NotedValue[float]("kept", 2)
    request = NotedValue[Any]("kept", 3)
    response = NotedValue[tuple[int, bytes, bytes] | None]("kept", 4)
    sent = NotedValue[int]("kept", 5)

    def __getattr__(self, name: str) -> Any:
        """The usual value of what was not set."""
        try:
            return DEFAULTS[name]
        except KeyError:
            raise AttributeError(name) from None


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)
