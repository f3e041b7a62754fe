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


class Trace:
    """How a request is answered.

    `operation` is the one that answers, `label` that of the store it is about; None before an operation is found.
    `step` is the last step it reached, `refusal` what ended it there. `commits` are its changes. `reasons` say in words
    why it is refused, `notes` are what interceptors did with it, `kept` is what the journal keeps of it.
    """

    # Defaults of the class: most requests set few of them, and each is made for every request.
    operation: Operation | None = None
    label: str | None = None
    step: str = STEPS[0]
    refusal: Refusal | None = None
    principal: Principal | None = None
    tenant: str | None = None
    commits: tuple[Commit, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kept: tuple[Any, ...] = ()

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
