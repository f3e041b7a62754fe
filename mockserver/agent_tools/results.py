"""What the tools return: the output schemas are made from these types."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

Json = dict[str, Any]


class ServedOperation(TypedDict):
    """An operation in a list."""

    service: str
    operation: str
    method: str
    path: str
    summary: str


class ServedOperations(TypedDict):
    """What a sandbox serves. `more` is how many further operations match."""

    address: str | None
    services: dict[str, str]
    operations: list[ServedOperation]
    more: int


class OperationDetails(ServedOperation):
    """One operation. `statements` say how it behaves, each with its evidence; `curl` is a valid request."""

    parameters: list[Json]
    body: Json | None
    responses: list[Json]
    security: list[list[str]]
    statements: list[Json]
    curl: str


class CalledOperation(TypedDict):
    """A response. `status` is null and `error` says why where there was none; `number` is its entry in the journal."""

    status: int | None
    headers: dict[str, str]
    body: Any
    number: int | None
    error: str | None


class RequestSummary(TypedDict):
    """A request in a list; `why` is the refusal, or what an override did."""

    number: int
    time: str
    namespace: str
    request: str
    status: int | None
    operation: str | None
    why: str


class RequestSummaries(TypedDict):
    """Requests in the order in which they were asked."""

    requests: list[RequestSummary]


class RequestDetails(TypedDict):
    """An entry of the journal, with headers, bodies, steps and changes."""

    request: Json


class WhyAnswered(TypedDict):
    """Why a request was answered so; `curl` is a request that would have been accepted."""

    sentences: list[str]
    steps: list[Json]
    statement: Json | None
    curl: str | None


class VerifiedRequests(TypedDict):
    """Were the requests sent? `nearest` says what differs in those that nearly match."""

    verified: bool
    message: str
    found: list[int]
    nearest: list[Json]


class SetOverrides(TypedDict):
    """The overrides in the order in which they are tried."""

    overrides: list[Json]


class PreviewedOverride(TypedDict):
    """What a client would get: each answer, and the operations that the override is about."""

    operations: list[str]
    count: int
    answers: list[Json]


class ItemHistory(TypedDict):
    """The changes of an item, the latest first; `request` is the number of the request that made one."""

    versions: list[Json]


class SentWebhooks(TypedDict):
    """Webhooks and callbacks, with every attempt."""

    deliveries: list[Json]


class ShownState(TypedDict):
    """Stored items, by service, tenant and resource, or those of one resource."""

    state: Any


class StoredCheckpoints(TypedDict):
    """The checkpoints, the oldest first."""

    checkpoints: list[Json]


class ResetServices(TypedDict):
    """What was reset."""

    services: list[str]
    tenant: str | None
    namespaces: list[str]


class SandboxTime(TypedDict):
    """The time in the namespace; `now` is in seconds since 1970."""

    now: float
    time: str
    is_frozen: bool


class InferredBehaviour(TypedDict):
    """A behaviour file (YAML), and what is wrong with the document."""

    behaviour: str
    problems: str


class CheckFinding(TypedDict):
    """A finding in a list; `explain_finding` tells the rest."""

    id: str
    verdict: str
    check: str
    operation: str
    expected: str
    seen: str


class CheckSummary(TypedDict):
    """The result of a contract check. `stopped` says why it ended early."""

    target: str
    requests: int
    passed: int
    failures: int
    warnings: int
    stopped: str
    findings: list[CheckFinding]


class FindingExplanation(TypedDict):
    """A finding: what the check tests, what is violated, how it is known, and how to see it again."""

    id: str
    verdict: str
    sentences: list[str]
    statement: Json | None
    exchanges: list[Json]
    curl: list[str]
