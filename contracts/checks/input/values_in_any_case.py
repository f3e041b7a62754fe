"""A check of unique values that are the same in any case: where `ab` is used, `AB` is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


def any_case(context: CheckContext, resource: CheckedResource, fields: tuple[str, ...]) -> None:
    """A value that differs from a used one in case only is refused, where the document says that case does not count."""
    op = resource.operations["create"]
    first = context.create(
        resource, context.body(resource, full=any(each not in context.body(resource) for each in fields))
    )
    name = next((each for each in fields if _has_cases(context, resource, first.sent, each)), "")
    if not name:
        raise CannotBuildRequest(f"no value of {', '.join(fields)} has letters")
    value = str(first.sent[name])
    beside = {each: first.sent[each] for each in fields if each in first.sent}
    for other, about in ((value, "same"), (value.swapcase(), "case")):
        body = {**context.body(resource), **beside, name: other}
        if not context.bodies.accepts(op, body):
            raise CannotBuildRequest(f"the document does not allow {as_json(other)} as {name}")
        exchange, _ = context.try_create(resource, body, may_conflict=True)
        context.expect_status(
            400 <= exchange.status < 500,
            f"a second {resource.name} with {name} {as_json(other)} is refused, since {as_json(value)} is used",
            first.exchange,
            exchange,
            about=about,
        )
    _check_changed(context, resource, name, first, beside)


def _has_cases(context: CheckContext, resource: CheckedResource, body: Mapping[str, Any], name: str) -> bool:
    """Is the value of a field a text that is valid in the other case, too?"""
    value = body.get(name)
    other = value.swapcase() if isinstance(value, str) else value
    return other != value and context.bodies.accepts(resource.operations["create"], {**body, name: other})


def _check_changed(
    context: CheckContext, resource: CheckedResource, name: str, first: CreatedItem, beside: Mapping[str, Any]
) -> None:
    """Another item cannot get the value by an update, either."""
    value = str(first.sent[name])
    for op in (resource.operations[each] for each in ("update", "replace") if resource.can(each)):
        other = context.create(resource)
        for taken, about in ((value, "same"), (value.swapcase(), "case")):
            body = {**(other.sent if op == resource.operations.get("replace") else {}), **beside, name: taken}
            if name not in context.bodies.properties(op) or not context.bodies.accepts(op, body):
                continue
            exchange = context.send(op, path=other.path, body=body)
            context.expect_status(
                400 <= exchange.status < 500,
                f"a {resource.name} cannot be changed to {name} {as_json(taken)}, since another one has "
                f"{as_json(value)}",
                first.exchange,
                other.exchange,
                exchange,
                about=f"{about} by {op.operation.method}",
            )


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        if op is None or resource.is_put:
            continue
        for unique in resource.behaviour.unique:
            if unique.ignore_case:
                text = f"{' and '.join(unique.fields)} {'are' if len(unique.fields) > 1 else 'is'} unique in any case."
                stated = StatementRef(resource.name, "unique", unique.evidence, unique.source, text)
                yield op.name, stated, (resource, tuple(unique.fields))


CHECKS = (Check("unique-in-any-case", (), _places, any_case, exclusive=False),)
