"""One contract: a document, what is said or guessed about its behaviour, and its schemas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

from mockserver import inference
from mockserver.behaviour import overlay, reader
from mockserver.behaviour.statements import Behaviour, OperationBehaviour
from mockserver.errors import BehaviourError, SpecError
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi import bundled, lint, source
from mockserver.openapi import document as documents
from mockserver.openapi import normalize as normalize_module
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.lint import Flaw, LeftOut
from mockserver.openapi.schemas import Schemas


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a document is read: `lenient` serves what is sound of an unsound one; `outside` also reads files beyond its
    folder, and addresses."""

    lenient: bool = False
    outside: bool = False


STRICT = ReadingOptions()

SUFFIXES = (".yaml", ".yml", ".json")
"""Names that end so are files, whether or not there is one."""

UNTELLING = ("openapi", "swagger", "api")
"""File names that do not say which document it is; their folder's name does."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What a service promises: the mock keeps it, the examination checks it. `name` is its short name.

    `flaws` are what is wrong with the document and was served all the same, `left_out` the operations that were not.
    `files` are all that it was read from; `acting` names the operations that do something to each resource.
    """

    name: str
    document: Document
    behaviour: Behaviour
    schemas: Schemas = field(repr=False)
    examples: ExampleMaker = field(repr=False)
    flaws: tuple[Flaw, ...] = field(default=(), repr=False)
    left_out: tuple[LeftOut, ...] = field(default=(), repr=False)
    files: tuple[Path, ...] = field(default=(), repr=False)
    acting: Mapping[str, tuple[tuple[Operation, OperationBehaviour], ...]] = field(default_factory=dict, repr=False)


def of(
    wanted: str | Path, behaviour: Sequence[str | Path] = (), *, live: bool = False, reading: ReadingOptions = STRICT
) -> Contract:
    """The contract of a vendor on the shelf by its name, or of a document by its path, with overlays on top.

    `live` applies what a vendor needs for live sync. Raises SpecError or BehaviourError, naming file and place.
    """
    path, overlays = Path(wanted), [Path(file) for file in behaviour]
    if path.suffix.lower() in SUFFIXES or path.is_file():
        return load(name_of(path), path, overlays, reading)
    name = str(wanted)
    return load(name, bundled.document_path(name), [*bundled.overlays(name, live=live), *overlays], reading)


def all_of(
    documents: Sequence[str | Path],
    behaviour: Sequence[str | Path] = (),
    *,
    live: bool = False,
    reading: ReadingOptions = STRICT,
) -> list[Contract]:
    """The contracts of vendors and documents as `of` finds them, each once; without any, of all vendors.

    Raises SpecError for two of the same name.
    """
    found: dict[str, Contract] = {}
    for wanted in documents or bundled.vendors():
        contract = of(wanted, behaviour, live=live, reading=reading)
        if contract.name in found:
            raise SpecError(f"two documents are called {contract.name!r}; rename one of the files")
        found[contract.name] = contract
    return list(found.values())


def name_of(path: Path) -> str:
    """The short name of a document, fit for a path: `./Mé API.yaml` is `me-api`, `pets/openapi.yaml` is `pets`."""
    stem = path.stem if path.stem.lower() not in UNTELLING else path.resolve().parent.name
    plain = "".join(c for c in normalize("NFKD", stem.lower()) if not combining(c))
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in plain).strip("-") or "api"


def load(name: str, path: Path, overlays: Sequence[Path] = (), reading: ReadingOptions = STRICT) -> Contract:
    """Read a document and apply overlays to it in order; behaviour of which nothing is said is inferred.

    Raises SpecError for the document, with all its grave faults, BehaviourError for an overlay; the text names file and
    place.
    """
    read = source.read(path, outside=reading.outside)
    flaws = lint.faults(read.raw, file=read.file, unread=read.unread)
    sound, left_out = lint.lenient(read.raw, flaws) if reading.lenient else (read.raw, ())
    if not reading.lenient:
        lint.demand(flaws, file=read.file)
    raw = normalize_module.own_path_items(sound) if overlays else sound
    for file in overlays:
        raw = overlay.apply(raw, read_overlay(file), file=file.name)
    made = from_raw(name, raw, published=sound, file=read.file, flaws=flaws, left_out=left_out)
    return replace(made, files=(*read.files, *overlays))


def from_raw(
    name: str,
    raw: dict[str, Any],
    *,
    published: dict[str, Any] | None = None,
    file: str = "",
    flaws: tuple[Flaw, ...] = (),
    left_out: tuple[LeftOut, ...] = (),
) -> Contract:
    """The contract of a document that is already in memory; `published` is shown to clients instead of `raw`."""
    root = normalize_module.normalise(raw, file=file)
    shown = published if published is not None else raw
    document = documents.from_normal_form(root, raw=shown, file=file, base_path=normalize_module.base_path(root))
    schemas = Schemas(root)
    examples = ExampleMaker(root, schemas.views["response"])
    written = root if "x-resources" in root else guessed(document, schemas, examples)
    said = reader.read(reader.tree_of(written), lambda place: file)
    return Contract(name, document, said, schemas, examples, flaws, left_out, acting=_acting(document, said))


def _acting(document: Document, said: Behaviour) -> dict[str, tuple[tuple[Operation, OperationBehaviour], ...]]:
    found: dict[str, list[tuple[Operation, OperationBehaviour]]] = {}
    for operation in document.operations:
        behaviour = said.operations.get((operation.path, operation.method))
        if behaviour is not None and behaviour.action is not None:
            found.setdefault(behaviour.action.of, []).append((operation, behaviour))
    return {name: tuple(entries) for name, entries in found.items()}


def guessed(document: Document, schemas: Schemas, examples: ExampleMaker) -> Mapping[str, Any]:
    """What is inferred of a document, where its own statements say nothing, as the keys that an overlay would add."""
    overlaid: dict[str, Any] = {key: document.root[key] for key in ("x-service",) if key in document.root}
    paths: dict[str, Any] = {}
    for operation in document.operations:
        said = {"x-behaviour": operation.extension} if operation.extension else {}
        paths.setdefault(operation.path, {})[operation.method] = said
    return overlay.apply({**overlaid, "paths": paths}, inference.infer(document, schemas, examples), file="inferred")


def read_overlay(path: Path) -> dict[str, Any]:
    """An overlay file (YAML or JSON). Raises BehaviourError where it cannot be read or is no overlay."""
    read = source.read_data(path)
    if "overlay" not in read:
        raise BehaviourError(f"{path.name}: not an OpenAPI Overlay (no `overlay` key)")
    return read
