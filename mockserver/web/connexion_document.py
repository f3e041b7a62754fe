"""The view of a document that Connexion gets: OpenAPI 3.0, made path by path when a path is first needed.

Connexion 3.3 refuses OpenAPI 3.1, and it validates and copies every document. Ours are validated when they are read
(`openapi/lint.py`), so the view is neither validated nor copied. Paths, operationIds, parameters and security are those
of the document. A schema has only what Connexion reads: type, type of the items, default, and the fields of a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connexion.spec import OpenAPISpecification

from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import (
    DEFAULT_STYLE,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
)
from mockserver.openapi.field_types import QUERYSTRING, TABS
from mockserver.openapi.object_parameters import whole_parameters
from mockserver.openapi.schemas import Schemas

VERSION = "3.0.3"
"""The version of OpenAPI that Connexion 3.3 reads and that is nearest to the normal form."""

CONTROLLERS = ("x-openapi-router-controller", "x-swagger-router-controller")
"""The extensions by which a document names the module of an operation's function (Connexion, "Routing")."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

NO_RESPONSES = {"default": {"description": ""}}
"""The responses of an operation that documents none: OpenAPI 3.0 requires one."""

AS_READ = {"type": "string", "format": "binary"}
"""The schema of a value that may have several types: it is the only one that Connexion does not convert."""


class HostedSpecification(OpenAPISpecification):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """The specification of one contract below `base_path`, for `add_api`."""

    def __init__(self, contract: Contract, base_path: str = "") -> None:
        document = contract.document
        self._spec = self._raw_spec = {
            "openapi": VERSION,
            "info": {"title": document.title, "version": document.version},
            "servers": [{"url": base_path}],
            "paths": PathItems(document.operations, contract.schemas),
            "components": {"securitySchemes": _security_schemes(contract)},
        }
        self._base_uri = ""


class PathItems(Mapping[str, dict[str, Any]]):
    """The Path Items of a document in OpenAPI 3.0, made when they are first needed."""

    def __init__(self, operations: tuple[Operation, ...], schemas: Schemas) -> None:
        self._schemas = schemas
        self._operations: dict[str, list[Operation]] = {}
        for operation in operations:
            self._operations.setdefault(operation.path, []).append(operation)
        self._made: dict[str, dict[str, Any]] = {}

    def __getitem__(self, path: str) -> dict[str, Any]:
        if path not in self._made:
            made = {each.method: operation_object(each, self._schemas) for each in self._operations[path]}
            self._made[path] = made
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._operations)

    def __len__(self) -> int:
        return len(self._operations)


def operation_object(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """An Operation Object of OpenAPI 3.0 (section 4.7.10)."""
    node = json_pointer.lookup(schemas.root, operation.pointer)
    made: dict[str, Any] = {
        "operationId": operation.operation_id,
        "parameters": [_parameter(each, schemas) for each in whole_parameters(operation)],
        "responses": {each.status.replace("x", "X"): _response(each) for each in operation.responses} or NO_RESPONSES,
        "security": [{name: list(scopes) for name, scopes in needed} for needed in operation.security],
    }
    if operation.request_body is not None:
        made["requestBody"] = _request_body(operation.request_body, schemas)
    controller = next((node[key] for key in CONTROLLERS if key in node), None)
    if controller is not None:
        made[CONTROLLERS[0]] = controller
    return made


def _parameter(parameter: Parameter, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "style": DEFAULT_STYLE["query"] if parameter.style in (TABS, QUERYSTRING) else parameter.style,
        "explode": parameter.explode,
        "schema": _value(parameter.schema, schemas),
    }


def _response(response: Response) -> dict[str, Any]:
    content: dict[str, Any] = {_sent(media.name): {} for media in response.content}
    return {"description": response.description, **({"content": content} if content else {})}


def _sent(name: str) -> str:
    """The media type that is sent: JSON if the document has a range."""
    return "application/json" if "*" in name else name


def _request_body(body: RequestBody, schemas: Schemas) -> dict[str, Any]:
    node = json_pointer.lookup(schemas.root, body.pointer)
    name = {"x-body-name": node["x-body-name"]} if "x-body-name" in node else {}
    content = {media.name: {"schema": _content(media, schemas)} for media in body.content}
    return {"required": body.required, "content": content, **name}


def _content(media: MediaType, schemas: Schemas) -> dict[str, Any]:
    """The schema of a body; for a form with its properties, because Connexion passes files one by one."""
    made = _value(media.schema, schemas)
    if media.schema is not None and media.name.partition(";")[0] in FORMS:
        fields = schemas.properties(media.schema)
        made = made | {"type": "object", "properties": {name: _value(at, schemas) for name, at in fields.items()}}
    return made


def _value(pointer: str | None, schemas: Schemas) -> dict[str, Any]:
    """What Connexion reads of a schema: the type, to convert values, and the default."""
    if pointer is None:
        return dict(AS_READ)
    types = schemas.types(pointer)
    (only,) = types - {"null"} if len(types - {"null"}) == 1 else ("",)
    made: dict[str, Any] = {"type": only} if only else dict(AS_READ)
    if only == "array":
        made["items"] = _value(schemas.items(pointer), schemas)
    if "null" in types:
        made["nullable"] = True
    default = schemas.keyword(pointer, "default")
    return made if default is None else {**made, "default": default}


def _security_schemes(contract: Contract) -> dict[str, Any]:
    """The Security Scheme Objects, which may name functions (`x-bearerInfoFunc` and others).

    OpenAPI 3.0 has no `mutualTLS`.
    """
    root = contract.document.root
    written = (root.get("components") or {}).get("securitySchemes") or {}
    nodes = {name: json_pointer.resolve(root, node, "/components/securitySchemes")[0] for name, node in written.items()}
    return {name: node for name, node in nodes.items() if node.get("type") != "mutualTLS"}
