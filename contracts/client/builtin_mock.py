"""The built-in mock, started in this process."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

APP = "mockserver:create_app"
"""Named as for a server and not imported: checks may use the mock only as an ASGI app."""

SETTINGS = "mockserver:ServiceSettings"


def sandbox(vendor_or_document: str | Path, *, items: int = 0, **options: Any) -> Any:
    """The ASGI app that mocks a vendor or a document. Raises DocumentError or BehaviourError.

    Each collection starts with so many `items`; the other options are those of `mockserver.create_app`.
    """
    if items:
        settings = pkgutil.resolve_name(SETTINGS)(limits=options.pop("limits", True), items=items)
        options["settings"] = settings
    return pkgutil.resolve_name(APP)(vendor_or_document, **options)
