"""The uvicorn servers of `mockserver serve`: the banner when they listen, and reloading changed documents."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NoReturn

import click
from msgspec import Struct
from uvicorn.config import Config
from uvicorn.logging import DefaultFormatter
from uvicorn.server import Server

from mockserver.cli import startup_banner
from mockserver.cli.access_log import AccessLog, is_coloured, text_request
from mockserver.cli.https import Certificate
from mockserver.cli.log_format import JsonLogFormatter, json_lines, json_request
from mockserver.cli.port import opened
from mockserver.cli.problems import print_problems
from mockserver.cli.reload import Reload, Watch
from mockserver.cli.shared_store import StoreChoice
from mockserver.cli.telemetry import Telemetry
from mockserver.errors import MockServerError
from mockserver.printed_text import LogFormatter
from mockserver.web.app import Sandbox
from mockserver.web.serving.server_options import SERVER_OPTIONS
from mockserver_start import compiled_modules

SHUTDOWN_SECONDS = 5
"""How long open requests may take after a signal: a body that never ends would keep the process for ever."""

STOPPING = f"stopping: open requests have {SHUTDOWN_SECONDS} seconds; another signal stops at once"

WARM_UP_SECONDS = 1.0
"""How long after its start a sandbox makes what only browsers and the admin API need, where a person is watching."""

WORDY = ("httpx", "mcp.server")
"""Loggers that tell of each request of a tool for agents; the journal has these requests."""


class Serving(Struct, frozen=True):
    """What is served, where, and what is printed.

    `loaded` is the number of items of the state file, `store` where the state is kept, if it is.
    """

    sandbox: Sandbox
    host: str
    port: int
    token: str | None
    loaded: int
    certificate: Certificate | None
    access_log: bool
    watch: bool
    telemetry: Telemetry
    is_json: bool
    store: StoreChoice | None

    def config(self) -> Config:
        """The configuration of uvicorn."""
        certificate = self.certificate
        client_ca = certificate.client_ca if certificate is not None else None
        return Config(
            self.sandbox,
            host=self.host,
            port=self.port,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ssl_certfile=certificate.certificate if certificate is not None else None,
            ssl_keyfile=certificate.key if certificate is not None else None,
            ssl_ca_certs=client_ca,
            # Optional, because operations without `mutualTLS` need none; who has a wrong one cannot connect.
            ssl_cert_reqs=ssl.CERT_NONE if client_ca is None else ssl.CERT_OPTIONAL,
            log_config=None,  # `prepare_process` does it
            **SERVER_OPTIONS,
        )

    def lines(self, lines: Iterable[str]) -> Iterable[str]:
        """Lines of text in the format of the log."""
        return json_lines(lines) if self.is_json else lines

    def warn(self, lines: Iterable[str]) -> None:
        """Print lines to standard error."""
        for line in self.lines(lines):
            click.echo(line, err=True)

    def log_requests(self, write: Callable[[Iterable[str]], None]) -> None:
        """Print a line for each request by `write`, if that is asked for."""
        if self.access_log:
            line = json_request if self.is_json else partial(text_request, coloured=is_coloured())
            self.sandbox.use(AccessLog(lambda text: write([text]), line))

    def banner(self, bound: int) -> Iterable[str]:
        """The lines for a server that listens at the port `bound`; in JSON, one for each that names an address."""
        base = startup_banner.base_url(self.host, bound, "http" if self.certificate is None else "https")
        self.sandbox.reached_at(base)
        is_trusted = self.certificate is None or not self.certificate.self_made
        options = "" if is_trusted else "--insecure"
        if self.is_json:
            return [startup_banner.json_banner(self.sandbox, base, self.token, self.loaded)]
        return startup_banner.lines(self.sandbox, base, self.token, self.loaded, options)


def run(serving: Serving) -> None:
    """Serve until Ctrl-C. The banner is printed when the port is open, because `--port 0` is known only then."""
    prepare_process(serving)
    end_telemetry = serving.telemetry.start(serving.sandbox)
    server = _Server(serving)
    serving.log_requests(server.print)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Otherwise asyncio sets its own, which holds a task. When uvicorn replaces it, Python prints it for an error
        # that is never shown, and imports `inspect` for that.
        signal.signal(signal.SIGINT, _interrupted)
    try:
        server.run(opened(serving.host, serving.port))
    except KeyboardInterrupt:
        is_printed(serving.lines(["stopped"]))
    finally:
        end_telemetry()
    if not server.started:
        sys.exit(1)


def _interrupted(number: int, frame: Any) -> NoReturn:
    raise KeyboardInterrupt


def prepare_process(serving: Serving) -> None:
    """Set up the log, and the garbage collector for what is loaded now and stays."""
    output = logging.StreamHandler()
    output.setFormatter(JsonLogFormatter() if serving.is_json else LogFormatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[output])
    if not serving.is_json:
        _log_as_uvicorn_does()
    for name in WORDY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_no_cancellation)
    gc.freeze()
    gc.enable()
    # Stored items live long: the collector should look at them only while they are new, and at few of them at a time,
    # because all requests wait for it (10 ms for 30,000 objects, twice as long for who waits for the lock of a store).
    gc.set_threshold(3_000, 2, 3_000)


def _log_as_uvicorn_does() -> None:
    """Let uvicorn's lines look as its users know them; its own way imports what reads settings of logs from files."""
    output = logging.StreamHandler()
    output.setFormatter(DefaultFormatter("%(levelprefix)s %(message)s"))
    log = logging.getLogger("uvicorn")
    log.handlers, log.propagate = [output], False


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Is it not about a request that was cancelled at the end? uvicorn says in one line that it does that."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class _Server(Server):
    """A uvicorn server that prints its banner when the port is open, and reloads changed documents."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(serving.config())
        self._serving = serving
        self._watching: asyncio.Task[None] | None = None
        self._imported: tuple[str, ...] = ()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop gracefully at the first signal, and immediately at the second."""
        if self.should_exit:
            self.force_exit = True
        elif self.server_state.connections:
            self._serving.warn([STOPPING])
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: Any = None) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await super().shutdown(sockets)
        compiled_modules.keep(self._imported)  # here: after a signal, nothing runs behind the server

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and self.servers:
            if self._serving.watch:
                self._watching = asyncio.create_task(Watch(self._serving.sandbox, self._reloaded).run())
            self.print(self._serving.banner(self.servers[0].sockets[0].getsockname()[1]))
            self._imported = tuple(sys.modules)
            if (
                sys.stdout.isatty()
            ):  # a person, who is about to open the dashboard; a script may send its requests first
                asyncio.get_running_loop().call_later(WARM_UP_SECONDS, self._serving.sandbox.prepare)

    def _reloaded(self, outcome: Reload | MockServerError) -> None:
        self.print(self._serving.lines(outcome_lines(outcome)))

    def print(self, lines: Iterable[str]) -> None:
        """Print lines. Stop the server when the reader of standard output has gone, as in `mockserver serve | head`."""
        if not is_printed(lines):
            # Not during `startup`: uvicorn would then leave without a shutdown, and log the tasks that it cancels.
            asyncio.get_running_loop().call_soon(setattr, self, "should_exit", True)


def outcome_lines(outcome: Reload | MockServerError) -> Iterator[str]:
    """The lines about a reload: what is served now; why the last valid version is still served goes to the log."""
    if isinstance(outcome, MockServerError):
        click.echo(f"not reloaded; the last valid version is still served: {outcome}", err=True)
        return
    for service in outcome.services.values():
        print_problems(service.contract)
    yield from startup_banner.reloaded(outcome)


def is_printed(lines: Iterable[str]) -> bool:
    """Print lines; False if the reader of standard output has gone."""
    try:
        for line in lines:
            click.echo(line)
    except BrokenPipeError:
        # Python writes the rest of its buffer at exit, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
