"""Makes the values of a document from its normal form: OpenAPI 3.1 with internal references only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.errors import InvalidDocument
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import media_types
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.bundle_keys import EXAMPLE
from mockserver.openapi.document import (
    DEFAULT_STYLE,
    EXPLODED,
    RESOURCE_NAME,
    WILDCARD,
    Document,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Requirement,
    Response,
    SecurityScheme,
    methods_of,
)
from mockserver.openapi.object_parameters import taken_apart
from mockserver.openapi.server_paths import base_paths


def from_normal_form(
    root: Mapping[str, Any], *, raw: Mapping[str, Any], file: str, published: Mapping[str, Any] | None = None
) -> Document:
    """The values of a document in normal form. Raises InvalidDocument with file and pointer."""
    info = root.get("info") or {}
    try:
        schemes = dict(_security_schemes(root))
        operations = tuple(_operations(root))
    except InvalidDocument as fault:
        raise InvalidDocument(fault.message, file=file, pointer=fault.pointer) from None
    return Document(
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        file=file,
        base_paths=base_paths(root.get("servers"), root.get("$self")),
        own_base_paths=tuple(dict.fromkeys(path for each in operations for path in each.base_paths)),
        raw=raw,
        published=raw if published is None else published,
        root=root,
        operations=operations,
        security_schemes=schemes,
    )


def _operations(root: Mapping[str, Any]) -> Iterator[Operation]:
    default_security = _security(root.get("security"))
    taken: set[str] = set()
    for path, written in (root.get("paths") or {}).items():
        if not path.startswith("/"):
            continue
        item, place = json_pointer.resolve(root, written, json_pointer.join("/paths", path))
        shared = _parameters(root, item.get("parameters"), place)
        for method, keys in methods_of(item):
            at = json_pointer.join(place, *keys)
            node = json_pointer.lookup(item, json_pointer.join("", *keys))
            if isinstance(node, dict):
                operation = _operation(root, path, method, node, at, shared, default_security)
                servers = node.get("servers") or item.get("servers")
                own = base_paths(servers, root.get("$self")) if servers else ()
                yield replace(operation, operation_id=_unique(operation, taken), base_paths=own)


def operation_of(
    root: Mapping[str, Any], path: str, item: Mapping[str, Any], place: str, keys: tuple[str, ...]
) -> Operation:
    """One operation of a Path Item that is at `place` in a document in normal form; `keys` lead to it.

    For webhooks and callbacks, which are not below `paths`; `path` is shown in its place. Raises InvalidDocument.
    """
    node = json_pointer.lookup(item, json_pointer.join("", *keys))
    shared, at = _parameters(root, item.get("parameters"), place), json_pointer.join(place, *keys)
    return _operation(root, path, keys[-1].lower(), node, at, shared, _security(root.get("security")))


def _unique(operation: Operation, taken: set[str]) -> str:
    """The operation's own id, or its method and path where another operation has that id already.

    An operationId must be unique (OpenAPI 3.1 section 4.8.10); documents that break the rule mean two operations.
    """
    names = (operation.operation_id, f"{operation.method} {operation.path}")
    id = next((name for name in names if name not in taken), f"{operation.method} {operation.path} {len(taken)}")
    taken.add(id)
    return id


def _operation(
    root: Mapping[str, Any],
    path: str,
    method: str,
    node: Mapping[str, Any],
    place: str,
    shared: dict[tuple[str, str], Parameter],
    default_security: tuple[Requirement, ...],
) -> Operation:
    listed = shared | _parameters(root, node.get("parameters"), place)
    parameters, objects = taken_apart(root, listed.values())
    return Operation(
        path=path,
        method=method,
        operation_id=str(node.get("operationId") or f"{method} {path}"),
        summary=str(node.get("summary") or node.get("description") or "").strip().split("\n")[0],
        parameters=parameters,
        objects=objects,
        request_body=_request_body(root, node.get("requestBody"), place),
        responses=tuple(_responses(root, node.get("responses") or {}, json_pointer.join(place, "responses"))),
        security=_security(node["security"]) if "security" in node else default_security,
        extension=node.get("x-behaviour") or {},
        pointer=place,
        deprecated=node.get("deprecated") is True,
    )


def _parameters(root: Mapping[str, Any], nodes: Any, place: str) -> dict[tuple[str, str], Parameter]:
    found: dict[tuple[str, str], Parameter] = {}
    for index, written in enumerate(nodes or ()):
        node, at = json_pointer.resolve(root, written, json_pointer.join(place, "parameters", index))
        parameter = _parameter(node, at)
        # Header names ignore case (RFC 9110 section 5.1), so `X-A` of an operation replaces `x-a` of its path item.
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        found[parameter.location, name] = parameter
    return found


def _parameter(node: Mapping[str, Any], at: str) -> Parameter:
    location = node.get("in", "")
    if location not in DEFAULT_STYLE:
        raise InvalidDocument(
            f"`in` of a parameter must be one of {', '.join(DEFAULT_STYLE)}, not {location!r}", pointer=at
        )
    style = str(node.get("style") or DEFAULT_STYLE[location])
    content = next(iter(node.get("content") or {}), None)
    return Parameter(
        name=str(node.get("name", "")),
        location=location,
        required=bool(node.get("required")) or location == "path",
        schema=_schema_of(node, at),
        style=style,
        explode=bool(node.get("explode", style in EXPLODED)),
        content=content,
        pointer=at,
        allow_empty=node["allowEmptyValue"] if isinstance(node.get("allowEmptyValue"), bool) else None,
        slashes=location == "path" and _takes_slashes(node),
        resource_name=str(node.get(RESOURCE_NAME, "")),
        wildcard=node.get(WILDCARD) is True,
    )


def _takes_slashes(node: Mapping[str, Any]) -> bool:
    """Does a path parameter say that its values may have slashes: by `allowReserved` (3.2), or by its pattern?"""
    schema = node.get("schema")
    pattern = schema.get("pattern") if isinstance(schema, dict) else None
    by_pattern = isinstance(pattern, str) and "/" in pattern and "/" in CLASS.sub("", pattern)
    return by_pattern or node.get("allowReserved") is True


CLASS = lazy_pattern(r"\[(?:\\.|[^\]\\])*\]")
"""A set of characters in a regular expression: `[^/]`."""


def _request_body(root: Mapping[str, Any], written: Any, place: str) -> RequestBody | None:
    if not isinstance(written, dict):
        return None
    node, at = json_pointer.resolve(root, written, json_pointer.join(place, "requestBody"))
    return RequestBody(required=bool(node.get("required")), content=_content(root, node, at), pointer=at)


def _content(root: Mapping[str, Any], node: Mapping[str, Any], at: str) -> tuple[MediaType, ...]:
    return tuple(
        MediaType(
            name=media_types.meant(name),
            schema=json_pointer.join(at, "content", name, "schema") if "schema" in media else None,
            examples=dict(_examples(root, media)),
            encoding=media.get("encoding") or {},
            pointer=json_pointer.join(at, "content", name),
        )
        for name, media in (node.get("content") or {}).items()
        if isinstance(media, dict)
    )


def _examples(root: Mapping[str, Any], media: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "example" in media:
        yield "example", media["example"]
    for name, written in (media.get("examples") or {}).items():
        node, _ = json_pointer.resolve(root, written, "")
        for key in ("value", EXAMPLE) if isinstance(node, dict) else ():
            if key in node:
                yield name, node[key]


def _responses(root: Mapping[str, Any], nodes: Mapping[str, Any], place: str) -> Iterator[Response]:
    for status, written in nodes.items():
        if status.startswith("x-"):
            continue
        node, at = json_pointer.resolve(root, written, json_pointer.join(place, status))
        yield Response(
            status=str(status),
            description=str(node.get("description", "")),
            content=_content(root, node, at),
            headers=tuple(documented_headers(root, node.get("headers") or {}, at)),
            links=node.get("links") or {},
            pointer=at,
        )


def documented_headers(root: Mapping[str, Any], nodes: Mapping[str, Any], place: str) -> Iterator[Header]:
    """The headers of an object at `place`: a response, or the Encoding Object of a part."""
    for name, written in nodes.items():
        node, at = json_pointer.resolve(root, written, json_pointer.join(place, "headers", name))
        yield Header(name=name, required=bool(node.get("required")), schema=_schema_of(node, at), pointer=at)


def _schema_of(node: Mapping[str, Any], at: str) -> str | None:
    """The pointer of the schema of a Parameter or Header Object, which may be that of its `content`."""
    content = next(iter(node.get("content") or {}), None)
    if content and "schema" in node["content"][content]:
        return json_pointer.join(at, "content", content, "schema")
    return json_pointer.join(at, "schema") if "schema" in node else None


def _security(nodes: Any) -> tuple[Requirement, ...]:
    return tuple(
        tuple((name, tuple(scopes or ())) for name, scopes in node.items()) for node in nodes or () if node is not None
    )


def _security_schemes(root: Mapping[str, Any]) -> Iterator[tuple[str, SecurityScheme]]:
    for name, written in ((root.get("components") or {}).get("securitySchemes") or {}).items():
        node, _ = json_pointer.resolve(root, written, json_pointer.join("/components/securitySchemes", name))
        yield (
            name,
            SecurityScheme(
                name=name,
                type=str(node.get("type", "")),
                scheme=str(node.get("scheme", "")).lower(),
                location=str(node.get("in", "")),
                parameter=str(node.get("name", "")),
            ),
        )
