"""The client without `await`: `Sandbox(url)` and its namespaces."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from mockserver.client import addresses
from mockserver.client.admin_call import AdminCall, as_, get
from mockserver.client.admin_models import (
    CheckpointStatus,
    NamespaceStatus,
    ResetResult,
    SandboxHealth,
    VerificationResult,
)
from mockserver.client.certificates import trusted
from mockserver.client.events import FOLLOWING, EventLines
from mockserver.client.expectation import checked, expectation
from mockserver.client.journal_models import JournalEntry, RequestExplanation
from mockserver.client.namespace_calls import Json, NamespaceCalls, RequestFilter, Which
from mockserver.client.problems import refused, unreachable
from mockserver.client.sync_items import ClockClient, ItemsClient
from mockserver.client.sync_overrides import OverridesClient

T = TypeVar("T")


class SandboxClient:
    """A running sandbox at `url`. Without `with`, its connections are closed with its namespace.

    `token` is needed where the sandbox does not listen on loopback. `verify` False accepts any certificate, as that of
    `mockserver serve --https` is; it may be an SSL context. `transport` makes what sends the requests, if httpx should
    not: so an app in this process can be steered. Methods raise SandboxError.
    """

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
            return call.result(self._open().request(**call.options(self._token)))
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


class NamespaceClient(OverridesClient):
    """One namespace of a sandbox: what is asked in it, how it answers, what it stores, its clock."""

    def __init__(self, sandbox: SandboxClient, name: str) -> None:
        super().__init__(sandbox.send, NamespaceCalls(name))
        self.sandbox, self.name = sandbox, name

    def __enter__(self) -> Self:
        if self.name != addresses.DEFAULT:
            self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if self.name != addresses.DEFAULT:
                self.end()
        finally:
            if not self.sandbox.is_entered:
                self.sandbox.close()

    def begin(self) -> NamespaceStatus:
        """Begin the namespace. It also begins with the first request that names it."""
        return self._send(self._calls.begin())

    def end(self) -> None:
        """End the namespace, with all that belongs to it."""
        self._send(self._calls.end())

    @property
    def headers(self) -> dict[str, str]:
        """The headers that put a request into the namespace."""
        return addresses.headers(self.name)

    def base_url(self, service: str | None = None) -> str:
        """The base URL of a service in the namespace, with its base path. A client needs nothing else."""
        return self.sandbox.url + addresses.prefix(self.name) + self.sandbox.service_path(service)

    def client(self, service: str | None = None, **options: Any) -> httpx.Client:
        """An httpx client for a service, in the namespace; `options` are those of `httpx.Client`. Close it."""
        return self.sandbox.client(service, namespace=self.name, **options)

    def requests(self, **only: Unpack[RequestFilter]) -> list[JournalEntry]:
        """The latest requests, 100 without `limit`, in the order in which they were asked."""
        return self._send(self._calls.requests(**only))

    def clear_requests(self) -> None:
        """Forget the requests."""
        self._send(self._calls.clear_requests())

    def follow(self, *, since: int | None = None, seconds: float | None = None) -> Iterator[JournalEntry]:
        """Entries of the journal as they are made, after the number `since` or from now on.

        They come for so many seconds, or until you stop.
        """
        return self.sandbox.follow(self.name, since=since, seconds=seconds)

    def why(self, which: Which) -> RequestExplanation:
        """Why a request was answered as it was: an entry of the journal, its number, or the response."""
        return self._send(self._calls.why(which))

    def har(self) -> Json:
        """The journal as HTTP Archive 1.2."""
        return self._send(self._calls.har())

    def verify(
        self,
        operation: str | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        json: Any = None,
        body: Mapping[str, Any] | bool | None = None,
        in_order: Sequence[str | Mapping[str, Any]] | None = None,
        **conditions: Any,
    ) -> VerificationResult:
        """Raise AssertionError unless such requests were sent: at least one, or as many as the counts say.

        `json` has values that the body must have, `body` is a JSON Schema. `conditions` are those of the schema
        `Condition` of the admin API, and `status`. `in_order` are operationIds or conditions.
        """
        counts = {"count": count, "at_least": at_least, "at_most": at_most}
        expected = expectation(operation, **counts, json=json, body=body, in_order=in_order, **conditions)
        return checked(self._send(self._calls.verify(expected)))

    def state(
        self, service: str | None, resource: str, *, tenant: str | None = None, owner: str | None = None
    ) -> ItemsClient:
        """The stored items of a resource; `service` may be None where the sandbox has only one."""
        name = self.sandbox.service_name(service)
        return ItemsClient(self._send, self._calls.items(name, resource, tenant, owner))

    def all_state(self, *, service: str | None = None, tenant: str | None = None) -> Json:
        """All stored items and facts: `{service: {tenant: {resource: [item, …]}}}`."""
        return self._send(self._calls.state(service, tenant))

    def snapshot(self) -> Json:
        """The whole world of the namespace, as `restore` and `mockserver serve --state` take it."""
        return self._send(self._calls.snapshot())

    def restore(self, to: Mapping[str, Any] | str) -> None:
        """Go back to a snapshot, or to a checkpoint by its name."""
        self._send(self._calls.restore(to))

    def checkpoint(self, name: str) -> CheckpointStatus:
        """Remember the world as it is now, for `restore(name)`."""
        return self._send(self._calls.checkpoint(name))

    def checkpoints(self) -> list[CheckpointStatus]:
        """The checkpoints, the oldest first."""
        return self._send(self._calls.checkpoints())

    def reset(self, *, service: str | None = None, tenant: str | None = None) -> ResetResult:
        """Go back to the start state; without `service` and `tenant`, overrides end too."""
        return self._send(self._calls.reset(service, tenant))

    @property
    def clock(self) -> ClockClient:
        """The time in the namespace."""
        return ClockClient(self._send, self._calls)
