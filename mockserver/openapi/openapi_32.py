"""Rewrites what OpenAPI 3.2 added in the words of 3.1, so that the rest of the program need not know it.

* `$ref` to `components.mediaTypes`: the Media Type Object is written out;
* `itemSchema`: the schema of a list with such items, beside a `schema` if there is one;
* `in: querystring`: a parameter of the query in the style `querystring`, which 3.1 does not have;
* a security requirement by URI: one by the name of its scheme;
* `nodeType` of an XML Object: `attribute` or `wrapped`;
* `dataValue` and `serializedValue` of an example: its `value`.

`query` and `additionalOperations` of a path item are read by `document`, `defaultMapping` by `discriminator`.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.openapi import json_codec, security_uris, sequences
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.object_positions import Place, find, walk


def convert(document: dict[str, Any]) -> None:
    """Rewrite a document of OpenAPI 3.2 in place."""
    for place in walk(document):
        if place.kind == "media type":
            _media_type(document, place.node)
            _sequence_examples(document, place)
        elif place.kind == "parameter" and "$ref" not in place.node:
            _parameter(place.node)
        elif place.kind in ("document", "operation") and "security" in place.node:
            security_uris.by_name(document, place.node)
        elif place.kind == "example":
            _example(place.node)
        elif place.kind == "schema" and type(place.node.get("xml")) is dict:
            _xml(place.node["xml"])


def _media_type(document: dict[str, Any], node: dict[str, Any]) -> None:
    write_out(document, node)
    items = node.pop("itemSchema", None)
    if items is not None:
        listed = {"type": "array", "items": items}
        node["schema"] = {**listed, "allOf": [node["schema"]]} if "schema" in node else listed


def write_out(document: dict[str, Any], node: dict[str, Any]) -> None:
    """Put what a reference to `components.mediaTypes` leads to in its place."""
    followed: set[str] = set()
    while type(ref := node.pop("$ref", None)) is str and ref not in followed:
        followed.add(ref)
        target, _ = find(document, ref)
        node.update(json_codec.copied(target) if type(target) is dict else {})


def _sequence_examples(document: dict[str, Any], place: Place) -> None:
    """Write the texts of lines and JSON text sequences as the lists that their schemas describe (section 4.14.6.2)."""
    name, node = str(place.where[1]) if place.where else "", place.node
    if not sequences.is_list_of_values(name):
        return
    if "example" in node:
        node["example"] = _items(node["example"], name)
    for key, written in node["examples"].items() if type(node.get("examples")) is dict else ():
        ref = written.get("$ref") if type(written) is dict else None
        example = find(document, ref)[0] if type(ref) is str else written
        if type(example) is dict and type(example.get("value")) is str:
            node["examples"][key] = {**example, "value": _items(example["value"], name)}


def _items(value: Any, name: str) -> Any:
    """The items of a text; any other value, and a text that cannot be read, as it is."""
    try:
        return sequences.read(value.encode(), name) if type(value) is str else value
    except sequences.UnreadableItem:
        return value


def _parameter(node: dict[str, Any]) -> None:
    examples = node.get("examples")
    if type(examples) is dict:  # the text of a value is none: it has the delimiters, and often the name, beside it
        node["examples"] = {name: each for name, each in examples.items() if not _is_only_text(each)}
    if node.get("in") == "querystring":
        node.update({"in": "query", "style": QUERYSTRING})


def _is_only_text(example: Any) -> bool:
    return type(example) is dict and "serializedValue" in example and "dataValue" not in example


def _xml(node: dict[str, Any]) -> None:
    """`nodeType` in the words of 3.1 (OpenAPI 3.2 section 4.26); `text` and `cdata` have none and stay."""
    if node.get("nodeType") == "attribute":
        node.setdefault("attribute", True)
    elif node.get("nodeType") == "element":
        node.setdefault("wrapped", True)


def _example(node: dict[str, Any]) -> None:
    if "dataValue" in node:
        node.setdefault("value", node["dataValue"])
    elif type(node.get("serializedValue")) is str:
        node.setdefault("value", _parsed(node["serializedValue"]))


def _parsed(text: str) -> Any:
    """The value of a serialized example: of JSON that is an object or a list, else the text."""
    try:
        return json_codec.read(text.encode()) if text.lstrip()[:1] in ("{", "[") else text
    except orjson.JSONDecodeError:
        return text
