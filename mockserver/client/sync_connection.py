"""The connections to a sandbox, without `await`."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from mockserver.client import addresses
from mockserver.client.admin_call import AdminCall, as_, get
from mockserver.client.admin_models import (
    SandboxHealth,
)
from mockserver.client.certificates import trusted
from mockserver.client.events import FOLLOWING, EventLines
from mockserver.client.journal_models import JournalEntry
from mockserver.client.namespace_calls import NamespaceCalls
from mockserver.client.problems import refused, unreachable

T = TypeVar("T")


class SyncConnection:
    """The connections to a sandbox, and where its services are. The arguments are those of the sandbox."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        *,
        token: str | None = None,
        timeout: float = 10.0,
        verify: bool | ssl.SSLContext = True,
        transport: Callable[[], httpx.BaseTransport] | None = None,
    ) -> None:
        self.url, self._token = url.rstrip("/"), token
        self._timeout, self._transport = timeout, transport
        self._verify = trusted() if verify is True else verify
        self._http: httpx.Client | None = None
        self._health: SandboxHealth | None = None
        self.is_entered = False

    def __enter__(self) -> Self:
        self.is_entered = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.is_entered = False
        self.close()

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        http, self._http = self._http, None
        if http is not None:
            http.close()

    def send(self, call: AdminCall[T]) -> T:
        """Send a request to the admin API."""
        try:
            seconds = self._timeout + call.waits
            return call.result(self._open().request(**call.options(self._token), timeout=seconds))
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from None

    def follow(
        self, namespace: str | None = None, *, since: int | None = None, seconds: float | None = None
    ) -> Iterator[JournalEntry]:
        """Entries of the journal as they are made, after the number `since` or from now on.

        They come for so many seconds, or until you stop.
        """
        options = NamespaceCalls(namespace).events(since, seconds).options(self._token)
        lines = EventLines()
        try:
            with self._open().stream(**options, timeout=FOLLOWING) as response:
                if not response.is_success:
                    response.read()
                    raise refused(response)
                yield from lines.entries(response.iter_lines())
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from None

    def health(self) -> SandboxHealth:
        """What the sandbox serves."""
        self._health = self.send(get("/health", as_(SandboxHealth)))
        return self._health

    def client(self, service: str | None = None, *, namespace: str = addresses.DEFAULT, **options: Any) -> httpx.Client:
        """An httpx client for a service in a namespace; `options` are those of `httpx.Client`. Close it."""
        given = {"transport": self.new_transport(), "verify": self._verify, "trust_env": False}
        headers = {**addresses.headers(namespace), **options.pop("headers", {})}
        base = self.url + self.service_path(service)
        return httpx.Client(**{"base_url": base, "headers": headers, **given, **options})

    def service_name(self, service: str | None = None) -> str:
        """The name of a service that there is; without a name, of the only one."""
        return addresses.service_name(self._health or self.health(), service)

    def service_path(self, service: str | None = None) -> str:
        """The path of a service, with its base path."""
        name = self.service_name(service)
        return addresses.service_path(self._health or self.health(), name)

    def new_transport(self) -> httpx.BaseTransport | None:
        """What sends the requests, where httpx should not; None where it should."""
        return self._transport() if self._transport is not None else None

    def _open(self) -> httpx.Client:
        if self._http is None:
            # A proxy of the environment is for other hosts; a sandbox is on this machine or near it.
            self._http = httpx.Client(
                base_url=self.url,
                timeout=self._timeout,
                trust_env=False,
                verify=self._verify,
                transport=self.new_transport(),
            )
        return self._http
