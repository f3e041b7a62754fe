"""A check of figures whose description says how they follow from the other fields of an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.checks.valid_bodies import distinct_body, every_change, smallest_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import LIST
from contracts.model.discount_sentences import discounts
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.larger_bodies import larger_bodies
from mockserver.contract import Contract
from mockserver.inference.sentences.figure_sentences import Figure, figures, formula

GUESSED = ("inferred", "assumed")
"""The evidence of a statement that breaks nothing if it does not hold."""


def described_figures(context: CheckContext, resource: CheckedResource, sentences: tuple[Figure, ...]) -> None:
    """A figure has the value that its description says, after a create and after an update."""
    created = context.create(resource)
    seen = _check(context, created, sentences, ())
    for body in (distinct_body, smallest_body, distinct_body):
        created = context.create(resource, body(context, resource))
        seen += _check(context, created, sentences, ())
    seen += _check_larger(context, resource, sentences)
    op = resource.operations.get("update") or resource.operations.get("replace")
    changed = every_change(context, resource, op, created) if op is not None else {}
    if op is not None and changed:
        exchange = context.send(op, path=created.path, body=changed)
        seen += _check(context, created, sentences, (exchange,))
    if not seen:
        raise CannotBuildRequest("no item shows a figure and all the fields from which it follows")


def _check_larger(context: CheckContext, resource: CheckedResource, sentences: tuple[Figure, ...]) -> int:
    """Look at items of several pieces and lines, where a sum differs from its parts."""
    seen = 0
    for body in larger_bodies(context, resource, context.body(resource)):
        _, created = context.try_create(resource, body, may_conflict=True)
        seen += _check(context, created, sentences, ()) if created is not None else 0
    return seen


def _check(
    context: CheckContext,
    created: CreatedItem,
    sentences: tuple[Figure, ...],
    done: tuple[RecordedExchange, ...],
) -> int:
    """Look at the item. Returns how many figures could be compared."""
    _, item, shown = current(context, created)
    item = {**_joined(context, created), **item}
    judged = [(each, is_right) for each in sentences if (is_right := each.is_right(item)) is not None]
    for each, is_right in judged:
        context.expect(
            is_right,
            f"{each.field} is {each.text}",
            f"{each.field} is {as_json(item[each.within or each.field])} in {as_json(item)}"[:300],
            created.exchange,
            *done,
            *shown,
            about=f"{each.within} {each.field}".strip(),
            statement=StatementRef(
                context.operation, "schema", "described", each.source, f"{each.field} is {each.text}."
            ),
        )
    return len(judged)


def _joined(context: CheckContext, created: CreatedItem) -> dict[str, list[Any]]:
    """The items that an item names in lists of ids, by what sentences call them."""
    found = {}
    for name, reference, other in _named_lists(context.shared.resources, created.resource):
        ids, op = created.item.get(name), other.operations["get"]
        path = {**created.path, other.behaviour.identity.parameter: None}
        replies = [context.send(op, path=path | {other.behaviour.identity.parameter: id}) for id in ids or ()]
        found[reference] = [context.item(op, each) for each in replies]
    return found


def _named_lists(
    known: Mapping[str, CheckedResource], resource: CheckedResource
) -> Iterator[tuple[str, str, CheckedResource]]:
    """The fields with a list of ids of other items: `book_ids`, `books`, and the resource of these items."""
    for each in resource.behaviour.references:
        name, other = each.field.removesuffix(LIST), known.get(each.resource)
        is_list = each.field.endswith(LIST) and not set(".[") & set(name)
        if is_list and other is not None and other.can("get", "list") and each.key == other.behaviour.identity.field:
            yield name, f"{other.name}s", other


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        kind = "get" if resource.can("get") else "list"
        if resource.can("create", kind):
            fields = documented(contract, resource.operations[kind])
            create = resource.operations["create"].operation
            joined = dict(_joined_schemas(contract, resource))
            said = (*figures(contract.schemas, fields, joined), *discounts(contract.schemas, create, fields))
            known = {(each.within, each.field) for each in said}
            stated = (each for each in _stated(contract, resource, fields) if (each.within, each.field) not in known)
            sentences = (*said, *stated)
            if sentences:
                op = resource.operations["create"]
                statement = StatementRef(op.name, "schema", "described", sentences[0].source, sentences[0].text)
                yield op.name, statement, (resource, sentences)


def _joined_schemas(contract: Contract, resource: CheckedResource) -> Iterator[tuple[str, str]]:
    """The lists of other items that an item names, each with the pointer to the schema of such a list."""
    for _, called, other in _named_lists(checked_resources(contract), resource):
        listing = other.operations["list"]
        pointer = listing.schema_at(contract.schemas, listing.reply_path("items"))
        if pointer is not None:
            yield called, pointer


def _stated(contract: Contract, resource: CheckedResource, fields: Mapping[str, str]) -> Iterator[Figure]:
    """The figures that a behaviour file states, as far as they are no guess."""
    schemas = contract.schemas
    for each in resource.behaviour.figures:
        entries = schemas.items(fields[each.within]) if each.within in fields else None
        known = schemas.properties(entries) if entries is not None else {} if each.within else fields
        value = formula(schemas, known, each.formula)
        if value is None or each.field not in known or each.evidence in GUESSED:
            continue
        may_round = "integer" in schemas.types(known[each.field]) and any(sign in each.formula for sign in "/.")
        slack = Fraction(1) if may_round else Fraction(1, 100)
        yield Figure(each.field, value, each.formula, slack, each.source, each.within)


CHECKS = (Check("described-figures", ("figures",), _places, described_figures, exclusive=False),)
