"""Every object and field of OpenAPI 3.0, 3.1 and 3.2, from the official JSON Schemas.

Those of the versions come with openapi-spec-validator, those of JSON Schema 2020-12 with jsonschema-specifications.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from jsonschema_specifications import REGISTRY

VERSIONS = ("3.0", "3.1", "3.2")

OUTSIDE: dict[str, dict[str, tuple[str, ...]]] = {
    "discriminator": {"propertyName": ("3.1", "3.2"), "mapping": ("3.1", "3.2"), "defaultMapping": ("3.2",)},
    "xml": {
        **dict.fromkeys(("name", "namespace", "prefix", "attribute", "wrapped"), ("3.1", "3.2")),
        "nodeType": ("3.2",),
    },
    "schema": dict.fromkeys(("discriminator", "xml", "externalDocs", "example"), ("3.1", "3.2")),
    **dict.fromkeys(
        ("parameter", "header", "media-type"), dict.fromkeys(("example", "examples"), ("3.0", "3.1", "3.2"))
    ),
    "path-item": dict.fromkeys(
        ("get", "put", "post", "delete", "options", "head", "patch", "trace"), ("3.0", "3.1", "3.2")
    ),
}
"""Fields that these schemas name in another way, and since 3.1 those in the vocabulary of OpenAPI for schemas."""

VOCABULARIES = ("core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content")


def official_fields() -> dict[str, dict[str, set[str]]]:
    """Object → field → the versions that have it. Objects are named as in the schema of 3.2: `media-type`."""
    found: dict[str, dict[str, set[str]]] = {}
    for version in VERSIONS:
        for name, field in (*_of_version(version), *(_json_schema() if version != "3.0" else ())):
            found.setdefault(name, {}).setdefault(field, set()).add(version)
    for name, added in OUTSIDE.items():
        for field, versions in added.items():
            found.setdefault(name, {}).setdefault(field, set()).update(versions)
    return found


def _of_version(version: str) -> Iterator[tuple[str, str]]:
    place = files("openapi_spec_validator") / "resources" / "schemas" / f"v{version}" / "schema.json"
    schema = json.loads(place.read_text(encoding="utf-8"))
    yield from (("openapi", field) for field in schema["properties"])
    for name, definition in (schema.get("$defs") or schema.get("definitions")).items():
        kind = _kind(name)
        if kind:
            yield from ((kind, field) for field in _properties(definition))


def _properties(node: Any) -> Iterator[str]:
    """The names of the properties that a definition has, also in its alternatives."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for key in ("allOf", "anyOf", "oneOf"):
            for each in node.get(key, ()):
                yield from _properties(each)
        for key in ("$defs", "dependentSchemas"):
            inner = node.get(key, {})
            for each in inner.values() if isinstance(inner, dict) else ():
                yield from _properties(each)
        for key in ("then", "else"):
            yield from _properties(node.get(key))


def _kind(name: str) -> str:
    """The name of an object from that of its definition; empty for parts of several objects."""
    dashed = "".join(
        f"-{c.lower()}" if c.isupper() and i and name[i - 1].islower() else c.lower() for i, c in enumerate(name)
    )
    return SAME.get(dashed, dashed)


FLOWS = ("implicit-oauth-flow", "password-oauth-flow", "client-credentials-flow", "authorization-code-oauth-flow")

SAME = {
    **dict.fromkeys(("apikey-security-scheme", "httpsecurity-scheme"), "security-scheme"),
    **dict.fromkeys(("oauth2security-scheme", "open-id-connect-security-scheme"), "security-scheme"),
    **dict.fromkeys(FLOWS, "oauth-flows"),
    **dict.fromkeys(("parameter-location", "explode-for-form", "examples"), ""),
}
"""Names of definitions that are parts of another object; an empty name leaves one out."""


def _json_schema() -> Iterator[tuple[str, str]]:
    base = "https://json-schema.org/draft/2020-12/meta/"
    yield from (("schema", name) for each in VOCABULARIES for name in REGISTRY.contents(base + each)["properties"])
