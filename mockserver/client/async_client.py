"""The client with `await`: `AsyncSandbox(url)` and its namespaces."""

from __future__ import annotations

import secrets
from typing import Unpack

from mockserver.client import addresses
from mockserver.client.admin_call import as_, get
from mockserver.client.admin_models import NamespaceStatus, ResetResult
from mockserver.client.async_connection import AsyncConnection
from mockserver.client.async_namespace import AsyncNamespaceClient
from mockserver.client.journal_models import JournalEntry, RequestExplanation
from mockserver.client.namespace_calls import Json, NamespaceCalls, RequestFilter, Which


class AsyncSandboxClient(AsyncConnection):
    """A running sandbox at `url`. Without `with`, its connections are closed with its namespace.

    `token` is needed where the sandbox does not listen on loopback. `verify` False accepts any certificate, as that of
    `mockserver serve --https` is; it may be an SSL context. `transport` makes what sends the requests, if httpx should
    not: so an app in this process can be steered. Methods raise SandboxError.
    """

    async def namespaces(self) -> list[NamespaceStatus]:
        """The namespaces in use."""
        return await self.send(get("/namespaces", as_(list[NamespaceStatus])))

    def namespace(self, name: str | None = None) -> AsyncNamespaceClient:
        """A namespace, by default a new one of a random name. `with` begins it, and ends it afterwards."""
        return AsyncNamespaceClient(self, name if name is not None else f"client-{secrets.token_hex(8)}")

    @property
    def default(self) -> AsyncNamespaceClient:
        """The namespace of requests that name none. It does not end."""
        return AsyncNamespaceClient(self, addresses.DEFAULT)

    async def requests(self, **only: Unpack[RequestFilter]) -> list[JournalEntry]:
        """The latest requests of all namespaces, in the order in which they were asked."""
        return await self.send(NamespaceCalls(None).requests(**only))

    async def har(self) -> Json:
        """The journal of all namespaces as HTTP Archive 1.2."""
        return await self.send(NamespaceCalls(None).har())

    async def clear_requests(self) -> None:
        """Forget the requests of all namespaces."""
        await self.send(NamespaceCalls(None).clear_requests())

    async def why(self, which: Which) -> RequestExplanation:
        """Why a request was answered as it was: an entry of the journal, its number, or the response."""
        return await self.send(NamespaceCalls(None).why(which))

    async def reset(self) -> ResetResult:
        """Take all namespaces to their start state."""
        return await self.send(NamespaceCalls("*").reset(None, None))
