"""What is to be examined, and how: the same for the command line and for pytest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hypothesis.database import ExampleDatabase

from contracts.client.authentication import sandbox_users
from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target, User
from contracts.runner.context import Mode
from contracts.runner.sharding import WHOLE, Shard
from mockserver.contract import Contract
from mockserver.errors import MockServerError

INTERNAL = "http://target.local"
"""Where the built-in mock seems to be; nothing is sent over a network."""


class AddressError(MockServerError):
    """An address that cannot be examined."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """A contract, the service at `url` or the built-in mock, who asks it, and how far the examination may go."""

    vendor_or_document: str
    contract: Contract
    url: str | None = None
    users: tuple[User, ...] = ()
    behaviour: Sequence[Path] = ()
    mode: Mode = "default"
    seed: int = 0
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    shard: Shard = WHOLE
    database: ExampleDatabase | None = None
    strict: bool = False
    read_only: bool = False
    rate: float | None = None
    budget: int | None = None
    timeout: float = 30.0
    deadline: float | None = None
    workers: int = 1

    @property
    def base(self) -> str:
        """Below which address the document's paths lie."""
        return (self.url or INTERNAL + self.contract.document.base_path).rstrip("/")

    @contextmanager
    def target(self, spent: int = 0) -> Iterator[Target]:
        """The service, of whose budget `spent` requests are gone; or a mock that remembers nothing yet and whose time
        passes without waiting."""
        budget = None if self.budget is None else max(0, self.budget - spent)
        limits: dict[str, Any] = {
            "rate": self.rate,
            "budget": budget,
            "read_only": self.read_only,
            "timeout": self.timeout,
            "deadline": self.deadline,
        }
        target = Target.http(self.url, self.users, **limits) if self.url else self.mock(**limits)
        try:
            yield target
        finally:
            target.close()

    def mock(self, **limits: Any) -> Target:
        """The built-in mock of the contract, new."""
        return self._mocked(
            self.users, sandbox(self.vendor_or_document, behaviour=self.behaviour, seed=self.seed), **limits
        )

    def comparison_mock(self) -> Target:
        """The mock that the service is compared with: it knows the sandbox's credentials, and counts no requests."""
        app = sandbox(self.vendor_or_document, behaviour=self.behaviour, seed=self.seed, limits=False)
        return self._mocked(sandbox_users(self.contract), app)

    def _mocked(self, user: Sequence[User], app: Any, **limits: Any) -> Target:
        base = INTERNAL + self.contract.document.base_path
        return Target.asgi(app, user, base_url=base, sleep=app.world.clock.advance, **limits)


def checked_url(url: str | None) -> str | None:
    """The address as it is, or None for none or an empty one. It is printed in reports, so it must carry no secret.

    Raises AddressError.
    """
    if url and (urlsplit(url).scheme not in ("http", "https") or "@" in urlsplit(url).netloc):
        raise AddressError("--url must begin with http:// or https:// and carry no credential; use --auth")
    return url or None
