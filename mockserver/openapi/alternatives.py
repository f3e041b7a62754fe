"""The alternatives of an object's schema: what `oneOf`, `anyOf` and the subtypes of a discriminator allow it to be."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Schemas

MOST = 64
"""How many alternatives of one schema are looked at."""

DEEPEST = 6
"""How many choices inside of each other are looked at; schemas may contain themselves."""

Parts = tuple[str, ...]
"""The pointers of the schemas that describe one alternative together, the outermost first."""


def alternatives(schemas: Schemas, pointer: str) -> list[Parts]:
    """What an object of the schema at `pointer` may be; just the schema where it leaves no choice."""
    found: list[Parts] = []
    for parts in _walk(schemas, (pointer,)):
        if len(found) == MOST:
            break
        if schemas.types(parts[-1]) != {"null"}:
            found.append(parts)
    return found or [(pointer,)]


def _walk(schemas: Schemas, parts: Parts) -> Iterator[Parts]:
    chosen = _choices(schemas, parts[-1]) if len(parts) < DEEPEST else []
    for each in chosen:
        yield from _walk(schemas, (*parts, each))
    if not chosen:
        kinds = schemas.subtypes(parts[-1])
        yield from ((*parts, kind) for kind in kinds) if kinds else (parts,)


def _choices(schemas: Schemas, pointer: str) -> list[str]:
    """The pointers of the alternatives of one schema. Of several choices at once the first one counts."""
    for node, here in schemas.branches(pointer):
        for keyword in ("oneOf", "anyOf"):
            if node.get(keyword):
                return [join(here, keyword, index) for index, _ in enumerate(node[keyword])]
    return []


def own_properties(schemas: Schemas, parts: Parts) -> dict[str, str]:
    """Property name → pointer of its schema, of one alternative; the innermost schema that has it counts."""
    found: dict[str, str] = {}
    for part in reversed(parts):
        for node, here in schemas.branches(part):
            for name in node.get("properties") or ():
                found.setdefault(name, join(here, "properties", name))
    return found


def own_required(schemas: Schemas, parts: Parts) -> set[str]:
    """The names of the properties that every object of one alternative has."""
    return {name for part in parts for name in schemas.required(part)}
