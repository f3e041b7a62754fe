"""Check of parents: an item belongs to one parent, and is deleted with it."""

from __future__ import annotations

from contracts.checks.item_view import change_of
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import HIDDEN_OR_GONE, expect_gone
from contracts.checks.state.conflicts import sent_action
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, actions_of, views_below
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.behaviour.statements import Parent
from mockserver.inference.sentences.cascade_sentences import said_to_delete


def parent(context: CheckContext, resource: CheckedResource, statement: Parent) -> None:
    """An item exists below its own parent only, needs an existing parent, and is deleted with it."""
    owner = context.shared.resources.get(statement.resource)
    if owner is None or not owner.can("create"):
        raise CannotBuildRequest(f"no {statement.resource} can be created")
    created = context.create(resource)
    elsewhere = context.create(owner)
    path = {**created.path, resource.owner_key or statement.parameter: elsewhere.id}
    for name in ("get", "update", "delete"):
        op = resource.operations.get(name)
        if op is not None and resource.leads_through_owner(op):
            body = context.bodies.minimal(op, context.check) if op.media_type else MISSING
            response = context.send(op, path=path, body=body)
            context.compared += 1
            if response.status not in HIDDEN_OR_GONE:
                context.report_violation(
                    f"a {op.operation.http_method} below another {owner.name} returns 404",
                    f"status {response.status}",
                    created.exchange,
                    elsewhere.exchange,
                    response,
                    about=name,
                    operation=op.name,
                )
                if name == "delete" and response.status < 300:
                    return  # the item is gone, so that its own list does not show it
    if resource.can("list") and resource.leads_through_owner(resource.operations["list"]):
        response = context.send(resource.operations["list"], path=path)
        context.expect(
            str(created.id) not in ids(resource, context.items(resource, response)),
            f"the list below another {owner.name} does not contain the item",
            "the list contains it",
            created.exchange,
            elsewhere.exchange,
            response,
            about="list",
        )
        own = context.list_page(created)
        context.expect(
            str(created.id) in ids(resource, context.items(resource, own)),
            f"the list below its own {owner.name} contains the item",
            "the list does not contain it",
            created.exchange,
            own,
            about="own",
        )
    _check_parent_update(context, resource, owner, created)
    if owner.can("delete"):
        _check_parent_delete(context, resource, owner, statement)


def _check_parent_update(
    context: CheckContext, resource: CheckedResource, owner: CheckedResource, created: CreatedItem
) -> None:
    """Updating the parent does not delete its items."""
    above = next(
        (each for each in context.created_items(owner) if str(each.id) in map(str, created.path.values())), None
    )
    op = owner.operations.get("update")
    if above is None or op is None or not resource.can("get"):
        return
    try:
        name, value = change_of(context, owner, op, above)
    except CannotBuildRequest:
        return
    changed = context.update(above, {name: value})
    response = context.get(created)
    context.expect_status(
        response.status == 200,
        f"the item still exists after an update of its {owner.name}",
        created.exchange,
        changed,
        response,
        about="survives",
    )


def _check_parent_delete(
    context: CheckContext, resource: CheckedResource, owner: CheckedResource, statement: Parent
) -> None:
    """Deleting the parent deletes its items, and no item can be created below it any more."""
    above = context.create(owner)
    below = {**above.path, statement.parameter: above.id} | (
        {resource.owner_key: above.id} if resource.owner_key else {}
    )
    exchange, created = context.try_create(resource, path=below)
    if created is None:
        raise CannotBuildRequest(f"{resource.operations['create'].name} answers {exchange.status} to a valid request")
    views = [op for op in views_below(context.contract, resource) if context.send(op, path=created.path).status == 200]
    removed = context.delete(above)
    ended = []
    for action in actions_of(context.contract, resource) if removed.status == CONFLICT else ():
        done = sent_action(context, action, created)  # a loan that is open may keep its book
        if done.status < 300:
            ended.append(done)
            removed = context.delete(above)
            break
    if removed.status >= 300 or removed.status == 202:
        raise CannotBuildRequest(f"a {owner.name} with items is not deleted at once: status {removed.status}")
    history = (above.exchange, exchange, *ended, removed)
    if resource.can("get"):
        response = context.get(created)
        context.expect_status(
            response.status in HIDDEN_OR_GONE,
            f"the item is deleted with its {owner.name}",
            *history,
            response,
            about="cascade",
            statement=_said(context, resource, owner),
        )
        for op in views if response.status in HIDDEN_OR_GONE else ():
            expected = f"{op.name} returns 404 when the {resource.name} was deleted with its {owner.name}"
            expect_gone(context, op, created, expected, *history, statement=_said(context, resource, owner))
    if statement.must_exist:
        late, late_made = context.try_create(resource, path=below)
        context.expect_status(
            late_made is None and late.status in HIDDEN_OR_GONE,
            f"a create below a deleted {owner.name} returns 404",
            *history,
            late,
            about="orphan",
        )


def _said(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> StatementRef | None:
    """What the document says about the items that are deleted with their owner; None if it says nothing."""
    op = owner.operations["delete"]
    said = said_to_delete(context.contract.schemas, op.operation, resource.name)
    if said is None:
        return None
    text = f"Each {resource.name} is deleted with its {owner.name}."
    return StatementRef(op.name, "parent", "described", said.source, text)


CHECKS = (Check("parent", ("parent", "within"), resource_statement("parent", "create"), parent),)
