"""Known failures: failures that are accepted for now, each with a reason and a date."""

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
"""What an entry can name. A finding must match everything that the entry names."""

FIELDS = (*NAMES, "reason", "date")


IGNORED = "ignored"
"""Written in place of a date: the failure does not have to occur."""


class KnownError(MockServerError):
    """A file of known failures is invalid; the text names file and line and says what is expected."""


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One entry: which findings are accepted, why, and since when.

    `id` is the id of a finding. `check` and `operation` are patterns as in `--only`. An empty field matches everything.
    `date` is a day, or IGNORED for a failure that does not have to occur.
    """

    reason: str
    date: str
    id: str = ""
    check: str = ""
    operation: str = ""

    def fits(self, found: Finding) -> bool:
        """Is this finding a known failure?"""
        return self.id in ("", found.id) and self.concerns(found.operation, found.check)

    def concerns(self, operation: str, check: str) -> bool:
        """Can this check at this operation find the known failure?"""
        return (
            fnmatchcase(check, self.check or "*")
            and fnmatchcase(operation, self.operation or "*")
            and (not self.id or self.id.rpartition("-")[0] == check)
        )

    @property
    def accepted(self) -> str:
        """Since when the failure is accepted, and why."""
        return f"{IGNORED} by {self.reason}" if self.date == IGNORED else f"since {self.date}: {self.reason}"

    def __str__(self) -> str:
        return " ".join(part for part in (self.id or self.check, self.operation) if part)


def stale(
    entries: Iterable[KnownFailure], findings: Iterable[Finding], outcomes: Mapping[tuple[str, str], str]
) -> tuple[KnownFailure, ...]:
    """The entries whose checks ran and that no finding matches. Entries whose checks did not run are not stale."""
    found = tuple(findings)
    ran = [key for key, outcome in outcomes.items() if outcome in ("passed", "failed")]
    return tuple(
        entry
        for entry in entries
        if any(entry.concerns(*key) for key in ran) and not any(entry.fits(each) for each in found)
    )


def read_known(path: Path) -> tuple[KnownFailure, ...]:
    """The entries of a YAML file, which contains a list of objects. Raises KnownError."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise KnownError(f"{path}: {fault}") from None
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise KnownError(f"{path}:1: expected a list of known failures")
    return tuple(_entry(path, node) for node in root.value)


def _entry(path: Path, node: yaml.Node) -> KnownFailure:
    place = f"{path}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.MappingNode):
        raise KnownError(f"{place}: expected an object with the keys {', '.join(FIELDS)}")
    given: dict[str, str] = {}
    for key, value in node.value:
        where = f"{path}:{key.start_mark.line + 1}"
        if key.value not in FIELDS:
            raise KnownError(f"{where}: unknown key {key.value!r}; allowed are {', '.join(FIELDS)}")
        if not isinstance(value, yaml.ScalarNode):
            raise KnownError(f"{where}: {key.value} must be a text")
        given[key.value] = "" if value.tag.endswith(":null") else value.value.strip()
    if not any(given.get(name) for name in NAMES):
        raise KnownError(f"{place}: the entry does not say which failure is known; add its id, check or operation")
    if not given.get("reason"):
        raise KnownError(f"{place}: the entry has no reason; write why the failure is accepted")
    if not _is_date(given.get("date", "")):
        raise KnownError(f"{place}: the entry has no valid date; write a day such as 2026-11-21")
    return KnownFailure(**given)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def written(entries: Iterable[KnownFailure], findings: Iterable[Finding], today: date) -> str:
    """The text of a file with `entries` and an entry for each finding. The reason of a new entry is empty."""
    shown = [*map(_shown, entries), *(_proposed(found, today) for found in findings)]
    return "# Known failures. Every entry needs a reason: write why the failure is accepted.\n" + (
        yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=120) if shown else ""
    )


def _shown(entry: KnownFailure) -> dict[str, str]:
    return {name: getattr(entry, name) for name in FIELDS if getattr(entry, name)}


def _proposed(found: Finding, today: date) -> dict[str, str | None]:
    return {"id": found.id, "operation": found.operation, "reason": None, "date": today.isoformat()}
