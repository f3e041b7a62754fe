"""The keywords that hold further schemas (JSON Schema 2020-12 Core, section 10), and how to go through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

ONE_SCHEMA = frozenset(
    {"additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames", "then"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
"""Keywords whose value is a schema."""

MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""

NAMED_SCHEMAS = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value is an object of schemas."""

DEFINITIONS = "#/$defs/"
"""How every reference of a rewritten schema begins; the key of the definition follows."""


def mapped(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """A copy of `schema` with `change` applied to each schema directly inside it."""
    copied: Schema = dict(schema)
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            copied[keyword] = change(value)
        elif keyword in MANY_SCHEMAS:
            copied[keyword] = [change(part) for part in value]
        elif keyword in NAMED_SCHEMAS:
            copied[keyword] = {name: change(part) for name, part in value.items()}
    return copied


ITEMS = frozenset({"items", "prefixItems", "unevaluatedItems"})
"""Keywords that say what the items of a list are."""

DENYING = frozenset({"if", "not"})
"""Keywords whose schema allows more where less is valid."""


def without_items(schema: Any) -> Any:
    """A copy of a schema that allows any items in lists; as it is below what denies (`not`)."""
    if not isinstance(schema, dict):
        return schema
    copied = mapped({keyword: value for keyword, value in schema.items() if keyword not in ITEMS}, without_items)
    return copied | {keyword: schema[keyword] for keyword in DENYING & schema.keys()}


def without_booleans(schema: Any) -> Schema:
    """A copy of `schema` with every boolean schema written out: `true` is `{}`, `false` is `{"not": {}}`."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    return mapped(schema, without_booleans)


def definition_keys(schema: Any) -> Iterator[str]:
    """The keys of `$defs` that the references in a rewritten schema name, at any depth."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(DEFINITIONS)
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            yield from definition_keys(value)
        elif keyword in MANY_SCHEMAS:
            for part in value:
                yield from definition_keys(part)
        elif keyword in NAMED_SCHEMAS:
            for part in value.values():
                yield from definition_keys(part)
