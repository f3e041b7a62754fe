"""Replies of the authorization endpoint (RFC 6749 sections 4.1 and 4.2) and of the device flow (RFC 8628).

There is no login: each valid request is agreed to at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from mockserver.messages import Reply
from mockserver.web.oauth.codes import Grant, write_code
from mockserver.web.oauth.devices import INTERVAL, WaitingDevices
from mockserver.web.oauth.flows import OAuthEndpoint
from mockserver.web.oauth.tokens import SECONDS, UNCACHED, answer, new_token, refused

METHODS = ("S256", "plain")
"""The values of `code_challenge_method` (RFC 7636 section 4.2)."""

CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""The letters of a user code (RFC 8628 section 6.1)."""


def redirection(endpoint: OAuthEndpoint, fields: Mapping[str, str]) -> Reply:
    """The redirection back to the client, with a code, a token or an error.

    A request without a client or an address to return to is refused itself (RFC 6749 section 4.1.2.1).
    """
    target, client = fields.get("redirect_uri", ""), fields.get("client_id", "")
    if not client:
        return refused("invalid_request", "the query has no client_id")
    if not urlsplit(target).scheme or urlsplit(target).fragment:
        return refused("invalid_request", "the query needs a redirect_uri: an absolute URI without a fragment")
    kind, scopes = fields.get("response_type", ""), fields.get("scope", "").split()
    made = _problem(endpoint, fields, kind, scopes)
    if not made and kind == "code":
        challenge = fields.get("code_challenge", "")
        method = fields.get("code_challenge_method", "plain") if challenge else ""
        made = {"code": write_code(Grant(client, tuple(scopes), target, challenge, method, fields.get("nonce", "")))}
    elif not made:
        token = new_token(endpoint.keyring, endpoint.scopes, scopes)
        made = {"access_token": token, "token_type": "Bearer", "expires_in": str(SECONDS)}
        made |= {"scope": " ".join(scopes)} if scopes else {}
    made |= {"state": fields["state"]} if "state" in fields else {}
    separator = "#" if kind == "token" else "&" if "?" in target else "?"
    return Reply(302, None, (*UNCACHED, ("location", f"{target}{separator}{urlencode(made)}")), content=b"")


def _problem(endpoint: OAuthEndpoint, fields: Mapping[str, str], kind: str, scopes: list[str]) -> dict[str, str]:
    """The error of a request, as parameters of the redirection; empty if there is none."""
    challenge = fields.get("code_challenge")
    error, description = "invalid_request", ""
    if not kind:
        description = "the query has no response_type"
    elif kind not in endpoint.responses:
        error, description = "unsupported_response_type", f"the document has flows for {', '.join(endpoint.responses)}"
    elif unknown := endpoint.unknown(scopes):
        error, description = "invalid_scope", unknown
    elif challenge is not None and CHALLENGE.fullmatch(challenge) is None:
        description = "a code_challenge has 43 to 128 letters, digits, and - . _ ~"
    elif fields.get("code_challenge_method", METHODS[0]) not in METHODS:
        description = f"the code_challenge_method is not {' or '.join(METHODS)}"
    return {"error": error, "error_description": description} if description else {}


def device_reply(endpoint: OAuthEndpoint, fields: Mapping[str, str], address: str, devices: WaitingDevices) -> Reply:
    """The codes of a device, and the address where a person would enter one (RFC 8628 section 3.2)."""
    scopes = fields.get("scope", "").split()
    if not fields.get("client_id"):
        return refused("invalid_request", "the form has no client_id")
    if problem := endpoint.unknown(scopes):
        return refused("invalid_scope", problem)
    code = write_code(Grant(fields["client_id"], tuple(scopes)))
    devices.begin(code)
    letters = [LETTERS[byte % len(LETTERS)] for byte in sha256(code.encode()).digest()[:8]]
    user_code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
    made = {"device_code": code, "user_code": user_code, "verification_uri": address}
    made |= {"verification_uri_complete": f"{address}?user_code={user_code}"}
    return answer(200, {**made, "expires_in": SECONDS, "interval": INTERVAL})


def device_page() -> Reply:
    """What a person sees at that address."""
    text = b"The mock has agreed already: the device gets its token.\n"
    return Reply(200, None, UNCACHED, "text/plain; charset=utf-8", text, proven=True)
