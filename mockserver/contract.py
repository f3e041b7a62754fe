"""One contract: a document, its behaviour as stated or inferred, and its schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from mockserver import rules as rules_module
from mockserver import vendor_files
from mockserver.behaviour import layers
from mockserver.behaviour.layers import Origins, OverlayFile
from mockserver.behaviour.reader import Tree
from mockserver.behaviour.statements import Behaviour, OperationBehaviour
from mockserver.document_cache import OFF, DocumentCache
from mockserver.document_paths import SUFFIXES
from mockserver.errors import DocumentError, InvalidDocument, MockServerError
from mockserver.examples.example_maker import ExampleMaker
from mockserver.examples.unusable import unusable_examples
from mockserver.inference import layering
from mockserver.inference.paths import authors_paths
from mockserver.inference.paths.flag_paths import without_flags
from mockserver.inference.paths.name_paths import written_out
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import document_reader, lenient, lint, remote, source
from mockserver.openapi import normalize as normalize_module
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.lenient import SkippedOperation
from mockserver.openapi.lint import Problem
from mockserver.openapi.remote import Address
from mockserver.openapi.schemas import Schemas
from mockserver.rules import RuleFunction, Rules
from mockserver.vendor_files import VendorFiles


class ReadingOptions(Struct, frozen=True):
    """How a document is read.

    `lenient` serves the valid parts of an invalid document; `outside` also reads files outside of its folder, and URLs.
    Without `verify`, it is fetched from a server with any certificate.
    With `read_only`, what can only be read is a resource too, with items of its own, and is not answered by example.
    `cache` keeps what follows from a document; by default nothing is kept.
    """

    lenient: bool = False
    outside: bool = False
    verify: bool = True
    read_only: bool = False
    cache: DocumentCache = OFF


STRICT = ReadingOptions()

GENERIC_NAMES = ("openapi", "swagger", "api")
"""File names that do not tell documents apart: the name of the folder is used instead."""


UNTELLING = lazy_pattern(rf"{'|'.join(GENERIC_NAMES)}|docs?|latest|v\d[\d.]*", re.IGNORECASE)
"""Parts of an address that do not tell documents apart."""


class Contract(Struct, frozen=True, weakref=True, eq=False):
    """What a service documents: the mock implements it, and the contract checks test it. `name` is its short name.

    `problems` are what is wrong with the document, `skipped` the operations that are not served because of it. `files`
    are all files it was read from; `acting` lists the operations on each resource.
    `rules` are the functions that the behaviour may name, `vendor` the files of the vendor, if it is one. With
    `is_inferred`, neither the document nor an overlay states any behaviour.
    """

    name: str
    document: Document
    behaviour: Behaviour
    statements: Tree
    origins: Origins
    schemas: Schemas
    examples: ExampleMaker
    problems: tuple[Problem, ...] = ()
    skipped: tuple[SkippedOperation, ...] = ()
    files: tuple[Path, ...] = ()
    acting: Mapping[str, tuple[tuple[Operation, OperationBehaviour], ...]] = {}
    rules: Rules = {}
    vendor: VendorFiles | None = None
    is_inferred: bool = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


GivenRules = Mapping[str, Callable[[Any], Any]]
"""A user's own rules by name: functions, or what `rule` made of them."""


def of(
    wanted: str | Path,
    behaviour: Sequence[str | Path] = (),
    *,
    live: bool = False,
    reading: ReadingOptions = STRICT,
    rules: GivenRules = MappingProxyType({}),
) -> Contract:
    """The contract of a vendor by its name or folder, or of a document, with overlays on top.

    A document is named by its path or its http(s) address; `-` is standard input.

    `live` adds what a vendor needs for live sync. `rules` are the user's own, and come before others of the same name.
    Raises DocumentError or BehaviourError, naming file and place.
    """
    path, overlays, own = Path(wanted), [Path(file) for file in behaviour], rules_module.given(rules)
    if isinstance(wanted, str) and (remote.is_address(wanted) or wanted == remote.STANDARD_INPUT):
        return _with_rules(load(_name_of_remote(wanted), wanted, overlays, reading), own)
    if path.suffix.lower() in SUFFIXES or path.is_file():  # a missing file too: the error then says so
        return _with_rules(load(name_of(path), path, overlays, reading), own)
    vendor = vendor_files.of(str(wanted))
    loaded = load(_short(vendor.name), vendor.document, [*vendor.overlays(live=live), *overlays], reading)
    return replace(_with_rules(loaded, vendor.rules() | own), vendor=vendor)


def _with_rules(contract: Contract, known: dict[str, RuleFunction]) -> Contract:
    """The contract with these rules, and with those of installed packages where these are not enough."""
    named = {statement.name for each in contract.behaviour.operations.values() for statement in each.rules}
    return replace(contract, rules=known if named <= known.keys() else rules_module.installed() | known)


def all_of(
    documents: Sequence[str | Path],
    behaviour: Sequence[str | Path] = (),
    *,
    live: bool = False,
    reading: ReadingOptions = STRICT,
    rules: GivenRules = MappingProxyType({}),
) -> list[Contract]:
    """The contracts of vendors and documents, as `of` finds them; without any, of all bundled vendors.

    Raises DocumentError if two have the same name.
    """
    found: dict[str, Contract] = {}
    for wanted in documents or vendor_files.names():
        contract = of(wanted, behaviour, live=live, reading=reading, rules=rules)
        if contract.name in found:
            raise DocumentError(f"two documents are called {contract.name!r}; rename one of the files")
        found[contract.name] = contract
    return list(found.values())


def name_of(path: Path) -> str:
    """The short name of a document, for use in URLs: `./Mé API.yaml` is `me-api`, `pets/openapi.yaml` is `pets`."""
    return _short(path.stem if path.stem.lower() not in GENERIC_NAMES else path.resolve().parent.name)


def _name_of_remote(place: str) -> str:
    """`pets` for `http://a.test/pets.yaml` and `http://a.test/pets/v2/openapi.json`; the host if no part is a name."""
    parts = urlsplit(Address.of(place).url)
    steps = [step.rpartition(".")[0] or step for step in parts.path.split("/")[-1:]] + parts.path.split("/")[-2::-1]
    named = (unquote(step) for step in steps if step and not UNTELLING.fullmatch(step))
    return _short(next(named, parts.hostname or ""))


def _short(text: str) -> str:
    """A name as it is written in URLs: lower-case ASCII letters, digits and hyphens."""
    plain = "".join(c for c in normalize("NFKD", text.lower()) if not combining(c))
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in plain).strip("-") or "api"


def lenient_hint(fault: Exception, documents: Iterable[str], reading: ReadingOptions, verb: str) -> str:
    """What `lenient` would use of refused documents: `--lenient leaves out what is wrong, and serves GET /pets`.

    Empty where nothing is left. The documents are read again to find out, except from standard input, which is used up.
    """
    named = tuple(documents)
    if not isinstance(fault, InvalidDocument) or reading.lenient or remote.STANDARD_INPUT in named:
        return ""
    options = ReadingOptions(lenient=True, outside=reading.outside, verify=reading.verify)
    try:
        valid = [of(document, reading=options) for document in named]
    except MockServerError:
        return ""
    left = [f"{each.http_method} {each.path}" for one in valid for each in one.document.operations]
    more = f" and {len(left) - 1} more" if left[1:] else ""
    return f"--lenient leaves out what is wrong, and {verb} {left[0]}{more}" if left else ""


def load(name: str, path: Path | str, overlays: Sequence[Path] = (), reading: ReadingOptions = STRICT) -> Contract:
    """Read a document, infer its behaviour, and apply overlays on top in order.

    Raises DocumentError with every error of the document, or BehaviourError with every mistake in the statements of
    the document and the overlays; both name file and place.
    """
    read = source.read(path, outside=reading.outside, verify=reading.verify, cache=reading.cache)
    problems = lint.problems(read.raw, file=read.file, unread=read.unread, cache=reading.cache)
    valid, skipped = lenient.without_errors(read.raw, problems) if reading.lenient else (read.raw, ())
    if not reading.lenient:
        lint.raise_errors(problems, file=read.file)
    files = [layers.read_overlay(overlay, cache=reading.cache) for overlay in overlays]
    made = from_raw(name, valid, files, file=read.file, problems=problems, skipped=skipped, reading=reading)
    return replace(made, files=(*read.files, *overlays))


def from_raw(
    name: str,
    raw: dict[str, Any],
    overlays: Sequence[OverlayFile] = (),
    *,
    file: str = "",
    problems: tuple[Problem, ...] = (),
    skipped: tuple[SkippedOperation, ...] = (),
    reading: ReadingOptions = STRICT,
) -> Contract:
    """The contract of a document that is in memory already. Raises BehaviourError with every mistake in statements."""
    own = written_out(without_flags(normalize_module.own_path_items(raw) if overlays else raw))
    overlays = authors_paths.followed(overlays, own) if overlays else overlays
    problems = authors_paths.still_true(problems, own) if problems else problems
    changed = _changed(own, overlays)
    root: dict[str, Any] = reading.cache.result(
        "normal form", changed, dict[str, Any], lambda: normalize_module.normalise(changed, file=file)
    )
    document = document_reader.from_normal_form(root, raw=own, published=raw, file=file)
    schemas = Schemas(root)
    examples = ExampleMaker(root, schemas.views["response"])
    stated = layering.combined(
        own, overlays, document, schemas, examples, read_only=reading.read_only, cache=reading.cache
    )
    return Contract(
        name=name,
        document=document,
        behaviour=stated.behaviour,
        statements=stated.tree,
        origins=stated.origins,
        schemas=schemas,
        examples=examples,
        problems=(*problems, *unusable_examples(document, examples, schemas)),
        skipped=skipped,
        acting=_acting(document, stated.behaviour),
        is_inferred=stated.is_inferred,
    )


def _changed(own: dict[str, Any], files: Sequence[OverlayFile]) -> dict[str, Any]:
    """The document with the overlays applied, before anything is inferred from it."""
    if not files:
        return own
    changed = layering.copied(own)
    layers.apply(changed, files)  # a target that only inference provides matches nothing yet
    return changed


def _acting(document: Document, behaviour: Behaviour) -> dict[str, tuple[tuple[Operation, OperationBehaviour], ...]]:
    found: dict[str, list[tuple[Operation, OperationBehaviour]]] = {}
    for operation in document.operations:
        stated = behaviour.operations.get((operation.path, operation.method))
        if stated is not None and stated.action is not None:
            found.setdefault(stated.action.of, []).append((operation, stated))
    return {name: tuple(entries) for name, entries in found.items()}
