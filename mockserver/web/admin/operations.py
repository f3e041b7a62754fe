"""What is served: all operations, and one in detail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Any

from mockserver.errors import Missing, Unanswerable
from mockserver.messages import Reply
from mockserver.openapi.direction_view import Direction
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.state.store import Store
from mockserver.suggestions import meant
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.control.decisions import statements_about
from mockserver.web.control.existing_items import item_path, naming_items
from mockserver.web.control.nearest_operation import mount_of, path_of
from mockserver.web.control.own_request import OwnRequest, lower_case
from mockserver.web.control.shown_entry import shown_message
from mockserver.web.curl_example import certificate_option, curl_for
from mockserver.web.example_request import example_request
from mockserver.web.service import Service


def listed(request: AdminRequest) -> Reply:
    """The operations of one service, or of all. Raises Missing."""
    services = request.chosen_services
    return Reply(200, [_row(request, each, operation) for each in services for operation in _operations(each)])


def described(request: AdminRequest) -> Reply:
    """One operation: what it takes, what it answers, and what is known of its behaviour. Raises Missing."""
    service = request.service(request.path["service"])
    operation = _named(service, request.query["operation"])
    example, stores = sent_example(request, service, operation), _stores(request)
    contract, body = service.contract, operation.request_body
    mount = request.address + mount_of(service, request.control.services)
    return Reply(
        200,
        {
            **_row(request, service, operation),
            "parameters": [_parameter(service, each) for each in operation.parameters],
            "body": body and {"required": body.required, "content": _content(service, body.content, "request")},
            "responses": [
                {
                    "status": each.status,
                    "description": each.description,
                    "content": _content(service, each.content, "response"),
                }
                for each in operation.responses
            ],
            "security": [[name for name, _ in each] for each in operation.security],
            "statements": [each._asdict() for each in statements_about(contract, operation)],
            "request": {
                "method": example.method,
                "target": example.target,
                **shown_message(list(example.headers), example.body, len(example.body), frozenset()),
            },
            "curl": curl_for(
                service,
                mount,
                operation,
                item_path(operation, service, stores),
                certificate_option(mount),
                partial(naming_items, operation, service, stores),
            ),
        },
    )


def named_operation(request: AdminRequest, service: str | None, name: str) -> tuple[Service, Operation]:
    """An operation by its id, and its service, which needs no name where only one has it. Raises Missing."""
    chosen = [request.service(service)] if service is not None else list(request.control.services.values())
    for each in chosen:
        for operation in _operations(each):
            if operation.operation_id == name:
                return each, operation
    known = [operation.operation_id for each in chosen for operation in _operations(each)]
    raise Missing(f"there is no operation {name!r}; {meant(name, known)}", resource="operation")


def sent_example(
    request: AdminRequest, service: Service, operation: Operation, path: Mapping[str, str] = MappingProxyType({})
) -> OwnRequest:
    """A valid request for an operation, about an item that exists in the namespace if there is one.

    `path` are path parameters by name, as they are written.
    """
    stores = _stores(request)
    known = item_path(operation, service, stores, path)
    made = example_request(service, operation, {**known, **path}, partial(naming_items, operation, service, stores))
    mount = mount_of(service, request.control.services)
    headers = [*made.headers.items(), *([("content-type", made.content_type)] if made.content_type else [])]
    return OwnRequest(made.method, mount + made.target, lower_case(headers), made.body)


def _stores(request: AdminRequest) -> dict[str, Store]:
    """What the namespace stores, by service."""
    return {name: request.namespace.store(each) for name, each in request.control.services.items()}


def _operations(service: Service) -> Iterable[Operation]:
    return (endpoint.operation for endpoint in service.endpoints.values())


def _named(service: Service, name: str) -> Operation:
    """The operation of that id. Raises Missing."""
    found = next((each for each in _operations(service) if each.operation_id == name), None)
    if found is None:
        known = [each.operation_id for each in _operations(service)]
        raise Missing(f"{service.name} has no operation {name!r}; {meant(name, known)}", resource="operation")
    return found


def _row(request: AdminRequest, service: Service, operation: Operation) -> dict[str, Any]:
    return {
        "service": service.name,
        "operation": operation.operation_id,
        "method": operation.http_method,
        "path": path_of(service, operation, request.control.services),
        "summary": operation.summary,
    }


def _parameter(service: Service, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": QUERYSTRING if parameter.style == QUERYSTRING else parameter.location,
        "required": parameter.required,
        "schema": _schema(service, parameter.schema, "request"),
        "style": parameter.style,
        "explode": parameter.explode,
        "content": parameter.content,
    }


def _content(service: Service, content: Iterable[MediaType], direction: Direction) -> list[dict[str, Any]]:
    return [
        {
            "media_type": media.name,
            "schema": _schema(service, media.schema, direction),
            "example": _example(service, media, direction),
        }
        for media in content
    ]


def _schema(service: Service, pointer: str | None, direction: Direction) -> Any:
    return True if pointer is None else service.contract.schemas.views[direction].standalone(pointer)


def _example(service: Service, media: MediaType, direction: Direction) -> Any:
    """A valid body; None where none can be made."""
    with suppress(Unanswerable):
        return service.contract.examples.content(media, seed=0, direction=direction)
    return None
