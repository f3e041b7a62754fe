"""Items that nobody created: those that a collection starts with, and the one behind an id that a client makes up.

The same seed, collection and id make the same item, whatever was asked before. It is an item like any other from then
on: it can be read, listed, changed and deleted. Once deleted, its id is again one that nobody created.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Conflict, Unanswerable
from mockserver.handlers.generated_fields import UNLIKELY, ReplyView
from mockserver.handlers.reply_renderer import example_items
from mockserver.handlers.resource_plan import VIEW_RANK, ResourcePlan, acting, rank, shown, viewer
from mockserver.messages import ANONYMOUS, Call
from mockserver.state.collection import GENERATED, Collection
from mockserver.state.id_text import number_of
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.state.world import World

log = logging.getLogger("mockserver")

TRIALS = 8
"""How many values are made for one item before it is given up."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """One way in which replies show an item: the pointer of the schema, and what judges an item by it."""

    pointer: str
    view: ReplyView


class Materializer:
    """Makes the items of one service: `items` that each collection starts with, and those of any id where `unknown`.

    Where no operation creates items, those that the document shows as examples are there, and any other id is too:
    otherwise every request for one would be answered with 404 for ever.
    """

    def __init__(
        self,
        contract: Contract,
        plans: Mapping[str, ResourcePlan],
        store: Store,
        seed: int | None,
        *,
        items: int,
        unknown: bool,
    ) -> None:
        self._contract, self._plans, self._store = contract, plans, store
        self._seed, self._items, self._unknown = seed or 0, items, unknown
        self._sights: dict[str, tuple[_Sight, ...]] = {}

    def fill(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Put the items into a collection that it starts with; fewer where a limit or the schema stands against it."""
        plan = self._plans[resource]
        if plan.is_single or not self._may_be_full(plan, tenant, owner):
            return
        if not plan.is_creatable and not self._items:
            self._fill_with_examples(plan, tenant, owner, collection)
        most = min([self._items, *(capacity.limit for capacity in plan.statements.capacity)])
        for number in range(most):
            record = self._made(plan, tenant, owner, collection, f"#{number}")
            if record is None:
                log.warning("%s begins with %d items: no further valid one was found", resource, number)
                return
            collection.add(record)

    def _fill_with_examples(self, plan: ResourcePlan, tenant: str, owner: str, collection: Collection) -> None:
        for example in self._examples(plan, "list"):
            id = example.get(plan.statements.identity.field)
            record = self._made(plan, tenant, owner, collection, str(id), id, example) if id is not None else None
            if record is not None:
                collection.add(record)

    def _examples(self, plan: ResourcePlan, does: str) -> list[dict[str, Any]]:
        """The items in the document's examples of what a get or a list answers."""
        return [
            item
            for operation, said in acting(self._contract, plan.name)
            if said.action is not None and said.action.does == does
            for item in example_items(operation, said.reply, self._contract.examples, does)
        ]

    def item(self, resource: str, tenant: str, owner: str, collection: Collection, id: Any) -> Record | None:
        """The item behind an id that nobody was given, not yet remembered; None where none can have that id."""
        plan = self._plans[resource]
        if (plan.is_creatable and not self._unknown) or id is None or (id == "" and not plan.is_single):
            return None
        number = number_of(id)
        spelled = [id] if number is None else [id, number]  # a path may write a number as text
        example = next(iter(self._examples(plan, "get")), None)
        made = (self._made(plan, tenant, owner, collection, str(id), one, example) for one in spelled)
        found = next((record for record in made if record is not None), None)
        return found or self._stand_in(plan, tenant, owner, collection, id)

    def _stand_in(self, plan: ResourcePlan, tenant: str, owner: str, collection: Collection, id: Any) -> Record | None:
        """The item behind an id that its own schema refuses: the path takes any text, say, and the item has a UUID.

        The document allows the request, so the item answers it, and shows an id that is valid.
        """
        record = self._made(plan, tenant, owner, collection, str(id))
        if record is not None:
            record.id = id
        return record

    def fits(self, resource: str, record: Record) -> bool:
        """May every reply that shows an item of the resource show this one?"""
        return all(sight.view.is_valid(record.fields) for sight in self._seen(self._plans[resource]))

    def _may_be_full(self, plan: ResourcePlan, tenant: str, owner: str) -> bool:
        """What a client creates is empty at first; only what is nested in generated items, or in none, is not."""
        parent = plan.statements.parent
        if parent is None or not owner or not parent.must_exist:
            return True
        found = self._parent(plan, tenant, owner)
        return found is not None and GENERATED in found.hidden

    def _parent(self, plan: ResourcePlan, tenant: str, owner: str) -> Record | None:
        parent = plan.statements.parent
        if parent is None or parent.parameter not in plan.above:
            return None
        ids = owner.split("/")[: plan.above.index(parent.parameter) + 1]
        return self._store.collection(parent.resource, tenant, "/".join(ids[:-1])).get(ids[-1])

    def _made(
        self,
        plan: ResourcePlan,
        tenant: str,
        owner: str,
        collection: Collection,
        key: str,
        id: Any = None,
        example: dict[str, Any] | None = None,
    ) -> Record | None:
        """An item that fits its schemas: first one made from `example`, then made-up ones. None where none is found."""
        call = self._call(plan, tenant, owner)
        for trial in range(TRIALS):
            seed = f"{self._seed}/{plan.name}/{tenant}/{owner}/{key}/{trial}"
            fields = dict(example) if example is not None and trial == 0 else self._invented(plan, seed)
            record = self._drafted(plan, call, collection, seed, id, fields)
            if record is not None and self._is_sound(plan, collection, record):
                record.sequence = self._next_sequence()
                return record
        return None

    def _drafted(
        self, plan: ResourcePlan, call: Call, collection: Collection, seed: str, id: Any, fields: dict[str, Any]
    ) -> Record | None:
        """One trial: what the fullest reply shows, with what the service sets. The world is one of its own."""
        world = World(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]))
        identity = plan.statements.identity
        if id is not None or identity.from_client:
            fields.pop(identity.field, None)
        try:
            record = plan.begin(call, world, world.clock.now(), collection, 0, fields)
        except Conflict:
            return None
        if id is not None:
            record.id = id
            if identity.field:
                record.fields[identity.field] = id
        record.hidden[GENERATED] = True
        if plan.derived:
            plan.derive(call, record, plan.write_time(world.clock.now()))
        return record

    def _invented(self, plan: ResourcePlan, seed: str) -> dict[str, Any]:
        """The fields that the fullest reply shows, but for those that say what would have happened since."""
        schemas = self._contract.schemas
        for sight in self._seen(plan)[:1]:
            try:
                made = self._contract.examples.at(sight.pointer, seed=seed)
            except Unanswerable:
                return {}
            required = schemas.required(sight.pointer)
            if isinstance(made, dict):
                return {name: v for name, v in made.items() if name in required or not UNLIKELY.search(name)}
        return {}

    def _is_sound(self, plan: ResourcePlan, collection: Collection, record: Record) -> bool:
        return (
            collection.get(record.id) is None
            and self.fits(plan.name, record)
            and self._is_unique(plan, collection, record)
        )

    @staticmethod
    def _is_unique(plan: ResourcePlan, collection: Collection, record: Record) -> bool:
        for unique in plan.statements.unique:
            own = [record.fields.get(name) for name in unique.fields]
            if None not in own and any(own == [o.fields.get(name) for name in unique.fields] for o in collection):
                return False
        return True

    def _call(self, plan: ResourcePlan, tenant: str, owner: str) -> Call:
        """The request that would have created the item."""
        path: dict[str, Any] = dict(zip(plan.above, owner.split("/"), strict=False)) if owner else {}
        parent, above = plan.statements.parent, self._parent(plan, tenant, owner)
        if parent is not None and above is not None:
            path[parent.parameter] = above.id
        if plan.statements.tenant.by == "path":
            path[plan.statements.tenant.name] = tenant
        return Call("POST", "", path, {}, {}, {}, None, "", ANONYMOUS, tenant)

    def _next_sequence(self) -> int:
        self._store.sequence += 1
        return self._store.sequence

    def _seen(self, plan: ResourcePlan) -> tuple[_Sight, ...]:
        """The ways in which replies show an item, the fullest first."""
        if plan.name not in self._sights:
            view = viewer(self._contract, plan)
            self._sights[plan.name] = tuple(_Sight(pointer, view(pointer)) for pointer in self._pointers(plan))
        return self._sights[plan.name]

    def _pointers(self, plan: ResourcePlan) -> list[str]:
        found = shown(self._contract, plan.name)
        return sorted((at for at, does in found.items() if does in VIEW_RANK), key=lambda at: rank(found[at]))
