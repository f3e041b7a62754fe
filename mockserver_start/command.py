"""The command `mockserver`, and `python -m mockserver`."""

from __future__ import annotations

import gc
import pkgutil
import sys

from mockserver_start import compiled_modules
from mockserver_start.name_clash import clash

COMMAND = "mockserver.cli.commands:main"
"""Named and not imported: the import fails where another product has replaced files."""

POSTPONE = "mockserver.lazy_module:postpone"

POSTPONED = {
    "inspect": dict.fromkeys(("isgenerator", "iscoroutinefunction"), "mockserver_start.inspected"),
    "linecache": {},
    # msgspec takes these from `typing` where the other is not installed. What else asks for a name of it gets all.
    "typing_extensions": dict.fromkeys(("get_type_hints", "NotRequired", "Required"), "typing"),
}
"""Modules that libraries import and a start does not use: with what they import themselves, 6 ms of 200."""


def main() -> None:
    """Run a command. Exits with 2 if another product has replaced files of this one."""
    if problem := clash():
        sys.stderr.write(f"Error: {problem}\n")
        sys.exit(2)
    compiled_modules.install()
    postpone = pkgutil.resolve_name(POSTPONE)
    for name, known in POSTPONED.items():
        postpone(name, known)
    gc.disable()  # what is imported stays: to look through it for garbage is for nothing
    command = pkgutil.resolve_name(COMMAND)
    gc.freeze()
    gc.enable()
    command()
