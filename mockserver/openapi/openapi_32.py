"""Rewrites what OpenAPI 3.2 added in the words of 3.1, so that the rest of the program need not know it.

* `$ref` to `components.mediaTypes`: the Media Type Object is written out;
* `itemSchema`: the schema of a list with such items, beside a `schema` if there is one;
* `in: querystring` with form content: an object in the query whose properties are the names;
* `style: cookie`: `form`, which differs only in percent-encoding;
* `nodeType` of an XML Object: `attribute` or `wrapped`;
* `dataValue` and `serializedValue` of an example: its `value`.

`query` and `additionalOperations` of a path item are read by `document`, `defaultMapping` by `discriminator`.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.openapi.object_positions import find, walk

FORM = "application/x-www-form-urlencoded"


def convert(document: dict[str, Any]) -> None:
    """Rewrite a document of OpenAPI 3.2 in place."""
    for place in walk(document):
        if place.kind == "media type":
            _media_type(document, place.node)
        elif place.kind == "parameter" and "$ref" not in place.node:
            _parameter(place.node)
        elif place.kind == "example":
            _example(place.node)
        elif place.kind == "schema" and type(place.node.get("xml")) is dict:
            _xml(place.node["xml"])


def reads_querystring(parameter: dict[str, Any]) -> bool:
    """Is this the parameter for the whole query (OpenAPI 3.2 section 4.12.1), in a form that is understood?"""
    content = parameter.get("content")
    return parameter.get("in") == "querystring" and type(content) is dict and FORM in content


def _media_type(document: dict[str, Any], node: dict[str, Any]) -> None:
    if type(node.get("$ref")) is str:
        target, _ = find(document, node.pop("$ref"))
        node.update(orjson.loads(orjson.dumps(target)) if type(target) is dict else {})
    items = node.pop("itemSchema", None)
    if items is not None:
        listed = {"type": "array", "items": items}
        node["schema"] = {**listed, "allOf": [node["schema"]]} if "schema" in node else listed


def _parameter(node: dict[str, Any]) -> None:
    if reads_querystring(node):
        node.update({"in": "query", "style": "form", "explode": True})
        media = node.pop("content")[FORM]
        node["schema"] = media.get("schema", {}) if type(media) is dict else {}
    elif node.get("in") == "querystring":  # reported by `lint_rules`
        node.update({"in": "query", "required": False, "schema": {}})
        node.pop("content", None)
    elif node.get("style") == "cookie":
        node["style"] = "form"


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
        return orjson.loads(text) if text.lstrip()[:1] in ("{", "[") else text
    except orjson.JSONDecodeError:
        return text
