"""Check of tokens: a JSON Web Token counts only with the signature of the service."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from contracts.client.public_keys import pem_of
from contracts.client.request_builder import CannotBuildRequest, required_schemes
from contracts.client.target import ANONYMOUS, Request, User
from contracts.model.finding import StatementRef
from contracts.model.resources import ResourceOperation, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi import path_template

FEW = 2
"""The check runs at so many operations. One piece of code reads the token for all of them."""

KEYS_PATH = "/.well-known/jwks.json"
"""Where most services publish the public keys of their tokens (RFC 7517)."""

FEW_KEYS = 3

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}

GUESSABLE = (
    "", "secret", "Secret", "SECRET", "secretkey", "secret_key", "secret-key", "SECRET_KEY", "mysecret", "my-secret",
    "my_secret_key", "supersecret", "super-secret", "supersecretkey", "super-secret-key", "topsecret", "password", "passw0rd",
    "changeme", "change-me", "change_me", "changeit", "default", "key", "jwt", "jwtsecret", "jwt_secret", "jwt-secret",
    "JWT_SECRET", "your_jwt_secret", "your-256-bit-secret", "your-secret-key", "test", "testing", "dev", "development", "admin",
    "random", "example", "qwerty", "123456", "12345678", "123456789", "1234567890", "abc123", "letmein", "hello", "token", "auth",
)  # fmt: skip
"""Keys that everybody tries first. They are compared on this machine, without a request."""


class Token(NamedTuple):
    """A JSON Web Token in its three parts (RFC 7519, RFC 7515 section 3.1)."""

    header: dict[str, Any]
    payload: dict[str, Any]
    head: str
    body: str
    signature: str


def forged_token(context: CheckContext, op: ResourceOperation) -> None:
    """A token that is unsigned, changed, or without its signature is refused, and its key cannot be guessed."""
    user = context.main_user.for_security(required_schemes(op.operation))
    token = token_of(user.secret)
    if token is None:
        raise CannotBuildRequest("the credential is no JSON Web Token")
    if context.send(op).status >= 300:
        raise CannotBuildRequest("the operation does not succeed with the credential")
    if context.send(op, user=ANONYMOUS).status < 300:
        raise CannotBuildRequest("the operation succeeds without a credential, as `authentication` reports")
    if context.send(op, user=_with_token(user, "contract-check")).status < 300:
        raise CannotBuildRequest("the operation succeeds without a token: a further credential is enough")
    for what, text in (*_forgeries(token), *_confused(context, token)):
        exchange = context.send(op, user=_with_token(user, text))
        context.expect_status(exchange.status >= 300, f"a token {what} is refused", exchange, about=what)
    _check_key(context, token)


def token_of(secret: str) -> Token | None:
    """The parts of a token; None for another credential."""
    parts = secret.split(".")
    if len(parts) != 3:
        return None
    try:
        header, payload = (json.loads(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) for each in parts[:2])
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(payload, dict) or "alg" not in header:
        return None
    return Token(header, payload, *parts)


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _forgeries(token: Token) -> Iterator[tuple[str, str]]:
    """Tokens that anybody can make of a valid one."""
    yield "without a signature (alg: none)", f"{_encoded({**token.header, 'alg': 'none'})}.{token.body}."
    yield "without a signature (alg: NONE)", f"{_encoded({**token.header, 'alg': 'NONE'})}.{token.body}."
    head = _encoded({**token.header, "alg": "HS256"})
    yield "signed with an empty key", _signed(head, token.body, b"")
    yield "whose signature is cut off", f"{token.head}.{token.body}."
    changed = _encoded({**token.payload, "contract_check": 1})
    yield "with a changed payload and the old signature", f"{token.head}.{changed}.{token.signature}"


def _signed(head: str, body: str, key: bytes) -> str:
    """A token with a signature by HS256 (RFC 7518 section 3.2)."""
    mac = base64.urlsafe_b64encode(hmac.digest(key, f"{head}.{body}".encode(), hashlib.sha256))
    return f"{head}.{body}.{mac.rstrip(b'=').decode()}"


def _confused(context: CheckContext, token: Token) -> Iterator[tuple[str, str]]:
    """Tokens signed by HS256 with the public key of the service, where it signs with a private one (RFC 8725 2.1)."""
    if not str(token.header["alg"]).startswith(("RS", "PS")):
        return
    head = _encoded({**token.header, "alg": "HS256"})
    published = context.target.send(Request("GET", KEYS_PATH), ANONYMOUS).json
    keys = published.get("keys") if isinstance(published, dict) else None
    for key in [each for each in keys or () if isinstance(each, dict)][:FEW_KEYS]:
        if (pem := pem_of(key)) is not None:
            yield "signed by HS256 with the public key of the service", _signed(head, token.body, pem)


def _with_token(user: User, text: str) -> User:
    """The user with another token, sent in the same way."""

    def changed(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, value.replace(user.secret, text)) for name, value in pairs)

    return replace(
        user, headers=changed(user.headers), query=changed(user.query), cookies=changed(user.cookies), secret=text
    )


def _check_key(context: CheckContext, token: Token) -> None:
    """A key that can be guessed lets anybody sign tokens (RFC 8725 section 3.5)."""
    known = HASHES.get(str(token.header["alg"]))
    if known is None:
        return
    content = f"{token.head}.{token.body}".encode()
    signatures = (hmac.digest(key.encode(), content, known) for key in GUESSABLE)
    right = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in signatures)
    source = "RFC 8725 section 3.5 (the key must have enough entropy)"
    context.expect(
        not any(hmac.compare_digest(each, token.signature) for each in right),
        "the key that signs tokens cannot be guessed",
        f"it is one of {len(GUESSABLE)} keys that everybody tries first",
        about="key",
        statement=StatementRef("service", "http", "documented", source, "Only the service can sign tokens."),
    )


def _places(contract: Contract) -> Iterator[Place]:
    """A few operations that only read, need a token, and no parameter in their path."""
    schemes = contract.document.security_schemes
    bearing = {name for name, scheme in schemes.items() if scheme.type != "http" or scheme.scheme == "bearer"}
    ops = [
        op
        for op in resource_operations(contract)
        if op.operation.method == "get"
        and op.operation.security
        and all(one and all(name in bearing for name, _ in one) for one in op.operation.security)
        and not path_template.names(op.operation.path)
    ]
    for op in ops[:FEW]:
        text = "A token counts only with the signature of the service."
        yield op.name, StatementRef(op.name, "http", "documented", "RFC 7515 section 5.2", text), (op,)


CHECKS = (Check("forged-token", (), _places, forged_token, exclusive=False),)
