"""The settings of a project: `mockserver.yaml`, or the table `[tool.mockserver]` of a pyproject.toml.

docs/configuration.md describes them for users.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mockserver.errors import DocumentError, ProjectSettingsError
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import source

if TYPE_CHECKING:
    import difflib
    import tomllib
else:
    difflib = LazyModule("difflib")
    tomllib = LazyModule("tomllib")

YAML_FILE = "mockserver.yaml"
TOML_FILE = "pyproject.toml"
TOML_TABLE = ("tool", "mockserver")

NAMED = lazy_pattern(rb"tool\W+mockserver")
"""What a pyproject.toml with the table contains: `[tool.mockserver]`, `[tool."mockserver"]`, `[tool]` and a key."""

DOCUMENT = "document"
"""The key of what is served or checked; a command that takes a document may have one of its own in its table."""

SHARED = (DOCUMENT, "behaviour", "rules-module")
"""The keys for all commands."""

TABLES = ("serve", "check", "run", "infer", "mutate", "cleanup", "replay")
"""The commands that have a table with their options."""


class CommandSettings(Struct, frozen=True):
    """What a project sets for one command, by the long names of its options (`auth-file`), and the file that says so.

    `values` are those for all commands and, above them, those of the command's table. Messages name the keys with
    `prefix`, such as `tool.mockserver.`. Without a file, nothing is set.
    """

    file: Path | None
    prefix: str
    command: str
    shared: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, Any]:
        """All that is set for the command."""
        return {**self.shared, **self.table}

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise ProjectSettingsError for a key of the table that is none of these."""
        names = sorted(known)
        for key in self.table:
            if key not in names:
                raise self.error(key, f"there is no such option; {_meant(key, names)}")

    def error(self, key: str, reason: str) -> ProjectSettingsError:
        """An error about a key."""
        table = f"{self.command}." if key in self.table else ""
        return ProjectSettingsError(f"{shown(self.file)}: {self.prefix}{table}{key}: {reason}")

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts in a list. Raises ProjectSettingsError for anything else."""
        given = self.values.get(key, [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise self.error(key, "write a list of texts")
        return tuple(given)

    def documents(self) -> tuple[str, ...]:
        """The documents, which are one text or a list of them. Raises ProjectSettingsError for anything else."""
        given = self.values.get(DOCUMENT, [])
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise self.error(DOCUMENT, "write a text, or a list of texts")
        return tuple(self.document(each) for each in listed)

    def document(self, text: str) -> str:
        """A document that the file names: a path relative to its folder, or else a vendor or an address."""
        path = self.path(text)
        is_path = "://" not in text and (path.exists() or Path(text).suffix)
        return str(path) if is_path else text

    def path(self, text: str) -> Path:
        """A path that the file names, which is relative to its folder."""
        return relative((self.file or Path()).parent / text)


class ProjectSettings(Struct, frozen=True):
    """All settings of a project, as they are written, and their file. Without a file, nothing is set."""

    file: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> ProjectSettings:
        """The settings in the nearest of this folder and those above it that has some.

        Raises ProjectSettingsError.
        """
        for each in (folder, *folder.parents):
            found = [made for name in (YAML_FILE, TOML_FILE) if (made := cls._read(each / name)) is not None]
            if len(found) > 1:
                raise ProjectSettingsError(
                    f"{shown(found[0].file)}: {TOML_FILE} beside it has [{'.'.join(TOML_TABLE)}]; keep one of the two"
                )
            if found:
                return found[0]
        return cls()

    @classmethod
    def read(cls, file: Path) -> ProjectSettings:
        """The settings in a file. Raises ProjectSettingsError, also if there are none."""
        found = cls._read(file)
        if found is None:
            raise ProjectSettingsError(f"{file}: has no table [{'.'.join(TOML_TABLE)}]")
        return found

    @classmethod
    def _read(cls, file: Path) -> ProjectSettings | None:
        """The settings in a file; None if it is missing or has none."""
        try:
            data = file.read_bytes()
        except OSError:
            return None
        values = _from_toml(file, data) if file.suffix == ".toml" else _from_yaml(file)
        return cls(file, values) if values is not None else None

    @property
    def prefix(self) -> str:
        """What names of keys begin with in messages."""
        is_toml = self.file is not None and self.file.suffix == ".toml"
        return ".".join(TOML_TABLE) + "." if is_toml else ""

    def command(self, name: str, options: Iterable[str] = ()) -> CommandSettings:
        """What is set for a command, which has these options. Raises ProjectSettingsError for a key that is unknown."""
        for key in self.values:
            if key not in (*SHARED, *TABLES):
                raise self._unknown(key, name, options)
        table = self.values.get(name, {})
        if not isinstance(table, Mapping):
            raise ProjectSettingsError(f"{shown(self.file)}: {self.prefix}{name}: write a table of options")
        shared = {key: value for key, value in self.values.items() if key in SHARED}
        return CommandSettings(self.file, self.prefix, name, shared, table)

    def _unknown(self, key: str, command: str, options: Iterable[str]) -> ProjectSettingsError:
        meant = (
            f"it is an option, so write it in {self.prefix}{command}"
            if key in options
            else _meant(key, (*SHARED, *TABLES))
        )
        return ProjectSettingsError(f"{shown(self.file)}: {self.prefix}{key}: there is no such key; {meant}")


def _from_toml(file: Path, data: bytes) -> Mapping[str, Any] | None:
    if NAMED.search(data) is None:
        return None  # the files of other projects need not be parsed, and may be anything
    try:
        value: Any = tomllib.loads(data.decode())
    except ValueError as fault:
        raise ProjectSettingsError(f"{shown(file)}: {fault}") from None
    for name in TOML_TABLE:
        value = value.get(name) if isinstance(value, dict) else None
    if value is not None and not isinstance(value, dict):
        raise ProjectSettingsError(f"{shown(file)}: {'.'.join(TOML_TABLE)} must be a table")
    return value


def _from_yaml(file: Path) -> Mapping[str, Any] | None:
    try:
        values = source.read_data(file)
    except DocumentError as fault:
        raise ProjectSettingsError(str(fault)) from None
    return None if values.keys() & {"openapi", "swagger"} else values  # a document may have any name


def _meant(key: str, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"


def relative(path: Path) -> Path:
    """A path as it is seen from the working directory, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def shown(file: Path | None) -> str:
    """How messages name a file."""
    return str(relative(file)) if file is not None else ""
