"""The mock of this project, as an examination or a test starts it: an app like any other, known by its name only."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

APP = "mockserver:create_app"
"""Named, as a server names the app it runs, so that nothing here can reach into the mock."""


def sandbox(wanted: str | Path, **options: Any) -> Any:
    """The ASGI app that stands in for a vendor or a document. Raises SpecError or BehaviourError."""
    return pkgutil.resolve_name(APP)(wanted, **options)
