"""What people read on the terminal: where a sandbox is reached, with which credential, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from shlex import quote
from typing import Any

import orjson
from msgspec.structs import fields

from mockserver.behaviour.statements import Statement
from mockserver.cli.reload import Reload
from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.media_types import is_json
from mockserver.web.app import Sandbox
from mockserver.web.endpoint import Endpoint
from mockserver.web.service import Service

ANY = "sandbox"
"""A credential for a service that takes any: nobody said which it knows."""


def address(host: str, port: int) -> str:
    """The base address of a server: `http://127.0.0.1:8080`; an IPv6 address in brackets (RFC 3986 section 3.2.2)."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def lines(sandbox: Sandbox, base: str, token: str | None, loaded: int) -> Iterator[str]:
    """The greeting of a server that listens: a table, a curl line for each service, and the sandbox's own paths."""
    rows = [_row(name, service, base) for name, service in sandbox.services.items()]
    yield from _table(("service", "base URL", "credential", "operations"), rows)
    for name, service in sandbox.services.items():
        yield from ("", f"# {name}: a first request", curl(service, f"{base}/{name}"))
        yield from _roles(service)
    yield ""
    yield f"docs {base}/<service>/docs   state {base}/_mock/state   reset: curl -X POST {base}/_mock/reset"
    if token is not None:
        yield f"this address is open to others, so /_mock/ asks for: Authorization: Bearer {token}"
    if loaded:
        yield f"{loaded} items loaded"
    yield f"sync: {sandbox.outside.mode} ({sandbox.outside.reach}). Ctrl-C stops it."


def reloaded(news: Reload) -> Iterator[str]:
    """What came of a reload: what is served now, and what of the items that were there."""
    for name, service in news.services.items():
        yield f"reloaded {name}: {len(service.endpoints)} operations, {service.store.count()} items kept"
        for resource, count in news.dropped.get(name, {}).items():
            yield f"  dropped {count} of {resource}: the new version cannot show them"


def curl(service: Service, prefix: str) -> str:
    """A curl line that works when it is pasted: the service's create request, or else its first operation."""
    endpoint = _first(service)
    if endpoint is None:
        return f"curl {quote(f'{prefix}/openapi.json')}"
    operation = endpoint.operation
    address = prefix + service.contract.document.base_path + _path(service, operation) + _query(service, operation)
    parts = ["curl", *([] if operation.method == "get" else ["-X", operation.method.upper()]), quote(address)]
    if all(operation.security) and operation.security:
        parts += [_header(service, operation)]
    body = operation.request_body
    media = next((media for media in body.content if is_json(media.name)), None) if body else None
    if media is not None:
        parts += ["-H", quote(f"Content-Type: {media.name}"), "-d", quote(_body(service, media))]
    return " ".join(parts)


def _body(service: Service, media: MediaType) -> str:
    """A body that the operation takes: the document's first example, or one made for the schema."""
    value: Any = next(iter(media.examples.values()), {})
    if not media.examples and media.schema is not None:
        with suppress(Unanswerable):
            value = service.contract.examples.at(media.schema, seed=0, direction="request")
    return orjson.dumps(value).decode()


def credential(service: Service) -> str:
    """The first credential that the sandbox hands out."""
    listed = service.contract.behaviour.service.credentials
    return listed[0].value if listed else ANY


def description(contract: Contract) -> Iterator[str]:
    """A contract for people: its operations, then every statement with its evidence and source."""
    document = contract.document
    yield f"{document.title} {document.version}  ({document.file.rsplit('/', 1)[-1]})"
    for operation in document.operations:
        yield f"  {operation.method.upper():7}{document.base_path}{operation.path}  {operation.summary}"
    subject = ""
    for about, kind, statement in contract.behaviour.statements():
        if about != subject:
            subject = about
            yield from ("", subject)
        yield f"  {kind}: {_says(statement)}"
        source = f": {statement.source}" if statement.source else ""
        yield f"      {statement.evidence}{source}" + (f" ({statement.note})" if statement.note else "")


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
    required = [p for p in operation.parameters if p.location == "query" and p.required]
    return "?" + "&".join(f"{p.name}={_example(service, p)}" for p in required) if required else ""


def _example(service: Service, parameter: Parameter) -> Any:
    schemas = service.contract.schemas
    node = schemas.resolve(parameter.pointer)[0]
    if "example" in node:
        return node["example"]
    for named in (node.get("examples") or {}).values():
        return named.get("value", "")
    schema = schemas.resolve(parameter.schema)[0] if parameter.schema else {}
    return schema.get("example", next(iter(schema.get("examples", ())), schema.get("default", 1)))


def _header(service: Service, operation: Operation) -> str:
    scheme = service.contract.document.security_schemes[operation.security[0][0][0]]
    if scheme.type == "apiKey" and scheme.location == "header":
        return "-H " + quote(f"{scheme.parameter}: {credential(service)}")
    if scheme.type == "apiKey" and scheme.location == "cookie":
        return "-b " + quote(f"{scheme.parameter}={credential(service)}")
    if scheme.scheme == "basic":
        return "-u " + quote(f"user:{credential(service)}")
    return "-H " + quote(f"Authorization: Bearer {credential(service)}")


def _roles(service: Service) -> Iterator[str]:
    for entry in service.contract.behaviour.service.credentials[1:]:
        of = f" of {', '.join(entry.tenants)}" if entry.tenants else ""
        yield f"#   {entry.name}{of}: {entry.value}"


def _row(name: str, service: Service, base: str) -> tuple[str, str, str, str]:
    address = f"{base}/{name}{service.contract.document.base_path}"
    needed = any(endpoint.operation.security for endpoint in service.endpoints.values())
    return name, address, credential(service) if needed else "none needed", str(len(service.endpoints))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _says(statement: Statement) -> str:
    common = {entry.name for entry in fields(Statement)}
    shown = {
        entry.name.replace("_", "-"): getattr(statement, entry.name)
        for entry in fields(statement)
        if entry.name not in common and getattr(statement, entry.name) not in (None, "", (), {})
    }
    return ", ".join(f"{name} {_short(value)}" for name, value in shown.items())


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    if isinstance(value, float):
        return f"{value:g}"
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
