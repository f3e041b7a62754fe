"""One session with an MCP server over one transport: what it found, or why it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from mockserver.mcp_sync.error_messages import answered, describe, short
from mockserver.mcp_sync.guarded_http import GuardedHttp
from mockserver.mcp_sync.prober import Status


@dataclass(slots=True)
class Attempt:
    """`found` is the result of the query, `error` the exception that ended it, `late` whether it was cancelled.

    `http` is the transport below it, None for a command.
    """

    found: Any = None
    error: Exception | None = None
    late: bool = False
    http: GuardedHttp | None = None

    @property
    def status(self) -> int:
        """The status of the last HTTP response, or 0 without one."""
        return self.http.last.status if self.http and self.http.last else 0

    @property
    def headers(self) -> httpx2.Headers:
        """The headers of the last HTTP response."""
        return self.http.last.headers if self.http and self.http.last else httpx2.Headers()

    @property
    def unauthorized(self) -> bool:
        """Did it end with a 401?"""
        return self.found is None and self.status == 401 and not self.late

    @property
    def may_work_otherwise(self) -> bool:
        """May another transport work? An HTTP server answered, but not as this transport requires."""
        cut = self.late or self.http is None or self.http.stopped_by is not None or self.http.failure is not None
        return self.found is None and self.status not in (0, 401) and not cut

    def is_more_useful_than(self, other: Attempt) -> bool:
        """Should its outcome be reported and not the other's? A success, the first failure, or one that got further."""
        if other.found is not None:
            return False
        got_further = self.unauthorized or self._kind() == "text/event-stream"
        return self.found is not None or (other.error is None and not other.late) or got_further

    def verdict(self, too_slow: str) -> tuple[Status, str]:
        """What stood in its way, as a status and in words; `too_slow` are the words for a lack of time."""
        if self.http and (self.http.stopped_by or (self.http.failure and not self.late)):
            return describe(self.http.stopped_by or self.http.failure or TimeoutError())
        if self.late:
            return "timeout", too_slow
        if self.status >= 400:
            return "error", answered(self.status)
        if self.status >= 300:
            return "error", short(f"The server redirects to {self._redirection()}, which is not followed.")
        if 200 <= self.status < 300 and self._kind() not in ("application/json", "text/event-stream"):
            return "error", short(f"The server answered with {self._kind() or 'no content type'}, which is not MCP.")
        return describe(self.error or TimeoutError())

    def _redirection(self) -> str:
        """The target of a redirect, without the parts that may contain a secret."""
        location = self.headers.get("location", "nowhere").partition("?")[0].partition("#")[0]
        return location.rpartition("@")[2]

    def _kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
