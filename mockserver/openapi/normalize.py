"""Brings every document into one form, which the rest of the program reads: OpenAPI 3.1 with JSON Schema 2020-12.

The differences between the versions are handled here and nowhere else:

* 2.0 → 3.0: `swagger`;
* 3.0 → 3.1: `nullable`, boolean `exclusiveMinimum`, the siblings of `$ref`, `format: byte` and `binary`
  (OpenAPI 3.1.0 "Migrating from 3.0");
* 3.1 → 3.1: a `nullable` that its author kept from 3.0;
* 3.2 → 3.1: `openapi_32`; `lint_rules` reports the new features that the mock ignores;
* in every version `example` of a schema becomes `examples`, an integer's format becomes its bounds, a whole number
  that is written `10.0` becomes `10`, a pattern is respelled for the engine, and a keyword with an invalid value is
  left out, as is a bare `type: object` of a list (`lint_rules` reports it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mockserver.errors import InvalidDocument, UnsupportedFeature
from mockserver.openapi import (
    bare_objects,
    example_shapes,
    field_types,
    json_codec,
    openapi_32,
    path_template,
    regex,
    schema_ids,
    schema_keywords,
    swagger,
    tables,
)
from mockserver.openapi.document import methods_of
from mockserver.openapi.foreign_files import kind_of_object
from mockserver.openapi.object_positions import LIST, MAP, Place, find, pointer, reference, walk
from mockserver.openapi.pointer import join
from mockserver.openapi.whole_numbers import write_whole_numbers

NORMAL_VERSION = "3.1.0"

ANNOTATIONS = frozenset(
    (
        "title",
        "description",
        "default",
        "examples",
        "readOnly",
        "writeOnly",
        "deprecated",
        "externalDocs",
        "xml",
        "$comment",
    )
)
"""Keywords that describe a value and reject none (JSON Schema 2020-12 Validation, section 9)."""


def normalise(raw: dict[str, Any], *, file: str = "") -> dict[str, Any]:
    """A new OpenAPI 3.1 document with the meaning of `raw`, which may be of any version and is not changed.

    Raises InvalidDocument if `raw` names no version, UnsupportedFeature if it names an unknown one.
    """
    version = version_of(raw, file=file)
    document = copy(raw, file=file)
    if version == "2.0":
        swagger.convert(document)
        document = copy(document, file=file)  # the media types of a body shared one schema object; `walk` needs a tree
    elif version in NAMED:
        document = schema_ids.localised(document, copy, scoped=True)
        if version == "3.2":
            openapi_32.convert(document)
    if version.startswith("3.") and type(document.get(OWN_WEBHOOKS)) is dict:
        document.setdefault("webhooks", document[OWN_WEBHOOKS])
    _inline_path_items(document)
    # One walk for everything else: a second one would cost as much as the first.
    schema, misfits, schemes = SCHEMA_RULES[version], list[Place](), declared_schemes(document)
    for place in walk(document, misfits):
        if place.kind == "schema":
            schema(document, place.node)
        else:
            if place.kind == "media type" and bare_objects.is_contradicted(place.node):
                place.node["schema"] = {}
            _leave_out(place.node, field_types.malformed(place.kind, place.node))
            _keep_declared_schemes(place.node, schemes)
    for place in misfits:
        _mend(document, place)
    for path, item in (document.get("paths") or {}).items():
        _match_template(document, path, item)
    tables.describe((document.get("paths") or {}).values(), partial(_followed, document))
    served = (one for item in (document.get("paths") or {}).values() for _, one in operations(document, item))
    example_shapes.describe(document, served, partial(_followed, document))
    document["openapi"] = NORMAL_VERSION
    return document


OWN_WEBHOOKS = "x-webhooks"
"""How documents of 3.0 describe webhooks, which that version lacks: an extension of Redocly, with the same content."""

NAMED = ("3.1", "3.2")
"""The versions in which a schema may name itself (`$id`, `$anchor`)."""


def understands(version: str, kind: str, key: str, value: Any) -> bool:
    """Is a value that is invalid in OpenAPI 3.1 valid in this older version?"""
    if kind != "schema" or version in NAMED:
        return False
    if version == "2.0" and (key, value) == ("type", "file"):
        return True
    if version == "2.0" and key == "discriminator":
        return type(value) is str
    return key in ("exclusiveMinimum", "exclusiveMaximum") and type(value) is bool


def operations(document: dict[str, Any], item: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The methods and operations of a path item; a reference to another path item is followed."""
    item = _followed(document, item)
    found = ((method, find(item, reference(join("", *keys)))[0]) for method, keys in methods_of(item))
    return ((method, operation) for method, operation in found if type(operation) is dict)


def path_parameters(document: dict[str, Any], holder: Any) -> set[str]:
    """The names of the path parameters that a path item or an operation declares."""
    return {name for location, name in parameters(document, holder) if location == "path"}


def parameters(document: dict[str, Any], holder: Any) -> set[tuple[str, str]]:
    """The location and the name of each parameter that a path item or an operation declares."""
    listed = _followed(document, holder).get("parameters")
    resolved = [_followed(document, one) for one in (listed if type(listed) is list else ())]
    return {(str(one.get("in")), str(one.get("name"))) for one in resolved}


def _followed(document: dict[str, Any], node: Any) -> dict[str, Any]:
    """The object that `node` is or refers to, over any number of references; empty if there is none."""
    for _ in range(FOLLOWED):
        if type(node) is not dict or type(node.get("$ref")) is not str:
            break
        target, _ = find(document, node["$ref"])
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        node = {**target, **siblings} if type(target) is dict else siblings
    return node if type(node) is dict and "$ref" not in node else {}


FOLLOWED = 50
"""How many references in a row are followed. More than that is a circle."""


def own_path_items(raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` with its references to path items written out, so that an overlay's target finds them.

    `raw` itself if it has none, else a copy.
    """
    paths = raw.get("paths")
    if type(paths) is not dict or not any(type(item) is dict and "$ref" in item for item in paths.values()):
        return raw
    document = copy(raw)
    _inline_path_items(document)
    return document


def _inline_path_items(document: dict[str, Any]) -> None:
    """Replace each reference to a path item by a copy; the reference's siblings win (OpenAPI 3.1 section 4.8.9)."""
    paths = document.get("paths")
    if type(paths) is dict:
        found = {path: item for path, item in paths.items() if type(item) is dict and "$ref" in item}
        paths.update({path: copy(_followed(document, item)) for path, item in found.items()})


def declared_schemes(document: dict[str, Any]) -> set[str]:
    """The names of the security schemes that a document of any version declares."""
    components = document.get("components")
    declared = components.get("securitySchemes") if type(components) is dict else document.get("securityDefinitions")
    return set(declared) if type(declared) is dict else set()


def _keep_declared_schemes(node: dict[str, Any], declared: set[str]) -> None:
    """Remove requirements for security schemes that are not declared: no client could meet them."""
    if "security" in node:
        node["security"] = [{k: v for k, v in one.items() if k in declared} for one in node["security"]]


def _leave_out(node: dict[str, Any], keys: list[str]) -> None:
    for key in keys:
        del node[key]


def _mend(document: dict[str, Any], place: Place) -> None:
    """Remove a value that should be an object and is not. `null` under a name of the author's is an empty object."""
    if place.where is None:
        return
    where, key = place.where
    # Looked up again, since an earlier removal may have replaced or emptied the holder.
    holder, _ = find(document, reference(pointer(where)))
    if type(holder) is dict:
        if place.node is None and place.kind not in SINGLE:
            holder[str(key)] = {}
        else:
            holder.pop(str(key), None)
    elif type(holder) is list:
        holder[:] = [entry for entry in holder if entry is not place.node]


SINGLE = frozenset(("components", "operation", "request body", LIST, MAP))
"""Kinds with a key fixed by OpenAPI, where `null` means "none". Objects of other kinds have names of their own."""


def _match_template(document: dict[str, Any], path: str, item: dict[str, Any]) -> None:
    """Make the declared path parameters those of the path: add missing ones as strings, drop superfluous ones."""
    named = path_template.names(path)
    shared = path_parameters(document, item)
    _drop_path_parameters(document, item, shared - set(named))
    for _, operation in operations(document, item):
        own = path_parameters(document, operation)
        _drop_path_parameters(document, operation, own - set(named))
        missing = [name for name in named if name not in shared | own]
        if missing:
            operation.setdefault("parameters", []).extend(map(_path_parameter, missing))


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _drop_path_parameters(document: dict[str, Any], holder: dict[str, Any], names: set[str]) -> None:
    if names:
        resolved = [(one, _followed(document, one)) for one in holder["parameters"]]
        holder["parameters"] = [
            one for one, seen in resolved if not (seen.get("in") == "path" and seen.get("name") in names)
        ]


def version_of(raw: dict[str, Any], *, file: str = "") -> str:
    """The version that `raw` names: `2.0`, `3.0`, `3.1` or `3.2`. Raises as `normalise` does."""
    written = raw.get("openapi", raw.get("swagger"))
    if written is None:
        kind = kind_of_object(raw)
        if kind:
            raise InvalidDocument(f"is {kind}", file=file)
        raise InvalidDocument(
            "the version is missing: expected `openapi: 3.1.0` or `swagger: '2.0'` at the top level", file=file
        )
    version = ".".join(str(written).split(".")[:2])
    if version not in SCHEMA_RULES:
        known = ", ".join(SCHEMA_RULES)
        raise UnsupportedFeature(f"OpenAPI {written} is not supported; supported versions: {known}", file=file)
    return version


def copy(raw: dict[str, Any], *, file: str = "") -> dict[str, Any]:
    """A copy that shares nothing with `raw`. Raises InvalidDocument."""
    try:
        twin: dict[str, Any] = json_codec.copied(raw)
    except (TypeError, ValueError) as fault:
        raise InvalidDocument(f"cannot be written as JSON: {fault}", file=file) from None
    return twin


def _schema_31(document: dict[str, Any], node: dict[str, Any]) -> None:
    """`nullable` has no meaning in 3.1, but authors who moved from 3.0 still use it, and most tools honour it."""
    nullable = node.pop("nullable", False) is True
    _schema(document, node)
    if nullable:
        _admit_null(node)


def _schema_30(document: dict[str, Any], node: dict[str, Any]) -> None:
    # `x-nullable` is what Swagger 2.0 authors write, which has no `nullable`.
    nullable = (node.pop("nullable", False) is True) | (node.get("x-nullable") is True)
    if type(node.get("$ref")) is str:
        _alone(node)
    else:
        _limit(node, "minimum", "exclusiveMinimum")
        _limit(node, "maximum", "exclusiveMaximum")
    _schema(document, node)
    if nullable:
        _admit_null(node)


def _alone(node: dict[str, Any]) -> None:
    """Drop the siblings of a `$ref`, which 3.0 ignores (section 4.7.23). `nullable` was taken out of them before."""
    reference = node["$ref"]
    node.clear()
    node["$ref"] = reference


def _limit(node: dict[str, Any], limit: str, exclusive: str) -> None:
    """Turn `minimum: 1, exclusiveMinimum: true` of 3.0 into `exclusiveMinimum: 1` of 3.1."""
    flag = node.get(exclusive)
    if type(flag) is bool:
        del node[exclusive]
        if flag and limit in node:
            node[exclusive] = node.pop(limit)


def _admit_null(node: dict[str, Any]) -> None:
    """Make `null` valid too, even beside `enum`, `$ref` and `allOf`, where 3.0 strictly says otherwise.

    Authors who write `nullable` there mean it, and most tools honour it.
    """
    if not node.keys().isdisjoint(("$ref", "allOf", "anyOf", "oneOf", "not")):
        # Annotations and extensions stay outside of the `anyOf`: readers look for `description` at the top.
        inner = {key: node.pop(key) for key in list(node) if key not in ANNOTATIONS and key[:2] != "x-"}
        node["anyOf"] = [inner, {"type": "null"}]
        return
    kinds = node.get("type")
    if kinds is not None:
        node["type"] = [*([kinds] if type(kinds) is str else kinds), *(["null"] if "null" not in kinds else [])]
    if "enum" in node and None not in node["enum"]:
        node["enum"] = [*node["enum"], None]  # the list may be that of the author


ENCODINGS = {"byte": ("contentEncoding", "base64"), "binary": ("contentMediaType", "application/octet-stream")}
"""The formats of 3.0 that became keywords in 3.1."""

WIDTHS = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}
"""Integer format (OpenAPI 3.1 section 4.4 and its format registry) → its least and greatest value."""

UNUSED = frozenset(("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$recursiveRef", "$recursiveAnchor"))
"""Keywords that would change what a `$ref` means, or the dialect. All references are JSON pointers by now."""


def _schema(document: dict[str, Any], node: dict[str, Any]) -> None:
    if not UNUSED.isdisjoint(node):
        for name in UNUSED:
            node.pop(name, None)
    if node.get("type") == "file":  # Swagger 2.0
        node.update(type="string", format="binary")
    for name in schema_keywords.malformed(node):
        rest, _ = schema_keywords.mended(name, node[name])
        if rest:
            node[name] = rest
        else:
            del node[name]
    for name in schema_keywords.repeated(node):
        value = node[name]
        node[name] = {k: _once(v) for k, v in value.items()} if isinstance(value, dict) else _once(value)
    _respell(node)
    if "example" in node:
        example = node.pop("example")
        node.setdefault("examples", [example])
    if "format" in node:
        _say_format(node, node["format"])
    write_whole_numbers(node)
    ref = node.get("$ref")
    if ref is not None and find(document, ref)[1] is None and ref != "#":
        del node["$ref"]  # reported before; what is left of the schema accepts any value


def _say_format(node: dict[str, Any], format: str) -> None:
    """Say what a format means by keywords, which every validator checks."""
    keyword, value = ENCODINGS.get(format, ("", ""))
    if keyword:
        node.setdefault(keyword, value)
    if format in WIDTHS and "integer" in node.get("type", ()):
        _narrow(node, *WIDTHS[format])


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _respell(node: dict[str, Any]) -> None:
    """Respell patterns for the engine that runs them."""
    if "pattern" in node:
        node["pattern"] = regex.engines(node["pattern"])
    if "patternProperties" in node:
        node["patternProperties"] = {
            str(regex.engines(pattern)): schema for pattern, schema in node["patternProperties"].items()
        }


def _narrow(node: dict[str, Any], least: int, greatest: int) -> None:
    """Add the bounds of an integer format as `minimum` and `maximum`: validators do not check such formats."""
    node["minimum"] = max(least, node.get("minimum", least))
    node["maximum"] = min(greatest, node.get("maximum", greatest))


SCHEMA_RULES: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "2.0": _schema_30,
    "3.0": _schema_30,
    "3.1": _schema_31,
    "3.2": _schema_31,
}
"""Version → the function that brings one schema of the document into normal form, in place."""
