"""The mock of this project, as an examination or a test starts it: an app like any other, known by its name only."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

from mockserver.spec import contract as contracts
from mockserver.spec import shelf
from mockserver.spec.contract import Contract

APP = "mockserver:create_app"
"""Named, as a server names the app it runs, so that nothing here can reach into the mock."""


def sandbox(wanted: str | Path, **options: Any) -> Any:
    """The ASGI app that stands in for a vendor or a document. Raises SpecError or BehaviourError."""
    return pkgutil.resolve_name(APP)(wanted, **options)


def contract_of(wanted: str | Path) -> Contract:
    """The contract of a vendor on the shelf, or of a document file. Raises SpecError or BehaviourError."""
    path = Path(wanted)
    if path.is_file() or path.suffix.lower() in (".yaml", ".yml", ".json"):
        return contracts.load(path.stem, path)
    name = str(wanted)
    return contracts.load(name, shelf.document_path(name), shelf.overlays(name))
