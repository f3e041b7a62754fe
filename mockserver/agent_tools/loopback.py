"""Which addresses an agent may have checked: those of this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockserver.loopback import is_loopback


def check_is_allowed(url: str | None) -> str | None:
    """The URL, if it is on loopback; None for none. Raises ValueError for any other."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.username is not None or not is_loopback(parts.hostname or ""):
        raise ValueError(
            f"{url!r} is not on this machine; an agent may check only http://127.0.0.1, http://[::1] and "
            "http://localhost. For others, run `mockserver check` in a shell"
        )
    return url
