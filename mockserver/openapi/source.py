"""A document as published: read from the disk, and made one where it lies in several files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.openapi import yaml_json
from mockserver.openapi.bundle import Library, bundle
from mockserver.openapi.size_limits import BOUNDS, SizeLimits
from mockserver.openapi.yaml_json import Format


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A document as published, in one piece.

    Files that it refers to stand in `raw` under `x-files`, the references lead there. `unread` says which references
    still lead out of it, and why: a file that is missing, broken, or outside of the document's folder. `files` are
    the document and the files that it refers to.
    """

    raw: dict[str, Any] = field(repr=False)
    file: str
    format: Format
    unread: tuple[InvalidDocument, ...] = ()
    files: tuple[Path, ...] = ()


def read(path: Path, *, outside: bool = False, bounds: SizeLimits = BOUNDS) -> DocumentSource:
    """Read the document at `path`, JSON or YAML, and every file it refers to.

    Files outside of the document's folder and addresses (`https://…`) are read with `outside` only. Raises
    InvalidDocument, with line and column where there are some, for a file that cannot be read or is beyond `bounds`.
    """
    library = Library(path.parent, outside, bounds)
    raw, format = yaml_json.parse(library.bytes_of(str(path), path), file=str(path), bounds=bounds)
    unread = bundle(raw, path.name, str(path), library)
    return DocumentSource(raw, str(path), format, unread, tuple(library.opened))


def read_data(path: Path, *, bounds: SizeLimits = BOUNDS) -> dict[str, Any]:
    """One JSON or YAML file that is no OpenAPI document (an overlay, a state file), as it stands.

    Raises InvalidDocument as `read` does.
    """
    library = Library(path.parent, False, bounds)
    return yaml_json.parse(library.bytes_of(str(path), path), file=str(path), bounds=bounds)[0]
