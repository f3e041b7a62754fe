"""Checks of what no two items have, or what is done once, with several requests at the same time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from contracts.checks.item_view import as_json, documented
from contracts.checks.state.repeated_requests import once_places
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.item_maker import CONFLICT
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences

CONCURRENT = 6
"""How many requests are sent at the same time."""

ROUNDS = 3

OWN = re.compile(
    r"\bunique\b|\bno (?:two|other) [a-z]+ (?:[a-z]+ )?(?:has|have|had|gets?|shares?)\b|\bnever (?:used|given|issued) (?:again|twice)\b",
    re.IGNORECASE,
)
"""How a sentence says that no two items have the same value."""


AT_ONCE = re.compile(r"\bat the same time\b|\bconcurrent|\bsimultaneous|\bat once\b|\bin parallel\b", re.IGNORECASE)
"""How a sentence says that it holds for concurrent requests, too."""


def concurrent_numbers(context: CheckContext, resource: CheckedResource, field: str) -> None:
    """Items that are created at the same time have different values where the document says that no two are alike."""
    op, user = resource.operations["create"], context.main_user
    one, two = (context.create(resource) for _ in range(2))
    if one.item.get(field) is None or one.item.get(field) == two.item.get(field):
        raise CannotBuildRequest(f"two new items do not show different values of {field}")
    path = context.parent_path(resource, user)
    for _ in range(ROUNDS):
        bodies = [context.body(resource) for _ in range(CONCURRENT)]
        exchanges = context.send_together(op.operation, bodies, path)
        made = [
            context.record_created(resource, each, body, user, path)
            for each, body in zip(exchanges, bodies, strict=True)
        ]
        values = Counter(as_json(each.item.get(field)) for each in made if each is not None and field in each.item)
        doubled = [value for value, count in values.items() if count > 1]
        context.expect(
            not doubled,
            f"items that are created at the same time have different values of {field}",
            f"{sum(values[each] for each in doubled)} of {sum(values.values())} share {', '.join(doubled)}",
            *exchanges,
            about=field,
        )
        if doubled:
            return


def concurrent_once(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """What the document allows once succeeds once, also if the requests come at the same time."""
    item, child = context.create(resource), context.shared.created_by.get(op.name)
    if child is not None:
        context.prepare(item, child)
        path, body = item.path_below(child), context.body_below(item, child)
    else:
        made = context.bodies.minimal(op, context.check) if op.media_type else None
        path, body = dict(item.path), MISSING if made is None else made
    exchanges = context.send_together(op.operation, [body] * CONCURRENT, path)
    accepted: list[RecordedExchange] = [each for each in exchanges if 200 <= each.status < 300]
    if child is not None:
        for each in accepted:
            context.record_created(child, each, body, context.main_user, path)
    if not accepted:
        raise CannotBuildRequest(f"{op.name} answers {exchanges[0].status} to several requests at the same time")
    context.expect(
        len(accepted) == 1,
        f"one of {CONCURRENT} requests at the same time succeeds: the same user may send one for a {resource.name}",
        f"{len(accepted)} succeed",
        item.exchange,
        *exchanges,
        about="once",
    )


def concurrent_repeat(context: CheckContext, child: CheckedResource, owner: CheckedResource) -> None:
    """Where a second equal request conflicts, one of several succeeds, also if they come at the same time."""
    user = context.main_user
    context.create(child)  # this finds out what the item above needs
    above = _prepared(context, child, owner)
    body = context.body_below(above, child)
    sent = [context.try_create(child, body, path=above.path_below(child), may_conflict=True)[0] for _ in range(2)]
    if [sent[0].status < 300, sent[1].status] != [True, CONFLICT]:
        raise CannotBuildRequest(f"two equal requests are answered with {sent[0].status} and {sent[1].status}")
    # `kind: delivered` may be why the second one conflicts, and another kind conflicts with nothing.
    listed = context.listed_values(child, body) | {name: sent for name, sent in body.items() if isinstance(sent, bool)}
    for _ in range(ROUNDS):
        above = _prepared(context, child, owner)
        body, path = context.body_below(above, child) | listed, above.path_below(child)
        exchanges = context.send_together(child.operations["create"].operation, [body] * CONCURRENT, path)
        accepted = [each for each in exchanges if 200 <= each.status < 300]
        for each in accepted:
            context.record_created(child, each, body, user, path)
        if not accepted:
            raise CannotBuildRequest(f"{context.operation} answers {exchanges[0].status} to requests at the same time")
        is_one = context.expect(
            len(accepted) == 1,
            f"one of {CONCURRENT} equal requests at the same time succeeds, as of two that are sent one after the other",
            f"{len(accepted)} succeed",
            above.exchange,
            *exchanges,
            about="repeat",
        )
        if not is_one:
            return


def _prepared(context: CheckContext, child: CheckedResource, owner: CheckedResource) -> CreatedItem:
    """A new item below which the main user can create one."""
    above = context.create(owner, user=context.user_above(child, context.main_user))
    context.prepare(above, child)
    return above


def _repeat_places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner, stated = known.get(owner_of(child)), child.behaviour
        if owner is None or not owner.can("create") or not child.can("create") or stated.unique or stated.capacity:
            continue
        op = child.operations["create"]
        if op.media_type is not None and any(each.status == str(CONFLICT) for each in op.operation.responses):
            said = next(
                (each for each in operation_sentences(contract.schemas, op.operation) if AT_ONCE.search(each.text)),
                None,
            )
            evidence: Evidence = "described" if said is not None else "implied"
            source = (
                said.source if said is not None else "the documented 409, and what requests one after the other show"
            )
            text = "What conflicts one after the other conflicts at the same time."
            yield op.name, StatementRef(op.name, "http", evidence, source, text), (child, owner)


def _number_places(contract: Contract) -> Iterator[Place]:
    """Fields that the service sets and whose values no two items share, as a sentence says."""
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        if op is None or resource.is_put:
            continue
        asked = op.body_schema(contract.schemas)
        sent = contract.schemas.properties(asked) if asked is not None else {}
        for field, pointer in documented(contract, op).items():
            is_own = field not in sent or contract.schemas.keyword(sent[field], "readOnly")
            said = _said(contract, op, field, pointer) if field != resource.behaviour.identity.field else None
            if is_own and said is not None and contract.schemas.types(pointer) & {"string", "integer"}:
                text = f"No two {resource.name} items have the same {field}."
                yield op.name, StatementRef(op.name, "schema", "described", said.source, text), (resource, field)


def _said(contract: Contract, op: ResourceOperation, field: str, pointer: str) -> Sentence | None:
    """The sentence which says that a value is unique, at the field or at the create where it names the field."""
    own = description(contract.schemas, pointer)
    said = [Sentence(each, own.pointer) for each in own.sentences()]
    named = set(words(field))
    said += (each for each in operation_sentences(contract.schemas, op.operation) if named <= {*words(each.text)})
    return next((each for each in said if OWN.search(each.text)), None)


CHECKS = (
    Check("concurrent-numbers", (), _number_places, concurrent_numbers, exclusive=False),
    Check("concurrent-once", ("once",), once_places, concurrent_once, exclusive=False),
    Check("concurrent-repeat", (), _repeat_places, concurrent_repeat, exclusive=False),
)
