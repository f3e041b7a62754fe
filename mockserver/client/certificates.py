"""The certificates that https addresses are checked with."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The context of all clients. httpx would read the certificates again for each, which takes 20 ms or more."""
    return httpx.create_ssl_context()
