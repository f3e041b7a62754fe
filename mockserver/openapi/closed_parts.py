"""Parts of an `allOf` whose `additionalProperties` forbids what the other parts declare.

JSON Schema lets the keyword regard only the `properties` beside it (2020-12 Core section 10.3.2.3), so that no object
can have what the other parts declare. Authors who inherit that way mean the names that no part declares, as
`unevaluatedProperties` would, and their services send what is declared. So a part does not forbid these names.

Where such a name is required and no value of it is allowed, no reading makes an object valid for others, too: then the
schema means what it says, and `lint_rules.py` names the contradiction. Where only values of another type are allowed,
as in Azure's documents, a request with what is required would be refused by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.object_positions import find, walk
from mockserver.openapi.regex import matches

Schema = dict[str, Any]

Lookup = Callable[[str], Any]
"""From a JSON pointer to the value there. Raises Unanswerable where there is none."""

Declared = frozenset[tuple[str, tuple[str, ...]]]
"""The names that the parts of a schema declare, each with the JSON types that its value may have; none: any."""

OF_ANOTHER_PART: Schema = {"$comment": "declared by another part of an allOf"}
"""What a part says of a property that it does not forbid, read that way. A generated value does without it."""

NONE: Declared = frozenset()

DEEPEST = 8
"""How many references and parts of `allOf` in a row are searched."""


def declared_beside(schema: Schema, lookup: Lookup) -> Declared:
    """What all parts of a schema declare, if one of them forbids some of it; else nothing, or if one requires it."""
    if "allOf" not in schema:
        return NONE
    parts = list(_parts(schema, lookup))
    if not any(_closes(part) for part in parts):
        return NONE
    found = frozenset((name, _types(at, lookup)) for part in parts for name, at in _properties(part).items())
    closed = {name: part for part in parts for name in forbidden(part, found)}
    required = {name for part in parts for name in part.get("required") or ()}
    refused = {name for name, part in closed.items() if part["additionalProperties"] is False}
    return found if closed and refused.isdisjoint(required) else NONE


def has_closed_parts(document: dict[str, Any]) -> bool:
    """Does a part of some `allOf` of a document forbid what another part declares?"""

    def lookup(pointer: str) -> Any:
        return find(document, f"#{pointer}")[0]

    nodes = (place.node for place in walk(document) if place.kind == "schema" and isinstance(place.node, dict))
    return any(declared_beside(node, lookup) for node in nodes)


def forbidden(schema: Schema, declared: Declared) -> list[str]:
    """The declared names that the `additionalProperties` of one part forbids, in order."""
    if not _closes(schema):
        return []
    own, patterns = _properties(schema), schema.get("patternProperties") or ()
    further = schema["additionalProperties"]
    allowed = _listed(further) if isinstance(further, dict) else ()
    return sorted(
        {
            name
            for name, types in declared
            if name not in own
            and (further is False or (types and not _have_common(types, allowed)))
            and not any(matches(pattern, name) for pattern in patterns)
        }
    )


def _closes(schema: Schema) -> bool:
    """Does a schema forbid further properties, or those of other types?"""
    further = schema.get("additionalProperties")
    return further is False or (isinstance(further, dict) and bool(_listed(further)))


def _parts(schema: Schema, lookup: Lookup, depth: int = 0) -> Iterator[Schema]:
    """A schema with what its references and the parts of its `allOf` say."""
    yield schema
    inner = list(schema.get("allOf") or ()) if depth < DEEPEST else []
    if isinstance(schema.get("$ref"), str) and depth < DEEPEST:
        inner.append(lookup(json_pointer.target(schema["$ref"])))
    for part in inner:
        if isinstance(part, dict):
            yield from _parts(part, lookup, depth + 1)


def _properties(schema: Schema) -> Schema:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _types(schema: Any, lookup: Lookup) -> tuple[str, ...]:
    """The types of a property by itself or behind its reference; none where it does not say."""
    parts = list(_parts(schema, lookup)) if isinstance(schema, dict) else []
    return next((types for part in parts if (types := _listed(part))), ())


def _listed(schema: Schema) -> tuple[str, ...]:
    written = schema.get("type")
    return (written,) if isinstance(written, str) else tuple(written or ())


def _have_common(types: tuple[str, ...], allowed: tuple[str, ...]) -> bool:
    """Is there a value of both? Every integer is a number."""
    given = {*types, *(("integer",) if "number" in types else ())}
    return not given.isdisjoint({*allowed, *(("integer",) if "number" in allowed else ())})
