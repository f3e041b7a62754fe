"""Fetches documents over HTTP, within the limits of `SizeLimits`, and reads one from standard input."""

from __future__ import annotations

import asyncio
import sys
from functools import cache
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from msgspec import Struct

from mockserver.errors import InvalidDocument
from mockserver.lazy_module import LazyModule
from mockserver.openapi.size_limits import SizeLimits

if TYPE_CHECKING:
    from concurrent import futures

    import httpx
else:
    futures = LazyModule("concurrent.futures")
    httpx = LazyModule("httpx")

SCHEMES = ("http", "https")

STANDARD_INPUT = "-"
"""How the user names a document that another program writes to standard input."""

MOST_REDIRECTS = 5

UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""What OpenSSL says of a certificate that it cannot verify."""

HTML = (b"<!doctype html", b"<html")


class Address(Struct, frozen=True):
    """Where a document is: its URL, and the user and password that the user wrote into it."""

    url: str
    user: tuple[str, str] | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """The address without the credential, which is in no message and in no reference."""
        parts = urlsplit(text)
        user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        return cls(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])), user)


def is_address(name: str) -> bool:
    """Is it the URL of a document, and not a path?"""
    return name.lower().startswith(("http://", "https://"))


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454 section 4). Raises InvalidDocument."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as fault:
        raise InvalidDocument(f"is no address: {fault}", file=shown(address)) from None


def shown(address: str) -> str:
    """The address for messages: without the query, which may hold a token, and without a credential."""
    url, query, _ = Address.of(address).url.partition("?")
    return f"{url}?…" if query else url


def fetch(
    address: Address, limit: int, bounds: SizeLimits, *, only: str = "", verify: bool = True
) -> tuple[bytes, str]:
    """The bytes at an address, at most one more than `limit`, and the URL that redirects lead to.

    With `only`, redirects to another host than that of this URL are refused. Without `verify`, any certificate is
    accepted. Raises InvalidDocument.
    """
    # A thread of its own, because the caller may be in an event loop. It ends when `bounds.seconds` are over.
    with futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _fetch(address, limit, bounds, only, verify)).result()


async def _fetch(address: Address, limit: int, bounds: SizeLimits, only: str, verify: bool) -> tuple[bytes, str]:
    file, url, seconds = shown(address.url), address.url, bounds.seconds
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient(timeout=seconds, verify=verify) as client:
            for _ in range(MOST_REDIRECTS + 1):
                user = address.user if origin(url) == origin(address.url) else None
                async with client.stream("GET", url, auth=user) as reply:
                    if not reply.has_redirect_location:
                        return await _content(reply, limit, file), url
                    url = urljoin(url, reply.headers["location"])
                _check_redirect(url, only, file)
    except TimeoutError:
        raise InvalidDocument(f"cannot be fetched: no complete answer in {seconds:g} seconds", file=file) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:  # OSError: SSL_CERT_FILE names no file
        raise InvalidDocument(f"cannot be fetched: {_why(fault)}", file=file) from None
    raise InvalidDocument(f"cannot be fetched: more than {MOST_REDIRECTS} redirects", file=file)


def _why(fault: Exception) -> str:
    """Why a document could not be fetched, and what to do about a certificate."""
    told = str(fault) or type(fault).__name__
    if UNTRUSTED in told:
        return f"the certificate is not trusted; name a PEM file with its authority in SSL_CERT_FILE ({told})"
    return f"SSL_CERT_FILE: {told}" if isinstance(fault, OSError) else told


def _check_redirect(url: str, only: str, file: str) -> None:
    if urlsplit(url).scheme not in SCHEMES:
        raise InvalidDocument(f"cannot be fetched: it redirects to {shown(url)}, which is no http address", file=file)
    if only and origin(url) != origin(only):
        raise InvalidDocument(f"redirects to another host, {shown(url)}; fetch it with --outside", file=file)


async def _content(reply: httpx.Response, limit: int, file: str) -> bytes:
    if reply.status_code != 200:
        phrase = f"{reply.status_code} {reply.reason_phrase}".strip()
        raise InvalidDocument(f"cannot be fetched: the server answers {phrase}", file=file)
    data = bytearray()
    async for chunk in reply.aiter_bytes():
        data += chunk
        if len(data) > limit:
            break
    if data[:200].lstrip().lower().startswith(HTML):
        raise InvalidDocument("is an HTML page and no document; use the address of the raw file", file=file)
    return bytes(data[: limit + 1])


@cache
def standard_input(limit: int) -> bytes:
    """What is on standard input, at most one byte more than `limit`. It can be read only once, so it is kept."""
    return sys.stdin.buffer.read(limit + 1)
