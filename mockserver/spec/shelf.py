"""The documents that come with this program: one folder for each vendor.

A wheel carries them inside the package; a checkout has them in `specs/`, where people edit them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mockserver.errors import SpecError

DOCUMENT = "openapi.yaml"
BEHAVIOUR = "behaviour.yaml"


def vendors() -> tuple[str, ...]:
    """The names of the vendors on the shelf, in alphabetical order."""
    return tuple(sorted(found.parent.name for found in _shelf().glob(f"*/{DOCUMENT}")))


def document_path(vendor: str) -> Path:
    """Where a vendor's OpenAPI document lies; an unknown name is a SpecError that lists the known ones."""
    return _folder(vendor) / DOCUMENT


def behaviour_path(vendor: str) -> Path | None:
    """Where a vendor's behaviour file lies, or None where it has none; an unknown name is a SpecError."""
    path = _folder(vendor) / BEHAVIOUR
    return path if path.is_file() else None


def _folder(vendor: str) -> Path:
    known = vendors()
    if vendor not in known:
        raise SpecError(f"there is no vendor {vendor!r}; there are: {', '.join(known) or 'none'}")
    return _shelf() / vendor


def _shelf() -> Path:
    package = Path(str(files("mockserver")))
    installed = package / "_specs"
    return installed if installed.is_dir() else package.parent / "specs"
