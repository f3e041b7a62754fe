"""Query parameters that are objects whose properties are sent apart: `pageable` with `page` and `size` is two of them.

So a `page` means the same whether the document lists it or an object has it. The object itself is read too, because
clients write it in several ways (`pageable[page]=1`), and may be left out where it requires no property.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Operation, Parameter

PLAIN_KEYS = frozenset(
    ("type", "properties", "required", "title", "description", "example", "examples", "deprecated", "$comment")
)
"""Keywords of an object that say nothing about how its properties go together."""

SIMPLE = frozenset(("string", "integer", "number", "boolean", "array"))
"""Types of properties whose parameter is read as the property of the object would be."""


def taken_apart(
    root: Mapping[str, Any], parameters: Iterable[Parameter]
) -> tuple[tuple[Parameter, ...], dict[Parameter, tuple[str, ...]]]:
    """The parameters with those of each such object in its place, and the names in each object.

    An object stays whole if its properties depend on each other, as they do where it may be absent and is not empty
    otherwise, or if another parameter has the name of one of them (OpenAPI 3.1 section 4.8.12.2, style `form`).
    """
    known = list(parameters)
    names = {each.name for each in known if each.location == "query"}
    found: list[Parameter] = []
    objects: dict[Parameter, tuple[str, ...]] = {}
    for parameter in known:
        parts = _parts(root, parameter)
        inside = tuple(part.name for part in parts)
        if parts and names.isdisjoint(inside):
            names.update(inside)
            objects[replace(parameter, required=any(part.required for part in parts))] = inside
            found.extend(parts)
        else:
            found.append(parameter)
    return tuple(found), objects


def whole_parameters(operation: Operation) -> list[Parameter]:
    """The parameters of an operation as the document has them: objects are whole."""
    inside = {name for names in operation.objects.values() for name in names}
    rest = [each for each in operation.parameters if each.location != "query" or each.name not in inside]
    return [*rest, *operation.objects]


def _parts(root: Mapping[str, Any], parameter: Parameter) -> list[Parameter]:
    """The parameters that are sent in place of an object; none if it is none of these objects."""
    is_form = parameter.location == "query" and parameter.style == "form" and parameter.explode
    if not is_form or parameter.content or parameter.schema is None:
        return []
    node, at = json_pointer.resolve(root, json_pointer.lookup(root, parameter.schema), parameter.schema)
    properties = node.get("properties") if isinstance(node, Mapping) and node.get("type") == "object" else None
    if not isinstance(properties, Mapping) or not _is_plain(node):
        return []
    required = frozenset(node.get("required") or ())
    if not all(_is_simple(root, each) for each in properties.values()) or (required and not parameter.required):
        return []
    return [
        replace(parameter, name=str(name), required=name in required, schema=place, pointer=place)
        for name in properties
        for place in (json_pointer.join(at, "properties", name),)
    ]


def _is_plain(node: Mapping[str, Any]) -> bool:
    rest = {key for key in node if not key.startswith("x-")} - PLAIN_KEYS
    return not rest or (rest == {"additionalProperties"} and node["additionalProperties"] is False)


def _is_simple(root: Mapping[str, Any], written: Any) -> bool:
    node, _ = json_pointer.resolve(root, written, "")
    types = node.get("type") if isinstance(node, Mapping) else None
    return set([types] if isinstance(types, str) else types or ("",)) - {"null"} <= SIMPLE
