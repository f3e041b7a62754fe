"""What is noted about a request while it is answered, for those who want to know: interceptors and the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import Refusal
from mockserver.messages import Principal
from mockserver.openapi.document import Operation
from mockserver.state.change_log import Commit
from mockserver.state.transaction import Transaction

TRACE = "mockserver.trace"
"""The key of an ASGI scope with the trace of its request; without interceptors there is none."""

STEPS = (
    "route", "namespace", "authentication", "rate limit", "access", "parameters", "body", "media type", "handler",
    "response",
)  # fmt: skip
"""The steps of an answer, in their order. A request that is refused at one has passed those before it."""

ROUTE = STEPS[0]
"""The first step."""


class Trace:
    """How a request is answered. `begun` makes one.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `override` says which override applied (a fault is
    one), `rules` name the rules that ran. The others are what the journal keeps: the `number` of the entry, or 0, and
    `moment`, `seconds`, `request` and `sent` of a JournalRecord, and `response` without the journal's header lines.
    """

    # Slots without `__init__`: to make and fill an object with a dictionary takes three times as long.
    __slots__ = (
        "commits",
        "label",
        "moment",
        "notes",
        "number",
        "operation",
        "override",
        "principal",
        "reasons",
        "refusal",
        "request",
        "response",
        "rules",
        "seconds",
        "sent",
        "step",
        "tenant",
    )
    operation: Operation | None
    label: str | None
    step: str
    refusal: Refusal | None
    principal: Principal | None
    tenant: str | None
    commits: tuple[Commit, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    override: str
    rules: tuple[str, ...]
    number: int
    moment: float
    seconds: float
    request: Any
    response: tuple[int, bytes, bytes] | None
    sent: int

    def record(
        self,
        operation: Operation,
        step: str,
        refusal: Refusal | None,
        principal: Principal | None,
        tenant: str,
        transaction: Transaction,
    ) -> None:
        """Record how an operation answered."""
        self.operation, self.step, self.principal, self.tenant = operation, step, principal, tenant
        self.label, self.commits, self.rules = transaction.store.label, transaction.commits, transaction.rules
        # Without its frames, which lead back here: a circle that only the collector could free.
        self.refusal = refusal and refusal.with_traceback(None)


def begun() -> Trace:
    """The trace of a request that is not answered yet."""
    trace = Trace()
    trace.operation = trace.label = trace.refusal = trace.principal = trace.tenant = None
    trace.commits = trace.reasons = trace.notes = trace.rules = ()
    trace.step, trace.override, trace.number = ROUTE, "", 0
    return trace


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)
