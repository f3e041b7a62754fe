"""One session with an MCP server over one transport: what it found, or what stood in its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from mockserver.mcp_sync.error_messages import answered, short, told
from mockserver.mcp_sync.guarded_http import GuardedHttp
from mockserver.mcp_sync.prober import Status


@dataclass(slots=True)
class Attempt:
    """`found` is what the visit brought back, `error` what ended it, `late` whether time or a bound cut it off.

    `wire` is the HTTP below it, None for a command.
    """

    found: Any = None
    error: Exception | None = None
    late: bool = False
    wire: GuardedHttp | None = None

    @property
    def status(self) -> int:
        """The status of the last HTTP response, or 0 where there was none."""
        return self.wire.last.status if self.wire and self.wire.last else 0

    @property
    def headers(self) -> httpx2.Headers:
        """The headers of the last HTTP response."""
        return self.wire.last.headers if self.wire and self.wire.last else httpx2.Headers()

    @property
    def unauthorized(self) -> bool:
        """Whether it ended at a 401."""
        return self.found is None and self.status == 401 and not self.late

    @property
    def leaves_hope(self) -> bool:
        """Whether another transport may work: an HTTP server answered, only not what this transport needs."""
        cut = self.late or self.wire is None or self.wire.trouble is not None or self.wire.failure is not None
        return self.found is None and self.status not in (0, 401) and not cut

    def tells_more_than(self, other: Attempt) -> bool:
        """Whether its outcome is the one to report: a success, the first failure, or one that got further."""
        if other.found is not None:
            return False
        got_further = self.unauthorized or self._kind() == "text/event-stream"
        return self.found is not None or (other.error is None and not other.late) or got_further

    def verdict(self, too_slow: str) -> tuple[Status, str]:
        """What stood in its way, as a status and in words; `too_slow` are the words for a lack of time."""
        if self.wire and (self.wire.trouble or (self.wire.failure and not self.late)):
            return told(self.wire.trouble or self.wire.failure or TimeoutError())
        if self.late:
            return "timeout", too_slow
        if self.status >= 400:
            return "error", answered(self.status)
        if self.status >= 300:
            return "error", short(f"The server redirects to {self._redirection()}, which is not followed.")
        if 200 <= self.status < 300 and self._kind() not in ("application/json", "text/event-stream"):
            return "error", short(f"The server answered with {self._kind() or 'no content type'}, which is not MCP.")
        return told(self.error or TimeoutError())

    def _redirection(self) -> str:
        """Where a redirect points, without the parts that may carry a secret."""
        location = self.headers.get("location", "nowhere").partition("?")[0].partition("#")[0]
        return location.rpartition("@")[2]

    def _kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
