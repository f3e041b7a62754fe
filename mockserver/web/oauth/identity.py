"""Identity tokens of OpenID Connect, the key that verifies them, and what they say (OpenID Connect Core 1.0).

They are JSON Web Tokens with the algorithm RS256 (RFC 7515, RFC 7518 section 3.3), which every client verifies.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson

from mockserver.messages import Principal
from mockserver.web.request.authentication import Keyring, claims_of

P, Q = 3 * 2**1022 + 1037, 7 * 2**1021 + 309
"""The private key: the first prime numbers above round ones. It is public, so nothing can rely on it."""

MODULUS, EXPONENT = P * Q, 65537
PRIVATE = pow(EXPONENT, -1, (P - 1) * (Q - 1))

HASH_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""What is before a SHA-256 hash in a signature (RFC 8017 section 9.2, note 1)."""

KEY_ID = "mock"

SEEDED_SECONDS = 10 * 365 * 86_400
"""For how many seconds an identity token of a seeded mock is valid: it is from a past that clients do not live in."""

CLAIMS: Mapping[str, tuple[str, ...]] = {
    "profile": ("name", "preferred_username"),
    "email": ("email", "email_verified"),
}
"""The claims that a scope asks for (section 5.4)."""


def identity_token(
    keyring: Keyring, issuer: str, client: str, nonce: str, scopes: Iterable[str], valid: tuple[float, float]
) -> str:
    """The identity token for a client (section 2): who the user of the printed credential is.

    It is `valid` from a time to another, in seconds since 1970.
    """
    claims = {"iss": issuer, "aud": client, "iat": int(valid[0]), "exp": int(valid[1])}
    claims |= {"nonce": nonce} if nonce else {}
    head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    signed = ".".join(_encoded(orjson.dumps(part)) for part in (head, claims | user_claims(keyring, None, scopes)))
    return f"{signed}.{_encoded(_signature(signed.encode()))}"


def key_set() -> dict[str, Any]:
    """The public key, as a JSON Web Key Set (RFC 7517 section 5)."""
    numbers = {name: _encoded(_bytes(number)) for name, number in (("n", MODULUS), ("e", EXPONENT))}
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, **numbers}]}


def user_of(keyring: Keyring, token: str) -> Principal | None:
    """Whose access token it is: one of this mock names the printed credential. None if it is not accepted."""
    claimed = claims_of(token).get("sub")
    known = keyring.principal(claimed) if claimed == keyring.printed else None
    return (known or keyring.principal(token)) if keyring.principal(token) is not None else None


def user_claims(keyring: Keyring, user: Principal | None, scopes: Iterable[str] | None) -> dict[str, Any]:
    """What is known of a user, by default that of the printed credential; all of it where no scopes are given."""
    user = user or keyring.principal(keyring.printed) or keyring.anyone()
    name = user.name
    known = {"name": name, "preferred_username": name, "email": f"{name}@example.com", "email_verified": True}
    asked = CLAIMS if scopes is None else CLAIMS.keys() & set(scopes)
    return {"sub": user.user or name, **{claim: known[claim] for scope in sorted(asked) for claim in CLAIMS[scope]}}


def _signature(message: bytes) -> bytes:
    """The signature RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.1), by the Chinese remainder theorem."""
    size = (MODULUS.bit_length() + 7) // 8
    end = b"\x00" + HASH_PREFIX + sha256(message).digest()
    padded = int.from_bytes(b"\x00\x01" + b"\xff" * (size - 2 - len(end)) + end)
    of_p, of_q = pow(padded, PRIVATE % (P - 1), P), pow(padded, PRIVATE % (Q - 1), Q)
    return (of_q + Q * ((of_p - of_q) * pow(Q, -1, P) % P)).to_bytes(size)


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8)


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
