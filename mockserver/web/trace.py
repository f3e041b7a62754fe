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


DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("operation", "label", "refusal", "principal", "tenant")),
    **dict.fromkeys(("commits", "reasons", "notes", "rules"), ()),
    "step": ROUTE,
    "override": "",
    "number": 0,
    "sent": 0,
}
"""What is not known of a request yet."""


class Trace:
    """How a request is answered; a new one is that of a request that is not answered yet.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `override` says which override applied (a fault is
    one), `rules` name the rules that ran. The others are what the journal keeps: the `number` of the entry, or 0, and
    `moment`, `seconds` and `request` of a JournalRecord, `response` without the journal's header lines, and `sent`, the
    length of its body if it was cut, else 0.
    """

    # Slots that nothing fills in advance: what is usual is found when somebody asks, which few requests need.
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

    def __getattr__(self, name: str) -> Any:
        """The usual value of what was not set."""
        try:
            return DEFAULTS[name]
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
        self.label, self.commits, self.rules = transaction.store.label, transaction.commits, transaction.rules
        # Without its frames, which lead back here: a circle that only the collector could free.
        self.refusal = refusal and refusal.with_traceback(None)


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons += (reason,)
