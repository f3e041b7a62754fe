"""Queries real MCP servers with the official SDK.

Whatever a server does, `probe` returns an `Outcome` within limits of time and memory; its message says what went wrong.
Streamable HTTP is tried first, then SSE, as the MCP specification says under "Backwards Compatibility". Commands run
only if the mock was started with that permission.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import anyio
import httpx2
import mcp_types
from mcp.client.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from msgspec import structs
from msgspec.structs import replace

from mockserver.address_guard import AllowedAddresses, Resolve, resolve
from mockserver.errors import SyncError
from mockserver.mcp_sync.error_messages import answered, describe, without_secrets
from mockserver.mcp_sync.guarded_backend import GuardedBackend
from mockserver.mcp_sync.guarded_http import STANDARD, GuardedHttp, ResponseLimits
from mockserver.mcp_sync.listing import Listing, list_all
from mockserver.mcp_sync.oauth import Authorizations
from mockserver.mcp_sync.prober import McpConnection, Outcome, Transport
from mockserver.mcp_sync.session import Attempt

CLOSE_SECONDS = 1.0
"""How many seconds closing a session may take after the last answer."""

CLIENT_INFO = mcp_types.Implementation(name="mockserver", version="1")

Streams = AbstractAsyncContextManager[Any]
Query = Callable[[Client], Awaitable[Any]]
"""What to ask a server in a session."""


class LiveProber:
    """Queries real MCP servers over streamable HTTP, SSE or, if allowed, by running a command.

    `allow` are the values of `--sync-allow`: networks, addresses and host names besides loopback. `resolver` replaces
    the system's name resolution. It belongs to the event loop it is first used in; `aclose` ends open authorizations.

    Raises:
        SyncError: a value of `allow` cannot be read.
    """

    mode = "live"

    def __init__(
        self,
        allow: Iterable[str] = (),
        *,
        allow_stdio: bool = False,
        limits: ResponseLimits = STANDARD,
        resolver: Resolve = resolve,
    ) -> None:
        self.limits, self.allow_stdio = limits, allow_stdio
        reach = AllowedAddresses.of(allow)
        self.reach = f"{reach}; runs the commands of registrations" if allow_stdio else str(reach)
        self._backend = GuardedBackend(reach, resolver)
        self._context = httpx2.create_ssl_context()  # once, because reading the certificates takes tens of milliseconds
        self._free_probes = asyncio.Semaphore(limits.probes)
        self._authorizations = Authorizations(self._authorization_client)
        _silence_library_logs()

    async def probe(self, connection: McpConnection) -> Outcome:
        """Connect, list what is wanted, and return the outcome. Raises nothing for what a server does.

        `ResponseLimits.probes` run at the same time, and the time limit counts from the start of the probe. With
        `transports` in `want`, every transport is tried and `supported_transports` lists those that work.
        """
        query = partial(list_all, want=connection.want, limits=self.limits)
        result = await self._ask(connection, query)
        return result if isinstance(result, Outcome) else self._succeeded(*result)

    async def read_resource(self, connection: McpConnection, uri: str) -> Mapping[str, Any] | Outcome | None:
        """The contents of one resource (MCP `resources/read`); None if it does not exist.

        If the server cannot be queried, the `Outcome` that says why.
        """
        return await self._one(connection, lambda client: client.read_resource(uri))

    async def get_prompt(
        self, connection: McpConnection, name: str, arguments: Mapping[str, str]
    ) -> Mapping[str, Any] | Outcome | None:
        """One prompt, filled in (MCP `prompts/get`); None if it does not exist.

        If the server cannot be queried, the `Outcome` that says why.
        """
        return await self._one(connection, lambda client: client.get_prompt(name, dict(arguments)))

    async def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        """Exchange the code of an OAuth callback, once, and return the owner whose probes have the token from now on.

        Raises:
            SyncError: no authorization with this state is open, or the code was not accepted.
        """
        return await self._authorizations.complete(state, code, issuer=issuer)

    def forget(self, owner: str = "") -> None:
        """Drop tokens and open authorizations of an owner and of owners below it (`basedash/org_1`); '' drops all."""
        self._authorizations.forget(owner)

    async def aclose(self) -> None:
        """End every open authorization."""
        await self._authorizations.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _one(self, connection: McpConnection, ask: Query) -> Mapping[str, Any] | Outcome | None:
        result = await self._ask(connection, partial(_if_known, ask=ask))
        return result if isinstance(result, Outcome) else result[0].found[0]

    async def _ask(self, connection: McpConnection, query: Query) -> Outcome | tuple[Attempt, list[Transport], bool]:
        """Query the server, and remove secrets of the registration from the message."""
        result = await self._within_limits(connection, query)
        if isinstance(result, Outcome) and result.message:
            return replace(result, message=without_secrets(result.message, _secrets(connection)))
        return result

    async def _within_limits(
        self, connection: McpConnection, query: Query
    ) -> Outcome | tuple[Attempt, list[Transport], bool]:
        """Wait until few enough probes run, and query the server within the allowed time, even if the SDK hangs."""
        seconds = min(connection.timeout, self.limits.total_seconds)
        async with self._free_probes:
            with anyio.move_on_after(seconds + 2 * CLOSE_SECONDS):
                try:
                    return await self._connect_and_ask(structs.replace(connection, timeout=seconds), query)
                except Exception as error:  # noqa: BLE001 - a server can make the libraries raise anything
                    return Outcome(*describe(error))
        return Outcome("timeout", _too_slow(seconds))

    async def _connect_and_ask(
        self, connection: McpConnection, query: Query
    ) -> Outcome | tuple[Attempt, list[Transport], bool]:
        deadline = anyio.current_time() + connection.timeout
        if connection.proxy_url:
            await self._check_proxy(connection)
        token = await self._authorizations.token(connection)
        best, worked = await self._attempts(connection, token, query, deadline)
        if best.unauthorized and token:
            token = await self._authorizations.token(connection, renew=True)
            if token:
                best, worked = await self._attempts(connection, token, query, deadline)
        if best.found is not None:
            return best, worked, bool(token)
        if best.unauthorized:
            return await self._needs_authorization(connection, best)
        return Outcome(*best.verdict(_too_slow(connection.timeout)))

    def _succeeded(self, attempt: Attempt, worked: list[Transport], authorized: bool) -> Outcome:
        listing: Listing = attempt.found
        outcome = Outcome(
            "ok",
            transport=worked[0],
            tools=listing.tools,
            resources=listing.resources,
            prompts=listing.prompts,
            protocol_version=listing.protocol_version,
            server_info=listing.server_info,
            supported_transports=tuple(worked),
        )
        if authorized:
            return replace(outcome, requires_auth=True, oauth_configured=True, auth_type="oauth")
        return outcome

    async def _needs_authorization(self, connection: McpConnection, attempt: Attempt) -> Outcome:
        """The outcome of a 401: OAuth if the metadata says so, otherwise some credential."""
        challenge = attempt.headers
        found = await self._authorizations.discover(connection, challenge)
        if found.oauth:
            message = f"The server asks for OAuth authorization. {found.problem or ''}".strip()
            return Outcome("needs-auth", message, requires_auth=True, auth_type="oauth", authorization_url=found.url)
        bearer = challenge.get("www-authenticate", "").lower().startswith("bearer")
        wants = "asks for a bearer token" if bearer else "does not say which credential it wants"
        message = f"The server answered 401 Unauthorized and {wants}."
        return Outcome("needs-auth", message, requires_auth=True, auth_type="bearer" if bearer else "custom")

    async def _check_proxy(self, connection: McpConnection) -> None:
        """GAIA's proxy connection: its `/health` must answer `{"status": "ok"}` before the server is queried.

        Raises:
            SyncError: it does not.
        """
        try:
            async with self._client(self._http(), httpx2.Headers(list(connection.proxy_headers))) as client:
                response = await client.get(connection.proxy_url.rstrip("/") + "/health")
            health = json.loads(response.content) if response.is_success else None
        except (httpx2.HTTPError, SyncError) as error:
            raise SyncError(f"The proxy is not available. {describe(error)[1]}") from error
        except ValueError:
            health = None
        if not isinstance(health, dict) or health.get("status") != "ok":
            raise SyncError(f"The proxy is not healthy. {answered(response.status_code)}")

    async def _attempts(
        self, connection: McpConnection, token: str | None, query: Query, deadline: float
    ) -> tuple[Attempt, list[Transport]]:
        """Try the transports in order. Gives the most useful attempt, and the transports that worked."""
        best, worked = Attempt(), list[Transport]()
        for transport in _transports(connection):
            attempt = await self._attempt(connection, transport, token, query, deadline)
            if attempt.found is not None:
                worked.append(transport)
            if attempt.is_more_useful_than(best):
                best = attempt
            if not attempt.may_work_otherwise and not (attempt.found is not None and "transports" in connection.want):
                break
        return best, worked

    async def _attempt(
        self, connection: McpConnection, transport: Transport, token: str | None, query: Query, deadline: float
    ) -> Attempt:
        attempt = Attempt(http=self._http() if transport != "stdio" else None)
        with anyio.CancelScope(deadline=deadline) as scope:
            if attempt.http:
                attempt.http.stop = scope.cancel
            try:
                async with self._session(connection, transport, token, attempt.http) as client:
                    attempt.found = await query(client)
                    scope.deadline = min(deadline, anyio.current_time() + CLOSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - as above; a failure to close does not undo the result
                attempt.error = error
        attempt.late = scope.cancelled_caught
        return attempt

    @asynccontextmanager
    async def _session(
        self, connection: McpConnection, transport: Transport, token: str | None, http: GuardedHttp | None
    ) -> AsyncIterator[Client]:
        headers = httpx2.Headers(list(connection.headers))
        headers.update({"authorization": token} if token else {})
        streams = self._over_stdio(connection) if http is None else self._over(transport, connection.url, headers, http)
        async with Client(
            streams, read_timeout_seconds=self.limits.read_seconds, cache=None, client_info=CLIENT_INFO
        ) as it:
            yield it

    def _over(self, transport: Transport, url: str, headers: httpx2.Headers, http: GuardedHttp) -> Streams:
        return (self._over_sse if transport == "sse" else self._over_http)(url, headers, http)

    @asynccontextmanager
    async def _over_http(self, url: str, headers: httpx2.Headers, http: GuardedHttp) -> AsyncIterator[Any]:
        async with self._client(http, headers) as client:
            size = self.limits.message_bytes
            async with streamable_http_client(url, http_client=client, max_sse_event_size=size) as streams:
                yield streams

    def _over_sse(self, url: str, sent: httpx2.Headers, http: GuardedHttp) -> Streams:
        def factory(
            headers: dict[str, str] | None = None,
            timeout: httpx2.Timeout | None = None,
            auth: httpx2.Auth | None = None,
        ) -> httpx2.AsyncClient:
            """Our own client: it sets headers and time limits, not the SDK's transport."""
            return self._client(http, sent)

        return sse_client(url, httpx_client_factory=factory)

    @asynccontextmanager
    async def _over_stdio(self, connection: McpConnection) -> AsyncIterator[Any]:
        """Run the command, with the environment of the registration and the few variables that the SDK passes on.

        Raises:
            SyncError: commands are not allowed here.
        """
        if not self.allow_stdio:
            raise SyncError("Commands are not run: the sandbox was started without --allow-stdio.")
        command = StdioServerParameters(
            command=connection.command, args=list(connection.args), env=dict(connection.env)
        )
        with Path(os.devnull).open("w") as nowhere:  # noqa: ASYNC230 - the null device never blocks
            async with stdio_client(command, errlog=nowhere) as streams:
                yield streams

    def _http(self, *, keep_alive: bool = True) -> GuardedHttp:
        return GuardedHttp(self._backend, self.limits, self._context, keep_alive=keep_alive)

    def _client(self, http: GuardedHttp, headers: httpx2.Headers) -> httpx2.AsyncClient:
        """An HTTP client that ignores the environment (proxies, `.netrc`) and asks for uncompressed bodies."""
        timeout = httpx2.Timeout(self.limits.read_seconds, connect=self.limits.connect_seconds)
        sent = httpx2.Headers({"user-agent": "mockserver"})
        sent.update(headers)
        sent["accept-encoding"] = "identity"
        return httpx2.AsyncClient(transport=http, headers=sent, timeout=timeout, trust_env=False)

    def _authorization_client(self) -> httpx2.AsyncClient:
        """For a flow that waits for the user: no connection stays open meanwhile."""
        return self._client(self._http(keep_alive=False), httpx2.Headers())


def _transports(connection: McpConnection) -> tuple[Transport, ...]:
    if connection.command or connection.transport == "stdio":
        return ("stdio",)
    if connection.transport and "transports" not in connection.want:
        return (connection.transport,)
    return ("http", "sse")


async def _if_known(client: Client, ask: Query) -> tuple[Mapping[str, Any] | None]:
    """The result of a query in a tuple, as MCP writes it; (None,) if the server does not know the name."""
    try:
        result = await ask(client)
    except MCPError as error:
        if error.code in (mcp_types.INVALID_PARAMS, RESOURCE_NOT_FOUND):
            return (None,)
        raise
    return (result.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=ENVELOPE),)


ENVELOPE = {"meta", "result_type", "ttl_ms", "cache_scope"}
"""Members of a result that belong to the protocol."""


RESOURCE_NOT_FOUND = -32002
"""The code for an unknown resource (MCP specification, "Resources", "Error Handling")."""


def _secrets(connection: McpConnection) -> list[str]:
    pairs = (*connection.headers, *connection.proxy_headers, *connection.env)
    return [*(value for _, value in pairs), connection.oauth_client_secret]


def _too_slow(seconds: float) -> str:
    return f"The server was not done within {seconds:g} seconds."


def _silence_library_logs() -> None:
    """Silence the libraries: their logs would repeat outcomes, which the registration shows, and URLs."""
    logging.getLogger("mcp.client").setLevel(logging.CRITICAL + 1)
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
