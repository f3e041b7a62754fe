"""Who may use the admin API: pages of its own origin, and clients that call this machine by a known name.

Without this any web page could read or delete what is stored: directly, or by DNS rebinding, when the page's own name
suddenly means this machine. Such a request has a foreign `Origin`, or a `Host` that is not known here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

PREFIX = "/_mock/"
"""The paths of the admin API."""

ASSETS = "/_mock/assets/"
"""The files of the document pages, which are the same everywhere."""


def is_own_page(scope: Any) -> bool:
    """Is it a request to the admin API, or of a browser for the dashboard at `/`? No operation answers it."""
    if scope["path"] != "/":
        return bool(scope["path"].startswith(PREFIX))
    is_read = scope["method"] in ("GET", "HEAD")
    return is_read and any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def refusal(request: Request, hosts: Sequence[str] | None) -> str:
    """Why the admin API does not answer a request; empty when it does. `hosts` None allows any host."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "only pages of this sandbox itself may use the admin API, not those of another origin"
    if hosts is None or request.url.path.startswith(ASSETS) or is_known(_name(host), hosts):
        return ""
    return "the admin API answers only to the names of this machine; allow another one with --allow-host NAME"


def is_known(name: str, hosts: Sequence[str]) -> bool:
    """Is it `localhost`, one of the hosts, or an IP address? A page cannot make an address mean another machine."""
    return name in ("", "localhost", *hosts) or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    """The host of a `Host` header without the port and brackets (RFC 9110 section 7.2), in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().removesuffix(".")
