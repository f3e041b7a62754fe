"""Lists of the items below every parent: `GET /v1/shelves/-/books` (AIP-159)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.openapi.document import Operation
from mockserver.state.collection import Collection
from mockserver.state.store import Store

EVERY = "-"
"""The id in a path that means every one."""


def wildcards(operation: Operation, does: str) -> frozenset[str]:
    """The path parameters of a list in which `-` means every parent."""
    return frozenset(p.name for p in operation.parameters if p.wildcard) if does == "list" else frozenset()


def names_every(path: Mapping[str, Any], names: frozenset[str]) -> bool:
    """Does the path of a request name every parent?"""
    return any(path.get(name) == EVERY for name in names)


def below_every(store: Store, tenant: str, plan: ResourcePlan, path: Mapping[str, Any]) -> Collection:
    """The items below every parent that the path names, in a collection that only one request reads."""
    wanted, found = plan.owner(path).split("/"), Collection(plan.indexed)
    owners = [owner for name, owner, _ in list(store.items(tenant)) if name == plan.name]
    for owner in owners:
        if all(one in (EVERY, other) for one, other in zip(wanted, owner.split("/"), strict=True)):
            for record in store.collection(plan.name, tenant, owner):
                found.add(record)
    return found
