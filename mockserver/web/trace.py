"""What is noted about a request while it is answered, for those who want to know: interceptors and the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.errors import Refusal
from mockserver.messages import Principal
from mockserver.state.change_log import Commit

TRACE = "mockserver.trace"
"""The key of an ASGI scope with the trace of its request; without interceptors there is none."""

STEPS = (
    "route", "namespace", "authentication", "rate limit", "access", "parameters", "body", "media type", "handler",
    "response",
)  # fmt: skip
"""The steps of an answer, in their order. A request that is refused at one has passed those before it."""


class Trace:
    """How a request is answered.

    `reasons` say why it is refused, in words. `step` is the last step it reached, `refusal` what ended it there.
    `commits` are its changes. `notes` are what interceptors did with it.
    """

    __slots__ = ("commits", "handler", "notes", "principal", "reasons", "refusal", "step", "tenant")

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.notes: list[str] = []
        self.step = STEPS[0]
        self.refusal: Refusal | None = None
        self.principal: Principal | None = None
        self.tenant: str | None = None
        self.handler = ""
        self.commits: Sequence[Commit] = ()


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Note why a request is refused, if anybody wants to know."""
    trace: Trace | None = scope.get(TRACE)
    if trace is not None:
        trace.reasons.append(reason)
