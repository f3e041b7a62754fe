"""Lists of ids in a request that name the members of an item: `snippet_ids` of a new collection of snippets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.behaviour.statements import Resource
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on, request_properties
from mockserver.inference.names import noun
from mockserver.inference.relations.references import stem

WRITES = ("create", "update", "replace")


def member_lists(contract: Contract, members: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each resource the lists of its requests, each with the resource below it whose items they name.

    `members` has, for a resource whose items are those of another one, that one.
    """
    found: dict[str, dict[str, str]] = {}
    for name, other in members.items():
        parent = contract.behaviour.resources[name].parent
        above = contract.behaviour.resources.get(parent.resource) if parent is not None and other else None
        if parent is not None and above is not None:
            for field in _lists(contract, parent.resource, above, other):
                found.setdefault(parent.resource, {})[field] = name
    return {name: tuple(fields.items()) for name, fields in found.items()}


def _lists(contract: Contract, name: str, above: Resource, other: str) -> Iterator[str]:
    """The properties of requests that have ids of items of the `other` resource, and that no reply shows."""
    named = "".join(noun(other.rpartition("-")[2]))
    shown = {each.field.removesuffix("[]") for each in above.references if not each.key}
    for operation, behaviour in operations_on(contract, name):
        if behaviour.action is not None and behaviour.action.does in WRITES and not behaviour.action.entry:
            sent = request_properties(contract, operation, behaviour)
            yield from (field for field in sorted(sent - shown) if stem(field) == named)
