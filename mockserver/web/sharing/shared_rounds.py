"""The rounds in which the server answers requests of a sandbox that is shared."""

from __future__ import annotations

from typing import Any

from mockserver.errors import LogError
from mockserver.web.serving.response_writer import complete
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.sharing.shared_endpoint import ENDPOINT, SharedEndpoint
from mockserver.web.sharing.sharing import Sharing


class SharedRounds:
    """Begins and ends the rounds of a Sharing; a round that is not kept answers with the 503 of its services."""

    def __init__(self, sharing: Sharing) -> None:
        self.begin, self._sharing = sharing.begin, sharing

    @property
    def has_changes(self) -> bool:
        """Has the round appended something so far?"""
        return bool(self._sharing.changed)

    def end(self) -> LogError | None:
        """End the round; the error if its changes are not kept."""
        return self._sharing.end()

    def failed(self, scope: Any, response: CompleteResponse, fault: LogError) -> CompleteResponse:
        """The response in place of one of a round that is not kept; the same for one that needed no store."""
        endpoint: SharedEndpoint | None = scope.get(ENDPOINT)
        if endpoint is None or response[0] == UNAVAILABLE:
            return response
        return complete(endpoint.unavailable(fault, scope), (), scope["method"])


UNAVAILABLE = 503
"""The status of a response that says already that the log cannot be used."""
