"""`mockserver serve --workers N`: several processes at one port."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from uvicorn.server import Server

from mockserver.cli.late_store import LateStore
from mockserver.cli.reload import Reload, Watch
from mockserver.cli.server import STOPPING, Serving, is_printed, outcome_lines, prepare_process
from mockserver.cli.shared_store import own_store
from mockserver.cli.supervisor import CONTEXT, Supervisor
from mockserver.cli.telemetry import share_counts
from mockserver.errors import MockServerError
from mockserver.web.workers.worker import Worker
from mockserver.web.workers.worker_socket import WorkerSocket

BACKLOG = 2048
"""How many connections wait to be accepted, as uvicorn has it."""

SPREADS = sys.platform == "linux"
"""Does the system spread connections over the sockets of one port (SO_REUSEPORT)? Others give all to one of them."""

LONGEST_FOLDER = 80
"""How long the path of the folder for temporary files may be: those of Unix sockets have at most 107 bytes."""


def check_workers(sync_mode: str) -> None:
    """Raises UsageError where several processes cannot serve."""
    if CONTEXT is None:
        raise click.UsageError("--workers needs processes that can be copied (fork), which this system does not have")
    if sync_mode == "live":
        raise click.UsageError("--workers cannot be combined with --sync live: its logins are kept by one process")


def run_workers(serving: Serving, count: int) -> None:
    """Serve with `count` processes until a signal comes. The banner is printed once, when all listen."""
    serving.sandbox.prepare()
    prepare_process(serving)
    listeners = _listeners(serving.host, serving.port, count)
    banner = list(serving.banner(listeners[0].getsockname()[1]))
    watch = Watch(serving.sandbox, lambda _: None) if serving.watch else None

    def serve(worker: Worker, ready: Callable[[], None], lifeline: int) -> None:
        peers = serving.sandbox.join(worker)
        late = None
        if worker.serial < count:
            store.open(serving.sandbox)
        else:
            late = LateStore(store, serving.sandbox)
        end_telemetry = serving.telemetry.start(serving.sandbox, is_shared=True)
        try:
            WorkerServer(serving, worker, peers, ready, lifeline, watch, late).run([listeners[worker.slot]])
        finally:
            end_telemetry()

    with tempfile.TemporaryDirectory(prefix="mockserver-", dir=_temporary()) as folder:
        store = (serving.store or own_store(folder)).known()
        if serving.telemetry.metrics:
            share_counts(Path(folder))
        is_ended_well = Supervisor(count, Path(folder), serve, lambda: _print_banner(banner)).run()
    if not is_ended_well:
        sys.exit(1)
    is_printed(serving.lines(["stopped"]))


def _print_banner(lines: Iterable[str]) -> None:
    if not is_printed(lines):
        signal.raise_signal(signal.SIGTERM)


def _temporary() -> str | None:
    """Where the folder of the workers is made; None for the usual place."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST_FOLDER else None  # noqa: S108  # mkdtemp is safe there


def _listeners(host: str, port: int, count: int) -> list[socket.socket]:
    """The sockets at which the workers listen, one for each slot. Raises ClickException.

    On Linux each has its own, and the system spreads connections over them: at a common one, the first that wakes up
    takes all that wait. The parent keeps them, so that those of a dead worker wait for the one in its place.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], found[0][4][:2]
        first = socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=SPREADS)
        if not SPREADS:
            return [first] * count
        bound = (address[0], first.getsockname()[1])
        others = [
            socket.create_server(bound, family=family, backlog=BACKLOG, reuse_port=True) for _ in range(count - 1)
        ]
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host} port {port}: {error}") from None
    return [first, *others]


class WorkerServer(Server):
    """The uvicorn server of one worker. It ends with the parent, whose end can be read from `lifeline`."""

    def __init__(
        self,
        serving: Serving,
        worker: Worker,
        peers: WorkerSocket,
        ready: Callable[[], None],
        lifeline: int,
        watch: Watch | None,
        late: LateStore | None,
    ) -> None:
        super().__init__(serving.config())
        self._serving, self._worker, self._ready, self._lifeline = serving, worker, ready, lifeline
        self._peers = peers
        self._watch = watch
        self._late = late
        self._tasks: list[asyncio.Task[None]] = []
        serving.log_requests(self._print)

    async def startup(self, sockets: Any = None) -> None:
        await self._peers.open()
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._lifeline, self._parent_has_gone)
        if self._watch is not None:
            self._watch.report = self._reloaded
            self._tasks.append(asyncio.create_task(self._watch.run()))
        if self._late is not None:
            self._tasks.append(asyncio.create_task(self._late.run()))
        self._ready()

    async def shutdown(self, sockets: Any = None) -> None:
        asyncio.get_running_loop().remove_reader(self._lifeline)
        for task in self._tasks:
            task.cancel()
        await super().shutdown(sockets)
        self._peers.close()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """End at the signal of the parent; not at Ctrl-C, which reaches all processes of a terminal."""
        if sig == signal.SIGTERM:
            self._stop()

    def _stop(self) -> None:
        if self.server_state.connections and not self.should_exit and self._worker.slot == 0:
            self._serving.warn([STOPPING])
        self.should_exit = True

    def _parent_has_gone(self) -> None:
        asyncio.get_running_loop().remove_reader(self._lifeline)
        self.should_exit = True

    def _reloaded(self, outcome: Reload | MockServerError) -> None:
        """Print the outcome of a reload, once for all workers."""
        if self._worker.slot == 0:
            self._print(self._serving.lines(outcome_lines(outcome)))

    def _print(self, lines: Iterable[str]) -> None:
        """Print lines. Stop all workers when the reader of standard output has gone."""
        if not is_printed(lines):
            os.kill(os.getppid(), signal.SIGTERM)
