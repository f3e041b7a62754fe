"""`mockserver demo-mcp`: a real MCP server to try live sync with."""

from __future__ import annotations

import click

from mockserver.cli.lazy_command import resolve
from mockserver.errors import MockServerError

SERVER = "mockserver.mcp_sync.demo_server:Demo"
"""Named and not imported: it needs the `live` extra."""


@click.command("demo-mcp")
@click.option(
    "--port", default=8931, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 for any."
)
@click.option(
    "--auth",
    type=click.Choice(["none", "bearer", "oauth"]),
    default="none",
    show_default=True,
    help="How clients authenticate.",
)
@click.option(
    "--transport",
    type=click.Choice(["http", "sse"]),
    default="http",
    show_default=True,
    help="Streamable HTTP or server-sent events.",
)
@click.option("--tools", default=3, show_default=True, type=click.IntRange(0, 500), help="Number of tools it offers.")
@click.option("--misbehave", default="", metavar="KIND", help="Break the protocol in one way (see docs/live-sync.md).")
def demo_mcp(port: int, auth: str, transport: str, tools: int, misbehave: str) -> None:
    """Run a real MCP server to try live sync with."""
    demo = resolve(SERVER, "live")
    try:
        demo(auth=auth, transport=transport, tools=tools, misbehave=misbehave).run(port)
    except (MockServerError, OSError) as fault:
        raise click.ClickException(str(fault)) from None
    except KeyboardInterrupt:
        click.echo("stopped")
