"""One contract: a document, what is said about its behaviour, and its schemas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.errors import BehaviourError
from mockserver.spec import behaviour as behaviours
from mockserver.spec import document as documents
from mockserver.spec import normal, overlay, source
from mockserver.spec.behaviour import Behaviour
from mockserver.spec.document import Document
from mockserver.spec.schemas import Schemas


@dataclass(frozen=True, slots=True)
class Contract:
    """What a service promises: the mock keeps it, the examination checks it. `name` is its short name."""

    name: str
    document: Document
    behaviour: Behaviour
    schemas: Schemas = field(repr=False)


def load(name: str, path: Path, overlays: Sequence[Path] = (), *, outside: bool = False) -> Contract:
    """Read a document and apply overlays to it in order.

    Raises SpecError for the document, BehaviourError for an overlay; the text names file and place.
    """
    read = source.read(path, outside=outside)
    raw: dict[str, Any] = dict(read.raw)
    for file in overlays:
        raw = overlay.apply(raw, read_overlay(file), file=file.name)
    return from_raw(name, raw, published=read.raw, file=read.file)


def from_raw(name: str, raw: dict[str, Any], *, published: dict[str, Any] | None = None, file: str = "") -> Contract:
    """The contract of a document that is already in memory; `published` is shown to clients instead of `raw`."""
    root = normal.normalise(raw, file=file)
    document = documents.from_normal_form(
        root, raw=published if published is not None else raw, file=file, base_path=normal.base_path(root)
    )
    return Contract(name, document, behaviours.read(root, file=file), Schemas(root))


def read_overlay(path: Path) -> dict[str, Any]:
    """An overlay file (YAML or JSON). Raises BehaviourError where it cannot be read or is no overlay."""
    read = source.read_data(path)
    if "overlay" not in read:
        raise BehaviourError(f"{path.name}: not an OpenAPI Overlay (no `overlay` key)")
    return read
