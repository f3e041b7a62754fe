"""Derive an OpenAPI document from the code of a client that Stainless generated, where no document can be had.

    python -m tests.client_suites.derive PACKAGE > openapi.json

Runs in an environment that can import PACKAGE. It calls every method of every resource with a client that notes method,
path, parameters, body and type of the reply instead of sending anything. What the code does not say (security, limits,
patterns, examples) is not in the document.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import typing_extensions

from tests.client_suites.derived_schemas import Schema, Schemas, typed_dict_fields

UNSENT = ("self", "extra_headers", "extra_query", "extra_body", "timeout", "stream", "idempotency_key")
NOTHING: Schema = {"description": "No content"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a method would send as query or body, with the type of its parameters."""

    keys: tuple[str, ...]
    kind: Any


@dataclass(slots=True)
class Recorder:
    """In place of the client: it notes every call."""

    calls: list[dict[str, Any]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def note(path: str, **given: Any) -> None:
            verb = given.get("method", "get") if name == "get_api_list" else name
            self.calls.append(given | {"verb": verb, "path": path})

        return note


def main(package: str) -> None:
    """Print the document of `package`."""
    recorder, schemas = Recorder(), Schemas()
    for resource in resources(package):
        with suppress(Exception):  # what cannot be made without a client has no operations of its own
            call_all(resource(recorder))
    style = array_style(importlib.import_module(package))
    paths: dict[str, Schema] = {}
    for call in recorder.calls:
        path = "/" + re.sub(r"\?.*", "", call["path"]).lstrip("/")
        paths.setdefault(path, {}).setdefault(call["verb"], operation(call, path, schemas, style))
    document = {"openapi": "3.1.0", "info": {"title": package, "version": "1"}, "paths": paths}
    json.dump(document | {"components": {"schemas": schemas.components}}, sys.stdout)


def resources(package: str) -> Iterator[type]:
    """The synchronous resource classes, with what transforms their parameters replaced."""
    base = importlib.import_module(f"{package}._resource").SyncAPIResource
    root = importlib.import_module(f"{package}.resources")
    for found in pkgutil.walk_packages(root.__path__, f"{package}.resources.", onerror=lambda _: None):
        try:
            module = importlib.import_module(found.name)
        except ImportError as fault:  # one module of thousands
            sys.stderr.write(f"{found.name} is left out: {fault}\n")
            continue
        replace_transforms(module)
        for member in vars(module).values():
            if isinstance(member, type) and issubclass(member, base) and member.__module__ == module.__name__:
                yield member


def replace_transforms(module: ModuleType) -> None:
    """Keep what a method sends as it is, with its type."""
    stand_ins: dict[str, Callable[..., Any]] = {
        "maybe_transform": lambda data, kind: Sent(tuple(data), kind) if isinstance(data, dict) else Sent((), kind),
        "deepcopy_with_paths": lambda data, *_: data,
        "deepcopy_minimal": lambda data: data,
        "extract_files": lambda *_, **__: [("file", b"")],
        "path_template": lambda template, **_: template,
    }
    for name, stand_in in stand_ins.items():
        if hasattr(module, name):
            setattr(module, name, stand_in)


def call_all(resource: object) -> None:
    """Call every public method; where two parameters exclude each other, once with each."""
    for name, method in inspect.getmembers(resource, inspect.ismethod):
        if not name.startswith("_"):
            given = {name: f"{{{name}}}" for name in inspect.signature(method).parameters if name not in UNSENT}
            for left_out in ((), ("zone_id",), ("account_id",)):
                with suppress(Exception):
                    method(**{key: value for key, value in given.items() if key not in left_out})


def array_style(module: ModuleType) -> str:
    """How the client writes arrays into a query: comma, repeat, brackets or indices."""
    clients = [c for c in vars(module).values() if isinstance(c, type) and isinstance(vars(c).get("qs"), property)]
    return str(clients[0].qs.fget(None).array_format) if clients else "repeat"  # type: ignore[attr-defined]


def operation(call: dict[str, Any], path: str, schemas: Schemas, style: str) -> Schema:
    """The operation that a call shows."""
    query, body = (call.get("options") or {}).get("params"), call.get("body")
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in dict.fromkeys(re.findall(r"\{(\w+)\}", path))
    ]
    parameters += query_parameters(query, schemas, style) if isinstance(query, Sent) else []
    found: Schema = {"parameters": parameters, "responses": response(call, schemas)}
    content = {media_type(call): {"schema": body_schema(body, schemas)}} if isinstance(body, Sent) else None
    if call.get("content") is not None:
        content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    return found | ({"requestBody": {"content": content}} if content else {})


def media_type(call: dict[str, Any]) -> str:
    """The media type of the request body."""
    return _headers(call).get("content-type") or ("multipart/form-data" if call.get("files") else "application/json")


def _headers(call: dict[str, Any]) -> dict[str, str]:
    headers = (call.get("options") or {}).get("headers") or {}
    return {key.lower(): value for key, value in headers.items() if isinstance(value, str)}


def query_parameters(query: Sent, schemas: Schemas, style: str) -> list[Schema]:
    """One parameter for each key of the query, written as the client writes it."""
    made = []
    for name, kind, _ in chosen_fields(query):
        schema = schemas.of(kind)
        parameter: Schema = {"name": name, "in": "query", "schema": schema}
        if schema.get("type") == "object" or "$ref" in schema:
            parameter |= {"style": "deepObject", "explode": True}
        elif schema.get("type") == "array" and style == "brackets":
            parameter |= {"name": f"{name}[]"}
        elif schema.get("type") == "array":
            parameter |= {"explode": style != "comma"}
        made.append(parameter)
    return made


def chosen_fields(sent: Sent) -> list[tuple[str, Any, bool]]:
    """The fields of the parameter type that go into this part of the request."""
    kinds = [
        kind for kind in typing_extensions.get_args(sent.kind) or (sent.kind,) if typing_extensions.is_typeddict(kind)
    ]
    fields = {name: (name, kind, needed) for each in kinds for name, kind, needed in typed_dict_fields(each)}
    aliases = {python: wire for each in kinds for python, (wire, _, _) in zip(
        typing_extensions.get_type_hints(each), typed_dict_fields(each), strict=True)}  # fmt: skip
    return [fields[aliases[key]] for key in sent.keys if key in aliases]


def body_schema(body: Sent, schemas: Schemas) -> Schema:
    """The schema of the body: of its whole type, or of those keys that do not go into the path or query."""
    if not body.keys or len(typing_extensions.get_args(body.kind)) > 1:
        return schemas.of(body.kind)
    fields = chosen_fields(body)
    required = [name for name, _, needed in fields if needed]
    schema: Schema = {"type": "object", "properties": {name: schemas.of(kind) for name, kind, _ in fields}}
    return schema | ({"required": required} if required else {})


def response(call: dict[str, Any], schemas: Schemas) -> Schema:
    """The responses: 200 with the type of the reply, or 204."""
    kind = call.get("page", call.get("cast_to"))
    if kind is type(None):
        return {"204": NOTHING}
    if "Binary" in getattr(kind, "__name__", ""):
        return {"200": {"description": "OK", "content": {"application/octet-stream": {}}}}
    media = _headers(call).get("accept", "application/json")
    return {"200": {"description": "OK", "content": {media: {"schema": schemas.of(kind)}}}}


if __name__ == "__main__":
    main(sys.argv[1])
