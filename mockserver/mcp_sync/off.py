"""The prober that never asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import SyncError
from mockserver.mcp_sync.prober import McpConnection, Outcome

OFF = Outcome("pending", "MCP servers are not asked: the sandbox runs with --sync off.")


class OffProber:
    """Leaves every registration as it was written: no server is asked and none is simulated.

    Each question comes back `pending`, and stays so: it is the state of a registration whose first sync has not
    happened, which is the truth here.
    """

    mode = "off"
    reach = "no network"

    def probe(self, connection: McpConnection) -> Outcome:
        """Say that nobody was asked."""
        return OFF

    def read_resource(self, connection: McpConnection, uri: str) -> None:
        """No resource is known of a server that is never asked."""

    def get_prompt(self, connection: McpConnection, name: str, arguments: Mapping[str, str]) -> Any:
        """No prompt is known of a server that is never asked."""
        return None

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        """Refuse: no authorization was ever begun.

        Raises:
            SyncError: always.
        """
        raise SyncError("No OAuth authorization is under way: the sandbox runs with --sync off.")

    def forget(self, owner: str = "") -> None:
        """Nothing was kept."""
