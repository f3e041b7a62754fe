"""The options of `mockserver serve` for a state that lasts and is shared, and opening the store that they name."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct, structs

from mockserver.cli.option import option
from mockserver.errors import LogError
from mockserver.lazy_module import LazyModule
from mockserver.web.app import Sandbox

if TYPE_CHECKING:
    from mockserver.state.shared_log import SharedLog
    from mockserver.stores import opening
    from mockserver.stores.sqlite_log import Durability
else:
    opening = LazyModule("mockserver.stores.opening")

OWN_FILE = "state.db"
"""The file of several processes that were given no store; it is deleted when they end."""


class StoreChoice(Struct, frozen=True):
    """The store of a sandbox: a file or the address of a server. Each process opens it for itself."""

    address: str
    durability: Durability
    stale_reads: bool
    life: bytes = b""

    def known(self) -> StoreChoice:
        """The same for workers: one that starts later does not take a server that lost everything for a new one.

        Raises ClickException.
        """
        try:
            return structs.replace(self, life=opening.life_of(self.address))
        except LogError as fault:
            raise click.ClickException(str(fault)) from None

    def open(self, sandbox: Sandbox) -> None:
        """Keep the state of the sandbox there. Raises ClickException."""
        try:
            self.share(sandbox, self.opened())
        except LogError as fault:
            raise click.ClickException(str(fault)) from None

    def opened(self) -> SharedLog:
        """The store, opened in this process. Raises a LogError."""
        return opening.open_log(self.address, self.durability, self.life)

    def share(self, sandbox: Sandbox, log: SharedLog) -> None:
        """Keep the state of the sandbox in the opened store. Raises a LogError; then the store is closed."""
        is_collecting = gc.isenabled()
        gc.disable()  # what is loaded now stays
        try:
            sandbox.share(log, stale_reads=self.stale_reads)
            gc.freeze()
        except LogError:
            log.close()
            raise
        finally:
            if is_collecting:
                gc.enable()


def chosen_store(address: str | None, durability: Durability, *, stale_reads: bool) -> StoreChoice | None:
    """The store that the options name. Raises UsageError for options that say nothing without one."""
    if address is None:
        if stale_reads:
            raise click.UsageError("--stale-reads needs --store: it says what to do when that cannot be reached")
        return None
    return StoreChoice(address, durability, stale_reads)


def own_store(folder: str) -> StoreChoice:
    """The store of several processes that were given none."""
    return StoreChoice(str(Path(folder) / OWN_FILE), "process", stale_reads=False)


def store_options(command: Any) -> Any:
    """Decorate a command with the options."""
    for decorate in reversed(OPTIONS):
        command = decorate(command)
    return command


OPTIONS = (
    option(
        "--store",
        "store",
        metavar="FILE|URL",
        help="Keep what is stored: in a file such as sandbox.db, or on a server, redis://HOST (docs/store.md).",
    ),
    option(
        "--durability",
        type=click.Choice(["process", "power"]),
        default="process",
        show_default=True,
        help="What a stored change in a file survives: the end of the process, or a power failure too.",
    ),
    option("--stale-reads", is_flag=True, help="Answer reads while the store cannot be reached."),
)
