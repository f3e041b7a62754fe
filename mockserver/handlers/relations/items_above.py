"""What is above a generated item: the items in the path of the request by which a client would have created it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any
from zlib import crc32

from msgspec import Struct

from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.messages import ANONYMOUS, Call
from mockserver.state.collection import GENERATED
from mockserver.state.record import Record
from mockserver.state.store import Store


class ItemsAbove(Struct, frozen=True):
    """Finds the items above those of a collection, which starts with `items` of them."""

    plans: Mapping[str, ResourcePlan]
    store: Store
    items: int

    def are_generated(self, plan: ResourcePlan, tenant: str, owner: str) -> bool:
        """May a collection start with items? Below an item that a client created it starts empty."""
        parent = plan.statements.parent
        if parent is None or not owner or not parent.must_exist:
            return True
        found = self._parent(plan, tenant, owner) or self._continued(plan, tenant, owner)
        return found is not None and GENERATED in found.hidden

    def request(self, plan: ResourcePlan, tenant: str, owner: str, key: str) -> Call:
        """The request that a client would have sent to create the item with this key."""
        path = _path(plan, owner)
        parent = plan.statements.parent
        above = self._parent(plan, tenant, owner) or self._linked(plan, tenant, path, key)
        if parent is not None and above is not None:
            path[parent.parameter] = above.id
        if plan.statements.tenant.by == "path":
            path[plan.statements.tenant.name] = tenant
        return Call("POST", "", path, {}, {}, {}, None, "", ANONYMOUS, tenant)

    def _parent(self, plan: ResourcePlan, tenant: str, owner: str) -> Record | None:
        parent = plan.statements.parent
        if parent is None or parent.parameter not in plan.parent_parameters:
            return None
        ids = owner.split("/")[: plan.parent_parameters.index(parent.parameter) + 1]
        return self.store.collection(parent.resource, tenant, "/".join(ids[:-1])).get(ids[-1])

    def _continued(self, plan: ResourcePlan, tenant: str, owner: str) -> Record | None:
        """The item that the path of an item continues, where that is not its parent: the repository of a comment."""
        parent = plan.statements.parent
        if parent is None or parent.parameter in plan.parent_parameters or not plan.owners_above:
            return None
        resource, parameters = plan.owners_above[-1]
        *before, id = owner.split("/")[: len(parameters)]
        return self.store.unjoined(resource, tenant, "/".join(before)).get(id)

    def _linked(self, plan: ResourcePlan, tenant: str, path: Mapping[str, Any], key: str) -> Record | None:
        """One of the items to which an item is linked by a property: the issue of a comment. The same for each key."""
        parent = plan.statements.parent
        if parent is None or not parent.field or parent.parameter in plan.parent_parameters or not self.items:
            return None
        above = self.plans[parent.resource]
        if not set(above.parent_parameters) <= path.keys():
            return None
        records = list(islice(self.store.unjoined(parent.resource, tenant, above.owner(path)), self.items))
        return records[crc32(key.encode()) % len(records)] if records else None


def _path(plan: ResourcePlan, owner: str) -> dict[str, Any]:
    return dict(zip(plan.parent_parameters, owner.split("/"), strict=False)) if owner else {}
