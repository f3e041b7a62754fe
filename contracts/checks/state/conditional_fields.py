"""A check of fields that have a value in some states only, such as the time at which a ticket was closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from contracts.checks.item_view import as_json, documented
from contracts.checks.state.conflicts import action_name, sent_action
from contracts.checks.stored_fields import current
from contracts.checks.valid_bodies import distinct_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.null_sentences import NullWhile, null_sentences

MOST_WAYS = 6
"""At most this many sequences of two actions, or of two values of a state, are tried."""


def conditional_fields(
    context: CheckContext,
    resource: CheckedResource,
    sentences: tuple[NullWhile, ...],
    actions: tuple[ResourceOperation, ...],
) -> None:
    """A field that is null in some states, as its description says, is null in each of them, whatever was before."""
    created = context.create(resource, distinct_body(context, resource))
    seen = _expect_null(context, created, sentences, [])
    for way in list(permutations(actions, min(2, len(actions))))[:MOST_WAYS] if actions else ():
        created, done = context.create(resource, distinct_body(context, resource)), []
        for action in way:
            done.append(sent_action(context, action, created))
            names = " and ".join(action_name(each) for each in done if each.status < 300)
            seen += _expect_null(context, created, sentences, done, names)
    seen += sum(_check_updates(context, resource, each) for each in sentences)
    if not seen:
        raise CannotBuildRequest("no item reached a state in which the document says that a field is null")


def _check_updates(context: CheckContext, resource: CheckedResource, sentence: NullWhile) -> int:
    """Where clients may set the state, set each of its values and then that of the sentence."""
    op = resource.operations.get("update")
    pointer = context.bodies.properties(op).get(sentence.state_field) if op is not None else None
    if op is None or pointer is None:
        return 0
    values = context.contract.schemas.keyword(pointer, "enum") or (True, False)
    seen = 0
    for other in [value for value in values if value != sentence.state][:MOST_WAYS]:
        created = context.create(resource, distinct_body(context, resource))
        done = []
        for value in (other, sentence.state, other):
            body = {sentence.state_field: value}
            if context.bodies.accepts(op, body):
                done.append(context.send(op, path=created.path, body=body))
                seen += _expect_null(context, created, (sentence,), done, f"{sentence.state_field} was set")
    return seen


def _expect_null(
    context: CheckContext,
    created: CreatedItem,
    sentences: tuple[NullWhile, ...],
    done: list[RecordedExchange],
    way: str = "",
) -> int:
    """Look at the item. Returns how many sentences say something about its state."""
    _, item, shown = current(context, created)
    applying = [each for each in sentences if each.applies(item)]
    for each in applying:
        context.expect(
            item.get(each.field) is None,
            f"{each.text}{f', also after {way}' if way else ''}",
            f"{each.state_field} is {as_json(item[each.state_field])}, {each.field} is {as_json(item.get(each.field))}",
            created.exchange,
            *done,
            *shown,
            about=each.field,
            statement=StatementRef(context.operation, "schema", "described", each.source, f"{each.text}."),
        )
    return len(applying)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create", "get"):
            fields: Mapping[str, str] = documented(contract, resource.operations["get"])
            sentences = tuple(null_sentences(contract.schemas, fields))
            if sentences:
                op = resource.operations["get"]
                statement = StatementRef(op.name, "schema", "described", sentences[0].source, sentences[0].text)
                yield op.name, statement, (resource, sentences, tuple(actions_of(contract, resource)))


CHECKS = (Check("conditional-fields", (), _places, conditional_fields, exclusive=False),)
