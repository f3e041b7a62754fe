"""The vendors that come with this program: one folder for each, with `rules.py` and `checks.py`.

There is no list of them: `mockserver/vendor_files.py` finds the folders.
"""

from __future__ import annotations

from mockserver.handlers.outside import OutsideService
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync


def default_outside() -> OutsideService:
    """What rules ask when the user says nothing: simulated MCP servers, without any network."""
    return McpSync(SimulatedProber())
