"""Checks of the request schemas: values at a bound are accepted, values beyond it are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.checks.error_replies import REFUSED_BODY
from contracts.checks.input.invalid_values import (
    NOT_FOUND,
    check_case_refused,
    is_valid_trimmed,
    place_of,
    shown_case,
)
from contracts.checks.input.refusal_causes import (
    FORBIDDEN,
    OTHER_RULE,
    chooses_fields,
    is_accepted_beside_others,
    is_form_refused,
    is_in_pair,
    is_stated_in_order,
    told_elsewhere,
)
from contracts.checks.item_view import immutable, meant
from contracts.checks.stored_fields import expect_value, weaker
from contracts.checks.valid_bodies import is_reference
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import BoundaryCase, cases
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.model.relative_sentences import may_exceed
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of, schema_reference
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.contract import Contract
from mockserver.inference.sentences.descriptions import description

UPPER = frozenset({"maximum", "exclusiveMaximum", "multipleOf"})
"""Keywords for which a large number is sent."""


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
    status = _send(context, resource, op, created, base).status if created is not None else 0
    if status >= 500:
        raise CannotBuildRequest(f"{op.name} returned {status} for a valid request")
    if created is not None and status == CONFLICT:  # another item has one of these values; its own are its own
        base = _with_own(context, op, base, created)
    _check_required(context, resource, op, base, created)
    for name, pointer in context.bodies.properties(op).items():
        present = base.get(name)
        present = present if present is not None else context.bodies.value(op, name, context.check)
        for case in cases(context.contract.schemas, pointer, present):
            _check_case(context, resource, op, created, base, name, case)
    for body, what in (([], "an array"), ("text", "a string"), (None, "null")):
        if not context.bodies.accepts(op, body):
            exchange = _send(context, resource, op, created, body)
            check_case_refused(context, op, exchange, f"a request whose body is {what}", "body type", "", "type")


def _needs_accepted_create(context: CheckContext, resource: CheckedResource) -> None:
    """Raises CannotBuildRequest if even a plain valid create is refused: refusals then say nothing about a field."""
    exchange, made = context.try_create(resource)
    if exchange.status in (400, 404, 422) or exchange.status >= 500:
        name = resource.operations["create"].name
        raise CannotBuildRequest(f"{name} returned {exchange.status} for a valid request")
    if made is not None and resource.can("delete"):
        context.remove(made)


def _whole_body(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem | None
) -> dict[str, Any]:
    body = context.bodies.minimal(op, context.check) or {}
    if created is not None and context.shared.forms.get(resource.name):  # only with such values a create is accepted
        body = _with_own(context, op, body, created)
    return meant(context, resource, op, body, created) if created else body


def _with_own(
    context: CheckContext, op: ResourceOperation, body: dict[str, Any], created: CreatedItem
) -> dict[str, Any]:
    """The body with the values that the item was created with, where that is valid."""
    own = body | {name: created.sent[name] for name in body if name in created.sent}
    return own if context.bodies.accepts(op, own) else body


def _check_required(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    base: dict[str, Any],
    created: CreatedItem | None,
) -> None:
    for name in list(base):
        body = _without(base, name)
        if not context.bodies.accepts(op, body):
            exchange = _send(context, resource, op, created, body)
            what = f"a request without the required field {name}"
            check_case_refused(context, op, exchange, what, f"{name} required", name, "required")


def _check_case(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem | None,
    base: dict[str, Any],
    name: str,
    case: BoundaryCase,
) -> None:
    body = base | {name: case.value}
    if context.bodies.accepts(op, body) is not case.valid:
        return
    if not case.valid:
        if created is None and not resource.can("delete"):  # the item of the base is there, and may have its name alone
            body = _fresh(context, resource, base) | {name: case.value}
        exchange = _send(context, resource, op, created, body)
        check_case_refused(
            context,
            op,
            exchange,
            f"a request with {place_of(name, case)}, which `{case.keyword.rpartition('/')[2]}` forbids,",
            f"{name} {case.keyword}",
            "" if set(case.keyword.split("/")[:-1]) - {"items"} else name,  # an error may name what is inside
            case.keyword,
            trimmed=is_valid_trimmed(case.value, lambda value: context.bodies.accepts(op, {**base, name: value})),
        )
    elif not op.may_refuse and name not in op.rule_fields and _is_free(context, resource, created, name):
        _check_accepted(context, resource, op, created, base, name, case)


def _check_accepted(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem | None,
    base: dict[str, Any],
    name: str,
    case: BoundaryCase,
) -> None:
    body = base | {name: case.value}
    exchange = _send(context, resource, op, created, body)
    is_taken = exchange.status in REFUSED_BODY and not resource.can("delete")  # the base before it is there
    if created is None and (exchange.status == CONFLICT or is_taken):  # with an earlier item, not with this value
        plain = _fresh(context, resource, base) if is_taken else context.body(resource)
        try:
            exchange, made = context.try_create(resource, plain | {name: case.value})
        except CannotBuildRequest:
            return
        if made is not None and resource.can("delete"):
            context.remove(made)
    statement = weaker(context, OTHER_RULE) if exchange.status == FORBIDDEN else None
    if exchange.status in (*REFUSED_BODY, NOT_FOUND, CONFLICT):
        refusal = _Refusal(context, resource, op, created, base, name, case)
        if refusal.is_of_something_else(exchange.status):
            return
        is_other = refusal.may_be_of_another_rule
        statement = weaker(context, OTHER_RULE) if is_other else told_elsewhere(context, op, name, exchange)
    context.expect_status(
        200 <= exchange.status < 300,
        f"a request with {name} {shown_case(case.value)}, which `{case.keyword}` allows, is accepted",
        exchange,
        about=f"{name} {case.keyword} accepted",
        statement=statement,
    )
    _check_reply_value(context, resource, op, name, case, exchange)


class _Refusal(NamedTuple):
    """A valid body was refused in which `name` has the value of a case."""

    context: CheckContext
    resource: CheckedResource
    op: ResourceOperation
    created: CreatedItem | None
    base: dict[str, Any]
    name: str
    case: BoundaryCase

    @property
    def body(self) -> dict[str, Any]:
        """The refused body."""
        return self.base | {self.name: self.case.value}

    def is_accepted(self, body: Any) -> bool:
        """Send another body. Is it accepted?"""
        return _send(self.context, self.resource, self.op, self.created, body).status < 300

    def is_of_something_else(self, status: int) -> bool:
        """Is something else than the bound at fault: another field, an item that is not there, or a rule between two?"""
        context, op, name = self.context, self.op, self.name
        if status in REFUSED_BODY and self._is_refused_without_it():
            return True
        if is_stated_in_order(self.resource, name):
            return True
        if _refers(context, self.resource, name):
            return True  # there is no such item, which a bound says nothing about
        if status == NOT_FOUND:  # of something that the body names, where the path names nothing
            documented = any(response.status == str(NOT_FOUND) for response in op.operation.responses)
            return documented and "{" not in op.operation.path
        if self.case.keyword in UPPER and may_exceed(context.contract.schemas, self.resource, op):
            return True  # the document says that it may be more than there is
        return is_accepted_beside_others(context, op, self.body, name, self.is_accepted)

    def _is_refused_without_it(self) -> bool:
        """Is the body refused as well with another value of the field, and without the field where that is valid?

        Where each of the controls has the value of the case, the field itself is at fault.
        """
        op, base, name = self.op, self.base, self.name
        controls = [base] if self.case.value != base.get(name) else []
        if not controls:
            other = self.context.bodies.other(op, name, base.get(name), self.context.check)
            without = _without(base, name)
            controls = [*([] if other is None else [base | {name: other}]), without]
            controls = [each for each in controls if self.context.bodies.accepts(op, each)]
        is_refused = (_is_base_refused(self.context, self.resource, op, each, self.created) for each in controls)
        return bool(controls) and all(is_refused)

    @property
    def may_be_of_another_rule(self) -> bool:
        """May the form of the text be refused, or the order of two fields, and not the bound?"""
        present = self.base.get(self.name)
        if present is None:
            present = self.context.bodies.value(self.op, self.name, self.context.check)
        return (
            self._is_told_elsewhere()
            or is_in_pair(self.context, self.op, self.name)
            or is_form_refused(self.context, self.op, self.body, self.name, present, self.is_accepted)
        )

    def _is_told_elsewhere(self) -> bool:
        """Does the description of another field name a value of this `enum`, "required for a `choice`", or may it?"""
        if self.case.keyword != "enum":
            return False
        if chooses_fields(self.context, self.op, self.name):
            return True
        schemas, known = self.context.contract.schemas, self.context.bodies.properties(self.op)
        values = [re.escape(each) for each in schemas.keyword(known[self.name], "enum") or () if isinstance(each, str)]
        word = re.compile(rf"(?<![\w-])(?:{'|'.join(values)})(?![\w-])", re.IGNORECASE)
        others = (description(schemas, at).text for name, at in known.items() if name != self.name)
        return bool(values) and any(word.search(text) for text in others)


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


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
    if created is None and not resource.can("delete"):  # the item of the base is there, and may have its name alone
        base = _fresh(context, resource, base)
    return bool(base) and _send(context, resource, op, created, base).status in REFUSED_BODY


def _fresh(context: CheckContext, resource: CheckedResource, base: dict[str, Any]) -> dict[str, Any]:
    """The body with the texts of another new item, so that no item has its name or its address."""
    other = context.body(resource)
    texts = [name for name, value in base.items() if isinstance(value, str) and isinstance(other.get(name), str)]
    return base | {name: other[name] for name in texts}


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
        expected = f"the reply shows {name} {shown_case(case.value)} as it was sent"
        expect_value(context, item, name, case.value, expected, exchange, about=f"{name} {case.keyword} kept")


def _is_free(context: CheckContext, resource: CheckedResource, created: CreatedItem | None, name: str) -> bool:
    """May any valid value be sent? Not one that no two items share, or of a field that an update leaves as it is."""
    fields = {field for statement in resource.behaviour.unique for field in statement.fields}
    if created is not None:
        fields |= immutable(resource) | context.shared.named_after[resource.name]
    return name not in fields and not (resource.client_named and name == resource.behaviour.identity.field)


def _send(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem | None, body: Any
) -> RecordedExchange:
    """Send a body. Deletes a created item at once, so that no capacity is reached.

    Raises CannotBuildRequest if an earlier body has hidden or removed the item to change.
    """
    if created is not None:
        exchange = context.send(op, path=created.path, body=body)
        if exchange.status == NOT_FOUND and resource.can("get") and context.get(created).status == NOT_FOUND:
            raise CannotBuildRequest(f"the item is not there any more after an earlier request of {op.name}")
        return exchange
    path = context.parent_path(resource, context.main_user)
    exchange = context.send(op, path=path, body=body)
    fresh = context.record_created(resource, exchange, body if isinstance(body, dict) else {}, context.main_user, path)
    if fresh is not None and resource.can("delete"):
        context.remove(fresh)
    return exchange


def _refers(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Does a field name another item?"""
    fields = {each.field.partition(".")[0].removesuffix("[]") for each in resource.behaviour.references}
    return name in fields or is_reference(context, name)


def _body_places(contract: Contract) -> Iterator[Place]:
    """All operations with a body, but those for which it has no defined meaning (RFC 9110 sections 9.3.1 and 9.3.5)."""
    known = checked_resources(contract)
    for op in resource_operations(contract):
        resource = resource_of(op, known)
        is_meant = op.operation.method not in ("get", "head", "delete")
        if is_meant and resource is not None and op.media_type is not None and resource.can("create"):
            own = next((each for each in resource.operations.values() if each.name == op.name), op)
            yield op.name, schema_reference(op), (resource, own)


CHECKS = (Check("validation", (), _body_places, body_validation, exclusive=False),)
