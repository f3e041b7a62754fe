"""The documents that come with this program: one folder for each vendor.

A wheel carries them inside the package; a checkout has them in `specs/`, where people edit them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mockserver.errors import SpecError

DOCUMENT = "openapi.yaml"
BEHAVIOUR = "behaviour.yaml"
LIVE = "live.yaml"


def vendors() -> tuple[str, ...]:
    """The names of the vendors on the shelf, in alphabetical order."""
    return tuple(sorted(found.parent.name for found in _shelf().glob(f"*/{DOCUMENT}")))


def document_path(vendor: str) -> Path:
    """Where a vendor's OpenAPI document lies; an unknown name is a SpecError that lists the known ones."""
    return _folder(vendor) / DOCUMENT


def overlays(vendor: str, *, live: bool = False) -> list[Path]:
    """The overlays of a vendor in their order: its behaviour, and with `live` what asking real MCP servers needs."""
    names = [BEHAVIOUR, LIVE] if live else [BEHAVIOUR]
    return [path for name in names if (path := _folder(vendor) / name).is_file()]


def _folder(vendor: str) -> Path:
    known = vendors()
    if vendor not in known:
        raise SpecError(f"there is no vendor {vendor!r}; there are: {', '.join(known) or 'none'}")
    return _shelf() / vendor


def _shelf() -> Path:
    package = Path(str(files("mockserver")))
    installed = package / "_specs"
    return installed if installed.is_dir() else package.parent / "specs"
