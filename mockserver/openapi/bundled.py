"""The vendors' documents that ship with this package: one folder for each vendor.

A wheel contains them as `mockserver/_specs`; a checkout has them in `specs/`, where they are edited.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mockserver.errors import DocumentError

DOCUMENT = "openapi.yaml"
BEHAVIOUR = "behaviour.yaml"
LIVE = "live.yaml"


def vendors() -> tuple[str, ...]:
    """The names of the vendors that ship with this package, in alphabetical order."""
    return tuple(sorted(found.parent.name for found in _root().glob(f"*/{DOCUMENT}")))


def document_path(vendor: str) -> Path:
    """The path of a vendor's OpenAPI document. Raises DocumentError for an unknown name, with the known ones."""
    return _folder(vendor) / DOCUMENT


def overlays(vendor: str, *, live: bool = False) -> list[Path]:
    """The overlays of a vendor in order: its behaviour, and with `live` what queries of real MCP servers need."""
    names = [BEHAVIOUR, LIVE] if live else [BEHAVIOUR]
    return [path for name in names if (path := _folder(vendor) / name).is_file()]


def _folder(vendor: str) -> Path:
    known = vendors()
    if vendor not in known:
        raise DocumentError(f"unknown vendor {vendor!r}; known vendors: {', '.join(known) or 'none'}")
    return _root() / vendor


def _root() -> Path:
    package = Path(str(files("mockserver")))
    installed = package / "_specs"
    return installed if installed.is_dir() else package.parent / "specs"
