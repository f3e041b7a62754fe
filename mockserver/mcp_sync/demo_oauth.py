"""A small OAuth authorization server with a consent page, for the demo MCP server.

It has no accounts: every visitor of the page may approve. Everything is kept in memory only.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from html import escape

from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

SCOPE = "tools"
CODE_SECONDS = 60

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allow access?</title>
<style>
  body {{ font: 18px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem }}
  button {{ font: inherit; padding: .4rem 1.2rem; margin-right: .6rem }}
</style>
<main>
  <h1>Allow access?</h1>
  <p><strong>{client}</strong> wants to use the tools of the demo MCP server.</p>
  <p>You will go back to <code>{back}</code>.</p>
  <form method="post">
    <input type="hidden" name="ticket" value="{ticket}">
    <button name="decision" value="allow" id="allow">Allow</button>
    <button name="decision" value="deny" id="deny">Deny</button>
  </form>
</main>
</html>
"""


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """An authorization request that waits for a decision on the consent page."""

    client: OAuthClientInformationFull
    params: AuthorizationParams


@dataclass(slots=True, repr=False)
class Consent(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """The authorization server: the SDK's endpoints call it, the consent page decides.

    `base` is its own URL, `token_seconds` the lifetime of an access token. Refresh tokens are rotated.
    """

    base: str
    token_seconds: int = 3600
    clients: dict[str, OAuthClientInformationFull] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        """A registered client."""
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        """Register every client that asks (RFC 7591)."""
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        """Send the person to the consent page."""
        ticket = secrets.token_urlsafe(16)
        self.tickets[ticket] = Ticket(client, params)
        return f"{self.base}/consent?ticket={ticket}"

    async def page(self, request: Request) -> Response:
        """The consent page."""
        name = request.query_params.get("ticket", "")
        if (ticket := self.tickets.get(name)) is None:
            return HTMLResponse("This request is not known, or was decided before.", 404)
        client = ticket.client.client_name or ticket.client.client_id
        shown = {"client": client, "back": str(ticket.params.redirect_uri), "ticket": name}
        return HTMLResponse(PAGE.format(**{key: escape(value) for key, value in shown.items()}))

    async def decide(self, request: Request) -> Response:
        """Redirect to the client with the decision (RFC 6749 section 4.1.2)."""
        form = await request.form()
        ticket = self.tickets.pop(str(form.get("ticket", "")), None)
        if ticket is None:
            return HTMLResponse("This request is not known, or was decided before.", 404)
        allowed = form.get("decision") == "allow"
        answer = {"code": self._code(ticket)} if allowed else {"error": "access_denied"}
        params = ticket.params
        return RedirectResponse(construct_redirect_uri(str(params.redirect_uri), **answer, state=params.state), 302)

    def _code(self, ticket: Ticket) -> str:
        code, params = secrets.token_urlsafe(32), ticket.params
        self.codes[code] = AuthorizationCode(
            code=code,
            scopes=params.scopes or [SCOPE],
            expires_at=time.time() + CODE_SECONDS,
            client_id=ticket.client.client_id,
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        return code

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        """A code that was not used yet."""
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        """Tokens for a code, once."""
        del self.codes[authorization_code.code]
        return self._tokens(client.client_id, authorization_code.scopes, authorization_code.resource)

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        """A refresh token that was not used yet."""
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        """New tokens for a refresh token, which then is no longer valid."""
        del self.refresh[refresh_token.token]
        return self._tokens(client.client_id, scopes, refresh_token.resource)

    async def load_access_token(self, token: str) -> AccessToken | None:
        """A token that this server issued; the SDK checks its expiry and its resource."""
        return self.access.get(token)

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        """Forget a token."""
        self.access.pop(token.token, None)
        self.refresh.pop(token.token, None)

    def _tokens(self, client_id: str, scopes: list[str], resource: str | None) -> OAuthToken:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        expiry = int(time.time()) + self.token_seconds
        self.access[access] = AccessToken(
            token=access, client_id=client_id, scopes=scopes, expires_at=expiry, resource=resource
        )
        self.refresh[refresh] = RefreshToken(token=refresh, client_id=client_id, scopes=scopes, resource=resource)
        return OAuthToken(
            access_token=access, refresh_token=refresh, expires_in=self.token_seconds, scope=" ".join(scopes)
        )
