"""The settings of a project for its contract checks: the table `[tool.mockserver.check]` of a pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mockserver.errors import MockServerError

FILE = "pyproject.toml"
TABLE = ("tool", "mockserver", "check")


class ProjectSettingsError(MockServerError):
    """A setting of a project cannot be used; the text names file and key and says what would be right."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """What a project sets, by the long names of the options (`auth-file`), and the file that says so."""

    file: Path = Path(FILE)
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> ProjectSettings:
        """The settings in the nearest pyproject.toml of this folder and those above it that has the table.

        Raises ProjectSettingsError.
        """
        for each in (folder, *folder.parents):
            found = cls.read(each / FILE)
            if found.values:
                return found
        return cls()

    @classmethod
    def read(cls, file: Path) -> ProjectSettings:
        """The settings in a file; none if it is missing. Raises ProjectSettingsError."""
        try:
            value: Any = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError:
            return cls(file)
        except ValueError as fault:
            raise ProjectSettingsError(f"{file}: {fault}") from None
        for name in TABLE:
            value = value.get(name, {}) if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            raise ProjectSettingsError(f"{file}: {'.'.join(TABLE)} must be a table")
        return cls(file, value)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise ProjectSettingsError for a key that is none of these."""
        names = sorted(known)
        for key in self.values:
            if key not in names:
                near = get_close_matches(key, names, 1, 0.5)
                meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
                raise self.error(key, f"there is no such option; {meant}")

    def error(self, key: str, reason: str) -> ProjectSettingsError:
        """An error about a key."""
        return ProjectSettingsError(f"{self.file}: {'.'.join(TABLE)}.{key}: {reason}")

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts in a list. Raises ProjectSettingsError for anything else."""
        given = self.values.get(key, [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise self.error(key, "write a list of texts")
        return tuple(given)

    def path(self, text: str) -> Path:
        """A path that the file names, which is relative to its folder."""
        return self.file.parent / text
