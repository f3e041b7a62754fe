"""The vocabulary of behaviour files as a page for people, made from its JSON Schema so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.behaviour.statements import vocabulary
from mockserver.openapi.pointer import lookup, target

PLACES = (
    ("x-service", "/properties/x-service", "Statements about a service (`x-service`, at the document's root)"),
    ("x-resources", "/properties/x-resources/additionalProperties", "Statements about a resource (`x-resources`)"),
    ("x-behaviour", "/properties/x-behaviour/additionalProperties", "Statements about an operation (`x-behaviour`)"),
)

HEAD = """\
# The behaviour vocabulary

A behaviour file says what OpenAPI cannot: what a service *does*. It is an OpenAPI Overlay 1.0 that adds three keys to a
document. This page is made by `mockserver specs vocabulary` from `mockserver/spec/behaviour.schema.json`; a key that is
not on it is refused by name.

Every statement says how anybody knows it:

| key | value |
| --- | --- |
| `evidence` | `documented` by the vendor, `observed` on the real service, `inferred` from what is known, or `assumed` |
| `source` | where it is documented; needed with `documented` |
| `note` | anything a reader should know |

What is `assumed` nobody knows: the mock had to choose.

Each statement can be switched: a user's own overlay (`--behaviour FILE`) is applied after the vendor's, replaces
values, and removes a statement with `remove: true`. A kind that may be said several times takes one or a list.
"""


def page() -> Iterator[str]:
    """The page in Markdown, line by line."""
    yield from HEAD.splitlines()
    for _, place, title in PLACES:
        node = lookup(vocabulary(), place)
        yield from ("", f"## {title}", "")
        for name, kind in node["properties"].items():
            yield from _kind(name, kind)


def _kind(name: str, kind: Mapping[str, Any]) -> Iterator[str]:
    several = "if" in kind
    node = _resolved(kind["else"] if several else kind)
    yield from (f"### `{name}`" + (" (one or a list)" if several else ""), "", node.get("description", ""), "")
    properties = node.get("properties") or (node.get("items") or {}).get("properties") or {}
    if not properties:
        return
    required = node.get("required") or (node.get("items") or {}).get("required") or ()
    yield from ("| key | value | |", "| --- | --- | --- |")
    for key, value in properties.items():
        told = _resolved(value)
        needed = "needed" if key in required else ""
        yield f"| `{key}` | {_values(told)} | {told.get('description', '') or needed} |"
    yield ""


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    found: Mapping[str, Any] = lookup(vocabulary(), target(node["$ref"]))
    return found


def _values(node: Mapping[str, Any]) -> str:
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if node.get("type") == "array":
        return f"a list of {_values(node.get('items') or {})}"
    return str(node.get("type", "any value or template"))
