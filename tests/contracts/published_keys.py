"""A service whose tokens are signed with a private key and that publishes the public one, as an ASGI app."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.contracts.asgi_app import live

NUMBER = (
    "rJUJ8SzsPgDtbJYtpo5BLMKlFfLVRIljcjgoHMfcnEAJ2dy0DeHOM1U4LYXROP3SqHwDZbxn58NOu5TtnOQlIJrQqZI_KWjRRhCbrDBfm2Bajo9XAj8T"
    "TlB00oHn8p_5JiywWa-2pucPJNFhRdhy8mSv5glS34qUBtMU6cdT7dE"
)
"""The modulus of an RSA key that was made for this test; its private half was not kept."""

PEM = b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCslQnxLOw+AO1sli2mjkEswqUV
8tVEiWNyOCgcx9ycQAnZ3LQN4c4zVTgthdE4/dKofANlvGfnw067lO2c5CUgmtCp
kj8paNFGEJusMF+bYFqOj1cCPxNOUHTSgefyn/kmLLBZr7am5w8k0WFF2HLyZK/m
CVLfipQG0xTpx1Pt0QIDAQAB
-----END PUBLIC KEY-----
"""
"""The same key as OpenSSL writes it."""


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


TOKEN = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded({'sub': 'ann'})}.c2lnbmVkLWVsc2V3aGVyZQ"
"""The one token that the service has issued; it compares the whole text instead of its signature."""

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Me", "version": "1"},
    "security": [{"token": []}],
    "paths": {"/me": {"get": {"responses": {"200": {"description": "me"}, "401": {"description": "no"}}}}},
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
}


class PublishedKeys:
    """The service. A `confused` one takes the algorithm from the token, and its public key for any."""

    def __init__(self, *, confused: bool = False) -> None:
        self._confused = confused

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        status, body = self._answer(scope["path"], dict(scope["headers"]).get(b"authorization", b"").decode())
        headers = [(b"content-type", b"application/json"), *[(b"www-authenticate", b"Bearer")] * (status == 401)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _answer(self, path: str, authorization: str) -> tuple[int, Any]:
        if path == "/.well-known/jwks.json":
            return 200, {"keys": [{"kty": "EC"}, {"kty": "RSA", "n": NUMBER, "e": "AQAB"}]}
        token = authorization.removeprefix("Bearer ")
        is_known = token == TOKEN or (self._confused and _is_signed_with_public_key(token))
        return (200, {}) if path == "/me" and is_known else (404 if path != "/me" else 401, {})


def _is_signed_with_public_key(token: str) -> bool:
    content, _, signature = token.rpartition(".")
    mac = base64.urlsafe_b64encode(hmac.digest(PEM, content.encode(), hashlib.sha256)).rstrip(b"=").decode()
    return bool(content) and hmac.compare_digest(mac, signature)
