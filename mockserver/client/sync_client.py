"""The client without `await`: `Sandbox(url)` and its namespaces."""

from __future__ import annotations

import secrets
from typing import Unpack

from mockserver.client import addresses
from mockserver.client.admin_call import as_, get
from mockserver.client.admin_models import NamespaceStatus, ResetResult
from mockserver.client.journal_models import JournalEntry, RequestExplanation
from mockserver.client.namespace_calls import Json, NamespaceCalls, RequestFilter, Which
from mockserver.client.sync_connection import SyncConnection
from mockserver.client.sync_namespace import NamespaceClient


class SandboxClient(SyncConnection):
    """A running sandbox at `url`. Without `with`, its connections are closed with its namespace.

    `token` is needed where the sandbox does not listen on loopback. `verify` False accepts any certificate, as that of
    `mockserver serve --https` is; it may be an SSL context. `transport` makes what sends the requests, if httpx should
    not: so an app in this process can be steered. Methods raise SandboxError.
    """

    def namespaces(self) -> list[NamespaceStatus]:
        """The namespaces in use."""
        return self.send(get("/namespaces", as_(list[NamespaceStatus])))

    def namespace(self, name: str | None = None) -> NamespaceClient:
        """A namespace, by default a new one of a random name. `with` begins it, and ends it afterwards."""
        return NamespaceClient(self, name if name is not None else f"client-{secrets.token_hex(8)}")

    @property
    def default(self) -> NamespaceClient:
        """The namespace of requests that name none. It does not end."""
        return NamespaceClient(self, addresses.DEFAULT)

    def requests(self, **only: Unpack[RequestFilter]) -> list[JournalEntry]:
        """The latest requests of all namespaces, in the order in which they were asked."""
        return self.send(NamespaceCalls(None).requests(**only))

    def har(self) -> Json:
        """The journal of all namespaces as HTTP Archive 1.2."""
        return self.send(NamespaceCalls(None).har())

    def clear_requests(self) -> None:
        """Forget the requests of all namespaces."""
        self.send(NamespaceCalls(None).clear_requests())

    def why(self, which: Which) -> RequestExplanation:
        """Why a request was answered as it was: an entry of the journal, its number, or the response."""
        return self.send(NamespaceCalls(None).why(which))

    def reset(self) -> ResetResult:
        """Take all namespaces to their start state."""
        return self.send(NamespaceCalls("*").reset(None, None))
