"""Tools about overrides and faults: what is answered differently."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mockserver.agent_tools.access import Caller, SandboxAccess, plain, shaped
from mockserver.agent_tools.results import PreviewedOverride, SetOverrides
from mockserver.client import AppliedOverride
from mockserver.client.answers import OverrideLimits, Seconds

Operation = Annotated[str | None, Field(description="An operationId; without it, all operations.")]
Times = Annotated[int | None, Field(description="It applies this many times, then no more.", ge=1)]
After = Annotated[int | None, Field(description="It lets this many requests pass first.", ge=0)]
Probability = Annotated[float | None, Field(ge=0, le=1)]
Expires = Annotated[Seconds | None, Field(description="When it ends: after seconds, or 500ms, 2s, 15m.")]
Invalid = Annotated[bool, Field(description="The answer may break the document.")]
Condition = Annotated[
    dict[str, Any],
    Field(description="Which requests: operation, method, path, query, headers, body (a JSON Schema), caller, tenant."),
]
FaultKind = Literal[
    "lost-reply",
    "lost-request",
    "reset",
    "empty-reply",
    "cut",
    "malformed-chunk",
    "slow",
    "wrong-length",
    "stale-read",
    "duplicate",
    "outage",
    "rate-limit",
    "capacity",
    "duplicate-delivery",
    "late-delivery",
    "out-of-order-delivery",
    "wrong-signature",
    "replayed-delivery",
]
Answers = Annotated[
    dict[str, Any] | list[dict[str, Any]],
    Field(
        description=(
            "One answer, or several that are given in turn: {status, body, headers}, {example}, {patch}, "
            "{refusal: too-many}, {fault: {kind}}, {delay: 0.5} or {delay: 500ms}, {pass: true}."
        )
    ),
]


class OverrideTools:
    """The overrides of the namespace."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox = sandbox

    async def list_overrides(self, caller: Caller) -> SetOverrides:
        """List the overrides and faults that are set, and how often each applied."""
        return _shown(await self._sandbox.namespace(caller).overrides())

    async def add_override(
        self,
        caller: Caller,
        then: Answers,
        when: Condition = {},  # noqa: B006 - it is only read
        times: Times = None,
        after: After = None,
        probability: Probability = None,
        expires: Expires = None,
        invalid: Invalid = False,
        note: str | None = None,
    ) -> SetOverrides:
        """Answer some requests differently: a status, a body, a patch of the usual answer, a delay, or in turn."""
        limits: OverrideLimits = {"times": times, "after": after, "probability": probability, "expires": expires}
        limits |= {"invalid": invalid, "note": note}
        return _shown([await self._sandbox.namespace(caller).override(when, then, **limits)])

    async def replace_override(
        self,
        caller: Caller,
        id: Annotated[str, Field(description="The id of the override that is replaced.")],
        then: Answers,
        when: Condition = {},  # noqa: B006 - it is only read
        times: Times = None,
        after: After = None,
        probability: Probability = None,
        expires: Expires = None,
        invalid: Invalid = False,
        note: str | None = None,
    ) -> SetOverrides:
        """Put another override in the place of one: it keeps its id, and counts from the beginning."""
        limits: OverrideLimits = {"times": times, "after": after, "probability": probability, "expires": expires}
        limits |= {"invalid": invalid, "note": note}
        return _shown([await self._sandbox.namespace(caller).replace_override(id, when, then, **limits)])

    async def preview_override(
        self,
        caller: Caller,
        then: Answers,
        when: Condition = {},  # noqa: B006 - it is only read
        request: Annotated[
            dict[str, Any] | None,
            Field(
                description="The request to try: {method, target}, {number} of the journal, or {operation, service}."
            ),
        ] = None,
        invalid: Invalid = False,
    ) -> PreviewedOverride:
        """Show what a client would get while an override applies; nothing is set, and no delay is waited for."""
        namespace = self._sandbox.namespace(caller)
        return shaped(await namespace.preview_override(when, then, request=request, invalid=invalid), PreviewedOverride)

    async def add_fault(
        self,
        caller: Caller,
        kind: FaultKind,
        operation: Operation = None,
        times: Times = None,
        fraction: Annotated[float | None, Field(description="For cut: how much is sent.", ge=0, le=1)] = None,
        bytes_per_second: Annotated[int | None, Field(description="For slow.", ge=1)] = None,
        requests: Annotated[int | None, Field(description="For stale-read and rate-limit.", ge=1)] = None,
        seconds: Annotated[
            Seconds | None,
            Field(
                description="For outage, rate-limit, capacity, late- and out-of-order-delivery: 1.5, 500ms, 2s or 15m."
            ),
        ] = None,
        limit: Annotated[int | None, Field(description="For capacity: how many items.", ge=0)] = None,
    ) -> SetOverrides:
        """Break an operation, or the webhooks it causes, as networks and servers do: lost-reply, outage, slow, …"""
        settings = {"fraction": fraction, "bytes_per_second": bytes_per_second, "requests": requests}
        limits = {"seconds": seconds, "limit": limit}
        namespace = self._sandbox.namespace(caller)
        return _shown([await namespace.fault(operation, kind, **settings, **limits, times=times)])  # type: ignore[arg-type]

    async def remove_overrides(
        self,
        caller: Caller,
        id: Annotated[str | None, Field(description="The id of one; without it, all are removed.")] = None,
    ) -> SetOverrides:
        """Remove one override or fault, or all; what is left is returned."""
        namespace = self._sandbox.namespace(caller)
        await namespace.remove_overrides(id)
        return _shown(await namespace.overrides())


def _shown(overrides: list[AppliedOverride]) -> SetOverrides:
    return SetOverrides(overrides=plain(overrides))
