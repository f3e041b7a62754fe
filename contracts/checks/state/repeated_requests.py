"""A check of requests that are accepted once: a second vote for the same poll is refused."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.once_sentences import once_sentence
from mockserver.openapi import path_template


def repeated_request(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """What the document allows once is refused the second time: each user votes once."""
    item = context.create(resource)
    child = context.shared.created_by.get(op.name)
    if child is not None:
        context.prepare(item, child)
    exchanges: list[RecordedExchange] = []
    for _ in range(2):
        if child is not None:
            exchanges.append(context.try_create(child, path=item.path_below(child), may_conflict=True)[0])
        else:
            exchanges.append(send_least(context, op, item.path))
            if exchanges[0].status >= 300 and context.bring_to(op, item):
                exchanges[:] = [send_least(context, op, item.path)]
        if len(exchanges) == 1 and exchanges[0].status >= 300:
            raise CannotBuildRequest(f"{op.name} answers {exchanges[0].status} for a new {resource.name}")
    context.expect_status(
        400 <= exchanges[1].status < 500,
        f"a second {op.name} by the same user for the same {resource.name} is refused",
        item.exchange,
        *exchanges,
        about="again",
    )


def send_least(
    context: CheckContext, op: ResourceOperation, path: object, user: User | None = None
) -> RecordedExchange:
    """The request with the smallest numbers that may be meant, where others are refused: an option of a poll."""
    body = context.bodies.minimal(op, context.check) if op.media_type else None
    known = dict(path) if isinstance(path, dict) else {}
    exchange = context.send(op, user=user, path=known, body=MISSING if body is None else body)
    if exchange.status in (400, 409, 422) and body is not None:
        least = {name: 0 if type(value) is int else value for name, value in body.items()}
        if least != body and context.bodies.accepts(op, least):
            return context.send(op, user=user, path=known, body=least)
    return exchange


def once_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        paths = {each.operation.path for each in resource.operations.values() if resource.is_of_item(each)}
        for op in resource_operations(contract) if resource.can("create") else ():
            is_below = op.operation.method == "post" and path_template.is_step_below(op.operation.path, paths)
            said = once_sentence(contract.schemas, op.operation, resource.name) if is_below else None
            if said is not None:
                text = (
                    f"This is done to a {resource.name} once." if said.is_of_item else "The same user does this once."
                )
                yield op.name, StatementRef(op.name, "http", "described", said.source, text), (resource, op)


CHECKS = (Check("repeated-request", ("once",), once_places, repeated_request, exclusive=False),)
