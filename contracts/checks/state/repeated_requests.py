"""A check of requests that are accepted once: a second vote for the same poll is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import noun, singular, words
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.openapi.schemas import Schemas

ONCE = re.compile(
    r"\b(?:a|the|any) second (?P<noun>[a-z]+)(?: (?:of|by|from) [^,;.]+)? (?:is|gets?|will be) (?:refused|rejected)\b|"
    r"\b(?:each|every|an?|one|no) (?:user|customer|member|person|reader|player|account|client|student|guest)"
    r"(?:, [^,.;]{1,40},)? (?:can |may )?[a-z]+(?: [a-z ]+)? (?:only |just |at most )?once\b|"
    r"\b(?:each|every|an?|one) (?:user|customer|member|person|reader|player|account|client|student|guest)"
    r"(?:, [^,.;]{1,40},)? (?:can|may) (?:only )?(?:have|make|send|give|leave|write) (?:only |just |at most )?one [a-z]+\b|"
    r"(?P<passive>\b(?:can|may) (?:only )?be [a-z]+ (?:only |just |at most )?once\b)",
    re.IGNORECASE,
)
"""How a sentence says that the same user does something once for an item."""

RENEWED = re.compile(
    r"\b(?:per (?:day|hour|week|month)|a (?:day|week|month)|replaces?|overwrites?|key)\b", re.IGNORECASE
)
"""What else a second one may do."""

STATUSES = frozenset(("400", "403", "409", "422"))

SHORTEST = 4
"""So many letters of the step of a path (`cancel`) begin the word for what it does (`cancelled`)."""


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


def _said(schemas: Schemas, op: ResourceOperation, name: str) -> Sentence | None:
    if not any(each.status in STATUSES for each in op.operation.responses):
        return None
    step = op.operation.path.rstrip("/").rpartition("/")[2].rstrip("e")
    said = (each for each in operation_sentences(schemas, op.operation) if _says_once(each.text, name, step))
    return next((each for each in said if not RENEWED.search(each.text)), None)


def _says_once(text: str, name: str, step: str) -> bool:
    """Does a sentence say that it is done once for an item called `name`, and not once with some value?

    Where the verb is that of the path, `step`, it is about the operation: "can be released only once".
    """
    found = ONCE.search(text)
    if found is None or not found["passive"]:
        return found is not None
    if len(step) >= SHORTEST and step.lower() in found["passive"].lower():
        return True
    before = words(text[: found.start()])
    return noun(name)[-1] in map(singular, before) or not {"it", "this", "that"}.isdisjoint(before)


def once_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        paths = {each.operation.path for each in resource.operations.values() if resource.is_of_item(each)}
        for op in resource_operations(contract) if resource.can("create") else ():
            above, _, last = op.operation.path.rpartition("/")
            said = (
                _said(contract.schemas, op, resource.name) if op.operation.method == "post" and above in paths else None
            )
            if said is not None and "{" not in last:
                text = "The same user does this once."
                yield op.name, StatementRef(op.name, "http", "described", said.source, text), (resource, op)


CHECKS = (Check("repeated-request", (), once_places, repeated_request, exclusive=False),)
