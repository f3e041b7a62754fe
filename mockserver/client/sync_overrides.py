"""The overrides of a namespace, without `await`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from mockserver.client import answers
from mockserver.client.admin_models import AppliedOverride
from mockserver.client.answers import OverrideLimits, Seconds
from mockserver.client.namespace_calls import Answers, NamespaceCalls
from mockserver.client.preview_models import OverridePreview
from mockserver.client.sync_items import Send


class OverridesClient:
    """Answers some requests differently."""

    def __init__(self, send: Send, calls: NamespaceCalls) -> None:
        self._send, self._calls = send, calls

    def override(
        self, when: Mapping[str, Any] | None, then: Answers, **limits: Unpack[OverrideLimits]
    ) -> AppliedOverride:
        """Answer the requests that match `when` with `then`; a sequence answers in turn.

        `limits` are `times`, `after`, `probability`, `expires`, `invalid`, `enabled` and `note` (schema `Override`).
        """
        return self._send(self._calls.override(answers.override(when, then, limits)))

    def fail(
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        refusal: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        delay: Any = None,
        when: Mapping[str, Any] | None = None,
        **limits: Unpack[OverrideLimits],
    ) -> AppliedOverride:
        """Answer an operation with an error: a `status`, or a `refusal` by its kind in the words of the service.

        A status below 500 must be documented, and a body must be valid, unless `invalid` is true. `limits` as in
        `override`.
        """
        answer = {"status": status, "refusal": refusal, "body": body, "headers": headers, "delay": delay}
        return self._send(self._calls.fail(operation, **answer, when=when, **limits))

    def fault(
        self,
        operation: str | None,
        kind: str,
        *,
        fraction: float | None = None,
        bytes_per_second: int | None = None,
        requests: int | None = None,
        seconds: Seconds | None = None,
        limit: int | None = None,
        delay: Any = None,
        when: Mapping[str, Any] | None = None,
        **limits: Unpack[OverrideLimits],
    ) -> AppliedOverride:
        """Break an operation as networks and servers do, for example `lost-reply`; the schema `Fault` has all kinds.

        `fraction` is for `cut`, `bytes_per_second` for `slow`, `requests` for `stale-read` and `rate-limit`, `seconds`
        for `outage`, `rate-limit` and `capacity`, `limit` for `capacity`. `limits` as in `override`.
        """
        settings = {"fraction": fraction, "bytes_per_second": bytes_per_second, "requests": requests}
        then = answers.faulty(kind, {**settings, "seconds": seconds, "limit": limit}, delay)
        return self.override(answers.when(operation, when), then, **limits)

    def delay(
        self,
        operation: str | None = None,
        seconds: Seconds | tuple[Seconds, Seconds] | None = None,
        *,
        median: Seconds | None = None,
        sigma: float = 0.5,
        when: Mapping[str, Any] | None = None,
        **limits: Unpack[OverrideLimits],
    ) -> AppliedOverride:
        """Delay an operation, or all: by seconds, by a random time between two, or log-normally around a median.

        A text with a unit, such as `500ms`, is a number of seconds, too.
        """
        return self.override(answers.when(operation, when), answers.delaying(seconds, median, sigma), **limits)

    def overrides(self) -> list[AppliedOverride]:
        """The overrides, in the order in which they are tried."""
        return self._send(self._calls.overrides())

    def replace_override(
        self,
        override: AppliedOverride | str,
        when: Mapping[str, Any] | None,
        then: Answers,
        **limits: Unpack[OverrideLimits],
    ) -> AppliedOverride:
        """Put another override in the place of one; it keeps its id, and counts from the beginning."""
        body = answers.override(when, then, limits)
        return self._send(self._calls.replace_override(_id(override), body))

    def preview_override(
        self,
        when: Mapping[str, Any] | None,
        then: Answers,
        *,
        request: Mapping[str, Any] | None = None,
        **limits: Unpack[OverrideLimits],
    ) -> OverridePreview:
        """What a client would get while an override applies. Nothing is set, and no delay is waited for.

        It is tried on a `request` (schema `WantedRequest`: `{"method": "GET", "target": "/pets"}`, or the `number` of
        one in the journal), else on the example of an operation.
        """
        asked = dict(request) if request is not None else None
        return self._send(self._calls.preview_override(answers.override(when, then, limits), asked))

    def switch_override(self, override: AppliedOverride | str, *, enabled: bool) -> AppliedOverride:
        """Switch an override off, or on again; how often it applied stays."""
        return self._send(self._calls.switch_override(_id(override), enabled))

    def remove_overrides(self, override: AppliedOverride | str | None = None) -> None:
        """Remove one override, or all."""
        self._send(self._calls.remove_overrides(_id(override) if override is not None else None))


def _id(override: AppliedOverride | str) -> str:
    return override.id if isinstance(override, AppliedOverride) else override
