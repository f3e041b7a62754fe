"""Codes of the authorization endpoint and of the device flow.

A code says itself what it was made for. So every process of a mock can redeem it, and nothing is kept: it does not
expire, and may be redeemed again.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a code was made for: `client` and `scopes`; of the authorization endpoint also its `redirect_uri`, the
    `code_challenge` with its method (RFC 7636 section 4.3), and the `nonce` of its identity token.
    """

    client: str
    scopes: tuple[str, ...] = ()
    redirect: str = ""
    challenge: str = ""
    method: str = ""
    nonce: str = ""


_decoder = msgspec.json.Decoder(Grant)


def write_code(grant: Grant) -> str:
    """The code of a grant; the same grant has the same code."""
    return urlsafe_b64encode(msgspec.json.encode(grant)).rstrip(b"=").decode()


def read_code(code: str) -> Grant | None:
    """The grant of a code; None for a code that the mock did not make."""
    try:
        return _decoder.decode(urlsafe_b64decode(code + "=" * (-len(code) % 4)))
    except (ValueError, msgspec.DecodeError):
        return None
