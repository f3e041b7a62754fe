"""A curl command for a service that works when it is pasted into a terminal."""

from __future__ import annotations

from contextlib import suppress
from shlex import quote
from typing import Any

import orjson

from mockserver.cli.authorization import NO_AUTHORIZATION, authorization
from mockserver.errors import Unanswerable
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.media_types import is_json
from mockserver.web.endpoint import Endpoint
from mockserver.web.service import Service


def curl_command(service: Service, prefix: str) -> str:
    """The command for the service's first create operation, else its first operation, else its document."""
    endpoint = _first(service)
    if endpoint is None:
        return f"curl {quote(f'{prefix}/openapi.json')}"
    operation = endpoint.operation
    needed = all(operation.security) and operation.security
    sent = authorization(service, operation, service.keyring.printed) if needed else NO_AUTHORIZATION
    query = "&".join(part for part in (_query(service, operation), sent.query.decode()) if part)
    address = prefix + service.contract.document.base_path + _path(service, operation) + (f"?{query}" if query else "")
    parts = ["curl", *([] if operation.method == "get" else ["-X", operation.method.upper()]), quote(address)]
    parts += [f"-H {quote(f'{_spelled(name)}: {value}')}" for name, value in sent.headers.items()]
    parts += [f"-H {quote(f'{p.name}: {_example(service, p)}')}" for p in _required(operation, "header")]
    body = operation.request_body
    media = next((media for media in body.content if is_json(media.name)), None) if body else None
    if media is not None:
        parts += ["-H", quote(f"Content-Type: {media.name}"), "-d", quote(_body(service, media))]
    return " ".join(parts)


def _body(service: Service, media: MediaType) -> str:
    """A valid body: the document's first example, else one generated from the schema."""
    value: Any = next(iter(media.examples.values()), {})
    if not media.examples and media.schema is not None:
        with suppress(Unanswerable):
            value = service.contract.examples.at(media.schema, seed=0, direction="request")
    return orjson.dumps(value).decode()


def _first(service: Service) -> Endpoint | None:
    endpoints = list(service.endpoints.values())
    creates = [e for e in endpoints if (s := _action(service, e.operation)) and s.does == "create"]
    simple = [e for e in creates if not _unknown(e.operation)]
    return next(iter(simple or creates or endpoints), None)


def _unknown(operation: Operation) -> list[Parameter]:
    return [p for p in operation.parameters if p.location == "path" and operation.path.count("{") > 1]


def _action(service: Service, operation: Operation) -> Any:
    stated = service.contract.behaviour.operations.get((operation.path, operation.method))
    return stated.action if stated else None


def _path(service: Service, operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.location == "path":
            path = path.replace("{" + parameter.name + "}", str(_example(service, parameter)))
    return path


def _query(service: Service, operation: Operation) -> str:
    return "&".join(f"{p.name}={_example(service, p)}" for p in _required(operation, "query"))


def _required(operation: Operation, location: str) -> list[Parameter]:
    return [p for p in operation.parameters if p.location == location and p.required]


def _spelled(name: str) -> str:
    return "Authorization" if name == "authorization" else name


def _example(service: Service, parameter: Parameter) -> Any:
    schemas = service.contract.schemas
    node = schemas.resolve(parameter.pointer)[0]
    if "example" in node:
        return node["example"]
    for named in (node.get("examples") or {}).values():
        return named.get("value", "")
    schema = schemas.resolve(parameter.schema)[0] if parameter.schema else {}
    return schema.get("example", next(iter(schema.get("examples", ())), schema.get("default", 1)))
