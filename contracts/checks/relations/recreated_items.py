"""A check of items whose id is used again: a new one has nothing of what was below the deleted one."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import as_json, item_schema
from contracts.checks.lists.listed_items import ids
from contracts.checks.missing_items import HIDDEN_OR_GONE
from contracts.checks.relations.owner_histories import EVER
from contracts.checks.relations.owner_views import owner_views, shown_by
from contracts.checks.state.item_uses import use
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.item_uses import uses_of
from contracts.model.resources import CheckedResource, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.relations.references import schema_words
from mockserver.inference.sentences.cascade_sentences import said_to_delete

BELOW = "the paths of the document"

MOST_STEPS = 5
"""So many things are done with an item before it is deleted."""


def recreated_item(context: CheckContext, owner: CheckedResource, child: CheckedResource) -> None:
    """A new item with the id of a deleted one has nothing of what was below that one."""
    body = context.body(owner)
    above = context.create(owner, body)
    below = context.create(child, path=above.path_below(child))
    removed = context.delete(above)
    if not 200 <= removed.status < 300 or removed.status == 202:
        raise CannotBuildRequest(f"a {owner.name} with a {child.name} is not deleted at once: status {removed.status}")
    path = {owner.behaviour.identity.parameter: above.id} if owner.is_put else None
    exchange, again = context.try_create(owner, body, path=path, may_conflict=True)
    if again is None or str(again.id) != str(above.id):
        raise CannotBuildRequest(f"the id of a deleted {owner.name} is not used again: status {exchange.status}")
    firm = _of_new(owner) if exchange.status == CREATED and _is_guess(context) else None
    history = (above.exchange, below.exchange, removed, exchange)
    if child.can("list") and child.leads_through_owner(child.operations["list"]):
        _check_list(context, child, above, below, history, firm)
    if child.can("get") and child.leads_through_owner(child.operations["get"]):
        response = context.get(below)
        context.expect_status(
            response.status in HIDDEN_OR_GONE,
            f"a new {owner.name} with the id of a deleted one has no {child.name} of it",
            *history,
            response,
            about="get",
            statement=firm,
        )


def recreated_state(context: CheckContext, resource: CheckedResource) -> None:
    """A new item with the id of a deleted one shows nothing of what was done with that one."""
    body = context.body(resource, full=True)
    made = context.create(resource, body)
    views = owner_views(context.contract, resource)
    fresh, _ = shown_by(context, made, views)
    done = [use(context, made, each) for each in uses_of(context.contract, resource)]
    done += [context.take(made, step) for step in context.steps_of(resource)[:MOST_STEPS]]
    old, read = shown_by(context, made, views)
    removed = context.delete(made)
    if not 200 <= removed.status < 300 or removed.status == 202:
        raise CannotBuildRequest(f"a {resource.name} is not deleted at once: status {removed.status}")
    path = {resource.behaviour.identity.parameter: made.id} if resource.is_put else None
    sent = body | ({} if resource.is_put else {resource.behaviour.identity.field: made.id})
    exchange, again = context.try_create(resource, sent, path=path, may_conflict=True)
    if again is None or str(again.id) != str(made.id):
        raise CannotBuildRequest(f"the id of a deleted {resource.name} is not used again: status {exchange.status}")
    now, reading = shown_by(context, again, views)
    changed = [place for place in fresh if place in old and old[place] != fresh[place] and place in now]
    context.compared += len(changed)
    left = [
        place for place in changed if now[place] == old[place] and EVER.isdisjoint(words(place.rpartition(": ")[2]))
    ]
    # What an item with an id of its own shows otherwise, too, says something else than what was done with the item.
    other, _ = shown_by(context, context.create(resource), views) if left else ({}, [])
    for place in [each for each in left if other.get(each) == fresh[each]]:
        name = place.rpartition(": ")[2]
        context.report_violation(
            f"{name} of a new {resource.name} with the id of a deleted one is {as_json(fresh[place])}, as of any new one",
            f"{as_json(now[place])}, as the deleted one showed it",
            made.exchange,
            *done,
            *read,
            removed,
            exchange,
            *reading,
            about=name,
            statement=_state_statement(context.contract, resource, name),
        )


def _state_statement(contract: Contract, resource: CheckedResource, name: str) -> StatementRef:
    op = resource.operations["delete"]
    said = said_to_delete(contract.schemas, op.operation, name)
    text = f"A new {resource.name} has nothing of a deleted one with the same id."
    return StatementRef(op.name, "identity", "described" if said else "implied", said.source if said else BELOW, text)


def _check_list(
    context: CheckContext,
    child: CheckedResource,
    above: CreatedItem,
    below: CreatedItem,
    history: tuple[RecordedExchange, ...],
    statement: StatementRef | None,
) -> None:
    listing = context.send(child.operations["list"], path=above.path_below(child))
    context.expect(
        str(below.id) not in ids(child, context.items(child, listing)),
        f"the list below a new {above.resource.name} with the id of a deleted one has no {child.name} of it",
        f"it has {as_json(below.id)}",
        *history,
        listing,
        about="list",
        statement=statement,
    )


def _is_guess(context: CheckContext) -> bool:
    return context.statement is not None and context.statement.evidence == "inferred"


def _of_new(owner: CheckedResource) -> StatementRef:
    """201 says that there is a new resource: what is below it was not put there."""
    text = f"What is below a new {owner.name} was created there."
    return StatementRef(owner.operations["delete"].name, "parent", "implied", "RFC 9110 section 15.3.2", text)


CREATED = 201


def _statement(contract: Contract, owner: CheckedResource, child: CheckedResource) -> StatementRef:
    op = owner.operations["delete"]
    pointer = item_schema(contract, child.operations["create"])
    called = {"-".join(each) for each in schema_words([contract.schemas.resolve(pointer)[1]] if pointer else [])}
    names = (child.name, *called - {""})
    found = (said_to_delete(contract.schemas, op.operation, name) for name in names)
    said = next((each for each in found if each is not None), None)
    text = f"Each {child.name} is deleted with its {owner.name}."
    return StatementRef(op.name, "parent", "described" if said else "inferred", said.source if said else BELOW, text)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not owner.can("create", "delete") or not child.can("create"):
            continue
        op = owner.operations["create"]
        pointer = op.body_schema(contract.schemas)
        sent = contract.schemas.properties(pointer) if pointer is not None else {}
        reads = [child.operations[name] for name in ("list", "get") if child.can(name)]
        if (owner.is_put or owner.behaviour.identity.field in sent) and any(map(child.leads_through_owner, reads)):
            yield owner.operations["delete"].name, _statement(contract, owner, child), (owner, child)


def _state_places(contract: Contract) -> Iterator[Place]:
    """Items whose ids clients choose, and with which something can be done."""
    known = checked_resources(contract)
    for resource in known.values():
        if not resource.can("create", "get", "delete"):
            continue
        pointer = resource.operations["create"].body_schema(contract.schemas)
        sent = contract.schemas.properties(pointer) if pointer is not None else {}
        below = any(owner_of(each) == resource.name and each.can("create") for each in known.values())
        is_used = below or any(uses_of(contract, resource)) or any(actions_of(contract, resource))
        if is_used and (resource.is_put or resource.behaviour.identity.field in sent):
            name = resource.operations["delete"].name
            yield name, _state_statement(contract, resource, ""), (resource,)


CHECKS = (
    Check("recreated-item", ("parent",), _places, recreated_item, exclusive=False),
    Check("recreated-state", (), _state_places, recreated_state, exclusive=False),
)
