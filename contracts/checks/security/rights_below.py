"""Checks of rights that follow from the item above: only the owner of a campaign gives a pledge back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.security.other_user_changes import body_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.relation_sentences import RelationRule, not_own, relation_rule
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import singular
from mockserver.openapi import path_template

FORBIDDEN = "403"


def rights_below(
    context: CheckContext, child: CheckedResource, owner: CheckedResource, op: ResourceOperation, rule: RelationRule
) -> None:
    """What only the owner of the item above may do is refused to who made the item below it, and the other way round."""
    context.other_tenant_user()
    above, made = _below_other(context, child, owner)
    _expect_two_accounts(context, owner, above)
    who, whose = made.user, f"the user who made the {singular(child.name)}"
    if not rule.is_for_owner:
        who, whose = above.user, f"the owner of the {singular(owner.name)}"
    refused = _sent(context, op, made, who)
    context.expect_status(
        400 <= refused.status < 500,
        f"{op.name} is refused to {whose}",
        above.exchange,
        made.exchange,
        refused,
        about=whose,
    )


def none_below_own(context: CheckContext, child: CheckedResource, owner: CheckedResource) -> None:
    """What the document forbids below an item of one's own is refused there: sellers do not bid on their own lots."""
    context.other_tenant_user()
    above, _ = _below_other(context, child, owner)
    _expect_two_accounts(context, owner, above)
    own = context.create(owner)
    context.prepare(own, child)
    body, path = context.body_below(own, child), own.path_below(child)
    op = child.operations["create"]
    refused = context.send(op, user=own.user, path=path, body=body, may_be_refused=True)
    context.record_created(child, refused, body, own.user, path)
    context.expect_status(
        400 <= refused.status < 500,
        f"{op.name} is refused below a {singular(owner.name)} of one's own",
        own.exchange,
        refused,
        about="own",
    )


def _below_other(
    context: CheckContext, child: CheckedResource, owner: CheckedResource
) -> tuple[CreatedItem, CreatedItem]:
    """An item of a second user, and one of the main user below it. Raises CannotBuildRequest."""
    context.create(child)  # this finds out what the item above needs
    above = context.create(owner, user=context.second_user(context.main_user))
    context.prepare(above, child)
    path = above.path_below(child)
    exchange, made = context.try_create(child, user=context.main_user, path=path, may_conflict=True)
    if made is None:
        raise CannotBuildRequest(f"{child.operations['create'].name} answers {exchange.status} to another user")
    return above, made


def _expect_two_accounts(context: CheckContext, owner: CheckedResource, theirs: CreatedItem) -> None:
    """Raises CannotBuildRequest unless items show that the credentials are those of two users.

    Then a field that no request sends has one value in all items of one user, and another one in those of the other.
    """
    if context.shared.below_others:
        return  # the service has told them apart
    first, second = context.create(owner), context.create(owner)
    for name, value in first.item.items():
        is_kept = isinstance(value, str | int) and second.item.get(name) == value
        if is_kept and name not in first.sent and theirs.item.get(name, value) != value:
            return
    raise CannotBuildRequest("no reply shows that the credentials are those of two users")


def _sent(context: CheckContext, op: ResourceOperation, made: CreatedItem, user: User) -> RecordedExchange:
    body: Any = body_of(context, op)
    if body is None:
        raise CannotBuildRequest(f"no valid body can be generated for {op.name}")
    return context.send(op, user=user, path=made.path, body=body, may_be_refused=True)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not child.can("create") or not owner.can("create"):
            continue
        for op in _about(contract, child):
            rule = relation_rule(contract, op, owner.name)
            if rule is not None and any(each.status == FORBIDDEN for each in op.operation.responses):
                who = "Only the owner" if rule.is_for_owner else "Not the owner"
                text = f"{who} of the {singular(owner.name)} may do it."
                statement = StatementRef(op.name, "http", "described", rule.source, text)
                yield op.name, statement, (child, owner, op, rule)


def _about(contract: Contract, child: CheckedResource) -> Iterator[ResourceOperation]:
    """The list below the item above, and the operations on an item below it, or directly below that."""
    items = {op.operation.path for op in child.operations.values() if child.is_of_item(op)}
    for op in resource_operations(contract):
        path = op.operation.path
        is_list = op.operation.method == "get" and path == child.operations["create"].operation.path
        if is_list or path in items or path_template.is_step_below(path, items):
            yield op


def _own_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not child.can("create") or not owner.can("create"):
            continue
        op = child.operations["create"]
        said = not_own(contract, op, owner.name)
        if said is not None and any(each.status == FORBIDDEN for each in op.operation.responses):
            text = f"Users cannot create one below a {singular(owner.name)} of their own."
            yield op.name, StatementRef(op.name, "http", "described", said.source, text), (child, owner)


CHECKS = (
    Check("rights-below", (), _places, rights_below, exclusive=False),
    Check("none-below-own", (), _own_places, none_below_own, exclusive=False),
)
