"""Writing a value as XML by the XML Objects of its schema (OpenAPI 3.1 section 4.8.26)."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.xml_reader import INSTANCE, TEXT_NODES, xml_object

NAME = lazy_pattern(r"[A-Za-z_][\w.-]*\Z")


def write(value: Any, pointer: str | None, schemas: Schemas) -> bytes:
    """The XML document whose root is `value`, described by the schema at `pointer`."""
    own = xml_object(pointer, schemas)
    name = own.get("name") or (_title(pointer, schemas) if pointer else "")
    root = _element(_name(name or "root"), value, pointer, own, schemas)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _element(name: str, value: Any, pointer: str | None, stated: dict[str, Any], schemas: Schemas) -> ET.Element:
    element = ET.Element(f"{stated['prefix']}:{name}" if stated.get("prefix") else name)
    if stated.get("namespace"):
        element.set(f"xmlns:{stated['prefix']}" if stated.get("prefix") else "xmlns", str(stated["namespace"]))
    if isinstance(value, dict):
        _properties(element, value, pointer, schemas)
    elif value is None and pointer and "null" in schemas.types(pointer):  # OpenAPI 3.2 section 4.26, "Handling null"
        element.set("xmlns:xsi", INSTANCE)
        element.set("xsi:nil", "true")
    elif isinstance(value, list):
        _entries(element, value, pointer, name, schemas, is_inner=True)
    else:
        element.text = _text(value)
    return element


def _properties(element: ET.Element, value: dict[str, Any], pointer: str | None, schemas: Schemas) -> None:
    known = schemas.properties(pointer) if pointer else {}
    for key, inner in value.items():
        below = known.get(key)
        stated = xml_object(below, schemas)
        name = _name(stated.get("name") or key)
        if stated.get("attribute"):
            if inner is not None:
                element.set(name, _text(inner))
        elif stated.get("nodeType") == "none" and isinstance(inner, dict):
            _properties(element, inner, below, schemas)
        elif stated.get("nodeType") in TEXT_NODES:
            _add_text(element, inner)
        elif isinstance(inner, list) and not stated.get("wrapped"):
            _entries(element, inner, below, name, schemas)
        else:
            element.append(_element(name, inner, below, stated, schemas))


def _entries(
    element: ET.Element, values: list[Any], pointer: str | None, name: str, schemas: Schemas, *, is_inner: bool = False
) -> None:
    """Add the entries of a list: an element each, or text (OpenAPI 3.2 section 4.26.5, "Ordered Elements and Text").

    One without a name of its own gets `name`; if `is_inner`, in an element of the list, that of its component comes
    first.
    """
    for position, entry in enumerate(values):
        at = schemas.item(pointer, position) if pointer else None
        stated = xml_object(at, schemas)
        if stated.get("nodeType") in TEXT_NODES:
            _add_text(element, entry)
        else:
            own = stated.get("name") or (_title(at, schemas) if at and is_inner else "")
            element.append(_element(_name(own or name), entry, at, stated, schemas))


def _add_text(element: ET.Element, value: Any) -> None:
    """Add a text after what is in the element."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + _text(value)
    else:
        element.text = (element.text or "") + _text(value)


def _title(pointer: str, schemas: Schemas) -> str:
    """The name of the component that the schema is or refers to; empty for an inline schema."""
    _, place = schemas.resolve(pointer)
    name = place.removeprefix("/components/schemas/")
    return name if name != place and "/" not in name else ""


def _name(text: str) -> str:
    name = re.sub(r"[^\w.-]", "_", text)
    return name if NAME.match(name) else f"_{name}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    # XML 1.0 cannot represent most control characters, not even escaped.
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
