"""The addresses that deliveries can be sent to at all."""

from __future__ import annotations

from urllib.parse import urlsplit


def check_address(url: str) -> str:
    """Why nothing can be sent to an address; empty if it can. The guard still looks at where its host leads."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        return f"{url[:200]!r} is no URL: {fault}"
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not url.isascii():
        return f"{url[:200]!r} is no absolute http or https URL"
    if any(letter <= " " for letter in url):
        return f"{url[:200]!r} contains a space"
    return ""
