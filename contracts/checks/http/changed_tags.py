"""A check of entity tags: each change of an item changes its tag, of one field, by an action, or below the item."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from contracts.checks.http.conditional_requests import check_reply_tag
from contracts.checks.stored_fields import changed_fields
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.amounts import PLENTY
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

SOURCE = "RFC 9110 section 8.8.1 (a strong validator changes whenever what a GET shows does)"

FEW = (3, 2)
"""Numbers for an item on which one request is not the last that it takes."""


def changed_tag(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """After each request that changes what a GET of an item shows, the item has another entity tag."""
    _check_each_field(context, resource, op)
    for step, has_numbers in product(context.steps_of(resource), (False, True)):
        made = context.create(resource, (_with_numbers if has_numbers else CheckContext.body)(context, resource))
        for _ in range(2):
            before = context.get(made)
            done = context.take(made, step)
            if done.status >= 300:
                break
            _compare(context, op, made, before, done)
            if context.item(op, done):
                check_reply_tag(context, made, done)


def _check_each_field(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """The tag depends on each field that an update changes, not on some of them only."""
    update = resource.operations.get("update") or resource.operations.get("replace")
    if update is None:
        return
    made = context.create(resource, context.body(resource, full=True))
    sent = dict(made.sent)
    for name in context.bodies.properties(update):
        value = context.bodies.other(update, name, sent.get(name), context.check)
        body = {**(sent if update is resource.operations.get("replace") else {}), name: value}
        if value is None or not context.bodies.accepts(update, body):
            continue
        before = context.get(made)
        done = context.send(update, path=made.path, body=body)
        if done.status < 300:
            sent |= {name: value}
            _compare(context, op, made, before, done)


def _compare(context: CheckContext, op: ResourceOperation, made: CreatedItem, before: Any, done: Any) -> None:
    after = context.get(made)
    tag = after.header("etag")
    if before.status != 200 or after.status != 200 or not tag or tag.startswith("W/"):
        return
    changed = changed_fields(context.item(op, before), context.item(op, after))
    context.expect(
        not changed or before.header("etag") != tag,
        f"after a request that changes {', '.join(each.split()[0] for each in changed)} the ETag is another one",
        f"ETag: {tag} before and after it",
        made.exchange,
        before,
        done,
        after,
        about=f"tag after {done.method} {op.name}",
    )


def _with_numbers(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A body with a higher number in each field, as far as they are valid: so many may sign, or so many places are free."""
    body, schemas = context.body(resource), context.contract.schemas
    refers = {each.field for each in resource.behaviour.references}
    for name, pointer in context.bodies.fields(resource.operations["create"]).items():
        if "integer" in schemas.types(pointer) and name not in refers:
            valid = schemas.validator(pointer, "request").is_valid
            found = next((each for each in (*FEW, *PLENTY) if valid(each)), None)
            body |= {name: found} if found is not None else {}
    return body


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("get")
        response = op.operation.success() if op is not None else None
        shows = response is not None and any(header.name.lower() == "etag" for header in response.headers)
        if op is not None and shows and resource.can("create"):
            text = "What a GET shows does not change under one entity tag."
            yield op.name, StatementRef(op.name, "http", "documented", SOURCE, text), (resource, op)


CHECKS = (Check("changed-tag", (), _places, changed_tag, exclusive=False),)
