"""What is wrong with a document, all of it at once, and what of it can be served all the same.

Three judges: the official JSON Schema of the document's version, one walk over all its objects, and a few rules about
names that must fit together. Real documents hold many small faults, so each finding says how grave it is:

* `fatal`: an operation cannot be understood. The document is refused, or (`lenient`) served without that operation;
* `tolerable`: the rest of the document means the same without it. It is said once, at start, and served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import jsonschema_rs
import orjson

from mockserver.errors import InvalidDocument, SpecError, UnsupportedFeature
from mockserver.openapi import field_types, meta_schemas, normalize, path_template, schema_ids
from mockserver.openapi.document import METHODS
from mockserver.openapi.object_positions import LIST, MAP, Place, find, reference, walk
from mockserver.openapi.pointer import join, split
from mockserver.openapi.reachability import Reachability

Severity = Literal["fatal", "tolerable"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a document: the error that names file, place and reason, and how grave it is."""

    error: SpecError
    severity: Severity

    @property
    def pointer(self) -> str:
        """Where, as a JSON pointer."""
        return self.error.pointer

    def __str__(self) -> str:
        return str(self.error)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An operation that a document describes and that is not served: `GET /pets`, where it stands, and the reason."""

    operation: str
    pointer: str
    because: Flaw

    def __str__(self) -> str:
        return f"{self.operation} is left out: {self.because}"


@dataclass(frozen=True, slots=True)
class _Finding:
    """A flaw before it is known whether any operation is concerned."""

    pointer: str
    message: str
    grave: bool = False
    unsupported: bool = False


def faults(document: dict[str, Any], *, file: str = "", unread: Iterable[SpecError] = ()) -> tuple[Flaw, ...]:
    """Everything that is wrong with `document`, as published, in the order of its places; empty for a sound one.

    `unread` are the references that `source.read` could not follow (`Source.unread`), which say their reason better.
    """
    try:
        version = normalize.version_of(document, file=file)
    except (InvalidDocument, UnsupportedFeature) as fault:
        return (Flaw(fault, "fatal"),)
    known = {error.pointer: _Finding(error.pointer, error.message, grave=True) for error in unread}
    findings = [known.get(f.pointer, f) for f in _findings(document, version)]
    findings += _uncovered(document, version, [finding.pointer for finding in findings])
    reach = _reach(document, version) if any(finding.grave for finding in findings) else None
    return tuple(_flaw(finding, file, reach) for finding in dict.fromkeys(findings))


def fatal(flaws: Iterable[Flaw]) -> tuple[Flaw, ...]:
    """Those of `flaws` that stand against serving the document."""
    return tuple(flaw for flaw in flaws if flaw.severity == "fatal")


def demand(flaws: Iterable[Flaw], *, file: str = "") -> None:
    """Raise one InvalidDocument that names every fatal flaw, one a line; do nothing where there is none."""
    grave = fatal(flaws)
    if len(grave) == 1:
        raise grave[0].error
    if grave:
        lines = "".join(f"\n  #{flaw.pointer}: {flaw.error.message}" for flaw in grave)
        raise InvalidDocument(f"{len(grave)} faults{lines}", file=file)


def lenient(document: dict[str, Any], flaws: Iterable[Flaw]) -> tuple[dict[str, Any], tuple[LeftOut, ...]]:
    """A copy of `document` without the operations that a fatal flaw concerns, and these operations with the reason.

    Nothing else is left out. Raises InvalidDocument for a document of which nothing can be understood.
    """
    grave = fatal(flaws)
    for flaw in grave:
        if flaw.pointer in ("", "/paths"):
            raise flaw.error
    copy, reach = normalize.copy(document), _reach(document, normalize.version_of(document))
    left_out: dict[str, LeftOut] = {}
    for flaw in grave:
        for part in {flaw.pointer, *reach.concerned(flaw.pointer)}:
            if part in reach.operations:
                left_out.setdefault(part, LeftOut(reach.operations[part], part, flaw))
            elif not part.startswith("/paths/"):
                _remove(copy, part)
    for operation in left_out:
        _remove(copy, operation)
    if "paths" in copy:
        copy["paths"] = {path: item for path, item in copy["paths"].items() if _serves(copy, item)}
    return copy, tuple(left_out[operation] for operation in reach.operations if operation in left_out)


def _reach(document: dict[str, Any], version: str) -> Reachability:
    return Reachability(schema_ids.localised(document, normalize.copy) if version in normalize.NAMED else document)


def _serves(document: dict[str, Any], item: Any) -> bool:
    """Does a path item still hold an operation, its own or by a reference?"""
    if type(item) is not dict:
        return False
    return not item.keys().isdisjoint(METHODS) or ("$ref" in item and find(document, item["$ref"])[1] is not None)


def _remove(document: dict[str, Any], place: str) -> None:
    """Take out an entry of an object; one of a list stays, since those behind it would change their names."""
    parent, _, _ = place.rpartition("/")
    holder, _ = find(document, reference(parent))
    if type(holder) is dict:
        holder.pop(split(place)[-1], None)


def _flaw(finding: _Finding, file: str, reach: Reachability | None) -> Flaw:
    kind = UnsupportedFeature if finding.unsupported else InvalidDocument
    return Flaw(kind(finding.message, file=file, pointer=finding.pointer), _severity(finding, reach))


def _severity(finding: _Finding, reach: Reachability | None) -> Severity:
    """A grave finding in a part that no operation needs is tolerable."""
    if not finding.grave or reach is None:
        return "tolerable"
    place = finding.pointer
    if place.count("/") < 3 and (place + "/").startswith("/paths/"):
        return "fatal"
    return "fatal" if reach.concerned(place) & reach.operations.keys() else "tolerable"


def _findings(document: dict[str, Any], version: str) -> list[_Finding]:
    published = document
    document = schema_ids.localised(document, normalize.copy) if version in normalize.NAMED else document
    examination = _Examination(document, version)
    misfits: list[Place] = []
    found = [] if document is published else list(_dynamic(published))
    for place in walk(document, misfits):
        found += _malformed(examination, place)
        if "$ref" in place.node:
            found += _reference(examination, place)
        else:
            for check in CHECKS.get(place.kind, ()):
                found += check(examination, place)
    found += [_misfit(place) for place in misfits]
    found += [finding for check in WHOLE for finding in check(examination)]
    return found


def _uncovered(document: dict[str, Any], version: str, places: list[str]) -> list[_Finding]:
    """What the official schema finds where nothing else was found: it sees every field, but says less about it."""
    return [
        _Finding(place, message)
        for place, message in meta_schemas.errors(document, version)
        if not place.endswith("/pattern")  # the engine that runs patterns judged them already
        and not any(place.startswith(known) or known.startswith(place) for known in places)
    ]


class _Examination:
    """One document being examined, and what was seen so far."""

    def __init__(self, document: dict[str, Any], version: str) -> None:
        self.document, self.version = document, version
        self.operation_ids: dict[str, str] = {}
        self.schemes = normalize.declared_schemes(document)


Check = Callable[[_Examination, Place], Iterator[_Finding]]


def _malformed(examination: _Examination, place: Place) -> Iterator[_Finding]:
    for key in field_types.malformed(place.kind, place.node):
        value = place.node[key]
        if not normalize.understands(examination.version, place.kind, key, value):
            here = join(place.pointer, key)
            if key == "pattern" and type(value) is str:
                yield _Finding(
                    here, f"the pattern {_shown(value)} cannot be run, strings are not held to it", unsupported=True
                )
            else:
                yield _Finding(here, f"`{key}` means nothing as {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _reference(examination: _Examination, place: Place) -> Iterator[_Finding]:
    ref = place.node["$ref"]
    if type(ref) is not str:
        return
    if ref[:1] != "#":
        yield _Finding(place.pointer, f"the reference {ref!r} leads out of the document", grave=_counts(place))
        return
    target, where = find(examination.document, ref)
    if where is None and ref != "#":
        yield _Finding(place.pointer, f"the reference {ref!r} leads nowhere", grave=_counts(place))
    elif _circles(examination.document, target, {ref}):
        yield _Finding(place.pointer, f"the reference {ref!r} leads back to itself", grave=_counts(place))


def _circles(document: dict[str, Any], node: Any, seen: set[str]) -> bool:
    """Does following references from `node` never come to anything else?"""
    while type(node) is dict and type(node.get("$ref")) is str:
        if node["$ref"] in seen:
            return True
        seen.add(node["$ref"])
        node, _ = find(document, node["$ref"])
    return False


def _counts(place: Place) -> bool:
    """Is this a part of what is served? Callbacks, links and examples are not."""
    return place.kind not in NOT_SERVED and "/callbacks/" not in place.pointer


NOT_SERVED = frozenset(("example", "link", "callback"))
"""Objects without which an operation means the same."""


def _misfit(place: Place) -> _Finding:
    belongs = {LIST: "a list", MAP: "an object"}.get(place.kind, f"an object ({place.kind})")
    return _Finding(place.pointer, f"{_shown(place.node)} stands where {belongs} belongs", grave=_grave(place))


def _grave(place: Place) -> bool:
    if place.node is None or "/callbacks/" in place.pointer:
        return False
    if place.kind in (LIST, MAP):
        return place.where is not None and place.where[1] in ("paths", "parameters", "responses", "content")
    return place.kind not in (*NOT_SERVED, "schema", "encoding")  # these are left out of the normal form


def _parameter(examination: _Examination, place: Place) -> Iterator[_Finding]:
    places = ("query", "header", "path", "cookie", *(("body", "formData") if examination.version == "2.0" else ()))
    if place.node.get("in") not in places:
        message = f"a parameter stands `in` {_shown(place.node.get('in'))}, which is none of {', '.join(places)}"
        yield _Finding(place.pointer, message, grave=_counts(place))
    if type(place.node.get("name")) is not str:
        yield _Finding(place.pointer, "a parameter has no name", grave=_counts(place))


def _collection(examination: _Examination, place: Place) -> Iterator[_Finding]:
    if examination.version == "2.0" and place.node.get("collectionFormat") == "tsv":
        here = join(place.pointer, "collectionFormat")
        yield _Finding(here, "lists separated by tabs are read as separated by commas", unsupported=True)


def _operation(examination: _Examination, place: Place) -> Iterator[_Finding]:
    name = place.node.get("operationId")
    if type(name) is str:
        first = examination.operation_ids.setdefault(name, place.pointer)
        if first != place.pointer:
            message = (
                f"{name!r} is already the operationId of #{first}; both are served, this one by its method and path"
            )
            yield _Finding(join(place.pointer, "operationId"), message)
    yield from _security(examination, place)


def _security(examination: _Examination, place: Place) -> Iterator[_Finding]:
    requirements = place.node.get("security")
    for index, requirement in enumerate(requirements if type(requirements) is list else ()):
        for name in requirement if type(requirement) is dict else ():
            if name not in examination.schemes:
                here = join(place.pointer, "security", index)
                yield _Finding(here, f"no security scheme is called {name!r}; no credential is asked for it")


def _default(examination: _Examination, place: Place) -> Iterator[_Finding]:
    if "default" in place.node:
        own = {key: value for key, value in place.node.items() if key in OWN}
        normalize.SCHEMA_RULES[examination.version](examination.document, own)
        why = _breach(orjson.dumps(own), orjson.dumps(place.node["default"]))
        if why:
            yield _Finding(join(place.pointer, "default"), f"the default breaks its own schema: {why}")


OWN = frozenset(
    (
        "type",
        "enum",
        "const",
        "nullable",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "required",
        "x-nullable",
    )
)
"""What a schema says of a value itself, without the schemas inside it."""


@lru_cache(maxsize=4096)
def _breach(schema: bytes, value: bytes) -> str:
    """Why `value` is not valid, in words; empty when it is. Many schemas of a document are alike."""
    judge = jsonschema_rs.Draft202012Validator(orjson.loads(schema))
    return next((error.message for error in judge.iter_errors(orjson.loads(value))), "")


def _mapping(examination: _Examination, place: Place) -> Iterator[_Finding]:
    discriminator = place.node.get("discriminator")
    mapping = discriminator.get("mapping") if type(discriminator) is dict else None
    for value, target in mapping.items() if type(mapping) is dict else ():
        named = target if str(target)[:1] == "#" else f"#/components/schemas/{target}"
        if find(examination.document, str(named))[1] is None:
            here = join(place.pointer, "discriminator", "mapping", value)
            yield _Finding(here, f"the schema {target!r} does not exist")


def _later(examination: _Examination, place: Place) -> Iterator[_Finding]:
    """Features that came with OpenAPI 3.2, of which none is served."""
    for key in LATER.get(place.kind, ()) if examination.version == "3.2" else ():
        if key in place.node:
            here = join(place.pointer, key)
            yield _Finding(here, f"`{key}` of OpenAPI 3.2 is not served", unsupported=True)


LATER: dict[str, tuple[str, ...]] = {
    "document": ("$self",),
    "components": ("mediaTypes",),
    "path item": ("query", "additionalOperations"),
    "media type": ("itemSchema", "itemEncoding", "prefixEncoding"),
}
"""Kind of object → the fields that OpenAPI 3.2 added to it and that change what is sent."""


def _scheme(examination: _Examination, place: Place) -> Iterator[_Finding]:
    kind = place.node.get("type")
    if kind not in SCHEMES:
        yield _Finding(place.pointer, f"a security scheme of the type {_shown(kind)} is not known", grave=True)


SCHEMES = ("apiKey", "http", "mutualTLS", "oauth2", "openIdConnect", "basic")
"""The types of security schemes (OpenAPI 3.1 section 4.8.27); `basic` is Swagger 2.0's."""

CHECKS: dict[str, tuple[Check, ...]] = {
    "document": (_security, _later),
    "components": (_later,),
    "path item": (_later,),
    "operation": (_operation,),
    "parameter": (_parameter, _collection),
    "media type": (_later,),
    "schema": (_default, _mapping),
    "security scheme": (_scheme,),
}
"""Kind of object → what is asked of one that is no reference."""


def _dynamic(document: dict[str, Any]) -> Iterator[_Finding]:
    for place in walk(document):
        if place.kind == "schema" and "$dynamicRef" in place.node:
            here, message = join(place.pointer, "$dynamicRef"), "`$dynamicRef` is taken as `$ref`"
            yield _Finding(here, message, unsupported=True)


def _paths(examination: _Examination) -> Iterator[_Finding]:
    paths = examination.document.get("paths")
    if type(paths) is not dict:
        if paths is None:
            yield _Finding("", "it has no `paths`, there is nothing to serve")
        return
    shapes: dict[tuple[str, str], str] = {}
    for path, item in paths.items():
        if path[:2] == "x-":
            continue
        if path[:1] != "/":
            yield _Finding(join("/paths", path), f"the path {path!r} does not begin with a slash and is not served")
            continue
        for method, operation in normalize.operations(examination.document, item):
            here = join("/paths", path, method)
            first = shapes.setdefault((path_template.shape(path), method), path)
            if first != path:
                yield _Finding(here, f"it matches the same requests as {first!r}, which is served in its place")
            yield from _path_parameters(examination, path, here, item, operation)


def _path_parameters(
    examination: _Examination, path: str, here: str, item: dict[str, Any], operation: dict[str, Any]
) -> Iterator[_Finding]:
    named = set(path_template.names(path))
    declared = normalize.path_parameters(examination.document, item) | normalize.path_parameters(
        examination.document, operation
    )
    for name in sorted(named - declared):
        yield _Finding(here, f"the path parameter {name!r} is not declared; any text is taken")
    for name in sorted(declared - named):
        yield _Finding(here, f"the path parameter {name!r} does not occur in the path {path!r}; it is not asked for")


def _dialect(examination: _Examination) -> Iterator[_Finding]:
    dialect = examination.document.get("jsonSchemaDialect")
    if dialect is not None and dialect not in DIALECTS and not str(dialect).startswith(OPENAPI_DIALECT):
        message = f"schemas of the dialect {_shown(dialect)} are read as JSON Schema 2020-12"
        yield _Finding("/jsonSchemaDialect", message, unsupported=True)


DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#")
OPENAPI_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/"

WHOLE: tuple[Callable[[_Examination], Iterator[_Finding]], ...] = (_paths, _dialect)
"""What is asked of the document as a whole."""
