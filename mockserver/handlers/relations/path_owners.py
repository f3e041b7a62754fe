"""The items that the path of an item leads through, from the statements about their resources."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.behaviour.statements import Resource

Owner = tuple[str, tuple[str, ...]]
"""The parent resource whose item must exist, and the path parameters that lead to it, its own last."""

UNNAMED = "me"
"""The owner where no item of any owner is known and the client has no name."""


def parent_parameters(resource: Resource, resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """The path parameters before the item's own id, the outermost first: as stated, else those of the parents."""
    found: list[str] = []
    parent = resource.parent
    while parent is not None:
        found.insert(0, parent.parameter)
        parent = resources[parent.resource].parent
    return tuple(found) if resource.within is None else resource.within.parameters


def resources_above(
    resource: Resource, resources: Mapping[str, Resource], parameters: tuple[str, ...]
) -> dict[str, str]:
    """For each of the `parameters` above an item the resource whose id it is; empty where unknown."""
    stated = {one.parameter: one.resource for one in resource.references if one.parameter}
    found: dict[str, str] = {}
    parent = resource.parent
    while parent is not None:
        above = resources[parent.resource]
        found[parent.parameter] = parent.resource
        stated = {one.parameter: one.resource for one in above.references if one.parameter} | stated
        parent = above.parent
    return {name: found.get(name) or stated.get(name, "") for name in parameters}


def owners_above(name: str, above: Mapping[str, str], parameters: Mapping[str, tuple[str, ...]]) -> tuple[Owner, ...]:
    """The owners among the resources `above` an item, the outermost first; `parameters` are those of each resource."""
    names = parameters[name]
    known = ((resource, names.index(parameter)) for parameter, resource in above.items() if resource)
    return tuple(
        (resource, names[at - len(parameters[resource]) : at + 1])
        for resource, at in known
        if at >= len(parameters[resource])
    )
