"""JSON Schemas of the files that people write, for their editors. They are in the package and need no network.

`python -m mockserver.cli.schema_files` writes them from the models; docs/how-to/editors.md describes them for users.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

NAMES = {
    "behaviour": "a behaviour file",
    "configuration": "mockserver.yaml",
    "overrides": "a file for `serve --overrides`",
    "state": "a file for `serve --state`",
}
"""The schemas, each with the file that it is for."""

PROJECT_FOLDER = ".mockserver"
"""Where a project keeps copies, so that the paths to them are the same on every machine."""


def packaged(name: str) -> Path:
    """The file of a schema in the package."""
    return Path(str(files("mockserver"))) / "schemas" / f"{name}.json"


def text(name: str) -> str:
    """A schema as JSON."""
    return packaged(name).read_text(encoding="utf-8")


def modeline(name: str, file: Path) -> str:
    """The first line of a YAML file, which tells editors where the schema of the file is.

    That is the copy in the nearest project folder, by a path relative to the file, else the one in the package.
    """
    folder = file.absolute().parent
    for above in (folder, *folder.parents):
        copied = above / PROJECT_FOLDER / f"{name}.json"
        if copied.is_file():
            return _line(Path(os.path.relpath(copied, folder)).as_posix())
    return _line(packaged(name).as_posix())


def _line(path: str) -> str:
    return f"# yaml-language-server: $schema={path}\n"


def project_modeline(name: str) -> str:
    """The same line for a file in the folder of a project that gets its copies now."""
    return _line(f"{PROJECT_FOLDER}/{name}.json")
