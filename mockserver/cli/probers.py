"""`--sync`: how MCP servers are queried for their tools."""

from __future__ import annotations

import click

from mockserver.cli.lazy_command import resolve
from mockserver.mcp_sync.prober import Prober
from mockserver.mcp_sync.sync import McpSync

PROBERS = {
    "simulated": "mockserver.mcp_sync.simulated:SimulatedProber",
    "live": "mockserver.mcp_sync.live_thread:live",
    "off": "mockserver.mcp_sync.off:OffProber",
}
"""The probers by the name that `--sync` uses, not imported: the live one needs the `live` extra."""


def mcp_sync_of(mode: str, allow: tuple[str, ...], allow_stdio: bool, deadline: float) -> McpSync:
    """MCP servers, asked in a mode. Raises UsageError for options of another mode, MissingExtra without `live`."""
    if mode != "live" and (allow or allow_stdio):
        raise click.UsageError("--sync-allow and --allow-stdio need --sync live")
    kind = resolve(PROBERS[mode], "live")
    prober: Prober = kind(allow, allow_stdio=allow_stdio) if mode == "live" else kind()
    if allow_stdio:
        click.echo("warning: with --allow-stdio, every client of this server can run any command as you")
    return McpSync(prober, deadline)
