"""Check of the schemas of query parameters: values at a bound are accepted, values beyond it are refused."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from contracts.checks.error_replies import REFUSED_BODY, documented_statuses
from contracts.checks.input.invalid_values import NOT_FOUND, check_case_refused, is_valid_trimmed, shown_case
from contracts.checks.input.refusal_causes import told_elsewhere
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import BoundaryCase, cases
from contracts.client.path_values import allows_text, text_in_url
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_above,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of, schema_reference
from contracts.runner.context import CheckContext
from contracts.runner.start_page import is_start_page
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi.alternatives import alternatives
from mockserver.openapi.document import Parameter
from mockserver.openapi.field_types import QUERYSTRING

ELSEWHERE = (401, 403, NOT_FOUND, 501, 503)
"""The statuses of a request that is refused for what it is about or who sends it, or because the operation is off."""


def query_parameters(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """The schemas of query parameters are enforced: values at each bound are accepted, values beyond it refused."""
    if "#" in op.operation.path:
        raise CannotBuildRequest(f"no request can have the path {op.operation.path}: what follows a # is not sent")
    created, cursors = context.item_for(op, resource), _cursors(op)
    for parameter in op.operation.parameters:
        if parameter.location != "query" or parameter.schema is None:
            continue
        for case in _parameter_cases(context, parameter):
            is_own = case.valid and parameter.name in cursors  # only the service makes cursors
            if not is_own and not _check_case(context, op, created, parameter, case):
                break


def _check_case(
    context: CheckContext, op: ResourceOperation, created: CreatedItem | None, parameter: Parameter, case: BoundaryCase
) -> bool:
    """Send one value of a parameter, and report what is wrong. False if the response is not about the parameter."""
    exchange = context.send(
        op,
        path=created.path if created else None,
        query={parameter.name: case.value},
        body=_body_for(context, op),
    )
    what = f"{parameter.name}={shown_case(case.value)}"
    about = f"{parameter.name} {case.keyword}"
    if is_start_page(context, exchange):
        return False
    if case.valid:
        if exchange.status in REFUSED_BODY and _status_without(context, op, created) in REFUSED_BODY:
            return False
        context.expect_status(
            exchange.status not in REFUSED_BODY,
            f"a request with {what}, which `{case.keyword}` allows, is accepted",
            exchange,
            about=f"{about} accepted",
            statement=told_elsewhere(context, op, parameter.name, exchange),
        )
        return True
    may_be_elsewhere = exchange.status in ELSEWHERE or exchange.status >= 500
    plain = _status_without(context, op, created) if may_be_elsewhere else 0
    if plain == exchange.status:
        return False  # there is no such item, it may not be read, or every request fails
    if exchange.status == NOT_FOUND and plain < 300:  # only the parameter can be about it
        _check_no_page(context, op, exchange, f"a request with {what}", about)
        return True
    check_case_refused(
        context,
        op,
        exchange,
        f"a request with {what}, which `{case.keyword}` forbids,",
        about,
        parameter.name,
        "format" if _is_only_format(context, parameter) else case.keyword,
        trimmed=is_valid_trimmed(case.value, partial(allows_text, context.contract.schemas, parameter)),
    )
    return True


def _is_only_format(context: CheckContext, parameter: Parameter) -> bool:
    """May a parameter be any text of a `format`, so that no other keyword forbids one, or null?"""
    schemas, others = context.contract.schemas, ("enum", "const", "pattern", "minLength", "maxLength")
    possible = alternatives(schemas, str(parameter.schema))
    keyword, pointer = schemas.keyword, possible[0][-1]
    is_text = len(possible) == 1 and schemas.types(pointer) - {"null"} == {"string"}
    return is_text and keyword(pointer, "format") is not None and all(keyword(pointer, each) is None for each in others)


def _cursors(op: ResourceOperation) -> tuple[str, ...]:
    """The query parameters whose values only the service makes."""
    paging = op.behaviour.paging
    return (paging.position, paging.backward) if paging is not None and paging.style == "cursor" else ()


def _check_no_page(
    context: CheckContext, op: ResourceOperation, exchange: RecordedExchange, what: str, about: str
) -> None:
    """A refused parameter may be a page that does not exist: 404, as Django REST framework answers for any bad page."""
    source, text = "RFC 9110 section 15.5.1", "An invalid parameter is refused with 400."
    context.expect_status(
        NOT_FOUND in documented_statuses(op),
        f"{what} is refused with 400 or 422",
        exchange,
        about=f"{about} status",
        statement=StatementRef(op.name, "http", "inferred", source, text),
    )


def _status_without(context: CheckContext, op: ResourceOperation, created: CreatedItem | None) -> int:
    """The status of the same request without any query parameter that may be left out."""
    path = created.path if created else None
    return context.send(op, path=path, body=_body_for(context, op)).status


def _body_for(context: CheckContext, op: ResourceOperation) -> Any:
    body = context.bodies.minimal(op, context.check) if op.media_type else None
    return MISSING if body is None else body


def _parameter_cases(context: CheckContext, parameter: Parameter) -> Iterator[BoundaryCase]:
    """Test values that a query can express; in a query, every value is a text."""
    pointer = str(parameter.schema)
    types = context.contract.schemas.types(pointer)
    try:
        present = context.valid(parameter)
    except MockServerError:
        return
    for case in cases(context.contract.schemas, pointer, present):
        if case.value is None or isinstance(case.value, dict | list) or (case.keyword == "type" and "string" in types):
            continue
        is_of_type = case.keyword in ("type", "anyOf", "oneOf")  # a type or null
        if is_of_type and "array" in types and _allows_texts(context, pointer):
            continue  # one value is a list with one entry
        if is_of_type and "object" in types:
            continue  # any text may be the notation of an object (OpenAPI 3.1 section 4.8.12.2)
        if types & {"integer", "number"} and is_of_type and isinstance(case.value, bool):
            continue
        if "boolean" in types and case.value in (7, "yes"):
            continue  # many services read 1, yes and on as true
        text = text_in_url(case.value)
        if parameter.style == QUERYSTRING and not text:
            continue  # an empty query is none
        if (
            not case.valid
            and not types & {"array", "object"}
            and allows_text(context.contract.schemas, parameter, text)
        ):
            continue
        yield case


def _allows_texts(context: CheckContext, pointer: str) -> bool:
    """May the entries of a list be texts?"""
    items = context.contract.schemas.items(pointer)
    types = context.contract.schemas.types(items) if items else frozenset()
    return not types or "string" in types


def _parameter_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if any(p.location == "query" and p.schema for p in op.operation.parameters) and op.operation.method == "get":
            yield op.name, schema_reference(op), (op, resource_of(op, known) or resource_above(op.operation, known))


CHECKS = (Check("query-parameters", (), _parameter_places, query_parameters),)
