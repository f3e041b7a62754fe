"""The connections to a sandbox, with `await`."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
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


class AsyncConnection:
    """The connections to a sandbox, and where its services are. The arguments are those of the sandbox."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8080",
        *,
        token: str | None = None,
        timeout: float = 10.0,
        verify: bool | ssl.SSLContext = True,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self.url, self._token = url.rstrip("/"), token
        self._timeout, self._transport = timeout, transport
        self._verify = trusted() if verify is True else verify
        self._http: httpx.AsyncClient | None = None
        self._health: SandboxHealth | None = None
        self.is_entered = False

    async def __aenter__(self) -> Self:
        self.is_entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.is_entered = False
        await self.close()

    async def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def send(self, call: AdminCall[T]) -> T:
        """Send a request to the admin API."""
        try:
            seconds = self._timeout + call.waits
            return call.result(await self._open().request(**call.options(self._token), timeout=seconds))
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from None

    async def follow(
        self, namespace: str | None = None, *, since: int | None = None, seconds: float | None = None
    ) -> AsyncIterator[JournalEntry]:
        """Entries of the journal as they are made, after the number `since` or from now on.

        They come for so many seconds, or until you stop.
        """
        options = NamespaceCalls(namespace).events(since, seconds).options(self._token)
        lines = EventLines()
        try:
            async with self._open().stream(**options, timeout=FOLLOWING) as response:
                if not response.is_success:
                    await response.aread()
                    raise refused(response)
                async for entry in lines.later(response.aiter_lines()):
                    yield entry
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from None

    async def health(self) -> SandboxHealth:
        """What the sandbox serves."""
        self._health = await self.send(get("/health", as_(SandboxHealth)))
        return self._health

    async def client(
        self, service: str | None = None, *, namespace: str = addresses.DEFAULT, **options: Any
    ) -> httpx.AsyncClient:
        """An httpx client for a service in a namespace; `options` are those of `httpx.AsyncClient`. Close it."""
        given = {"transport": self.new_transport(), "verify": self._verify, "trust_env": False}
        headers = {**addresses.headers(namespace), **options.pop("headers", {})}
        base = self.url + await self.service_path(service)
        return httpx.AsyncClient(**{"base_url": base, "headers": headers, **given, **options})

    async def service_name(self, service: str | None = None) -> str:
        """The name of a service that there is; without a name, of the only one."""
        return addresses.service_name(self._health or await self.health(), service)

    async def service_path(self, service: str | None = None) -> str:
        """The path of a service, with its base path."""
        name = await self.service_name(service)
        return addresses.service_path(self._health or await self.health(), name)

    def new_transport(self) -> httpx.AsyncBaseTransport | None:
        """What sends the requests, where httpx should not; None where it should."""
        return self._transport() if self._transport is not None else None

    def _open(self) -> httpx.AsyncClient:
        if self._http is None:
            # A proxy of the environment is for other hosts; a sandbox is on this machine or near it.
            self._http = httpx.AsyncClient(
                base_url=self.url,
                timeout=self._timeout,
                trust_env=False,
                verify=self._verify,
                transport=self.new_transport(),
            )
        return self._http
