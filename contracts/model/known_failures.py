"""Known failures: what a service is allowed to break for the time being, each with a reason and a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from contracts.model.finding import Finding
from mockserver.errors import MockServerError

NAMES = ("id", "check", "operation")
"""What an entry may name; a finding has to fit all that it does."""

FIELDS = (*NAMES, "reason", "date")


class KnownError(MockServerError):
    """A file of known failures cannot be used; the text names file and line, and says what is wanted."""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One entry: the findings it names, and why they are accepted since when.

    `id` is that of a finding; `check` and `operation` are patterns, as `--only` takes them. What is empty fits all.
    """

    reason: str
    date: str
    id: str = ""
    check: str = ""
    operation: str = ""

    def fits(self, found: Finding) -> bool:
        """Is it this finding that is known?"""
        return self.id in ("", found.id) and self.concerns(found.operation, found.check)

    def concerns(self, operation: str, check: str) -> bool:
        """May what is known be found by this check at this operation?"""
        return (
            fnmatchcase(check, self.check or "*")
            and fnmatchcase(operation, self.operation or "*")
            and (not self.id or self.id.rpartition("-")[0] == check)
        )

    def __str__(self) -> str:
        return " ".join(part for part in (self.id or self.check, self.operation) if part)


def stale(
    entries: Iterable[KnownFailure], findings: Iterable[Finding], outcomes: Mapping[tuple[str, str], str]
) -> tuple[KnownFailure, ...]:
    """The entries whose checks were held, and that nothing fits any more. What was not examined stays known."""
    found = tuple(findings)
    held = [key for key, outcome in outcomes.items() if outcome in ("passed", "failed")]
    return tuple(
        entry
        for entry in entries
        if any(entry.concerns(*key) for key in held) and not any(entry.fits(each) for each in found)
    )


def read_known(path: Path) -> tuple[KnownFailure, ...]:
    """The entries of a YAML file: a list of objects. Raises KnownError."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise KnownError(f"{path}: {fault}") from None
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise KnownError(f"{path}:1: a list of known failures is wanted")
    return tuple(_entry(path, node) for node in root.value)


def _entry(path: Path, node: yaml.Node) -> KnownFailure:
    place = f"{path}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.MappingNode):
        raise KnownError(f"{place}: an entry is an object with {', '.join(FIELDS)}")
    given: dict[str, str] = {}
    for key, value in node.value:
        where = f"{path}:{key.start_mark.line + 1}"
        if key.value not in FIELDS:
            raise KnownError(f"{where}: {key.value!r} is not known; allowed are {', '.join(FIELDS)}")
        if not isinstance(value, yaml.ScalarNode):
            raise KnownError(f"{where}: {key.value} is a text")
        given[key.value] = "" if value.tag.endswith(":null") else value.value.strip()
    if not any(given.get(name) for name in NAMES):
        raise KnownError(f"{place}: the entry names no failure; give its id, check or operation")
    if not given.get("reason"):
        raise KnownError(f"{place}: the entry has no reason; say why the failure is accepted")
    if not _is_date(given.get("date", "")):
        raise KnownError(f"{place}: the entry has no date; a day such as 2026-11-21 is wanted")
    return KnownFailure(**given)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def written(entries: Iterable[KnownFailure], findings: Iterable[Finding], today: date) -> str:
    """A file of known failures: `entries`, and one for each finding, whose reason is left for a person to write."""
    shown = [*map(_shown, entries), *(_proposed(found, today) for found in findings)]
    return "# What is known to fail. An entry without a reason is refused: say why it is accepted.\n" + (
        yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=120) if shown else ""
    )


def _shown(entry: KnownFailure) -> dict[str, str]:
    return {name: getattr(entry, name) for name in FIELDS if getattr(entry, name)}


def _proposed(found: Finding, today: date) -> dict[str, str | None]:
    return {"id": found.id, "operation": found.operation, "reason": None, "date": today.isoformat()}
