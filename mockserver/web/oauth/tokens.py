"""Replies to requests for tokens (RFC 6749 section 5, RFC 7636 section 4.6, RFC 8628 section 3.5)."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

import orjson

from mockserver.messages import Reply
from mockserver.web.oauth.codes import Grant, read_code
from mockserver.web.oauth.devices import INTERVAL, WaitingDevices
from mockserver.web.oauth.flows import OAuthEndpoint
from mockserver.web.oauth.identity import SEEDED_SECONDS, identity_token
from mockserver.web.request.authentication import INVALID_WORDS, Keyring, scopes_of

NEEDED: Mapping[str, tuple[str, ...]] = {
    "password": ("username", "password"),
    "authorization_code": ("code",),
    "refresh_token": ("refresh_token",),
    "urn:ietf:params:oauth:grant-type:device_code": ("device_code",),
}
"""The fields that a request for a token must have, by its `grant_type`."""

OPENID = "openid"
"""The scope of a request for an identity token (OpenID Connect Core 1.0 section 3.1.2.1)."""

SECRETS = ("password", "code", "refresh_token", "device_code")

SECONDS = 3600
"""How long a token is said to be valid. The mock accepts it for ever."""

UNCACHED = (("cache-control", "no-store"),)


class RefusedGrant(Exception):
    """A request that gets no token. `error` is the code of RFC 6749 section 5.2, the text says why."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class TokenRequest(NamedTuple):
    """A request for a token: the `fields` of its form, and its Authorization header.

    `address` is that of the service on this mock, `devices` knows which of them ask too early, `now` is the time.
    With `is_seeded` that time is from the past.
    """

    endpoint: OAuthEndpoint
    fields: Mapping[str, str]
    authorization: str
    address: str
    devices: WaitingDevices
    now: float
    is_seeded: bool


def token_reply(request: TokenRequest) -> Reply:
    """The reply to a request for a token."""
    try:
        return answer(200, _granted(request, _client(request.fields, request.authorization)))
    except RefusedGrant as refusal:
        return refused(refusal.error, str(refusal))


def answer(status: int, body: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = UNCACHED) -> Reply:
    """A reply of JSON."""
    return Reply(status, body, headers, "application/json", orjson.dumps(body), proven=True)


def refused(error: str, description: str) -> Reply:
    """A refusal (RFC 6749 section 5.2)."""
    status, more = (401, (("www-authenticate", "Basic"),)) if error == "invalid_client" else (400, ())
    return answer(status, {"error": error, "error_description": description}, (*UNCACHED, *more))


def new_token(keyring: Keyring, known: frozenset[str], scopes: list[str]) -> str:
    """The printed credential; for some of the scopes only, an unsigned JSON Web Token that claims these."""
    printed = keyring.printed
    if not scopes or known == set(scopes):
        return printed
    parts = ({"alg": "none"}, {"sub": printed, "scope": " ".join(scopes)})
    made = ".".join(urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in parts) + ".unsigned"
    return made if keyring.principal(made) is not None else printed


def _client(fields: Mapping[str, str], authorization: str) -> tuple[str, str]:
    """The name and the secret of the client, of the header or the form (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return fields.get("client_id", ""), fields.get("client_secret", "")
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise RefusedGrant("invalid_client", "the Authorization header is not Basic and base64") from None
    return unquote_plus(name), unquote_plus(secret)


def _granted(request: TokenRequest, client: tuple[str, str]) -> dict[str, Any]:
    endpoint, fields = request.endpoint, request.fields
    grant = fields.get("grant_type", "")
    if not grant:
        raise RefusedGrant("invalid_request", "the form has no grant_type")
    if grant not in endpoint.grants:
        raise RefusedGrant("unsupported_grant_type", f"the document has flows for {', '.join(endpoint.grants)}")
    for name in NEEDED.get(grant, ()):
        if not fields.get(name):
            raise RefusedGrant("invalid_request", f"the form has no {name}")
    if INVALID_WORDS.search(client[1]):
        raise RefusedGrant("invalid_client", "the secret of the client is one that the mock refuses")
    for name in SECRETS:
        if INVALID_WORDS.search(fields.get(name, "")):
            raise RefusedGrant("invalid_grant", f"the {name} is one that the mock refuses")
    scopes = _scopes(endpoint, grant, fields, client[0])
    if request.devices.is_early(fields.get("device_code", "")):
        raise RefusedGrant("authorization_pending", f"the device asks too early; it waits {INTERVAL} s before it asks")
    token = new_token(endpoint.keyring, endpoint.scopes, scopes)
    made: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": SECONDS}
    made |= {"scope": " ".join(scopes)} if scopes else {}
    if endpoint.issuer is not None and OPENID in scopes and grant != "client_credentials":
        made["id_token"] = _identity(request, client[0], scopes)
    return made | ({} if grant == "client_credentials" else {"refresh_token": token})


def _identity(request: TokenRequest, client: str, scopes: list[str]) -> str:
    """The identity token beside an access token."""
    code = read_code(request.fields.get("code", "")) or Grant(client)
    issuer = f"{request.address}{request.endpoint.issuer}"
    valid = request.now, request.now + (SEEDED_SECONDS if request.is_seeded else SECONDS)
    return identity_token(request.endpoint.keyring, issuer, client or code.client, code.nonce, scopes, valid)


def _scopes(endpoint: OAuthEndpoint, grant: str, fields: Mapping[str, str], client: str) -> list[str]:
    """The scopes of the token: those that are asked for, else those that were granted before."""
    asked, granted = fields.get("scope", "").split(), None
    if grant == "refresh_token":
        granted = sorted(scopes_of(fields["refresh_token"]) or ()) or None
    elif grant not in ("client_credentials", "password"):
        code = read_code(fields.get("code") or fields.get("device_code", ""))
        if code is not None:
            _check_code(code, fields, client)
            return list(code.scopes)  # a request for a token of a code names no scope
    if problem := endpoint.unknown(asked):
        raise RefusedGrant("invalid_scope", problem)
    if granted is not None and not set(asked) <= set(granted):
        raise RefusedGrant("invalid_scope", f"the refresh_token is for the scopes {', '.join(granted)}")
    return asked or granted or []


def _check_code(code: Grant, fields: Mapping[str, str], client: str) -> None:
    """Raise RefusedGrant unless the request is by the client that asked for the code (RFC 7636 section 4.6)."""
    if client and client != code.client:
        raise RefusedGrant("invalid_grant", f"the code was made for the client {code.client}")
    if fields.get("redirect_uri", "") != code.redirect and (code.redirect or "redirect_uri" in fields):
        raise RefusedGrant("invalid_grant", f"the redirect_uri is not {code.redirect}, for which the code was made")
    if code.challenge:
        verifier = fields.get("code_verifier", "")
        if not verifier:
            raise RefusedGrant("invalid_grant", "the form has no code_verifier; the code was made for a code_challenge")
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if code.challenge != (digest if code.method == "S256" else verifier):
            raise RefusedGrant("invalid_grant", f"the code_verifier does not fit the code_challenge ({code.method})")
