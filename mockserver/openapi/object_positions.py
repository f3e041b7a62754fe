"""Where an OpenAPI document holds which kind of object.

A key means something only by its place: `nullable` is a keyword in a Schema Object and an ordinary name among its
`properties`; a `$ref` inside an `example` is data. So everything that reads a whole document goes through `walk`,
which knows the places from one table (OpenAPI 3.1 section 4.8, and what 3.0 and Swagger 2.0 have beside it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from mockserver.openapi.document import METHODS
from mockserver.openapi.pointer import join, split

Where = tuple[Any, str | int] | None
"""A place as a chain, `(place of the parent, key)`: cheap to carry, written out only when somebody asks."""


class Place(NamedTuple):
    """One object of a document: its kind, itself, and where it stands."""

    kind: str
    node: Any
    where: Where

    @property
    def pointer(self) -> str:
        """The JSON pointer (RFC 6901) of this object."""
        return pointer(self.where)


ONE, LIST, MAP, MANY = "one", "list", "map", "one or list"
"""The shapes in which a key holds objects. A LIST or MAP that is something else is a misfit of that kind."""

_SCHEMA = {
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), (MAP, "schema")),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), (LIST, "schema")),
    **dict.fromkeys(
        (
            "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "propertyNames",
            "not", "if", "then", "else", "contains", "contentSchema",
        ),
        (ONE, "schema"),
    ),
    "items": (MANY, "schema"),
}  # fmt: skip

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
    },
    "path item": {**dict.fromkeys(METHODS, (ONE, "operation")), "parameters": (LIST, "parameter")},
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
    "media type": {"schema": (ONE, "schema"), "examples": (MAP, "example"), "encoding": (MAP, "encoding")},
    "encoding": {"headers": (MAP, "header")},
    "schema": _SCHEMA,
    "callback": {},
    LIST: {},
    MAP: {},
    "example": {},
    "link": {},
    "security scheme": {},
}
"""For each kind of object, the keys that hold further objects: in which shape, and of which kind."""

_PATTERNED = frozenset({("document", "paths"), ("operation", "responses")})
"""Maps whose own `x-` keys are extensions, not entries; in every other map a name may begin with `x-`."""


def walk(document: dict[str, Any], misfits: list[Place] | None = None) -> Iterator[Place]:
    """Every object of `document` once, in its order, each before what it holds; references are followed.

    The caller may change an object while it is out; what it then holds is what is walked. A reference that leads
    nowhere, or out of the document, is passed over; so is what is no object where one belongs, but `misfits` gathers
    it (its `node` may then be anything). `document` is a tree, as readers of JSON give it: an object that stands in two
    places is seen in one.
    """
    misfits = [] if misfits is None else misfits
    stack, seen, followed = [Place("document", document, None)], set[int](), set[tuple[str, str]]()
    while stack:
        place = stack.pop()
        node = place.node
        if type(node) is not dict or place.kind is LIST:
            if place.kind != "schema" or type(node) is not bool:
                misfits.append(place)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield place
        ref = node.get("$ref")
        if type(ref) is str and (place.kind, ref) not in followed:
            followed.add((place.kind, ref))
            target, where = find(document, ref)
            if where is not None:
                stack.append(Place(place.kind, target, where))
        stack.extend(_children(place)[::-1])


def _children(place: Place) -> list[Place]:
    kind, node, where = place
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
    if kind == "callback":
        found += [Place("path item", v, (where, k)) for k, v in node.items() if k[:2] != "x-" and k != "$ref"]
    return found


def find(document: Any, ref: str) -> tuple[Any, Where]:
    """What the local reference `ref` (`#/a/b`, RFC 6901 section 6) points to and where; `(None, None)` for nothing."""
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
    """A place written as a JSON pointer; the root is the empty text."""
    keys: list[str | int] = []
    while where is not None:
        where, key = where
        keys.append(key)
    return join("", *reversed(keys))
