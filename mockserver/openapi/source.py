"""Reads a document from disk, and joins the files it is split over."""

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

    `raw` holds the files that it refers to under `x-files`, and its references point there. `unread` has an error for
    each reference that still points outside: to a file that is missing, broken, or outside of the document's folder.
    `files` are the document and the files that it refers to.
    """

    raw: dict[str, Any] = field(repr=False)
    file: str
    format: Format
    unread: tuple[InvalidDocument, ...] = ()
    files: tuple[Path, ...] = ()


def read(path: Path, *, outside: bool = False, bounds: SizeLimits = BOUNDS) -> DocumentSource:
    """Read the document at `path`, JSON or YAML, and every file it refers to.

    Files outside of the document's folder and URLs are read only with `outside`. Raises InvalidDocument, with line and
    column where known, if the document cannot be read, is not valid JSON or YAML, or exceeds `bounds`. A file that it
    refers to raises nothing; it is listed in `unread`.
    """
    library = Library(path.parent, outside, bounds)
    raw, format = yaml_json.parse(library.bytes_of(str(path), path), file=str(path), bounds=bounds)
    unread = bundle(raw, path.name, str(path), library)
    return DocumentSource(raw, str(path), format, unread, tuple(library.opened))


def read_data(path: Path, *, bounds: SizeLimits = BOUNDS) -> dict[str, Any]:
    """The content of one JSON or YAML file that is not an OpenAPI document: an overlay, a state file.

    Raises InvalidDocument as `read` does.
    """
    library = Library(path.parent, False, bounds)
    return yaml_json.parse(library.bytes_of(str(path), path), file=str(path), bounds=bounds)[0]
