"""Checks of ids: unique, stable and never reused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from contracts.checks.item_view import as_json, documented, few_ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT
from mockserver.inference.sentences.descriptions import description

NEVER_AGAIN = re.compile(r"\b(?:not|never)\b.*\b(?:again|twice|re-?used|recycled|reassigned)\b", re.IGNORECASE)
"""How a description says that an id is not used a second time."""


def identity(context: CheckContext, resource: CheckedResource) -> None:
    """Every item has a unique id with the stated prefix, and ids of deleted items are not reused."""
    statement = resource.behaviour.identity
    created = [context.create(resource) for _ in range(4)]
    created_ids = [str(each.id) for each in created]
    if requested_count(created) == 1:
        raise CannotBuildRequest("the document allows one id only, so all requests create the same item")
    context.expect(
        len({(_above(each), str(each.id)) for each in created}) >= requested_count(created),
        "every item has a unique id",
        as_json(created_ids),
        *(m.exchange for m in created),
        about="unique",
    )
    if statement.prefix and statement.generate == "random":
        context.expect(
            all(id.startswith(statement.prefix) for id in created_ids),
            f"ids start with {statement.prefix}",
            created_ids[0],
            created[0].exchange,
            about="prefix",
            statement=StatementRef.of(resource.name, "identity", statement),
        )
    if resource.can("delete") and statement.generate != "client" and not few_ids(context, resource):
        gone = context.delete(created[-1])
        after = context.create(resource)
        context.expect(
            str(after.id) not in created_ids,
            "the id of a deleted item is not reused",
            f"a new item has the id {after.id} of a deleted one",
            *(m.exchange for m in created),
            gone,
            after.exchange,
            about="again",
            statement=_never_again(context, resource) if statement.evidence in FROM_DOCUMENT else None,
        )


def _never_again(context: CheckContext, resource: CheckedResource) -> StatementRef:
    """That ids are not used again: a sentence about the id, or a guess.

    Stock databases use them again: an SQLite table without AUTOINCREMENT gives the largest id a second time.
    """
    guess = StatementRef(resource.name, "identity", "inferred", "", "An id names one item for all time.")
    pointer = documented(context.contract, resource.operations["create"]).get(resource.behaviour.identity.field)
    found = description(context.contract.schemas, pointer).first(NEVER_AGAIN) if pointer else None
    return replace(guess, evidence="described", source=found.source) if found is not None else guess


def _above(created: CreatedItem) -> str:
    """The path parameters above an item: each owner may count its own items."""
    own = created.resource.behaviour.identity.parameter
    return str({name: value for name, value in created.path.items() if name != own})


def requested_count(created: Sequence[CreatedItem]) -> int:
    """How many items the requests should create; requests with the same client-chosen id create one."""
    named = [(_above(each), str(each.named)) for each in created if each.named is not None]
    return len(created) - len(named) + len(set(named))


CHECKS = (
    Check(
        "identity",
        ("identity",),
        http_rule(
            "create", source="RFC 3986 section 1.1 (an identifier identifies)", text="Each item has an id of its own."
        ),
        identity,
    ),
)
