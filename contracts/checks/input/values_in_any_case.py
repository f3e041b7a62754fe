"""A check of unique values that are the same in any case: where `ab` is used, `AB` is refused."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import as_json
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


def any_case(context: CheckContext, resource: CheckedResource, name: str) -> None:
    """A value that differs from a used one in case only is refused, where the document says that case does not count."""
    op = resource.operations["create"]
    first = context.create(resource, context.body(resource, full=name not in context.body(resource)))
    value = first.sent.get(name)
    if not isinstance(value, str) or value.swapcase() == value:
        raise CannotBuildRequest(f"no value of {name} has letters")
    for other, about in ((value, "same"), (value.swapcase(), "case")):
        body = {**context.body(resource), name: other}
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
    _check_changed(context, resource, name, first)


def _check_changed(context: CheckContext, resource: CheckedResource, name: str, first: CreatedItem) -> None:
    """Another item cannot get the value by an update, either."""
    value = str(first.sent[name])
    for op in (resource.operations[each] for each in ("update", "replace") if resource.can(each)):
        other = context.create(resource)
        for taken, about in ((value, "same"), (value.swapcase(), "case")):
            body = {**(other.sent if op == resource.operations.get("replace") else {}), name: taken}
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
            if unique.ignore_case and len(unique.fields) == 1:
                text = f"{unique.fields[0]} is unique in any case."
                stated = StatementRef(resource.name, "unique", unique.evidence, unique.source, text)
                yield op.name, stated, (resource, unique.fields[0])


CHECKS = (Check("unique-in-any-case", (), _places, any_case, exclusive=False),)
