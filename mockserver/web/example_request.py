"""A valid request for an operation, as its document describes it: for curl lines, and to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from msgspec import Struct

from mockserver.errors import Unanswerable
from mockserver.examples.part_writer import PartWriter
from mockserver.openapi import json_codec, multipart, path_template
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.media_types import is_form, is_json
from mockserver.openapi.multipart import BodyPart
from mockserver.openapi.parameter_styles import ParameterStyle, query_text
from mockserver.web.endpoint import Endpoint
from mockserver.web.example_credential import NO_AUTHORIZATION, authorization
from mockserver.web.response.serializers import part_writer
from mockserver.web.service import Service

NOT_SENT = ("accept", "content-type", "authorization")
"""Names that are no parameters (OpenAPI 3.1 section 4.8.12.1)."""


class ExampleRequest(Struct, frozen=True):
    """A request. `target` is the path with the query, below the prefix of the service; `headers` lack content-type.

    `value` is the body before it is written as `media_type`; without a body, `media_type` is empty. `parts` are those
    of a multipart body.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    media_type: str = ""
    value: Any = None
    parts: tuple[BodyPart, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of content-type; empty without a body."""
        return multipart.write(self.parts, self.media_type)[1] if self.is_multipart else self.media_type

    @property
    def is_multipart(self) -> bool:
        """Has the body parts?"""
        return multipart.is_multipart(self.media_type)

    @property
    def body(self) -> bytes:
        """The body as it is sent."""
        if not self.media_type:
            return b""
        if self.is_multipart:
            return multipart.write(self.parts, self.media_type)[0]
        if is_json(self.media_type):
            return json_codec.write(self.value)
        if not is_form(self.media_type) or not isinstance(self.value, dict):
            return plain(self.value).encode()
        return urlencode({name: plain(part) for name, part in self.value.items()}).encode()


def unchanged(body: Any) -> Any:
    """The body as the document has it."""
    return body


def example_request(
    service: Service,
    operation: Operation,
    path: Mapping[str, str] = MappingProxyType({}),
    changed: Callable[[Any], Any] = unchanged,
) -> ExampleRequest:
    """A valid request for an operation. `path` are path parameters by name, as they are written.

    `changed` makes the body that is sent of the one of the document.
    """
    needed = all(operation.security) and operation.security
    sent = authorization(service, operation, service.keyring.printed) if needed else NO_AUTHORIZATION
    parts_of_query = (path_template.fixed_query(operation.path), _query(service, operation), sent.query.decode())
    query = "&".join(part for part in parts_of_query if part)
    base = service.contract.document.base_path_of(operation)
    target = base + _path(service, operation, path) + (f"?{query}" if query else "")
    taken = {*NOT_SENT, *(name.lower() for name in sent.headers)}
    named = {p.name: _text(service, p) for p in _required(operation, "header") if p.name.lower() not in taken}
    headers = {**sent.headers, **named}
    media = _sent_media(operation)
    if media is None:
        return ExampleRequest(operation.http_method, target, headers)
    value = changed(_within_sums(service, operation, _value(service, media)))
    parts = tuple(_parts(service, media, value))
    return ExampleRequest(operation.http_method, target, headers, media.name, value, parts)


def _within_sums(service: Service, operation: Operation, value: Any) -> Any:
    """The body with no more of a field than all items may have together: no schema says it."""
    action = _action(service, operation)
    resource = service.contract.behaviour.resources.get(action.of) if action is not None else None
    for stated in resource.sum_limit if resource is not None and isinstance(value, dict) else ():
        if type(value.get(stated.field)) in (int, float):
            value = value | {stated.field: min(value[stated.field], stated.limit)}
    return value


def first_endpoint(service: Service) -> Endpoint | None:
    """The operation that is most likely to work: it needs no item that is not there, and there is a valid response."""
    ranked = sorted(service.endpoints.values(), key=lambda endpoint: _difficulty(service, endpoint))
    return next((one for one in ranked[:TRIALS] if _has_response(service, one)), next(iter(ranked), None))


DEPRECATED = 10
"""How much more difficult a deprecated operation counts: it is tried only if all others are."""

TRIALS = 10
"""How many operations are looked at until one has a valid response."""


def _has_response(service: Service, endpoint: Endpoint) -> bool:
    """Is there a valid response? For some schemas no value can be found, or there is none."""
    if endpoint.bound is not None:
        return True
    success = endpoint.operation.success()
    try:
        for media in success.content[:1] if success is not None else ():
            service.contract.examples.content(media, seed=0)
    except Unanswerable:
        return False
    return True


def _difficulty(service: Service, endpoint: Endpoint) -> int:
    operation, stated = endpoint.operation, _action(service, endpoint.operation)
    body = operation.request_body
    late = DEPRECATED * operation.deprecated
    has_body = body is None or not body.required or any(map(_is_simple, body.content))
    plan = service.plans.get(stated.of) if stated is not None else None
    tenant = plan.statements.tenant.name if plan is not None and plan.statements.tenant.by == "path" else ""
    unknown = [p for p in operation.parameters if p.location == "path" and p.name != tenant]
    if has_body and not unknown and stated is not None and stated.does == "create":
        return late
    is_safe = operation.method == "get"
    asks_for_item = bool(unknown) and stated is not None and stated.does == "get"  # there is none at first
    return 1 + 4 * (not has_body) + 2 * bool(unknown) + (not is_safe) + 2 * asks_for_item + late


def _is_simple(media: MediaType) -> bool:
    """Can the media type be written as an argument of curl?"""
    kinds = (is_json, is_form, multipart.is_multipart)
    return any(test(media.name) for test in kinds) or media.name.startswith("text/")


def _action(service: Service, operation: Operation) -> Any:
    stated = service.contract.behaviour.operations.get((operation.path, operation.method))
    return stated.action if stated else None


def _path(service: Service, operation: Operation, given: Mapping[str, str]) -> str:
    path = path_template.split(operation.path)[0]
    for parameter in operation.parameters:
        if parameter.location == "path":
            text = given.get(parameter.name) or percent_encoded(_text(service, parameter), safe="")
            path = path.replace("{" + parameter.name + "}", text)
    return path


def _query(service: Service, operation: Operation) -> str:
    required = _required(operation, "query")
    for p in required:
        if p.style == QUERYSTRING:
            return query_text(ParameterStyle.of(p, "query"), p.name, _example(service, p))
    pairs = [pair for p in required for pair in _pairs(service, p)]
    return "&".join(f"{percent_encoded(name)}={percent_encoded(text, safe=',')}" for name, text in pairs)


def _pairs(service: Service, parameter: Parameter) -> Iterator[tuple[str, str]]:
    """The names and values in the query: an object has one for each property (OpenAPI 3.1 section 4.8.12.3)."""
    value = None if parameter.content else _example(service, parameter)
    if not isinstance(value, dict) or not (parameter.explode or parameter.style == "deepObject"):
        yield parameter.name, _text(service, parameter)
        return
    for key, part in value.items():
        name = f"{parameter.name}[{key}]" if parameter.style == "deepObject" else key
        for each in part if isinstance(part, list) else [part]:
            yield name, plain(each)


def _required(operation: Operation, location: str) -> list[Parameter]:
    return [p for p in operation.parameters if p.location == location and p.required]


def _text(service: Service, parameter: Parameter) -> str:
    """A valid value as text; the parts of a list are separated by commas."""
    value = _example(service, parameter)
    if isinstance(value, list):
        return ",".join(map(plain, value))
    return plain(value)


def plain(value: Any) -> str:
    """A value as text."""
    return value if isinstance(value, str) else json_codec.write(value).decode()


def _example(service: Service, parameter: Parameter) -> Any:
    schemas = service.contract.schemas
    node = schemas.resolve(parameter.pointer)[0]
    if "example" in node:
        return node["example"]
    for named in (node.get("examples") or {}).values():
        return named.get("value", "")
    with suppress(Unanswerable):
        if parameter.schema is not None:
            return service.contract.examples.at(parameter.schema, seed=0, direction="request")
    return 1


def _sent_media(operation: Operation) -> MediaType | None:
    """The media type of the body: JSON if the operation takes it, else a form or text; None for no body."""
    content = operation.request_body.content if operation.request_body else ()
    return next((media for media in content if is_json(media.name)), None) or next(filter(_is_simple, content), None)


def _parts(service: Service, media: MediaType, value: Any) -> list[BodyPart]:
    """The parts of a multipart body, all of them as texts; none of another body."""
    if not multipart.is_multipart(media.name):
        return []
    contract = service.contract
    writer = PartWriter(contract.schemas, contract.examples, "request", part_writer(contract.schemas, has_files=False))
    with suppress(Unanswerable):
        return writer.parts(value, media, seed=0)
    return []


def _value(service: Service, media: MediaType) -> Any:
    """A valid body: the document's first example that is valid, else one generated from the schema."""
    schemas = service.contract.schemas
    validator = schemas.validator(media.schema, "request") if media.schema is not None else None
    for example in media.examples.values():
        if validator is None or validator.is_valid(example):
            return example
    if media.schema is not None:
        with suppress(Unanswerable):
            return service.contract.examples.at(media.schema, seed=0, direction="request")
    return {}
