"""Commands whose modules are imported only when they run, so that `--help` and `--version` answer at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Any

import click

from mockserver.lazy_module import postpone

OWN_PACKAGES = ("mockserver", "contracts")
"""The packages that every installation has: when one of them misses a module, that is a bug and no missing extra."""


class MissingExtra(click.ClickException):
    """A command needs an extra that is not installed. The exit code is 2, as for any command that cannot start."""

    exit_code = 2

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(f"this needs {module}: {install_line(extra)}")


def install_line(extra: str) -> str:
    """The command that installs an extra of this package."""
    return f"pip install 'mockserver[{extra}]'"


def resolve(target: str, extra: str) -> Any:
    """The object that `target` names as "module:attribute". Raises MissingExtra where a foreign module is missing."""
    try:
        with _without_collection():
            # Its own command line and its reloaders are forty modules that no command uses.
            postpone("uvicorn", {"Config": "uvicorn.config", "Server": "uvicorn.server"})
            postpone("logging.config")  # uvicorn would read its own log settings with it: ten modules
            return resolve_name(target)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package or package in OWN_PACKAGES:
            raise
        raise MissingExtra(package, extra) from None


@contextmanager
def _without_collection() -> Iterator[None]:
    """Import without garbage collection: what a module makes stays, so that looking through it is for nothing.

    That would otherwise be done at once when collection begins again, in a tenth of the time that a start takes.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.enable()


class LazyCommand(click.Command):
    """A command that is imported from `target` ("module:attribute") when it runs.

    `help` is the line that the list of commands shows. `extra` is the extra of this package that the command needs, and
    `needs` names modules that only this extra installs: while one is missing, the list says how to install it.
    """

    def __init__(self, name: str, target: str, help: str, *, extra: str = "", needs: tuple[str, ...] = ()) -> None:
        super().__init__(name, help=help)
        self._target, self._extra, self._needs = target, extra, needs

    def get_short_help_str(self, limit: int = 45) -> str:
        missing = [module for module in self._needs if find_spec(module) is None]
        return f"{self.help} Needs: {install_line(self._extra)}" if missing else f"{self.help}"

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the imported command: click then runs that command and not this one.

        A shell that completes words gets none where the extra is missing.
        """
        try:
            command: click.Command = resolve(self._target, self._extra)
        except MissingExtra:
            if extra.get("resilient_parsing"):
                return super().make_context(info_name, args, parent, **extra)
            raise
        return command.make_context(info_name, args, parent, **extra)
