"""A check of actions that undo what a create did to other items: cancelling an order puts its pieces back in stock,
returning a loan frees each of its books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.state.conflicts import sent_action
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import LIST, body_references, referring
from contracts.model.finding import StatementRef
from contracts.model.freed_sentences import FREES
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from contracts.runner.larger_bodies import larger_bodies
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.undone_sentences import BACK, DOUBT
from mockserver.openapi.schemas import Schemas

Referred = tuple[CheckedResource, Reference | None]
"""A resource whose item a create is below (None), or which its body names."""

SEVERAL = 2
"""So many items a create names where its body has a list of ids."""


def undone_effect(
    context: CheckContext, child: CheckedResource, op: ResourceOperation, referred: tuple[Referred, ...]
) -> None:
    """What a create changes of other items is as before after an action that gives it back, as the document says."""
    pairs = [
        (context.create_plentiful(each[0], always=True), each)
        for each in referred
        for _ in range(_number(context, child, each))
    ]
    items = [item for item, _ in pairs]
    is_given_back = BACK.search(context.statement.source) is not None if context.statement is not None else True
    before = [_figures(context, item, flags_only=not is_given_back) for item in items]
    made = _created(context, child, pairs)
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
        raise CannotBuildRequest(f"a new {child.name} changes nothing of what it refers to")


def _number(context: CheckContext, child: CheckedResource, referred: Referred) -> int:
    """How many items of a resource a create names: several where its body has a list of ids."""
    name = _list_of_ids(referred)
    pointer = context.bodies.properties(child.operations["create"]).get(name) if name else None
    most = context.contract.schemas.keyword(pointer, "maxItems") if pointer is not None else None
    return 1 if pointer is None or most == 1 else SEVERAL


def _list_of_ids(referred: Referred) -> str:
    """The field with a list of ids of such items; empty where the reference is none."""
    field = referred[1].field if referred[1] is not None else ""
    name = field.removesuffix(LIST)
    return name if field.endswith(LIST) and "." not in name and LIST not in name else ""


def _created(context: CheckContext, child: CheckedResource, pairs: list[tuple[CreatedItem, Referred]]) -> CreatedItem:
    """An item that refers to the items, of several pieces of them if that is accepted."""
    body = context.body(child)
    path = next((item.path_below(child) for item, (_, reference) in pairs if reference is None), None)
    for item, (_, reference) in pairs:
        body = referring(body, reference.field, item.id) if reference is not None else body
    every = dict(body)
    for name in {_list_of_ids(each) for _, each in pairs} - {""}:
        every[name] = [item.id for item, each in pairs if _list_of_ids(each) == name]
    more = [every] if every != body and context.bodies.accepts(child.operations["create"], every) else []
    for several in more or larger_bodies(context, child, body):
        _, made = context.try_create(child, several, path=path, may_conflict=True)
        if made is not None:
            return made
    return context.create(child, body, path=path)


def _figures(context: CheckContext, item: CreatedItem, *, flags_only: bool = False) -> dict[str, Any]:
    """The numbers and the flags of an item. A number may count what was taken, also when it is free again."""
    kinds = (bool,) if flags_only else (bool, int, float)
    return {name: value for name, value in current(context, item)[1].items() if type(value) in kinds}


def _said(schemas: Schemas, op: ResourceOperation) -> Sentence | None:
    for each in operation_sentences(schemas, op.operation):
        if (BACK.search(each.text) or FREES.search(each.text)) and not DOUBT.search(each.text):
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
