"""XML read as a value, as the XML Object of its schema says (OpenAPI 3.1 section 4.8.26)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.errors import Malformed
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.coercion import Coercion

DECLARATION = re.compile(r"\ufeff?\s*<\?xml\b[^>]*\?>")


def read(content: bytes, pointer: str | None, schemas: Schemas) -> Any:
    """The value that a document writes, by the schema at `pointer`. Raises Malformed.

    Its root may be called anything. A list may be several roots, as some clients write a list that is not `wrapped`.
    """
    try:
        text = DECLARATION.sub("", content.decode("utf-8"), count=1)
        roots = list(ET.fromstring(f"<x>{text}</x>"))  # noqa: S314  # inside of an element there is no DTD, nor entities
        return _roots(roots, pointer, schemas)
    except (ET.ParseError, UnicodeDecodeError) as fault:
        raise Malformed(f"not XML in UTF-8: {fault}") from None
    except RecursionError:
        raise Malformed("the XML is nested too deeply") from None


def _roots(roots: Sequence[ET.Element], pointer: str | None, schemas: Schemas) -> Any:
    typed = Coercion(schemas, pointer)
    items = schemas.items(pointer) if pointer else None
    if typed.is_array and (len(roots) != 1 or _tag(roots[0]) == described(items, schemas).get("name")):
        return [_value(root, items, schemas) for root in roots]
    if len(roots) != 1:
        raise Malformed(f"not XML: {len(roots)} roots in place of one")
    return _value(roots[0], pointer, schemas)


def _value(element: ET.Element, pointer: str | None, schemas: Schemas) -> Any:
    typed, text = Coercion(schemas, pointer), element.text or ""
    if typed.is_array:
        items = schemas.items(pointer) if pointer else None
        return typed.value(text) if text.strip() else [_value(child, items, schemas) for child in element]
    if len(element) or any(not name.startswith("xmlns") for name in element.attrib):
        return _object(element, typed, pointer, schemas)
    return {} if typed.is_object and not text.strip() and "null" not in typed.types else typed.value(text)


def _object(element: ET.Element, typed: Coercion, pointer: str | None, schemas: Schemas) -> dict[str, Any]:
    """The properties that attributes and children write; a list that is not `wrapped` is written item by item."""
    called = {_written(name, at, schemas): name for name, at in typed.names.items()}
    found: dict[str, Any] = {}
    for tag, text in element.attrib.items():
        name = called.get(_local(tag), _local(tag))
        found[name] = typed.property(name).value(text)
    for child in element:
        name = called.get(_tag(child), _tag(child))
        at = typed.names.get(name) or typed.additional()
        if at and is_repeated(at, schemas):
            found.setdefault(name, []).append(_value(child, schemas.items(at), schemas))
        else:
            found[name] = _value(child, at, schemas)
    for name in schemas.required(pointer) & typed.names.keys() - found.keys() if pointer else ():
        if is_repeated(typed.names[name], schemas):
            found[name] = []  # no item, no element
    return found


def is_repeated(pointer: str, schemas: Schemas) -> bool:
    """Is a list written as elements of one name, without one around them?"""
    return Coercion(schemas, pointer).is_array and not described(pointer, schemas).get("wrapped")


def _written(name: str, pointer: str, schemas: Schemas) -> str:
    """What the elements or the attribute of a property are called."""
    called = described(pointer, schemas).get("name") or re.sub(r"[^\w.-]", "_", name)
    return (
        str(described(schemas.items(pointer), schemas).get("name") or called)
        if is_repeated(pointer, schemas)
        else called
    )


def described(pointer: str | None, schemas: Schemas) -> dict[str, Any]:
    """The XML Object of a schema, empty where there is none."""
    found = schemas.keyword(pointer, "xml") if pointer else None
    return found if isinstance(found, dict) else {}


def _tag(element: ET.Element) -> str:
    return _local(element.tag)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
