"""Checks of the request schemas: values at a bound are accepted, values beyond it are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.error_replies import REFUSED_BODY, check_refused, documented_statuses, error_statement
from contracts.checks.item_view import as_json, meant
from contracts.checks.stored_fields import expect_value
from contracts.checks.valid_bodies import is_reference
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import BoundaryCase, cases
from contracts.client.path_values import allows_text, text_in_url
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.conformance.response_validation import is_documented_error
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.relative_sentences import relative_sentence
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_above,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of, schema_reference
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi.document import Parameter
from mockserver.openapi.field_types import QUERYSTRING

NOT_FOUND = 404

ELSEWHERE = (401, 403, NOT_FOUND)
"""The statuses of a request that is refused for what it is about, or for who sends it."""

UPPER = frozenset({"maximum", "exclusiveMaximum", "multipleOf"})
"""Keywords for which a large number is sent."""

UNCERTAIN = frozenset({"format"})
"""Keywords that a service need not enforce (JSON Schema Validation section 7.2.1)."""


def body_validation(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """The body schema is enforced: values at each bound are accepted, values beyond it are refused."""
    creates = op == resource.operations.get("create")
    if creates:
        _needs_accepted_create(context, resource)
    created = (
        None
        if creates
        else context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
    )
    base = (
        context.body(resource)
        if creates
        else {}
        if op == resource.operations.get("update")
        else _whole_body(context, resource, op, created)
    )
    _check_required(context, resource, op, base, created)
    for name, pointer in context.bodies.properties(op).items():
        present = base.get(name)
        present = present if present is not None else context.bodies.value(op, name, context.check)
        for case in cases(context.contract.schemas, pointer, present):
            _check_case(context, resource, op, created, base, name, case)
    for body, what in (([], "an array"), ("text", "a string"), (None, "null")):
        if not context.bodies.accepts(op, body):
            exchange = _send(context, resource, op, created, body)
            _check_refused(context, op, exchange, f"a request whose body is {what}", "body type", "", "type")


def _needs_accepted_create(context: CheckContext, resource: CheckedResource) -> None:
    """Raises CannotBuildRequest if even a plain valid create is refused: refusals then say nothing about a field."""
    exchange, made = context.try_create(resource)
    op = resource.operations["create"].operation
    if exchange.status in (400, 404, 422) or is_documented_error(op, exchange.status):
        name = resource.operations["create"].name
        raise CannotBuildRequest(f"{name} returned {exchange.status} for a valid request")
    if made is not None and resource.can("delete"):
        context.remove(made)


def _whole_body(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem | None
) -> dict[str, Any]:
    body = context.bodies.minimal(op, context.check) or {}
    if created is not None and context.shared.forms.get(resource.name):  # only with such values a create is accepted
        accepted = body | {name: created.sent[name] for name in body if name in created.sent}
        body = accepted if context.bodies.accepts(op, accepted) else body
    return meant(context, resource, op, body, created) if created else body


def _check_required(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    base: dict[str, Any],
    created: CreatedItem | None,
) -> None:
    for name in list(base):
        body = {key: value for key, value in base.items() if key != name}
        if not context.bodies.accepts(op, body):
            exchange = _send(context, resource, op, created, body)
            _check_refused(
                context,
                op,
                exchange,
                f"a request without the required field {name}",
                f"{name} required",
                name,
                "required",
            )


def _check_case(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem | None,
    base: dict[str, Any],
    name: str,
    case: BoundaryCase,
) -> None:
    body, schemas = base | {name: case.value}, context.contract.schemas
    if context.bodies.accepts(op, body) is not case.valid:
        return
    what = f"a request with {name} {_shown(case.value)}"
    if not case.valid:
        exchange = _send(context, resource, op, created, body)
        _check_refused(
            context,
            op,
            exchange,
            f"{what}, which `{case.keyword}` forbids,",
            f"{name} {case.keyword}",
            name,
            case.keyword,
            trimmed=_is_valid_trimmed(context, op, base, name, case.value),
        )
    elif not op.may_refuse and name not in op.rule_fields and not _is_unique(resource, name):
        exchange = _send(context, resource, op, created, body)
        if exchange.status == CONFLICT and created is None:  # with an earlier item, perhaps, and not with this value
            try:
                exchange, made = context.try_create(resource, context.body(resource) | {name: case.value})
            except CannotBuildRequest:
                return
            if made is not None and resource.can("delete"):
                context.remove(made)
        if (
            exchange.status in REFUSED_BODY
            and case.value != base.get(name)
            and _is_base_refused(context, resource, op, base, created)
        ):
            return
        if exchange.status in (*REFUSED_BODY, NOT_FOUND, CONFLICT) and _refers(context, resource, name):
            return  # there is no such item, which a bound says nothing about
        is_relative = case.keyword in UPPER and relative_sentence(schemas, op.operation) != ""
        if exchange.status in (*REFUSED_BODY, CONFLICT) and is_relative:
            return  # the document says that it may be more than there is
        context.expect_status(
            200 <= exchange.status < 300,
            f"{what}, which `{case.keyword}` allows, is accepted",
            exchange,
            about=f"{name} {case.keyword} accepted",
        )
        _check_reply_value(context, resource, op, name, case, exchange)


def _is_base_refused(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    base: dict[str, Any],
    created: CreatedItem | None,
) -> bool:
    """Is the body refused in which one field was varied? Then another field of it is at fault, and not this one.

    Where it is at fault itself, the case whose value the body has says so.
    """
    return bool(base) and _send(context, resource, op, created, base).status in REFUSED_BODY


def _is_valid_trimmed(
    context: CheckContext, op: ResourceOperation, base: Mapping[str, Any], name: str, value: Any
) -> bool:
    """Is an invalid text valid without the white space at its ends, which many services remove first?"""
    trimmed = value.strip() if isinstance(value, str) else value
    return bool(trimmed != value and context.bodies.accepts(op, {**base, name: trimmed}))


def _check_reply_value(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    name: str,
    case: BoundaryCase,
    exchange: RecordedExchange,
) -> None:
    """The reply shows an accepted value as it was sent."""
    item = context.item(op, exchange)
    if (
        exchange.status < 300
        and name in item
        and case.value is not None
        and name not in resource.server_fields | resource.write_only_fields
    ):
        expected = f"the reply shows {name} {_shown(case.value)} as it was sent"
        expect_value(context, item, name, case.value, expected, exchange, about=f"{name} {case.keyword} kept")


def _is_unique(resource: CheckedResource, name: str) -> bool:
    fields = {field for statement in resource.behaviour.unique for field in statement.fields}
    return name in fields or (resource.client_named and name == resource.behaviour.identity.field)


def _send(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem | None, body: Any
) -> RecordedExchange:
    """Send a body. Deletes a created item at once, so that no capacity is reached."""
    if created is not None:
        return context.send(op, path=created.path, body=body)
    path = context.parent_path(resource, context.main_user)
    exchange = context.send(op, path=path, body=body)
    fresh = context.record_created(resource, exchange, body if isinstance(body, dict) else {}, context.main_user, path)
    if fresh is not None and resource.can("delete"):
        context.remove(fresh)
    return exchange


def _check_refused(
    context: CheckContext,
    op: ResourceOperation,
    exchange: RecordedExchange,
    what: str,
    about: str,
    name: str,
    keyword: str,
    *,
    trimmed: bool = False,
) -> None:
    if 200 <= exchange.status < 300:
        doubt = trimmed or keyword.removeprefix("items/") in UNCERTAIN
        statement = StatementRef(
            op.name,
            "schema",
            "inferred" if doubt else "documented",
            "JSON Schema Validation section 6",
            f"{name}: {keyword}",
        )
        context.report_violation(
            f"{what} is refused", f"status {exchange.status}", exchange, about=about, statement=statement
        )
    elif check_refused(context, "invalid", op, exchange, what, f"{about} status") and name:
        _check_names_field(context, op, exchange, name)


def _check_names_field(context: CheckContext, op: ResourceOperation, exchange: RecordedExchange, name: str) -> None:
    """An error body with a message or field names the invalid field."""
    statement = error_statement(context, "invalid", op)
    if statement is not None and any(word in str(statement.body) for word in ("{message}", "{field}", "{loc}")):
        reference = StatementRef.of("service", "errors.invalid", statement)
        context.expect(
            name.encode() in exchange.reply_body,
            f"the error body names the invalid field {name}",
            exchange.reply_body[:200].decode("utf-8", "replace"),
            exchange,
            about="names",
            statement=reference,
        )


def _shown(value: Any) -> str:
    text = as_json(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(value) if hasattr(value, '__len__') else text[-5:]})"


def query_parameters(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """The schemas of query parameters are enforced: values at each bound are accepted, values beyond it refused."""
    if "#" in op.operation.path:
        raise CannotBuildRequest(f"no request can have the path {op.operation.path}: what follows a # is not sent")
    created = context.item_for(op, resource)
    for parameter in op.operation.parameters:
        if parameter.location != "query" or parameter.schema is None:
            continue
        for case in _parameter_cases(context, parameter):
            exchange = context.send(
                op,
                path=created.path if created else None,
                query={parameter.name: case.value},
                body=_body_for(context, op),
            )
            what = f"{parameter.name}={_shown(case.value)}"
            about = f"{parameter.name} {case.keyword}"
            if case.valid:
                if exchange.status in REFUSED_BODY and _status_without(context, op, created) in REFUSED_BODY:
                    break  # it is not about this parameter
                context.expect_status(
                    exchange.status not in REFUSED_BODY,
                    f"a request with {what}, which `{case.keyword}` allows, is accepted",
                    exchange,
                    about=f"{about} accepted",
                )
            elif exchange.status in ELSEWHERE and (plain := _status_without(context, op, created)) == exchange.status:
                break  # there is no such item, or it may not be read
            elif exchange.status == NOT_FOUND and NOT_FOUND in documented_statuses(op) and plain < 300:
                context.compared += 1  # only the parameter can be about it: "a page that does not exist is 404"
            else:
                _check_refused(
                    context,
                    op,
                    exchange,
                    f"a request with {what}, which `{case.keyword}` forbids,",
                    about,
                    parameter.name,
                    case.keyword,
                )


def _refers(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Does a field name another item?"""
    fields = {each.field.partition(".")[0].removesuffix("[]") for each in resource.behaviour.references}
    return name in fields or is_reference(context, name)


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
        if case.keyword == "type" and "array" in types and _allows_texts(context, pointer):
            continue  # one value is a list with one entry
        if case.keyword == "type" and "object" in types:
            continue  # any text may be the notation of an object (OpenAPI 3.1 section 4.8.12.2)
        if types & {"integer", "number"} and case.keyword == "type" and isinstance(case.value, bool):
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


def _body_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        resource = resource_of(op, known)
        if resource is not None and op.media_type is not None and resource.can("create"):
            own = next((each for each in resource.operations.values() if each.name == op.name), op)
            yield op.name, schema_reference(op), (resource, own)


def _parameter_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        if any(p.location == "query" and p.schema for p in op.operation.parameters) and op.operation.method == "get":
            yield op.name, schema_reference(op), (op, resource_of(op, known) or resource_above(op.operation, known))


CHECKS = (
    Check("validation", (), _body_places, body_validation, exclusive=False),
    Check("query-parameters", (), _parameter_places, query_parameters),
)  # fmt: skip
