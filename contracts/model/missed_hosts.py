"""Server errors of a service that could not reach another one: what a firewall forbids is no fault of it."""

from __future__ import annotations

import re
from urllib.parse import unquote

HOST = r"(?P<{}>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+)"

UNKNOWN_HOST = re.compile(
    rf"lookup {HOST.format('go')}(?: on \S+)?: (?:no such host|server misbehaving|i/o timeout|Temporary failure)"
    rf"|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) {HOST.format('node')}"
    rf"|(?:Could not resolve host|UnknownHostException): {HOST.format('curl')}"
    rf"|Failed to resolve '{HOST.format('python')}'",
    re.IGNORECASE,
)
"""How libraries say that a name of a host has no address: those of Go, Node, Java, curl and Python."""


def missed_host(url: str, sent: bytes | None, reply: bytes) -> str:
    """The host that a service did not find, as its error says; empty if there is none.

    A host that the request names is an invalid value of it.
    """
    found = UNKNOWN_HOST.search(reply[:10_000].decode("utf-8", "replace"))
    host = next(filter(None, found.groups()), "") if found is not None else ""
    asked = unquote(url.partition("//")[2].partition("/")[2]) + (sent or b"").decode("utf-8", "replace")
    return "" if host.casefold() in asked.casefold() else host
