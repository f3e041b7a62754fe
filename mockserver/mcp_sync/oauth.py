"""OAuth for MCP servers: an authorization URL after a 401, a token after the callback, and its renewal.

Discovery (RFC 9728, RFC 8414, OpenID Connect Discovery), registration (RFC 7591), PKCE (RFC 7636), the resource
indicator (RFC 8707) and the exchange are the SDK's `OAuthClientProvider`. It is one generator of requests that waits
for the user in the middle. Here each authorization is a task that runs that generator over the guarded transport.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from mcp_types import LATEST_PROTOCOL_VERSION
from pydantic import AnyUrl

from mockserver.errors import SyncError
from mockserver.mcp_sync.error_messages import describe
from mockserver.mcp_sync.prober import McpConnection

CONSENT_SECONDS = 900.0
"""How many seconds an authorization waits for the user."""
STEP_SECONDS = 15.0
"""How many seconds one request of the flow may take."""
MOST_OPEN = 500
"""How many authorizations may wait at the same time; beyond that the oldest ends."""

EXPIRED = 1.0  # a time in the past: in the SDK's context, None means that a token does not expire

OpenClient = Callable[[], httpx2.AsyncClient]
"""Opens a client over the guarded transport, for one authorization."""
Flow = AsyncGenerator[httpx2.Request, httpx2.Response]
"""The SDK's side of OAuth: it yields a request and is sent its response."""


class Unavailable(SyncError):
    """OAuth cannot be started with this server; the text says why."""


@dataclass(frozen=True, slots=True)
class OAuthOffer:
    """Does a server that answers 401 use OAuth? With the URL where the user consents, or why there is none."""

    oauth: bool
    url: str | None = None
    problem: str | None = None


@dataclass(slots=True, repr=False)
class TokenStore:
    """The tokens and the client of one authorization (the SDK's `TokenStorage`), in memory only and never shown."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens; None before the authorization is complete."""
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep new tokens."""
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """The client given by the registration or made by the authorization server."""
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep a new client."""
        self.client = client_info


class Authorization:
    """One authorization: it starts, waits for the user, and then holds the tokens."""

    def __init__(self, connection: McpConnection, open_client: OpenClient) -> None:
        loop = asyncio.get_running_loop()
        self.connection = connection
        self.url: asyncio.Future[str] = loop.create_future()
        self.callback: asyncio.Future[AuthorizationCodeResult] = loop.create_future()
        self.task: asyncio.Task[None] | None = None
        self._open_client = open_client
        self._provider = OAuthClientProvider(
            connection.url,
            _metadata(connection),
            TokenStore(client=_given_client(connection)),
            self._publish_url,
            self._wait_for_callback,
        )

    def fits(self, connection: McpConnection) -> bool:
        """Are the tokens for this connection? They must never be sent to another URL or by another client."""
        return _identity(self.connection) == _identity(connection)

    def discovered(self) -> bool:
        """Did the server or its authorization server publish OAuth metadata?"""
        context = self._provider.context
        return context.protected_resource_metadata is not None or context.oauth_metadata is not None

    def begin(self, challenge: httpx2.Headers) -> None:
        """Start the task that gets a token from the headers of a 401, with the consent of the user."""
        self.task = asyncio.create_task(self._obtain(challenge), name=f"authorize {self.connection.owner}")
        self.task.add_done_callback(_retrieve_exception)

    async def _obtain(self, challenge: httpx2.Headers) -> None:
        question = _request_to_authorize(self.connection)
        response = httpx2.Response(401, headers=self._challenge(challenge), request=question)
        flow = self._provider.async_auth_flow(question)
        try:
            async with self._open_client() as client:
                await anext(flow)  # the original request, whose response is known: the 401
                while (request := await flow.asend(response)) is not question:
                    self._check(request)
                    response = await _send(client, request)
        finally:
            await flow.aclose()

    def _challenge(self, headers: httpx2.Headers) -> dict[str, str]:
        """The `WWW-Authenticate` of the 401, with the scope of the registration, if it has one.

        The SDK reads the scope only there.
        """
        given = headers.get("www-authenticate", "Bearer")
        scope = self.connection.oauth_scope
        return {"www-authenticate": f'Bearer scope="{scope}", {given}' if scope else given}

    def _check(self, request: httpx2.Request) -> None:
        """Stop before the SDK guesses: without metadata it would post to `/register` of any server."""
        if request.method != "POST" or self.callback.done():
            return
        metadata = self._provider.context.oauth_metadata
        if not self.discovered():
            raise Unavailable("The server publishes no OAuth metadata.")
        if not self.connection.redirect_uri:
            raise Unavailable("OAuth authorization needs a redirect URI.")
        if metadata is None or metadata.registration_endpoint is None:
            raise Unavailable("The authorization server registers no clients by itself: give a client id.")

    async def _publish_url(self, url: str) -> None:
        if not self.discovered():
            raise Unavailable("The server publishes no OAuth metadata.")
        if not self.connection.redirect_uri:
            raise Unavailable("OAuth authorization needs a redirect URI.")
        self.url.set_result(url)

    async def _wait_for_callback(self) -> AuthorizationCodeResult:
        async with asyncio.timeout(CONSENT_SECONDS):
            return await self.callback

    async def token(self, *, renew: bool) -> str | None:
        """The value of the `Authorization` header, renewed with the refresh token if it has expired; or None.

        `renew` gets a new one although the old one has not expired, because the server refused it.
        """
        context = self._provider.context
        if renew:
            if not context.can_refresh_token():
                return None
            context.token_expiry_time = EXPIRED
        question = _request_to_authorize(self.connection)
        flow = self._provider.async_auth_flow(question)
        try:
            await self._renew(flow, question)
        finally:
            await flow.aclose()
        value: str | None = question.headers.get("authorization")
        return value

    async def _renew(self, flow: Flow, question: httpx2.Request) -> None:
        request = await anext(flow)
        if request is not question:
            async with self._open_client() as client:
                while request is not question:
                    request = await flow.asend(await _send(client, request))


class Authorizations:
    """All authorizations of a mock: the open ones by their state, the granted ones by their owner."""

    def __init__(self, open_client: OpenClient) -> None:
        self._open_client = open_client
        self._open: dict[str, Authorization] = {}
        self._granted: dict[str, Authorization] = {}

    async def discover(self, connection: McpConnection, challenge: httpx2.Headers) -> OAuthOffer:
        """Discover which OAuth a 401 asks for, and start it.

        Without an owner or a redirect URI nothing is started: the result then says only whether there is OAuth.
        """
        authorization = Authorization(connection, self._open_client)
        authorization.begin(challenge)
        try:
            await asyncio.wait((authorization.task, authorization.url), return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
            if authorization.url.done():
                return self._opened(authorization, authorization.url.result())
            error = authorization.task.exception() if authorization.task else None
            announced = "resource_metadata" in challenge.get("www-authenticate", "")
            return OAuthOffer(announced or authorization.discovered(), problem=describe(error)[1] if error else None)
        finally:
            if authorization not in self._open.values() and authorization.task:
                authorization.task.cancel()

    def _opened(self, authorization: Authorization, url: str) -> OAuthOffer:
        state = str(httpx2.URL(url).params["state"])
        self._open[state] = authorization
        if len(self._open) > MOST_OPEN:
            _end(self._open.pop(next(iter(self._open))))
        if authorization.task:
            authorization.task.add_done_callback(lambda _: self._open.pop(state, None))
        return OAuthOffer(oauth=True, url=url)

    async def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        """Exchange the code of a callback for tokens, once, and return the owner they are for.

        Raises:
            SyncError: no authorization with this state is open, or the code was not accepted.
        """
        authorization = self._open.pop(state, None)
        if authorization is None or authorization.task is None or authorization.task.done():
            raise SyncError("No OAuth authorization with this state is under way.")
        authorization.callback.set_result(AuthorizationCodeResult(code=code, state=state, iss=issuer))
        await asyncio.wait((authorization.task,))
        error = None if authorization.task.cancelled() else authorization.task.exception()
        if error or authorization.task.cancelled():
            raise SyncError(describe(error)[1] if error else "The OAuth authorization was ended.") from error
        self._granted[authorization.connection.owner] = authorization
        return authorization.connection.owner

    async def token(self, connection: McpConnection, *, renew: bool = False) -> str | None:
        """The `Authorization` header for a connection whose owner is authorized, or None."""
        granted = self._granted.get(connection.owner)
        if granted is None:
            return None
        token = await granted.token(renew=renew) if granted.fits(connection) else None
        if token is None:
            self._granted.pop(connection.owner, None)
        return token

    def forget(self, owner: str = "") -> None:
        """Drop every authorization of an owner and of owners below it; '' drops all."""
        for state, authorization in tuple(self._open.items()):
            if _beneath(authorization.connection.owner, owner):
                _end(self._open.pop(state))
        for name in tuple(self._granted):
            if _beneath(name, owner):
                del self._granted[name]

    async def aclose(self) -> None:
        """End every open authorization."""
        tasks = [authorization.task for authorization in self._open.values() if authorization.task]
        self.forget()
        await asyncio.gather(*tasks, return_exceptions=True)


def _retrieve_exception(task: asyncio.Task[None]) -> None:
    """Retrieve the exception, because asyncio logs a failed task whose exception is never retrieved."""
    if not task.cancelled():
        task.exception()


def _end(authorization: Authorization) -> None:
    if authorization.task:
        authorization.task.cancel()


def _beneath(name: str, owner: str) -> bool:
    return not owner or name == owner or name.startswith(owner + "/")


def _identity(connection: McpConnection) -> tuple[str, ...]:
    return connection.url, connection.oauth_client_id, connection.oauth_client_secret, connection.oauth_scope


def _metadata(connection: McpConnection) -> OAuthClientMetadata:
    """The metadata of this client for its registration (RFC 7591 section 2)."""
    redirect = AnyUrl(connection.redirect_uri or "http://localhost/")
    return OAuthClientMetadata(client_name="mockserver", redirect_uris=[redirect], scope=connection.oauth_scope or None)


def _given_client(connection: McpConnection) -> OAuthClientInformationFull | None:
    """The client in the registration of the MCP server; it need not be registered with the authorization server."""
    if not connection.oauth_client_id:
        return None
    return OAuthClientInformationFull(
        client_id=connection.oauth_client_id,
        client_secret=connection.oauth_client_secret or None,
        redirect_uris=[AnyUrl(connection.redirect_uri)] if connection.redirect_uri else None,
        token_endpoint_auth_method="client_secret_post" if connection.oauth_client_secret else "none",
    )


def _request_to_authorize(connection: McpConnection) -> httpx2.Request:
    """The request that the SDK's flow authorizes. It is not sent."""
    return httpx2.Request("POST", connection.url, headers={"mcp-protocol-version": LATEST_PROTOCOL_VERSION})


async def _send(client: httpx2.AsyncClient, request: httpx2.Request) -> httpx2.Response:
    async with asyncio.timeout(STEP_SECONDS):
        return await client.send(request, follow_redirects=False)
