"""What the admin API answers, other than entries of the journal, as values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from mockserver.printed_text import printable


class ServiceHealth(Struct, frozen=True):
    """A service of the sandbox. `base_path` is the path of the document's first server, below the name of the service.

    `base_paths` are those of all servers, the longest first.
    """

    title: str
    operations: int
    sync: str
    base_path: str = ""
    base_paths: tuple[str, ...] = ()


class SandboxHealth(Struct, frozen=True):
    """What a sandbox serves, by the names of its services.

    `ready` is false while its store cannot be used; `behind` is how many changes of others it has yet to apply.
    """

    status: str
    services: dict[str, ServiceHealth]
    seed: int | None
    journal: int | None = None
    ready: bool = True
    behind: int | None = None


class NamespaceStatus(Struct, frozen=True):
    """A namespace that is in use."""

    name: str
    items: int
    revision: int
    idle_seconds: float


class ExpectationDifference(Struct, frozen=True):
    """A field in which a request is not as expected."""

    field: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected!r}, was {self.actual!r}"


class NearestRequest(Struct, frozen=True):
    """A request that is nearly as expected."""

    number: int
    request: str
    differences: list[ExpectationDifference]

    def __str__(self) -> str:
        lines = [f"{self.number:>5}  {self.request}", *(f"         {each}" for each in self.differences)]
        return "\n".join(lines)


class VerificationResult(Struct, frozen=True):
    """Were requests sent as expected? `found` has the numbers of those that match, `nearest` the others."""

    verified: bool
    message: str
    found: list[int]
    nearest: list[NearestRequest]

    def __str__(self) -> str:
        nearest = ["the nearest requests:", *map(str, self.nearest)] if self.nearest else []
        return printable("\n".join([self.message, *nearest]))


class AppliedOverride(Struct, frozen=True):
    """An override as the sandbox has it; `applied` is how many requests it has answered.

    `is_active` is false when it is used up, has expired, or is not `enabled`.
    """

    id: str
    namespace: str
    then: Any
    applied: int
    is_active: bool
    when: dict[str, Any] | None = None
    times: int | None = None
    after: int | None = None
    probability: float | None = None
    expires: float | str | None = None
    invalid: bool = False
    enabled: bool = True
    note: str | None = None


class CheckpointStatus(Struct, frozen=True):
    """A checkpoint of a namespace."""

    name: str
    items: int
    revision: int


class ClockTime(Struct, frozen=True):
    """The time in a namespace; `now` is in seconds since 1970."""

    now: float
    time: datetime
    is_frozen: bool


class ResetResult(Struct, frozen=True):
    """What was reset: services, a tenant or None for all, and namespaces."""

    reset: list[str]
    tenant: str | None
    namespaces: list[str]
