"""Keeping the stored items when a document or behaviour file is reloaded, as far as they fit the new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import showing_schemas, view_maker
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.state.record import UNCHECKED, Record
from mockserver.state.store import Store
from mockserver.state.world import World

Plans = Mapping[str, ResourcePlan]


def keep_state(contract: Contract, plans: Plans, store: Store, before: Store, old: Plans, world: World) -> Counter[str]:
    """Fill the `store` of the new version with the items of the one `before` it.

    Returns the number of dropped items by resource. An item is kept when it matches the new reply schemas and loses no
    field, and its parent is kept too. Fields that are new in the schemas are generated if the resource is `invented`.
    """
    store.continue_from(before)
    dropped: Counter[str] = Counter()
    resources = {name: _NewResource(contract, plan, old.get(name), world) for name, plan in plans.items()}
    # Parents come before what is nested in them: an item is kept only if its parent was kept.
    for key, held in sorted(before.collections.items(), key=lambda entry: len(old[entry[0][0]].parent_parameters)):
        name, tenant, owner = key
        resource, kept = resources.get(name), []
        if resource is not None and resource.is_compatible and resource.has_parent(store, tenant, owner):
            kept = [new for record in held if (new := resource.converted(record)) is not None]
            store.take_over(key, held, kept)
        dropped[name] += len(held) - len(kept)
    return +dropped  # only the positive counts


class _NewResource:
    """One resource of the new version: can it keep the items of the old version, and which of them?"""

    def __init__(self, contract: Contract, plan: ResourcePlan, before: ResourcePlan | None, world: World) -> None:
        self._plan, self._world = plan, world
        view = view_maker(contract, plan.name, plan.server_fields)
        self._views = tuple(view(pointer) for pointer in showing_schemas(contract, plan.name))
        self.is_compatible = before is not None and _place(plan) == _place(before)

    def has_parent(self, store: Store, tenant: str, owner: str) -> bool:
        """Was the parent of these items kept, or do they need none?"""
        plan, parent = self._plan, self._plan.statements.parent
        if parent is None or not parent.must_exist or parent.parameter not in plan.parent_parameters:
            return True
        ids = owner.split("/")[: plan.parent_parameters.index(parent.parameter) + 1]
        return store.collection(parent.resource, tenant, "/".join(ids[:-1])).get(ids[-1]) is not None

    def converted(self, record: Record) -> Record | None:
        """The item as the new version stores it; None when it does not fit. An unchecked one fits as it is."""
        if UNCHECKED in record.hidden:
            return record
        new = record.copy()
        self._plan.complete(new.fields, new.id, self._world)
        shown = {name: value for name, value in new.fields.items() if name not in self._plan.secrets}
        is_whole = all(name in new.fields and new.fields[name] == value for name, value in record.fields.items())
        return new if is_whole and all(view.is_valid(shown) for view in self._views) else None


def _place(plan: ResourcePlan) -> tuple[object, ...]:
    """What decides where an item is looked for: its tenant, its parents and its id field."""
    identity, tenant = plan.statements.identity, plan.statements.tenant
    return tenant.by, len(plan.parent_parameters), identity.field, plan.is_single
