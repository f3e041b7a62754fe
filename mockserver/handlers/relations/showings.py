"""Where items show other items as objects, by the references of their resources."""

from __future__ import annotations

from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on, request_properties
from mockserver.inference.relations.references import Steps, steps_of

Showings = tuple[tuple[str, tuple[Steps, ...]], ...]
"""Resources whose items show one, each with the steps to the objects."""


def showings(contract: Contract) -> dict[str, Showings]:
    """For each resource that is shown, the resources whose items show it; what clients send is theirs, and not shown.

    For all at once: to look through all resources for each of them would take quadratic time.
    """
    found: dict[str, dict[str, list[Steps]]] = {}
    for name, resource in contract.behaviour.resources.items():
        stated = [one for one in resource.references if not one.key]
        sent = _sent(contract, name) if stated else set()
        for one in stated:
            steps = steps_of(one.field)
            if steps and steps[0] not in sent:
                found.setdefault(one.resource, {}).setdefault(name, []).append(steps)
    return {shown: tuple((name, tuple(ways)) for name, ways in by.items()) for shown, by in found.items()}


def _sent(contract: Contract, name: str) -> set[str]:
    """The properties of a resource that clients send."""
    return {
        property_
        for operation, behaviour in operations_on(contract, name)
        for property_ in request_properties(contract, operation, behaviour)
    }
