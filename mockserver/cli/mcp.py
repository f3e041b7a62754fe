"""`mockserver mcp`: tools for agents over standard input and output."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn

from mockserver.cli.lazy_command import resolve
from mockserver.cli.port import check_port
from mockserver.cli.problems import print_problems
from mockserver.errors import MockServerError
from mockserver.web.app import Sandbox, create_app
from mockserver.web.service import ServiceSettings
from mockserver.web.serving.server_options import SERVER_OPTIONS

SERVE = "mockserver.agent_tools.stdio:serve"
"""Named and not imported: it needs the `live` extra."""

URL = "http://127.0.0.1:8080"
JOURNAL = 1000


@click.command()
@click.argument("documents", nargs=-1, metavar="[VENDOR|DOCUMENT|URL]...")
@click.option("--url", envvar="MOCKSERVER_URL", help=f"A running sandbox.  [default: {URL}]")
@click.option("--namespace", metavar="NAME", help="The namespace (the header Mock-Namespace of requests).")
@click.option(
    "--token", envvar="MOCKSERVER_TOKEN", help="The token that a sandbox prints when other machines can reach it."
)
@click.option("--insecure", is_flag=True, help="Accept any certificate, as that of `mockserver serve --https` is.")
@click.option(
    "--behaviour",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With documents: a behaviour file, applied on top. Can be given several times.",
)
@click.option("--items", default=0, type=click.IntRange(0, 1000), help="With documents: begin with this many items.")
@click.option("--seed", type=int, help="With documents: repeat ids, times and random values.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="With documents: the port; 0 for any.")
def mcp(
    documents: tuple[str, ...],
    url: str | None,
    namespace: str | None,
    token: str | None,
    insecure: bool,
    port: int,
    **given: Any,
) -> None:
    """Give an agent tools for a sandbox: an MCP server on standard input and output.

    With documents it starts a sandbox of its own, on this machine. A served sandbox has the same tools at /_mock/mcp.

    \b
    Examples:
      mockserver mcp my-api.yaml
      mockserver mcp --url http://127.0.0.1:8080 --namespace agent
    """
    if documents and url is not None and _is_given("url"):
        raise click.UsageError("name documents or --url, not both")
    serve = resolve(SERVE, "live")
    try:
        # Standard output belongs to the protocol: everything else is printed to standard error.
        if documents:
            check_port("127.0.0.1", port)
            asyncio.run(_serve_own(serve, _made(documents, **given), port, namespace))
        else:
            asyncio.run(serve(url or URL, token=token, namespace=namespace, insecure=insecure))
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _is_given(name: str) -> bool:
    """Is an option on the command line? One of the environment is for all commands."""
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _made(documents: tuple[str, ...], behaviour: tuple[Path, ...], items: int, seed: int | None) -> Sandbox:
    sandbox = create_app(
        *documents, behaviour=behaviour, seed=seed, journal=JOURNAL, hosts=(), settings=ServiceSettings(items=items)
    )
    for service in sandbox.services.values():
        print_problems(service.contract)
    return sandbox


async def _serve_own(serve: Any, sandbox: Sandbox, port: int, namespace: str | None) -> None:
    async with _listening(sandbox, port) as url:
        click.echo(f"sandbox: {url}", err=True)
        await serve(url, namespace=namespace)


@asynccontextmanager
async def _listening(sandbox: Sandbox, port: int) -> AsyncIterator[str]:
    """The sandbox on a port of loopback, within this block."""
    listener = socket.create_server(("127.0.0.1", port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sandbox.reached_at(url)
    server = _QuietServer(uvicorn.Config(sandbox, **OPTIONS))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield url  # the port is open already: a request that comes early waits
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


OPTIONS: dict[str, Any] = {**SERVER_OPTIONS, "log_config": None, "timeout_graceful_shutdown": 1}
"""As `mockserver serve` has them, without anything on standard output."""
