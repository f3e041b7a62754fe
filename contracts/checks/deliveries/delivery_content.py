"""What is wrong with a request that a service sent, by the document: method, headers, query, media type and body."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from contracts.listener.arrival import Arrival
from mockserver.contract import Contract
from mockserver.openapi import media_types
from mockserver.openapi.direction_view import Direction
from mockserver.openapi.document import Parameter
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.openapi.schema_faults import faults

ContentFault = tuple[str, str, str]
"""What it is about, what was expected, and what was seen."""


def content_faults(contract: Contract, outgoing: OutgoingRequest, arrival: Arrival) -> Iterator[ContentFault]:
    """Everything in which a request differs from the document."""
    method = outgoing.operation.http_method
    if arrival.method != method:
        yield "method", f"the method {method}", arrival.method
    for parameter in outgoing.operation.parameters:
        yield from _parameter_faults(parameter, arrival)
    body = outgoing.operation.request_body
    if body is None:
        return
    if not arrival.body:
        if body.required:
            yield "body", "a body, which the document requires", "no body"
        return
    given = arrival.headers.get("content-type", "")
    found = media_types.best((each.name for each in body.content), given) if given else None
    media = body.content[found] if found is not None else None
    if media is None:
        names = ", ".join(each.name for each in body.content)
        yield "media type", f"a documented media type: {names}", given or "no Content-Type"
    elif media.schema is not None and media_types.is_json(given):
        yield from _body_faults(contract, media.schema, arrival)


def _body_faults(contract: Contract, pointer: str, arrival: Arrival) -> Iterator[ContentFault]:
    """What is wrong with a JSON body.

    The document does not say whether `readOnly` means the service or who sends the request, so both are right.
    """
    value = arrival.json
    if value is None and arrival.body.strip() != b"null":
        yield "body", "a JSON body", "a body that is no JSON"
        return
    directions: tuple[Direction, ...] = ("response", "request")
    validators = [contract.schemas.validator(pointer, each) for each in directions]
    if not any(each.is_valid(value) for each in validators):
        for fault in faults(validators[0], value, "body")[:3]:
            steps = ".".join("*" if isinstance(step, int) else str(step) for step in fault.path)
            yield f"{steps} {fault.keyword}", "a body that its schema allows", f"{fault.field}: {fault.message}"


def _parameter_faults(parameter: Parameter, arrival: Arrival) -> Iterator[ContentFault]:
    if parameter.location == "header":
        value = arrival.headers.get(parameter.name.lower())
    elif parameter.location == "query":
        value = dict(parse_qsl(urlsplit(arrival.target).query, keep_blank_values=True)).get(parameter.name)
    else:
        return
    where = f"{parameter.location} parameter {parameter.name}"
    if value is None and parameter.required:
        yield where, f"the {where}, which the document requires", "it is missing"
