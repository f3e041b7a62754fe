"""Reading XML as a JSON value by the XML Objects of its schema (OpenAPI 3.1 section 4.8.26)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.errors import Malformed
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.bounds import MAX_FIELDS, refuse_deep, refuse_more_than
from mockserver.web.request.coercion import Coercion

TEXT_NODES = ("text", "cdata")
"""The node types of a property that is the text of its object's element (OpenAPI 3.2 section 4.26)."""

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
"""The namespace of `xsi:nil`, which says that an element is null (XML Schema part 1 section 2.6.2)."""

DECLARATION = lazy_pattern(r"\ufeff?\s*<\?xml\b[^>]*\?>")


def read(content: bytes, pointer: str | None, schemas: Schemas) -> Any:
    """The value of an XML document, by the schema at `pointer`. Raises Malformed.

    The root may have any name. A list may have several roots: some clients write a list that is not `wrapped` so.
    """
    refuse_more_than(MAX_FIELDS, content.count(b"<") // 2, "elements")
    try:
        text = DECLARATION.sub("", content.decode("utf-8"), count=1)
        roots = list(ET.fromstring(f"<x>{text}</x>"))  # noqa: S314  # inside an element XML allows no DTD, so no entities
        value = _roots(roots, pointer, schemas)
    except (ET.ParseError, UnicodeDecodeError) as fault:
        raise Malformed(f"not XML in UTF-8: {fault}") from None
    except RecursionError:
        raise Malformed("the XML is nested too deeply") from None
    refuse_deep(content, value)
    return value


def _roots(roots: Sequence[ET.Element], pointer: str | None, schemas: Schemas) -> Any:
    coercion = Coercion(schemas, pointer)
    items = schemas.items(pointer) if pointer else None
    if coercion.is_array and (len(roots) != 1 or _tag(roots[0]) == xml_object(items, schemas).get("name")):
        return [_value(root, items, schemas) for root in roots]
    if len(roots) != 1:
        raise Malformed(f"not XML: {len(roots)} roots in place of one")
    return _value(roots[0], pointer, schemas)


def _value(element: ET.Element, pointer: str | None, schemas: Schemas) -> Any:
    coercion, text = Coercion(schemas, pointer), element.text or ""
    if element.get(f"{{{INSTANCE}}}nil") in ("true", "1") and not len(element) and "null" in coercion.types:
        return None
    if coercion.is_array:
        if text.strip() and not _has_text_entries(pointer, schemas):
            return coercion.coerce(text)
        return list(_entries(element, pointer, schemas))
    if len(element) or any(not name.startswith("xmlns") for name in element.attrib) or _is_text(coercion, schemas):
        return _object(element, coercion, pointer, schemas)
    return {} if coercion.is_object and not text.strip() and "null" not in coercion.types else coercion.coerce(text)


def _object(element: ET.Element, coercion: Coercion, pointer: str | None, schemas: Schemas) -> dict[str, Any]:
    """The properties from attributes and children; a list that is not `wrapped` has one child for each item."""
    property_of = {_xml_name(name, at, schemas): name for name, at in coercion.properties.items()}
    found, inlined = _inlined(element, coercion, schemas)
    for tag, text in element.attrib.items():
        if _local(tag) in inlined:
            continue
        name = property_of.get(_local(tag), _local(tag))
        found[name] = coercion.property(name).coerce(text)
    named = [name for name, place in coercion.properties.items() if _is_text_node(place, schemas)]
    for name, text in zip(named, _texts(element, named), strict=False):
        found[name] = coercion.property(name).coerce(text)
    for child in element:
        if _tag(child) in inlined:
            continue
        name = property_of.get(_tag(child), _tag(child))
        at = coercion.properties.get(name) or coercion.additional()
        if at and is_repeated(at, schemas):
            found.setdefault(name, []).append(_value(child, schemas.items(at), schemas))
        else:
            found[name] = _value(child, at, schemas)
    for name in schemas.required(pointer) & coercion.properties.keys() - found.keys() if pointer else ():
        found |= _left_out(name, coercion.properties[name], schemas)
    return found


def _texts(element: ET.Element, named: Sequence[str]) -> list[str]:
    """The texts of these properties: those before, between and after the children, joined if it is one property."""
    if not named or not len(element):
        return [element.text] if element.text else []
    texts = [text for text in (element.text, *(child.tail for child in element)) if text and text.strip()]
    return texts if len(named) > 1 else ["".join(texts)] if texts else []


def _left_out(name: str, pointer: str, schemas: Schemas) -> dict[str, Any]:
    """What a required property that XML does not show is: an empty list, or null (OpenAPI 3.2 section 4.26)."""
    if is_repeated(pointer, schemas):
        return {name: []}
    return {name: None} if _is_nullable_attribute(pointer, schemas) else {}


def _is_nullable_attribute(pointer: str, schemas: Schemas) -> bool:
    return bool(xml_object(pointer, schemas).get("attribute")) and "null" in Coercion(schemas, pointer).types


def _is_text(coercion: Coercion, schemas: Schemas) -> bool:
    """Is the value an object that has the text of its element as a property?"""
    return coercion.is_object and any(_is_text_node(at, schemas) for at in coercion.properties.values())


def _is_text_node(pointer: str | None, schemas: Schemas) -> bool:
    return xml_object(pointer, schemas).get("nodeType") in TEXT_NODES


def _has_text_entries(pointer: str | None, schemas: Schemas) -> bool:
    listed = schemas.keyword(pointer, "prefixItems") if pointer else None
    return any(_is_text_node(schemas.item(pointer or "", position), schemas) for position in range(len(listed or ())))


def _entries(element: ET.Element, pointer: str | None, schemas: Schemas) -> Iterator[Any]:
    """The entries of a list in an element: its children, and the texts that the schema has at their positions."""
    position = 0
    for text, child in ((element.text, None), *((child.tail, child) for child in element)):
        if child is not None:
            yield _value(child, schemas.item(pointer, position) if pointer else None, schemas)
            position += 1
        at = schemas.item(pointer, position) if pointer else None
        if (text or "").strip() and _is_text_node(at, schemas):
            yield Coercion(schemas, at).coerce(text)
            position += 1


def _inlined(element: ET.Element, coercion: Coercion, schemas: Schemas) -> tuple[dict[str, Any], set[str]]:
    """The objects that are no elements of their own (`nodeType: none`), and the names of what is in them."""
    found: dict[str, Any] = {}
    names: set[str] = set()
    for name, place in coercion.properties.items():
        inner = coercion.property(name)
        if xml_object(place, schemas).get("nodeType") == "none" and inner.is_object:
            names |= {_xml_name(key, at, schemas) for key, at in inner.properties.items()}
            read = _object(element, inner, place, schemas)
            found |= {name: kept} if (kept := {key: read[key] for key in inner.properties if key in read}) else {}
    return found, names - {_xml_name(name, at, schemas) for name, at in coercion.properties.items()}


def is_repeated(pointer: str, schemas: Schemas) -> bool:
    """Is the schema a list that is written as elements of the same name, without an element around them?"""
    return Coercion(schemas, pointer).is_array and not xml_object(pointer, schemas).get("wrapped")


def _xml_name(name: str, pointer: str, schemas: Schemas) -> str:
    """The name of the elements, or the attribute, of a property."""
    own = xml_object(pointer, schemas).get("name") or re.sub(r"[^\w.-]", "_", name)
    if not is_repeated(pointer, schemas):
        return str(own)
    return str(xml_object(schemas.items(pointer), schemas).get("name") or own)


def xml_object(pointer: str | None, schemas: Schemas) -> dict[str, Any]:
    """The XML Object of a schema; empty when it has none."""
    found = schemas.keyword(pointer, "xml") if pointer else None
    return found if isinstance(found, dict) else {}


def _tag(element: ET.Element) -> str:
    return _local(element.tag)


def _local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
