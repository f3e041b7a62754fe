"""Which kind of object is where in an OpenAPI document.

The meaning of a key depends on its place: `nullable` is a keyword in a Schema Object and an ordinary name among its
`properties`; a `$ref` inside an `example` is data. So everything that reads a whole document goes through `walk`, which
knows the places from one table (OpenAPI 3.1 section 4.8, with what only 3.0 and Swagger 2.0 have).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from msgspec import Struct

from mockserver.openapi.document import ADDITIONAL, METHODS
from mockserver.openapi.pointer import join, split

Where = tuple[Any, str | int] | None
"""A place as a chain, `(place of the parent, key)`: cheap to extend; most places are never written as a pointer."""


class Place(Struct, frozen=True):
    """One object of a document: its kind, the object itself, and where it is."""

    kind: str
    node: Any
    where: Where

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901) of this object."""
        return pointer(self.where)


ONE, LIST, MAP, MANY = "one", "list", "map", "one or list"
"""How a key holds objects. A value that should be a LIST or MAP and is not becomes a misfit of that kind."""

_SCHEMA = {
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), (MAP, "schema")),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), (LIST, "schema")),
    **dict.fromkeys(
        (
            "additionalProperties",
            "unevaluatedProperties",
            "unevaluatedItems",
            "additionalItems",
            "propertyNames",
            "not",
            "if",
            "then",
            "else",
            "contains",
            "contentSchema",
        ),
        (ONE, "schema"),
    ),
    "items": (MANY, "schema"),
}

_ENCODINGS = {
    "encoding": (MAP, "encoding"),
    "prefixEncoding": (LIST, "encoding"),
    "itemEncoding": (ONE, "encoding"),
}

_PARAMETER = {
    "schema": (ONE, "schema"),
    "content": (MAP, "media type"),
    "examples": (MAP, "example"),
    "items": (ONE, "schema"),
}

CHILDREN: dict[str, dict[str, tuple[str, str]]] = {
    "document": {
        "paths": (MAP, "path item"),
        "webhooks": (MAP, "path item"),
        "components": (ONE, "components"),
        "definitions": (MAP, "schema"),
        "parameters": (MAP, "parameter"),
        "responses": (MAP, "response"),
        "securityDefinitions": (MAP, "security scheme"),
    },
    "components": {
        "schemas": (MAP, "schema"),
        "responses": (MAP, "response"),
        "parameters": (MAP, "parameter"),
        "examples": (MAP, "example"),
        "requestBodies": (MAP, "request body"),
        "headers": (MAP, "header"),
        "securitySchemes": (MAP, "security scheme"),
        "links": (MAP, "link"),
        "callbacks": (MAP, "callback"),
        "pathItems": (MAP, "path item"),
        "mediaTypes": (MAP, "media type"),
    },
    "path item": {
        **dict.fromkeys(METHODS, (ONE, "operation")),
        ADDITIONAL: (MAP, "operation"),
        "parameters": (LIST, "parameter"),
    },
    "operation": {
        "parameters": (LIST, "parameter"),
        "requestBody": (ONE, "request body"),
        "responses": (MAP, "response"),
        "callbacks": (MAP, "callback"),
    },
    "parameter": _PARAMETER,
    "header": _PARAMETER,
    "request body": {"content": (MAP, "media type")},
    "response": {
        "headers": (MAP, "header"),
        "content": (MAP, "media type"),
        "links": (MAP, "link"),
        "schema": (ONE, "schema"),
    },
    "media type": {
        "schema": (ONE, "schema"),
        "itemSchema": (ONE, "schema"),
        "examples": (MAP, "example"),
        **_ENCODINGS,
    },
    "encoding": {"headers": (MAP, "header"), **_ENCODINGS},
    "schema": _SCHEMA,
    "callback": {},
    LIST: {},
    MAP: {},
    "example": {},
    "link": {},
    "security scheme": {},
}
"""Kind of object → key → how that key holds further objects, and their kind."""

_PATTERNED = frozenset({("document", "paths"), ("operation", "responses")})
"""Maps whose `x-` keys are extensions and not entries. In every other map a name may begin with `x-`."""


def walk(document: dict[str, Any], misfits: list[Place] | None = None) -> Iterator[Place]:
    """Yield every object of `document` once, in document order, each before its children; follow references.

    The caller may change an object that it was given; its children are read afterwards. A reference to nothing or to
    another file is skipped. A value that should be an object and is not is skipped too, and added to `misfits` (its
    `node` can be anything). `document` must be a tree, as JSON parsers return it: an object that is reachable by two
    keys is yielded once.
    """
    misfits = [] if misfits is None else misfits
    # A stack of our own, so that the nesting of a document cannot overflow Python's.
    stack, seen, followed = [Place("document", document, None)], set[int](), set[tuple[str, str]]()
    while stack:
        place = stack.pop()
        node = place.node
        if type(node) is not dict or place.kind is LIST:
            if place.kind != "schema" or type(node) is not bool:  # `true` and `false` are schemas
                misfits.append(place)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield place
        ref = node.get("$ref")
        # By kind, since the same target may be reached as a schema and, by mistake, as a response.
        if type(ref) is str and (place.kind, ref) not in followed:
            followed.add((place.kind, ref))
            target, where = find(document, ref)
            if where is not None:
                stack.append(Place(place.kind, target, where))
        if place.kind == "schema" and "discriminator" in node:  # a subtype may be in a file that only this names
            stack.extend(_selected(document, node["discriminator"]))
        if (
            not CHILDREN[place.kind].keys().isdisjoint(node) or place.kind == "callback"
        ):  # most objects have no children
            stack.extend(_children(place)[::-1])  # backwards, so that the first child is taken off first


def _selected(document: dict[str, Any], discriminator: Any) -> Iterator[Place]:
    """The schemas that a discriminator selects by reference."""
    for holder, key in selections(discriminator):
        target, where = find(document, holder[key])
        if where is not None:
            yield Place("schema", target, where)


def selections(discriminator: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """What selects a schema in a Discriminator Object, each as the object and the key that hold it.

    These are the entries of `mapping` (OpenAPI 3.1 section 4.8.25), and in 3.2 `defaultMapping`.
    """
    if type(discriminator) is not dict:
        return
    mapping = discriminator.get("mapping")
    if type(mapping) is dict:
        yield from ((mapping, value) for value, target in mapping.items() if type(target) is str)
    if type(discriminator.get("defaultMapping")) is str:
        yield discriminator, "defaultMapping"


def _children(place: Place) -> list[Place]:
    kind, node, where = place.kind, place.node, place.where
    table, found = CHILDREN[kind], list[Place]()
    for key, value in node.items():
        rule = table.get(key)
        if rule is None:
            continue
        shape, child = rule
        here = (where, key)
        if shape is MAP and type(value) is dict:
            bare = (kind, key) in _PATTERNED
            found += [Place(child, v, (here, k)) for k, v in value.items() if not (bare and k[:2] == "x-")]
        elif type(value) is list and (shape is LIST or shape is MANY):
            found += [Place(child, v, (here, i)) for i, v in enumerate(value)]
        else:
            found.append(Place(child if shape is ONE or shape is MANY else shape, value, here))
    if kind == "callback":  # its keys are expressions, so no table can list them
        found += [Place("path item", v, (where, k)) for k, v in node.items() if k[:2] != "x-" and k != "$ref"]
    return found


def find(document: Any, ref: str) -> tuple[Any, Where]:
    """The value that the local reference `ref` (`#/a/b`, RFC 6901 section 6) points to, and its place.

    `(None, None)` if there is none, or if `ref` is not a local reference.
    """
    if ref != "#" and not ref.startswith("#/"):
        return None, None
    node: Any = document
    where: Where = None
    for step in split(unquote(ref[1:])):
        if type(node) is dict and step in node:
            node = node[step]
        elif type(node) is list and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None, None
        where = (where, step)
    return node, where


def reference(pointer: str) -> str:
    """A JSON pointer as a local reference: `/paths/~1a b` is `#/paths/~1a%20b` (RFC 6901 section 6)."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@?")


def pointer(where: Where) -> str:
    """The JSON pointer of a place; the root is the empty text."""
    keys: list[str | int] = []
    while where is not None:
        where, key = where
        keys.append(key)
    return join("", *reversed(keys))
