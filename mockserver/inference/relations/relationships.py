"""References as JSON:API writes them: `relationships: {author: {data: {type: authors, id: "1"}}}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from mockserver.inference.names import noun, plain
from mockserver.openapi.schemas import Schemas

HOLDER = "relationships"
"""The property of an item that has its references (JSON:API 1.1, section 7.2.2.2)."""

INCLUDED = "included"
"""The list of a reply that shows the items behind references (JSON:API 1.1, section 7.1)."""


class Relationship(Struct, frozen=True):
    """One reference: its name, the field with the id or the ids, the schema of an id, and what the items are called."""

    name: str
    field: str
    schema: str
    types: tuple[str, ...]


def relationships(schemas: Schemas, properties: Mapping[str, str]) -> Iterator[Relationship]:
    """The references in an item that has these properties."""
    holder = properties.get(HOLDER)
    for name, at in schemas.properties(holder).items() if holder is not None else ():
        data = schemas.properties(at).get("data")
        entries = schemas.items(data) if data is not None and "array" in schemas.types(data) else None
        linked = schemas.properties(entries or data) if data is not None else {}
        if "id" in linked and "type" in linked:
            each = "[]" if entries is not None else ""
            named = schemas.keyword(linked["type"], "enum") or [schemas.keyword(linked["type"], "const")]
            types = tuple(value for value in named if isinstance(value, str)) or (name,)
            yield Relationship(name, f"{HOLDER}.{name}.data{each}.id", linked["id"], types)


def target_of(found: Relationship, called: Callable[[tuple[str, ...]], str]) -> str:
    """The resource whose items a relationship names, if all its types mean one; else empty."""
    names = {called(noun(each)) for each in found.types}
    return names.pop() if len(names) == 1 else ""


def relationship_fields(schemas: Schemas, properties: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The fields with ids by what a query calls them, each with its schema: `author` and `authorid`.

    A relationship that is the only one to items of a type has the name of these items too.
    """
    found = {}
    every = list(relationships(schemas, properties))
    types = [each.types[0] for each in every if len(each.types) == 1]
    for each in every:
        if len(each.types) == 1 and types.count(each.types[0]) == 1:
            found["".join(noun(each.types[0]))] = (each.field, each.schema)
    for each in every:
        stem = "".join(noun(each.name))
        for name in (plain(each.name), stem, f"{stem}id"):
            found[name] = (each.field, each.schema)
    return found
