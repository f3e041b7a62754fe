"""Where items show other items as objects, by the references of their resources."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract import Contract
from mockserver.handlers.item_schemas import operations_on, request_properties
from mockserver.inference.references import Steps, steps_of

Showings = tuple[tuple[str, tuple[Steps, ...]], ...]
"""Resources whose items show one, each with the steps to the objects."""


def showings(contract: Contract, shown: str) -> Showings:
    """The resources whose items show items of the `shown` one. What clients send is theirs, and not among it."""
    found = {name: tuple(_ways(contract, name, shown)) for name in contract.behaviour.resources}
    return tuple((name, ways) for name, ways in found.items() if ways)


def _ways(contract: Contract, name: str, shown: str) -> Iterator[Steps]:
    stated = [one for one in contract.behaviour.resources[name].references if one.resource == shown and not one.key]
    sent = {
        property_
        for operation, behaviour in (operations_on(contract, name) if stated else ())
        for property_ in request_properties(contract, operation, behaviour)
    }
    ways = (steps_of(one.field) for one in stated)
    return (steps for steps in ways if steps and steps[0] not in sent)
