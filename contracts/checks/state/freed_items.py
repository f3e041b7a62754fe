"""A check of items that take something for a while: when one has ended, another one may have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.state.conflicts import sent_action
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.freed_sentences import freeing_sentence
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.refusal_sentences import refusal_sentences

MOST = 6
"""So many items are created at most until one is refused."""

CONFLICTS = (409, 422)
"""How a service refuses what is taken."""


def freed_item(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """What an item took is free for another one when it has ended, as the document says: a cancelled booking."""
    first = context.body(resource)
    kept = {name: first[name] for name in _kept(context, resource) if name in first}
    path = _path(context, resource)
    taken: list[CreatedItem] = []
    body = first
    for _ in range(MOST):
        refused, made = context.try_create(resource, body, path=path, may_conflict=True)
        if made is None:
            break
        taken.append(made)
        body = context.body(resource) | kept
    if made is not None or not taken or refused.status not in CONFLICTS:
        raise CannotBuildRequest(f"no {resource.name} is refused because of others like it")
    done = sent_action(context, op, taken[0]) if op.operation.method != "delete" else context.delete(taken[0])
    if done.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {done.status} for a new {resource.name}")
    again, _ = context.try_create(resource, context.body(resource) | kept, path=path, may_conflict=True)
    history: list[RecordedExchange] = [*(each.exchange for each in taken), refused, done, again]
    context.expect_status(
        again.status < 300, f"after {op.name}, another {resource.name} may take its place", *history, about="freed"
    )


def _kept(context: CheckContext, resource: CheckedResource) -> Iterator[str]:
    """The fields that are the same in all of the items: those that a conflict is about.

    They are the references, the times, and what the sentences about a refusal name.
    """
    op = resource.operations["create"]
    yield from context.shared.spans.get(resource.name, ())
    yield from (each.field.partition(".")[0].removesuffix("[]") for each in resource.behaviour.references)
    said = [each for each in refusal_sentences(context.contract.schemas, op.operation) if "409" in each.text]
    said += [each for each in refusal_sentences(context.contract.schemas, op.operation) if each.status == "409"]
    named = {plain(word) for each in said for word in each.text.split()}
    yield from (name for name in context.bodies.properties(op) if plain(name) in named)


def _path(context: CheckContext, resource: CheckedResource) -> Mapping[str, Any] | None:
    owner = context.shared.resources.get(owner_of(resource))
    if owner is None or not owner.can("create"):
        return None
    return context.create_plentiful(owner, always=True).path_below(resource)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        create = resource.operations.get("create")
        if create is None or resource.is_put or create.operation.response(CONFLICTS[0]) is None:
            continue
        removing = [resource.operations["delete"]] if resource.can("delete") else []
        for op in (*actions_of(contract, resource), *removing):
            said = freeing_sentence(contract.schemas, resource, op)
            if said is not None:
                text = f"What a {resource.name} took is free again after {op.name}."
                yield op.name, StatementRef(op.name, "http", "described", said.source, text), (resource, op)


CHECKS = (Check("freed-item", (), _places, freed_item, exclusive=False),)
