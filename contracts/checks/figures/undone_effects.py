"""A check of actions that undo what a create did to other items: cancelling an order puts its pieces back in stock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.state.conflicts import sent_action
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import owner_of
from contracts.runner.larger_bodies import larger_bodies
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.openapi.schemas import Schemas

BACK = re.compile(
    r"\b(?:puts?|gives?|pays?|books?|moves?|takes?|returns?|goes|go) (?:[^.;]{1,60} )?back\b|\brestock|\brefund|\brestor"
    r"|\b(?:available|free) again\b|\breturns? [^.;]{1,60} to (?:the|its|their) (?:stock|balance|account|wallet)\b",
    re.IGNORECASE,
)
"""How a sentence says that an action undoes what was taken."""

DOUBT = re.compile(r"\b(?:if|unless|when|once|part(?:ly|ial\w*)?|may|might|minus|less|fees?|not)\b", re.IGNORECASE)

Referred = tuple[CheckedResource, Reference | None]
"""A resource whose item a create is below (None), or which its body names."""


def undone_effect(
    context: CheckContext, child: CheckedResource, op: ResourceOperation, referred: tuple[Referred, ...]
) -> None:
    """What a create changes of other items is as before after an action that gives it back, as the document says."""
    items = [context.create_plentiful(owner, always=True) for owner, _ in referred]
    before = [_figures(context, item) for item in items]
    made = _created(context, child, list(zip(items, referred, strict=True)))
    between = [_figures(context, item) for item in items]
    done = sent_action(context, op, made)
    if done.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {done.status} for a new {child.name}")
    changed = 0
    for item, was, then in zip(items, before, between, strict=True):
        _, shown, reading = current(context, item)
        for name in [name for name in was if then.get(name) != was[name]]:
            changed += 1
            if shown.get(name) != was[name]:
                expect_at_rest(context, item, name)
            context.expect(
                shown.get(name) == was[name],
                f"{name} of the {item.resource.name} is {as_json(was[name])} again after {op.name}",
                f"it was {as_json(then.get(name))} before that and is {as_json(shown.get(name))}",
                item.exchange,
                made.exchange,
                done,
                *reading,
                about=name,
            )
    if not changed:
        raise CannotBuildRequest(f"a new {child.name} changes no number of what it refers to")


def _created(context: CheckContext, child: CheckedResource, pairs: list[tuple[CreatedItem, Referred]]) -> CreatedItem:
    """An item that refers to the items, of several pieces of them if that is accepted."""
    body = context.body(child)
    path = next((item.path_below(child) for item, (_, reference) in pairs if reference is None), None)
    for item, (_, reference) in pairs:
        body = referring(body, reference.field, item.id) if reference is not None else body
    for several in larger_bodies(context, child, body):
        _, made = context.try_create(child, several, path=path, may_conflict=True)
        if made is not None:
            return made
    return context.create(child, body, path=path)


def _figures(context: CheckContext, item: CreatedItem) -> dict[str, Any]:
    return {name: value for name, value in current(context, item)[1].items() if type(value) in (int, float)}


def _said(schemas: Schemas, op: ResourceOperation) -> Sentence | None:
    for each in operation_sentences(schemas, op.operation):
        if BACK.search(each.text) and not DOUBT.search(each.text):
            return each
    return None


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        referred = tuple(_referred(contract, known, child)) if child.can("create") else ()
        for op in actions_of(contract, child) if referred else ():
            said = _said(contract.schemas, op)
            if said is not None:
                text = f"{op.name} undoes what the {child.name} took."
                yield (
                    op.name,
                    StatementRef(op.name, "references", "described", said.source, text),
                    (child, op, referred),
                )


def _referred(contract: Contract, known: Mapping[str, CheckedResource], child: CheckedResource) -> Iterator[Referred]:
    """What a create changes: the item above, and those that its body names."""
    owner = known.get(owner_of(child))
    if owner is not None and owner.can("create", "get"):
        yield owner, None
    for each in body_references(contract.schemas, child, child.operations["create"]):
        named = known.get(each.resource)
        if named is not None and named.can("create", "get") and each.key == named.behaviour.identity.field:
            yield named, each


CHECKS = (Check("undone-effect", ("references",), _places, undone_effect, exclusive=False),)
