"""The one form in which the rest of the program knows a document: OpenAPI 3.1, schemas in JSON Schema 2020-12 terms.

What differs between the versions is undone here and nowhere else:

* 3.0 → 3.1: `nullable`, boolean `exclusiveMinimum`, the siblings of `$ref`, `format: byte` and `binary`
  (OpenAPI 3.1.0 "Migrating from 3.0");
* in every version `example` of a schema becomes `examples`, and a keyword whose value means nothing is left out
  (`soundness` says which).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson

from mockserver.errors import InvalidDocument, UnsupportedFeature
from mockserver.spec import keywords, positions

NORMAL_VERSION = "3.1.0"

Rule = Callable[[dict[str, Any]], None]
"""Brings one object of a known kind into normal form, in place."""

ANNOTATIONS = frozenset(
    (
        "title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated", "externalDocs", "xml",
        "$comment",
    )
)  # fmt: skip
"""Keywords that say something about a value and refuse none (JSON Schema 2020-12 Validation, section 9)."""


def normalise(raw: dict[str, Any], *, file: str = "") -> dict[str, Any]:
    """A new document that says in OpenAPI 3.1 what `raw` says in its own version; `raw` is left as it is.

    Raises InvalidDocument where no version is named, UnsupportedFeature for one that this program does not read.
    """
    version = version_of(raw, file=file)
    document = copy(raw, file=file)
    rules = RULES[version]
    for place in positions.walk(document):
        rule = rules.get(place.kind)
        if rule is not None:
            rule(place.node)
    document["openapi"] = NORMAL_VERSION
    return document


def version_of(raw: dict[str, Any], *, file: str = "") -> str:
    """`2.0`, `3.0` or `3.1`: the version that `raw` names. Raises as `normalise` does."""
    written = raw.get("openapi", raw.get("swagger"))
    if written is None:
        raise InvalidDocument("neither `openapi` nor `swagger` names a version", file=file)
    version = ".".join(str(written).split(".")[:2])
    if version not in RULES:
        known = ", ".join(RULES)
        raise UnsupportedFeature(f"OpenAPI {written} is not one of the versions {known}", file=file)
    return version


def copy(raw: dict[str, Any], *, file: str = "") -> dict[str, Any]:
    """A copy that shares nothing with `raw`, made by writing and reading JSON: twenty times `copy.deepcopy`'s speed."""
    try:
        twin: dict[str, Any] = orjson.loads(orjson.dumps(raw))
    except TypeError as fault:
        raise InvalidDocument(f"it cannot be written as JSON: {fault}", file=file) from None
    return twin


def base_path(document: dict[str, Any]) -> str:
    """The path of the first server, its variables at their defaults, without a slash at the end.

    `https://{host}/v1/` gives `/v1`; no servers give the empty text (OpenAPI 3.1 sections 4.8.5 and 4.8.6).
    """
    servers = document.get("servers") or [{}]
    first = servers[0] if isinstance(servers, list) and isinstance(servers[0], dict) else {}
    url = str(first.get("url", ""))
    for name, variable in (first.get("variables") or {}).items():
        url = url.replace("{" + name + "}", str((variable or {}).get("default", "")))
    return "/".join(["", *[part for part in urlsplit(url).path.split("/") if part]])


def _schema_30(node: dict[str, Any]) -> None:
    nullable = node.pop("nullable", False) is True
    if type(node.get("$ref")) is str:
        _alone(node, nullable)
        return
    _limit(node, "minimum", "exclusiveMinimum")
    _limit(node, "maximum", "exclusiveMaximum")
    _schema(node)
    if nullable:
        _admit_null(node)


def _alone(node: dict[str, Any], nullable: bool) -> None:
    """Siblings of a `$ref` are ignored in 3.0 (section 4.7.23) — save `nullable`, which every writer of it means."""
    reference = {"$ref": node["$ref"]}
    node.clear()
    node.update({"anyOf": [reference, {"type": "null"}]} if nullable else reference)


def _limit(node: dict[str, Any], limit: str, exclusive: str) -> None:
    """`minimum: 1, exclusiveMinimum: true` of 3.0 is `exclusiveMinimum: 1` of 3.1."""
    flag = node.get(exclusive)
    if type(flag) is bool:
        del node[exclusive]
        if flag and limit in node:
            node[exclusive] = node.pop(limit)


def _admit_null(node: dict[str, Any]) -> None:
    if not node.keys().isdisjoint(("allOf", "anyOf", "oneOf", "not")):
        inner = {key: node.pop(key) for key in list(node) if key not in ANNOTATIONS and key[:2] != "x-"}
        node["anyOf"] = [inner, {"type": "null"}]
        return
    kinds = node.get("type")
    if kinds is not None:
        node["type"] = [*([kinds] if type(kinds) is str else kinds), *(["null"] if "null" not in kinds else [])]
    if "enum" in node and None not in node["enum"]:
        node["enum"].append(None)


ENCODINGS = {"byte": ("contentEncoding", "base64"), "binary": ("contentMediaType", "application/octet-stream")}
"""The formats of 3.0 that 3.1 says by another keyword."""


def _schema(node: dict[str, Any]) -> None:
    for key in keywords.malformed(node):
        del node[key]
    if "example" in node:
        example = node.pop("example")
        node.setdefault("examples", [example])
    keyword, value = ENCODINGS.get(node.get("format", ""), ("", ""))
    if keyword:
        node.setdefault(keyword, value)


RULES: dict[str, dict[str, Rule]] = {"3.0": {"schema": _schema_30}, "3.1": {"schema": _schema}}
"""For each version, what is done to the objects of each kind."""
