"""The built-in mock, started in this process."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

APP = "mockserver:create_app"
"""Named as for a server and not imported: checks may use the mock only as an ASGI app."""


def sandbox(vendor_or_document: str | Path, **options: Any) -> Any:
    """The ASGI app that mocks a vendor or a document. Raises DocumentError or BehaviourError."""
    return pkgutil.resolve_name(APP)(vendor_or_document, **options)
