"""Reads a document from disk, an address or standard input, and joins the files it is split over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from mockserver.document_cache import OFF, DocumentCache
from mockserver.errors import InvalidDocument
from mockserver.openapi import remote, yaml_json
from mockserver.openapi.bundle import Library, bundle
from mockserver.openapi.remote import Address
from mockserver.openapi.size_limits import BOUNDS, SizeLimits
from mockserver.openapi.yaml_json import Format


class DocumentSource(Struct, frozen=True):
    """A document as published, in one piece.

    `raw` holds the files that it refers to under `x-files`, and its references point there. `unread` has an error for
    each reference that still points outside: to a file that is missing, broken, or outside of the document's folder.
    `files` are the document and the files that it refers to.
    """

    raw: dict[str, Any]
    file: str
    format: Format
    unread: tuple[InvalidDocument, ...] = ()
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.file!r})"


STANDARD_INPUT_NAME = "standard input"
"""What messages call a document without a name."""


def read(
    place: Path | str,
    *,
    outside: bool = False,
    verify: bool = True,
    bounds: SizeLimits = BOUNDS,
    cache: DocumentCache = OFF,
) -> DocumentSource:
    """Read the document at a path or URL or from standard input (`-`), JSON or YAML, and every file it refers to.

    Files outside of the document's folder and URLs are read only with `outside`; what is on the host of a document that
    was fetched, in any case. Without `verify`, the server of a document that is fetched may have any certificate.
    Standard input is in the working directory. `cache` keeps what is read of YAML. Raises InvalidDocument, with line
    and column where known, if the document cannot be read, is not valid JSON or YAML, or exceeds `bounds`. A file that
    it refers to raises nothing; it is listed in `unread`.
    """
    if isinstance(place, str) and remote.is_address(place):
        return _fetched(Address.of(place), outside, verify, bounds, cache)
    if place == remote.STANDARD_INPUT:
        library = Library(Path(), outside, bounds, cache=cache)
        data = library.counted(STANDARD_INPUT_NAME, remote.standard_input(bounds.bytes))
        return _joined(data, remote.STANDARD_INPUT, STANDARD_INPUT_NAME, library)
    path = Path(place)
    library = Library(path.parent, outside, bounds, cache=cache)
    return _joined(library.bytes_of(str(path), path), path.name, str(path), library)


def _fetched(address: Address, outside: bool, verify: bool, bounds: SizeLimits, cache: DocumentCache) -> DocumentSource:
    """The document at an address. Relative references start from where redirects lead (RFC 3986 section 5.1.3)."""
    data, url = remote.fetch(address, bounds.bytes, bounds, verify=verify)
    user = address.user if remote.origin(url) == remote.origin(address.url) else None
    library = Library(Path(), outside, bounds, address=Address(url, user), verify=verify, cache=cache)
    name = remote.shown(address.url)
    return _joined(library.counted(name, data), url, name, library)


def _joined(data: bytes, own: str, file: str, library: Library) -> DocumentSource:
    raw, format = yaml_json.parse(data, file=file, bounds=library.bounds, cache=library.cache)
    unread = bundle(raw, own, file, library)
    return DocumentSource(raw, file, format, unread, tuple(library.opened))


def read_data(path: Path, *, bounds: SizeLimits = BOUNDS, cache: DocumentCache = OFF) -> dict[str, Any]:
    """The content of one JSON or YAML file that is not an OpenAPI document: an overlay, a state file.

    Raises InvalidDocument as `read` does.
    """
    library = Library(path.parent, False, bounds)
    return yaml_json.parse(library.bytes_of(str(path), path), file=str(path), bounds=bounds, cache=cache)[0]


def read_list(path: Path, *, bounds: SizeLimits = BOUNDS) -> list[Any]:
    """The content of a JSON or YAML file that holds a list. Raises InvalidDocument as `read` does."""
    library = Library(path.parent, False, bounds)
    return yaml_json.parse_list(library.bytes_of(str(path), path), file=str(path), bounds=bounds)
