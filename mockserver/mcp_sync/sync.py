"""MCP servers as an outside service that rules may ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec import structs

from mockserver.handlers.outside import Kept, Page, is_awaitable
from mockserver.handlers.request_context import RequestContext
from mockserver.mcp_sync import oauth_callback
from mockserver.mcp_sync.pending_probes import PendingProbes
from mockserver.mcp_sync.prober import McpConnection, Prober, Question, ask

DEADLINE = 10.0
"""Seconds that a reply waits for an MCP server, unless the user says otherwise."""


class McpSync:
    """Asks MCP servers for rules (an `OutsideService`). A reply waits at most `deadline` seconds for an outcome."""

    def __init__(self, prober: Prober, deadline: float = DEADLINE) -> None:
        self.prober, self.mode, self.reach = prober, prober.mode, prober.reach
        self.is_real = prober.mode == "live"
        self._callback = ""
        self._pending = PendingProbes(self._put, deadline)

    def ask(self, question: Question, context: RequestContext) -> Any:
        """What the prober answers: at once, or as an awaitable that ends within the deadline."""
        answer = self._put(question)
        return self._pending.wait(answer, question, context) if is_awaitable(answer) else answer

    def forget(self, owner: str) -> None:
        """Drop the tokens of a registration, or of a tenant, that was deleted."""
        self.prober.forget(owner)
        self._pending.forget(owner)

    def kept(self, owner: str) -> Kept:
        """Which registrations are authorized; nothing where the prober talks to real servers, as tokens are secrets."""
        kept = getattr(self.prober, "kept", None)
        return kept(owner) if kept is not None else {}

    def keep(self, owner: str, kept: Kept) -> None:
        """Authorize these registrations again."""
        keep = getattr(self.prober, "keep", None)
        if keep is not None:
            keep(owner, kept)

    def pages(self) -> Mapping[str, Page]:
        """The page that OAuth comes back to."""
        return {oauth_callback.PATH: partial(oauth_callback.complete, self.prober)}

    def reached_at(self, address: str) -> None:
        """Have OAuth authorizations come back to this mock, and not to the service that it simulates."""
        self._callback = address + oauth_callback.PATH

    async def close(self) -> None:
        """Stop waiting for servers, and end what the prober holds open."""
        await self._pending.close()
        end = getattr(self.prober, "aclose", None)
        if end is not None:
            await end()

    def _put(self, question: Question) -> Any:
        if self._callback and isinstance(question, McpConnection):
            question = structs.replace(question, redirect_uri=self._callback)
        return ask(self.prober, question)
