"""What an item may be by the alternatives (`oneOf`, `anyOf`, subtypes) of the schema by which a reply shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mockserver.openapi.alternatives import Parts, alternatives, own_properties, own_required
from mockserver.openapi.schemas import Schemas

MOST_TRIED = 12
"""How many alternatives are tried for one item."""


class ReplyAlternative(Struct, frozen=True):
    """One alternative: its `parts`, the schemas of its properties, and the names of those that it requires.

    `constants` are the values that its properties allow, where these are few or a discriminator says so; `outer` are
    the names of the properties that all alternatives have.
    """

    parts: Parts
    properties: Mapping[str, str]
    required: frozenset[str]
    constants: Mapping[str, tuple[Any, ...]]
    outer: frozenset[str]

    def distance(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """How little fields look like this alternative: how many values and names it does not allow."""
        wrong = sum(name in fields and fields[name] not in allowed for name, allowed in self.constants.items())
        return wrong, sum(name not in self.properties for name in fields)


def reply_alternatives(schemas: Schemas, pointer: str) -> list[ReplyAlternative]:
    """The alternatives of a schema, and at last all of it; that alone where it leaves no choice."""
    whole = ReplyAlternative(
        (pointer,), schemas.properties(pointer), frozenset(schemas.required(pointer)), {}, frozenset()
    )
    found = [parts for parts in alternatives(schemas, pointer) if len(parts) > 1]
    return [*(_alternative(schemas, parts) for parts in found), whole]


def _alternative(schemas: Schemas, parts: Parts) -> ReplyAlternative:
    properties = own_properties(schemas, parts)
    allowed = {name: constants(schemas, at) for name, at in properties.items()}
    for part in parts:
        allowed |= schemas.tag(part)
    return ReplyAlternative(
        parts,
        properties,
        frozenset(own_required(schemas, parts)),
        {name: tuple(values) for name, values in allowed.items() if values},
        frozenset(own_properties(schemas, parts[:-1])),
    )


def nearest(found: list[ReplyAlternative], fields: Mapping[str, Any]) -> list[ReplyAlternative]:
    """The alternatives in the order in which fields look like them, and at last the schema as a whole."""
    *rest, whole = found
    return [*sorted(rest, key=lambda each: each.distance(fields))[:MOST_TRIED], whole]


def constants(schemas: Schemas, pointer: str) -> list[Any]:
    """The values that a `const` or `enum` allows; empty when there is neither."""
    constant, values = schemas.keyword(pointer, "const"), schemas.keyword(pointer, "enum")
    return [constant] if constant is not None else list(values or ())
