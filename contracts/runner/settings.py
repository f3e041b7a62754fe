"""The settings of a contract check, from the command line or from pytest."""

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
from contracts.listener.listener import ListenerSettings
from contracts.runner.request_sender import Mode
from contracts.runner.sharding import WHOLE, Shard
from mockserver.contract import Contract, ReadingOptions
from mockserver.errors import MockServerError

INTERNAL = "http://target.local"
"""The address in requests to the built-in mock, which runs in this process."""


class AddressError(MockServerError):
    """The value of `--url` cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What to check, with which users, and within which limits.

    `vendor_or_document` is what the user named, `contract` what was loaded from it and from the files in `behaviour`.
    Without a `url`, the built-in mock is checked. `deadline` is a `time.monotonic()`. With `callbacks`, we listen for
    what the service sends. `items` is the number of items that each collection of the built-in mock starts with.
    With `insecure`, any certificate is accepted: of the service, and of where the document is fetched.
    With `lenient`, the valid parts of an invalid document are checked.
    """

    vendor_or_document: str
    contract: Contract
    url: str | None = None
    users: tuple[User, ...] = ()
    behaviour: Sequence[Path] = ()
    mode: Mode = "default"
    seed: int = 0
    items: int = 0
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
    probe_security: bool = False
    callbacks: ListenerSettings | None = None
    insecure: bool = False
    lenient: bool = False

    @property
    def reading(self) -> ReadingOptions:
        """How the document is read."""
        return ReadingOptions(self.lenient, verify=not self.insecure)

    @property
    def base(self) -> str:
        """The address that the document's paths are appended to."""
        return (self.url or INTERNAL + self.contract.document.base_path).rstrip("/")

    @contextmanager
    def target(self, spent: int = 0) -> Iterator[Target]:
        """The service, or a new mock whose clock advances without waiting.

        `spent` requests of the budget are already used.
        """
        budget = None if self.budget is None else max(0, self.budget - spent)
        limits: dict[str, Any] = {
            "rate": self.rate,
            "budget": budget,
            "read_only": self.read_only,
            "timeout": self.timeout,
            "deadline": self.deadline,
        }
        verify = not self.insecure
        target = Target.http(self.url, self.users, verify=verify, **limits) if self.url else self.mock(**limits)
        try:
            yield target
        finally:
            target.close()

    def mock(self, **limits: Any) -> Target:
        """A new mock of the contract."""
        return self._mocked(self.users, self._mock(), **limits)

    def comparison_mock(self) -> Target:
        """A mock to compare the service with. It accepts the sandbox's credentials and has no rate limit."""
        return self._mocked(sandbox_users(self.contract), self._mock(limits=False))

    def _mock(self, **options: Any) -> Any:
        return sandbox(
            self.vendor_or_document,
            behaviour=self.behaviour,
            rules=self.contract.rules,
            seed=self.seed,
            items=self.items,
            reading=self.reading,
            **options,
        )

    def _mocked(self, users: Sequence[User], app: Any, **limits: Any) -> Target:
        base = INTERNAL + self.contract.document.base_path
        return Target.asgi(app, users, base_url=base, sleep=app.world.clock.advance, **limits)


def checked_url(url: str | None) -> str | None:
    """The address; None if it is missing or empty.

    Raises AddressError for one that contains a credential, because reports print the address.
    """
    parts = urlsplit(url or "http:")
    if "@" in (url or "") or parts.query:
        raise AddressError("--url must contain no credential and no query; use --auth")
    if parts.scheme not in ("http", "https"):
        hint = "" if "://" in str(url) else f"; did you mean http://{url}?"
        raise AddressError(f"--url must begin with http:// or https://{hint}")
    return url or None
