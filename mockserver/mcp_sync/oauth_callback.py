"""The page an OAuth authorization comes back to (RFC 6749 section 4.1.2): it exchanges the code and syncs again."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING

from mockserver.errors import SyncError
from mockserver.handlers.outside import AskAgain
from mockserver.lazy_module import LazyModule
from mockserver.mcp_sync.prober import Prober
from mockserver.messages import Reply

if TYPE_CHECKING:
    import html
else:
    html = LazyModule("html")

PATH = "oauth/callback"
"""The path below `/_mock/`."""


async def complete(prober: Prober, query: Mapping[str, str], ask_again: AskAgain) -> Reply:
    """Take an authorization response (`state` and `code`, or `error`) and answer with a page for the person."""
    if "error" in query:
        return _page(400, f"The authorization was refused: {query.get('error_description') or query['error']}")
    try:
        owner = prober.complete(query.get("state", ""), query.get("code", ""), issuer=query.get("iss"))
        if isinstance(owner, Awaitable):
            owner = await owner
    except SyncError as fault:
        return _page(400, str(fault))
    synced = await ask_again(owner)
    return _page(200, "Authorized. The server was asked for its tools again." if synced else "Authorized.")


def _page(status: int, text: str) -> Reply:
    page = f"<!doctype html><title>Sandbox</title><p>{html.escape(text)}</p>"
    return Reply(status, page.encode(), media_type="text/html")
