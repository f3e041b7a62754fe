"""Loading overrides at start: a YAML or JSON file with a list of what `POST /_mock/overrides` takes.

docs/overrides.md describes it for users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mockserver.errors import Fault, OverridesError, Refusal
from mockserver.openapi import source
from mockserver.openapi.pointer import join
from mockserver.openapi.schema_faults import faults
from mockserver.web.admin.api import override_schema
from mockserver.web.control.overrides.overrides import Overrides


def load(path: Path, overrides: Overrides) -> int:
    """Set the overrides of a file; the first is tried first. Returns their number.

    Raises OverridesError, naming file, entry and field, for each mistake of the first entry that has one.
    """
    entries = list(_entries(path))
    for number, entry in reversed(entries):
        try:
            overrides.add(overrides.namespaces.default, entry)
        except Refusal as refusal:
            lines = [_line(path, number, each) for each in refusal.faults]
            raise OverridesError("\n".join(lines) or f"{path.name}#/{number}: {refusal.message}") from None
    return len(entries)


def _entries(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The entries with their numbers, if they have the form that the admin API asks for."""
    for number, entry in enumerate(source.read_list(path)):
        wrong = faults(override_schema(), entry, "body")
        if wrong:
            raise OverridesError("\n".join(_line(path, number, each) for each in wrong))
        yield number, entry


def _line(path: Path, number: int, fault: Fault) -> str:
    return f"{path.name}#{join('', str(number), *map(str, fault.path))}: {fault.message}"
