"""The prober that queries no server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import SyncError
from mockserver.mcp_sync.prober import McpConnection, Outcome

OFF = Outcome("pending", "MCP servers are not asked: the sandbox runs with --sync off.")


class OffProber:
    """Leaves every registration as it was written: no server is queried or simulated.

    Every outcome is `pending`, because the first sync of a registration never happens.
    """

    mode = "off"
    reach = "no network"

    def probe(self, connection: McpConnection) -> Outcome:
        """The outcome of a sync that has not happened."""
        return OFF

    def read_resource(self, connection: McpConnection, uri: str) -> None:
        """None: resources of a server that is not queried are unknown."""

    def get_prompt(self, connection: McpConnection, name: str, arguments: Mapping[str, str]) -> Any:
        """None: prompts of a server that is not queried are unknown."""
        return None

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        """Refuse: no authorization was ever started.

        Raises:
            SyncError: always.
        """
        raise SyncError("No OAuth authorization is under way: the sandbox runs with --sync off.")

    def forget(self, owner: str = "") -> None:
        """Do nothing: nothing is kept."""
