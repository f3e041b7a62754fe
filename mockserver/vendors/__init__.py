"""What no data can say, one module for each vendor. `RULES` is the table that behaviour files name rules from."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.handlers.outside import OutsideService
from mockserver.handlers.request_context import Rule
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync
from mockserver.vendors.basedash import rules as basedash
from mockserver.vendors.datagrid import rules as datagrid
from mockserver.vendors.gaia import rules as gaia
from mockserver.vendors.piper import rules as piper

RULES: Mapping[str, Mapping[str, Rule]] = {
    "basedash": basedash.RULES,
    "datagrid": datagrid.RULES,
    "gaia": gaia.RULES,
    "piper": piper.RULES,
}
"""Vendor → name of the rule → its function."""


def default_outside() -> OutsideService:
    """What the vendors' rules ask when the user says nothing: simulated MCP servers, without any network."""
    return McpSync(SimulatedProber())
