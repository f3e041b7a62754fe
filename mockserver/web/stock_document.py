"""Restores a document from the operations that Connexion made from it.

A resolver gets Connexion's operations and not the document, with every `$ref` replaced by its target: a recursive
schema is an object that contains itself. This module puts the references back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connexion.operations import AbstractOperation, Swagger2Operation

Json = dict[str, Any]


def document_of(operations: Iterable[AbstractOperation]) -> Json:
    """The OpenAPI 3.0 or Swagger 2.0 document of these operations, without security, which Connexion has checked."""
    each = list(operations)
    is_old = any(isinstance(one, Swagger2Operation) for one in each)
    named = _definitions(each) if is_old else _schemas(each)
    write = _References(named, "#/definitions/" if is_old else "#/components/schemas/")
    paths: Json = {}
    for one in each:
        paths.setdefault(one.path, {})[one.method.lower()] = write.any(_operation(one))
    schemas = {name: write.inside(node) for name, node in named.items()}
    info = {"title": "api", "version": "1"}
    if is_old:
        return {"swagger": "2.0", "info": info, "paths": paths, "definitions": schemas}
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _operation(one: AbstractOperation) -> Json:
    parameters = {(each["in"], each["name"]): each for each in one.parameters}  # Connexion repeats some
    made: Json = {"parameters": list(parameters.values()), "responses": one.responses}
    if one.operation_id:
        made["operationId"] = one.operation_id
    if isinstance(one, Swagger2Operation):
        return {**made, "consumes": one.consumes, "produces": one.produces}
    return {**made, "requestBody": one.request_body} if one.request_body else made


def _definitions(operations: list[AbstractOperation]) -> Json:
    return next((dict(one.definitions) for one in operations if one.definitions), {})


def _schemas(operations: list[AbstractOperation]) -> Json:
    return next((dict(one.components["schemas"]) for one in operations if one.components.get("schemas")), {})


class _References:
    """Copies values, and writes a reference for each object that Connexion copied from a named schema.

    Connexion copies the keys of the target, so the values under them are the same objects. It also adds all named
    schemas to the schemas of bodies and responses, as `components` or `definitions`; these are left out.
    """

    def __init__(self, named: Mapping[str, Any], prefix: str) -> None:
        self._prefix = prefix
        self._named = {key: name for name, node in named.items() if (key := _containers(node))}
        self._keys = {name: frozenset(node) for name, node in named.items() if isinstance(node, dict)}
        self._open: set[int] = set()

    def any(self, value: Any) -> Any:
        """A copy of the value, or a reference to the named schema that it is."""
        if isinstance(value, dict):
            name = self._name(value)
            return {"$ref": self._prefix + name.replace("~", "~0").replace("/", "~1")} if name else self.inside(value)
        return [self.any(each) for each in value] if isinstance(value, list) else value

    def inside(self, node: Any) -> Any:
        """A copy of an object, with references inside. A recursive object without a name becomes `{}`, any value."""
        if not isinstance(node, dict) or id(node) in self._open:
            return {}
        self._open.add(id(node))
        made = {key: self.any(value) for key, value in node.items() if not _is_added(key, value)}
        self._open.discard(id(node))
        return made

    def _name(self, node: Json) -> str | None:
        for key in (_containers(node), _containers({k: v for k, v in node.items() if not _is_added(k, v)})):
            name = self._named.get(key)
            if name is not None and self._keys[name] <= frozenset(node):
                return name
        return None


def _containers(node: Any) -> frozenset[tuple[str, int]]:
    """The keys whose values are objects or lists, with the identities of those."""
    if not isinstance(node, dict):
        return frozenset()
    return frozenset((key, id(value)) for key, value in node.items() if isinstance(value, dict | list))


def _is_added(key: str, value: Any) -> bool:
    return key in ("components", "definitions") and isinstance(value, dict)
