"""The checks that find problems in a document: one function for each kind of object, and a few for the whole.

`findings` runs all of them in one walk over the document; `lint` decides which problems are errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urldefrag

from msgspec.structs import replace

from mockserver.openapi import (
    bare_objects,
    faker_names,
    field_types,
    json_codec,
    link_rules,
    media_types,
    meta_schemas,
    normalize,
    own_values,
    path_template,
    schema_ids,
    schema_keywords,
    security_uris,
)
from mockserver.openapi.bundle_keys import published
from mockserver.openapi.contradictions import KEYWORDS, contradictions
from mockserver.openapi.object_positions import LIST, MAP, Place, find, selections, walk
from mockserver.openapi.pointer import join
from mockserver.openapi.unrated_problem import ALIKE, UnratedProblem


def findings(document: dict[str, Any], version: str) -> list[UnratedProblem]:
    """Everything that is wrong with `document`, of the OpenAPI `version` (`3.0`), in the order of the document."""
    found = list(_by_rules(document, version))
    found += _by_meta_schema(document, version, [problem.pointer for problem in found])
    return found


def _by_rules(published: dict[str, Any], version: str) -> Iterator[UnratedProblem]:
    document = schema_ids.localised(published, normalize.copy) if version in normalize.NAMED else published
    if document is not published:  # only then a schema has an anchor; `localised` has replaced them in its copy
        yield from _dynamic_references(published)
    subject, misfits, unused = _Subject(document, version), list[Place](), list[UnratedProblem]()
    for place in walk(document, misfits):
        if wrong := field_types.malformed(place.kind, place.node):
            yield from _malformed(subject, place, wrong)
        if "$ref" in place.node:
            yield from _reference(subject, place)
        else:
            for keys, check in CHECKS.get(place.kind, ()):
                if keys is None or not keys.isdisjoint(place.node):
                    yield from check(subject, place)
            unused += own_values.unused_example(document, version, place) if place.kind == "schema" else ()
    yield from map(_misfit, misfits)  # complete only when the walk is over
    if unused:  # one line for all, since many documents have hundreds of them
        more = f", and so have {len(unused) - 1} other schemas" if len(unused) > 1 else ""
        yield replace(unused[0], message=f"{unused[0].message}{more}")
    for whole in WHOLE:
        yield from whole(subject)


def _by_meta_schema(document: dict[str, Any], version: str, known: list[str]) -> list[UnratedProblem]:
    """What the official schema finds elsewhere: it knows every field, but its messages say less than the checks'."""
    return [
        UnratedProblem(place, message)
        for place, message in meta_schemas.errors(document, version)
        if not place.endswith("/pattern")  # the engine that runs the patterns has checked them already
        and not any(place.startswith(pointer) or pointer.startswith(place) for pointer in known)
    ]


class _Subject:
    """The document being checked, and what was seen of it so far."""

    def __init__(self, document: dict[str, Any], version: str) -> None:
        self.document, self.version = document, version
        self.operation_ids: dict[str, str] = {}
        self.links: list[Place] = []
        self.schemes = normalize.declared_schemes(document)


Check = Callable[[_Subject, Place], Iterator[UnratedProblem]]


def _malformed(subject: _Subject, place: Place, keys: list[str]) -> Iterator[UnratedProblem]:
    for key in keys:
        value = place.node[key]
        if not normalize.understands(subject.version, place.kind, key, value):
            here = join(place.pointer, key)
            if key == "pattern" and type(value) is str:
                message = f"the regular expression {_shown(value)} is not supported; strings are not checked against it"
                yield UnratedProblem(here, message, unsupported=True)
            else:
                expected = field_types.expected(place.kind, key)
                _, meaning = schema_keywords.mended(key, value) if place.kind == "schema" else ([], "")
                outcome = meaning or "it is ignored"
                yield UnratedProblem(here, f"`{key}` must be {expected}, not {_shown(value)}; {outcome}")


def _shown(value: Any) -> str:
    """A value as a JSON text, cut to fit a message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _reference(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    ref = place.node["$ref"]
    if type(ref) is not str:
        return
    if ref[:1] != "#":
        yield UnratedProblem(
            place.pointer, f"the reference '{ref}' points outside of the document", breaking=_counts(place)
        )
        return
    target, where = find(subject.document, ref)
    if where is None and ref != "#":
        hint = "" if ref[:2] == "#/" else f"; a JSON pointer begins with a slash, as in `#/{ref[1:]}` (RFC 6901)"
        message = f"the reference '{published(ref)}' points to nothing{hint}"
        yield UnratedProblem(place.pointer, message, breaking=_counts(place))
    elif _circles(subject.document, target, {ref}):
        message = f"the reference '{published(ref)}' leads back to itself"
        yield UnratedProblem(place.pointer, message, breaking=_counts(place))


def _circles(document: dict[str, Any], node: Any, seen: set[str]) -> bool:
    """Do the references from `node` on form a circle?"""
    while type(node) is dict and type(node.get("$ref")) is str:
        if node["$ref"] in seen:
            return True
        seen.add(node["$ref"])
        node, _ = find(document, node["$ref"])
    return False


def _counts(place: Place) -> bool:
    """Is this a part of what the mock serves? Callbacks, links and examples are not."""
    return place.kind not in NOT_SERVED and "/callbacks/" not in place.pointer


NOT_SERVED = frozenset(("example", "link", "callback"))
"""Kinds of objects that do not change how the mock answers."""


def _misfit(place: Place) -> UnratedProblem:
    expected = {LIST: "a list", MAP: "an object"}.get(place.kind, f"an object ({place.kind})")
    message = f"expected {expected}, found {_shown(place.node)}"
    return UnratedProblem(place.pointer, message, breaking=_breaks(place))


def _breaks(place: Place) -> bool:
    """Does a value of the wrong type here keep an operation from being understood?"""
    if place.node is None or "/callbacks/" in place.pointer:
        return False
    if place.kind in (LIST, MAP):
        return place.where is not None and place.where[1] in ("paths", "parameters", "responses", "content")
    return place.kind not in (*NOT_SERVED, "schema", "encoding")  # normalize leaves these out


def _parameter(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    places = ("query", "header", "path", "cookie", *PLACES.get(subject.version, ()))
    if place.node.get("in") not in places:
        message = f"`in` of a parameter must be one of {', '.join(places)}, not {_shown(place.node.get('in'))}"
        yield UnratedProblem(place.pointer, message, breaking=_counts(place))
    if type(place.node.get("name")) is not str:
        yield UnratedProblem(place.pointer, "a parameter needs a `name`", breaking=_counts(place))


PLACES = {"2.0": ("body", "formData"), "3.2": ("querystring",)}
"""Version → the values of `in` that only it has."""


def _operation(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    name = place.node.get("operationId")
    if type(name) is str:
        first = subject.operation_ids.setdefault(name, place.pointer)
        if first != place.pointer:
            message = f"the operationId {name!r} is already used at #{first}; this operation is known by its path"
            yield UnratedProblem(join(place.pointer, "operationId"), message)
    yield from _security(subject, place)


def _security(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    requirements = place.node.get("security")
    for index, requirement in enumerate(requirements if type(requirements) is list else ()):
        for name in requirement if type(requirement) is dict else ():
            if name not in subject.schemes and security_uris.target(subject.document, name) is None:
                here = join(place.pointer, "security", index)
                yield UnratedProblem(here, f"the security scheme {name!r} is not declared; no credential is required")


def _link(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    subject.links.append(place)  # it can name an operation that comes later
    yield from ()


def _default_value(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    if "default" in place.node:
        own = own_values.restricting(subject.document, subject.version, place.node)
        why = own_values.breach(own, json_codec.write(place.node["default"]))
        if why:
            yield UnratedProblem(join(place.pointer, "default"), f"the default does not match its own schema: {why}")


def _mapping(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    discriminator = place.node.get("discriminator")
    for holder, key in selections(discriminator):
        # A mapping takes a bare name of a schema too (OpenAPI 3.1 section 4.8.25).
        target = holder[key]
        named = target if target[:1] == "#" else f"#/components/schemas/{target}"
        if find(subject.document, named)[1] is None:
            here = join(place.pointer, "discriminator", *(() if holder is discriminator else ("mapping",)), key)
            yield UnratedProblem(
                here, f"the mapping points to '{published(target)}', which is not a schema of the document"
            )


def _scheme(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    kind = place.node.get("type")
    if kind not in SCHEMES:
        yield UnratedProblem(
            place.pointer,
            f"the type of a security scheme must be one of {', '.join(SCHEMES)}, not {_shown(kind)}",
            breaking=True,
        )


SCHEMES = ("apiKey", "http", "mutualTLS", "oauth2", "openIdConnect", "basic")
"""The types of security schemes (OpenAPI 3.1 section 4.8.27); `basic` is Swagger 2.0's."""


def _slips(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    for keyword in schema_keywords.repeated(place.node):
        yield UnratedProblem(join(place.pointer, keyword), f"`{keyword}` has an entry twice; it counts once")
    if "$recursiveRef" in place.node:
        message = "`$recursiveRef` is not a keyword of JSON Schema 2020-12; it is ignored"
        yield UnratedProblem(join(place.pointer, "$recursiveRef"), message)


def _contradictions(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    for keyword, message in contradictions(subject.document, place.node):
        yield UnratedProblem(join(place.pointer, keyword), message)


def _faker(subject: _Subject, place: Place) -> Iterator[UnratedProblem]:
    if faker_names.KEY in place.node:
        message = faker_names.problem(place.node[faker_names.KEY])
        if message:
            yield UnratedProblem(join(place.pointer, faker_names.KEY), message, unsupported=True)


def _media_types(_: _Subject, place: Place) -> Iterator[UnratedProblem]:
    for keyword in MEDIA_TYPES & place.node.keys():
        for name in place.node[keyword] if isinstance(place.node[keyword], dict | list) else ():
            if type(name) is str and "/" not in name and name[:2] != "x-":
                meaning = media_types.meant(name)
                outcome = f"it is read as {meaning!r}" if "/" in meaning else "no message has it"
                yield UnratedProblem(join(place.pointer, keyword), f"{name!r} is not a media type; {outcome}")


def _bare_object(_: _Subject, place: Place) -> Iterator[UnratedProblem]:
    if bare_objects.is_contradicted(place.node):
        message = "the schema is just `type: object` and the example is a list; the schema is ignored"
        yield UnratedProblem(join(place.pointer, "schema"), message)


MEDIA_TYPES = frozenset({"content", "consumes", "produces"})

CHECKS: dict[str, tuple[tuple[frozenset[str] | None, Check], ...]] = {
    "document": ((None, _security), (MEDIA_TYPES, _media_types)),
    "operation": ((None, _operation), (MEDIA_TYPES, _media_types)),
    "media type": ((frozenset({"schema"}), _bare_object),),
    "request body": ((MEDIA_TYPES, _media_types),),
    "response": ((MEDIA_TYPES, _media_types),),
    "link": ((None, _link),),
    "parameter": ((None, _parameter), (MEDIA_TYPES, _media_types)),
    "schema": (
        (frozenset({"default"}), _default_value),
        (frozenset({"discriminator"}), _mapping),
        (schema_keywords.REPEATABLE | {"$recursiveRef"}, _slips),
        (KEYWORDS, _contradictions),
        (frozenset({faker_names.KEY}), _faker),
    ),
    "security scheme": ((None, _scheme),),
}
"""Kind of object → the checks of one that is not a reference.

Each is beside the keys that it is about, or None for every object: most of a large document are schemas without any.
"""


def _dynamic_references(document: dict[str, Any]) -> Iterator[UnratedProblem]:
    schemas = [place for place in walk(document) if place.kind == "schema"]
    anchors = {str(place.node.get(key)) for place in schemas for key in schema_ids.NAMES[1:] if key in place.node}
    for place in schemas:
        ref = place.node.get("$dynamicRef")
        name = urldefrag(ref).fragment if type(ref) is str else ""
        if name and name[:1] != "/" and name not in anchors:
            message = f"no schema has the anchor `{name}`, so that any value is accepted"
            yield UnratedProblem(join(place.pointer, "$dynamicRef"), message, unsupported=True)


def _paths(subject: _Subject) -> Iterator[UnratedProblem]:
    paths = subject.document.get("paths")
    if type(paths) is not dict:
        if paths is None:
            yield UnratedProblem("", "there are no `paths`; nothing is served")
        return
    shapes: dict[tuple[str, str], str] = {}  # `/pets/{id}` and `/pets/{name}` have one shape
    for path, item in paths.items():
        if path[:2] == "x-":
            continue
        if path[:1] != "/":
            yield UnratedProblem(join("/paths", path), f"the path {path!r} must begin with a slash; it is not served")
            continue
        for method, operation in normalize.operations(subject.document, item):
            here = join("/paths", path, method)
            first = shapes.setdefault((path_template.shape(path), method), path)
            if first != path:
                yield UnratedProblem(here, f"{ALIKE} {first!r}, which is served in its place")
            yield from _path_parameters(subject, path, here, item, operation)


def _path_parameters(
    subject: _Subject, path: str, here: str, item: dict[str, Any], operation: dict[str, Any]
) -> Iterator[UnratedProblem]:
    named = set(path_template.names(path))
    declared = normalize.path_parameters(subject.document, item) | normalize.path_parameters(
        subject.document, operation
    )
    for name in sorted(named - declared):
        yield UnratedProblem(here, f"the path parameter {name!r} is not declared; any string is accepted")
    for name in sorted(declared - named):
        yield UnratedProblem(here, f"the path parameter {name!r} does not occur in the path {path!r}; it is ignored")


def _links(subject: _Subject) -> Iterator[UnratedProblem]:
    found = link_rules.wrong_links(subject.document, subject.links) if subject.links else ()
    yield from (UnratedProblem(here, message) for here, message in found)


def _dialect(subject: _Subject) -> Iterator[UnratedProblem]:
    dialect = subject.document.get("jsonSchemaDialect")
    if dialect is not None and dialect not in DIALECTS and not str(dialect).startswith(OPENAPI_DIALECT):
        message = f"the dialect {_shown(dialect)} is not supported; schemas are read as JSON Schema 2020-12"
        yield UnratedProblem("/jsonSchemaDialect", message, unsupported=True)


DIALECTS = ("https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#")
OPENAPI_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/"

WHOLE: tuple[Callable[[_Subject], Iterator[UnratedProblem]], ...] = (_paths, _links, _dialect)
"""The checks of the document as a whole."""
