"""The uvicorn server of `mockserver serve`: it prints where it listens, and reloads documents that change."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import uvicorn

from mockserver.cli import startup_banner
from mockserver.cli.problems import print_problems
from mockserver.cli.reload import Reload, Watch
from mockserver.errors import MockServerError
from mockserver.web.app import Sandbox
from mockserver.web.serving.uvicorn_protocol import MockHttpProtocol

SHUTDOWN_SECONDS = 5
"""How long open requests may take after a signal: a body that never ends would keep the process for ever."""


def run(
    sandbox: Sandbox, host: str, port: int, token: str | None, loaded: int, *, access_log: bool, watch: bool
) -> None:
    """Serve until Ctrl-C. The banner is printed when the port is open, so that its addresses are right."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    config = uvicorn.Config(
        sandbox,
        host=host,
        port=port,
        log_level="warning",
        access_log=access_log,
        lifespan="on",
        http=MockHttpProtocol,
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    if access_log:
        config.log_level = "info"
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 2, 1_000)  # stored items live long: the collector looks at them only while they are new

    def banner(bound: int) -> Iterator[str]:
        base = startup_banner.address(host, bound)
        sandbox.reached_at(base)
        return startup_banner.lines(sandbox, base, token, loaded)

    server = _Server(config, banner, Watch(sandbox, _print_reload) if watch else None)
    try:
        server.run()
    except KeyboardInterrupt:
        click.echo("stopped")
    if not server.started:
        sys.exit(1)


def _print_reload(outcome: Reload | MockServerError) -> None:
    """Print what came of a change of the documents."""
    if isinstance(outcome, MockServerError):
        click.echo(f"not reloaded, the version before is still served: {outcome}", err=True)
        return
    for service in outcome.services.values():
        print_problems(service.contract)
    for line in startup_banner.reloaded(outcome):
        click.echo(line)


class _Server(uvicorn.Server):
    """A uvicorn server that prints its banner once the port is open, and runs the watch while it serves."""

    def __init__(self, config: uvicorn.Config, banner: Callable[[int], Iterator[str]], watch: Watch | None) -> None:
        super().__init__(config)
        self._banner, self._watch = banner, watch
        self._watching: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop at the first signal; at the second at once, whichever it is."""
        if self.should_exit:
            self.force_exit = True
        elif self.server_state.connections:
            click.echo(
                f"stopping: open requests have {SHUTDOWN_SECONDS} seconds; another signal stops at once", err=True
            )
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: Any = None) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await super().shutdown(sockets)

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self.servers:
            if self._watch is not None:
                self._watching = asyncio.create_task(self._watch.run())
            port = self.servers[0].sockets[0].getsockname()[1]
            for line in self._banner(port):
                click.echo(line)
