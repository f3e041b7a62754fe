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


UNSET: dict[str, Any] = {
    "operation": None,
    "label": None,
    "step": STEPS[0],
    "refusal": None,
    "principal": None,
    "tenant": None,
    "commits": (),
    "reasons": (),
    "notes": (),
}
"""What a trace says where nothing was recorded."""


class Trace:
    """How a request is answered, and what the journal keeps of it.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it. Everything else is of the journal.
    """

    # One is made for every request and a thousand are kept: with slots it is one object, and those that nobody sets
    # cost nothing.
    __slots__ = (*UNSET, "moment", "number", "request", "response", "seconds", "sent")

    operation: Operation | None
    label: str | None
    step: str
    refusal: Refusal | None
    principal: Principal | None
    tenant: str | None
    commits: tuple[Commit, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    number: int
    moment: float
    seconds: float
    request: Any
    response: Any
    sent: int

    def __getattr__(self, name: str) -> Any:
        """What is not set."""
        try:
            return UNSET[name]
        except KeyError:
            raise AttributeError(name) from None

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
        self.label, self.commits = transaction.store.label, transaction.commits
        if refusal is not None:
            # Without its frames, which lead back here: a circle that only the collector could free.
            self.refusal = refusal.with_traceback(None)


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)
