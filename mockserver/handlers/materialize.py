"""Generated items: those that a collection starts with (`--items`), and one for an unknown id (`--materialize`).

The same seed, collection and id give the same item, whatever was requested before. Once generated, an item is like any
other: it can be read, listed, updated and deleted. The id of a deleted one is unknown again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import islice
from typing import Any

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.errors import Conflict
from mockserver.examples.generator import fresh
from mockserver.handlers.binding.item_schemas import (
    VIEW_RANK,
    has_only_examples,
    operations_on,
    rank,
    reply_schemas,
    view_maker,
)
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.fields.generated_fields import ReplyView
from mockserver.handlers.fields.made_fields import is_of_now, made_fields
from mockserver.handlers.refusals.unique_values import compared_values
from mockserver.handlers.relations.item_counts import ItemCounts
from mockserver.handlers.relations.items_above import ItemsAbove
from mockserver.handlers.relations.joining import UnknownReferenceError
from mockserver.handlers.relations.references import Joins, by_name
from mockserver.handlers.replies.reply_renderer import example_items
from mockserver.messages import Call
from mockserver.openapi.fault_places import Place
from mockserver.state.collection import GENERATED, Collection
from mockserver.state.id_text import number_of
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.state.world import World

log = logging.getLogger("mockserver")

TRIALS = 8
"""How many times one item is generated until it is valid; after that there is no item."""


class _ItemView(Struct, frozen=True):
    """One way in which replies show an item: the pointer of its schema, and what validates by it."""

    pointer: str
    reply: ReplyView


class Materializer:
    """Generates items of one service: `items` for each collection, and with `unknown` one for any unknown id.

    A resource that no operation creates starts with the items of the document's examples, and any other id exists too:
    otherwise every request for an item would get a 404.
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
        counts: ItemCounts | None = None,
    ) -> None:
        self._contract, self._plans, self._store = contract, plans, store
        self._seed, self._items, self._unknown = seed or 0, items, unknown
        self._views: dict[str, tuple[_ItemView, ...]] = {}
        self.joins = Joins(plans, store, self._seed, self.faults)
        self._above = ItemsAbove(plans, store, items)
        self._documented: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._counts = counts

    def on(self, store: Store) -> Materializer:
        """The same for another store of the service."""
        new = copy(self)
        new._store, new.joins = store, self.joins.on(store)  # noqa: SLF001  # a copy of this one
        new._above = ItemsAbove(self._plans, store, self._items)  # noqa: SLF001
        return new

    @property
    def is_whole(self) -> bool:
        """Do only the items exist that it made or clients created, and no others?"""
        return self._items > 0 and not self._unknown

    def fill(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Add the items that a collection starts with; fewer if a capacity or the schema does not allow as many."""
        plan = self._plans[resource]
        if plan.is_single or not self._above.are_generated(plan, tenant, owner):
            return
        if plan.member_of:
            self._fill_with_members(plan, tenant, owner, collection)
            return
        if has_only_examples(self._contract, plan.name) or not (plan.is_creatable or self._items):
            self._fill_with_examples(plan, tenant, owner, collection)
        most = min([self._items, *(capacity.limit for capacity in plan.statements.capacity)])
        for number in range(len(collection), most):
            record = self._generated(plan, tenant, owner, collection, f"#{number}")
            if record is None:
                noun = "item" if number == 1 else "items"
                log.warning("%s starts with %d %s: no further valid item was found", resource, number, noun)
                return
            collection.add(record)

    def _fill_with_members(self, plan: ResourcePlan, tenant: str, owner: str, collection: Collection) -> None:
        """Add the first items of the resource whose items these are."""
        for record in islice(self._store.unjoined(*self._place_of_members(plan, tenant, owner)), self._items):
            if GENERATED in record.hidden:
                collection.add(record.copy())

    def _place_of_members(self, plan: ResourcePlan, tenant: str, owner: str) -> tuple[str, str, str]:
        """Resource, tenant and owner of the items that are members."""
        path = dict(zip(plan.parent_parameters, owner.split("/"), strict=False))
        return plan.member_of, tenant, self._plans[plan.member_of].owner(path)

    def _fill_with_examples(self, plan: ResourcePlan, tenant: str, owner: str, collection: Collection) -> None:
        for example in self._examples(plan, "list") or self._examples(plan, "get"):
            id = plan.id_in(example.get(plan.statements.identity.field))
            record = self._generated(plan, tenant, owner, collection, str(id), id, example) if id is not None else None
            if record is not None:
                collection.add(record)

    def written(
        self,
        resource: str,
        tenant: str,
        owner: str,
        record: Record,
        sent: frozenset[str],
        kept: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The fields of an item that a client wrote, showing the items whose ids it sent; an update `kept` others.

        Raises UnknownReferenceError for an id that no item has.
        """
        try:
            return self.joins.written(self._plans[resource], tenant, owner, record, sent, kept, whole=self.is_whole)
        except UnknownReferenceError as fault:
            fault.is_refused = fault.is_refused and not self._unknown
            raise

    def begin(self, resource: str, tenant: str) -> None:
        """Make the items of a resource below the first owner, so that there are some."""
        if self._items:
            self.joins.begin(resource, tenant)

    def join(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Make the references of the generated items of a collection name items that exist, and count those."""
        plan = self._plans[resource]
        if plan.member_of:
            shown = self._store.collection(*self._place_of_members(plan, tenant, owner))
            for record in list(collection):
                found = shown.get(record.id)
                collection.swap(record, found.copy() if found is not None else record)
            return
        for record in list(collection) if self._items else ():
            if GENERATED in record.hidden:
                collection.swap(record, self.joins.record(plan, tenant, owner, record))
        if self._items and self._counts is not None and self._counts.are_in(resource):
            self._count(self._counts, collection)

    def _count(self, counts: ItemCounts, collection: Collection) -> None:
        for record in list(collection):
            if GENERATED in record.hidden:
                collection.swap(record, counts.counted(self._store, collection.key, record))

    def _examples(self, plan: ResourcePlan, does: str) -> list[dict[str, Any]]:
        """The items in the document's examples of the replies of a get or list. They are validated once."""
        if (plan.name, does) not in self._documented:
            self._documented[plan.name, does] = [
                item
                for operation, behaviour in operations_on(self._contract, plan.name)
                if behaviour.action is not None and behaviour.action.does == does
                for item in example_items(operation, behaviour.reply, self._contract.examples, does)
            ]
        return self._documented[plan.name, does]

    def item(self, resource: str, tenant: str, owner: str, collection: Collection, id: Any) -> Record | None:
        """Generate the item for an unknown id, without storing it; None when no item can have that id.

        If only the items exist that are there, a path may still name one by another unique property.
        """
        plan = self._plans[resource]
        if self.is_whole and not plan.is_single:
            return by_name(collection, id) if plan.statements.identity.evidence == "inferred" else None
        if (plan.is_creatable and not self._unknown) or id is None or (id == "" and not plan.is_single):
            return None
        number = number_of(id)
        spellings = [id] if number is None else [id, number]  # a path has only text
        example = next(iter(self._examples(plan, "get")), None)
        generated = (self._generated(plan, tenant, owner, collection, str(id), one, example) for one in spellings)
        found = next((record for record in generated if record is not None), None)
        return found or self._with_invalid_id(plan, tenant, owner, collection, id)

    def _with_invalid_id(
        self, plan: ResourcePlan, tenant: str, owner: str, collection: Collection, id: Any
    ) -> Record | None:
        """The item for an id that its own schema refuses, for example when the path takes any text and ids are UUIDs.

        The document allows the request, so there is an item; it shows another id, which is valid.
        """
        record = self._generated(plan, tenant, owner, collection, str(id))
        if record is not None:
            record.id = id
        return record

    def is_valid(self, resource: str, record: Record) -> bool:
        """Is the item valid in every reply that shows items of the resource?"""
        return all(view.reply.is_valid(record.fields) for view in self._views_of(self._plans[resource]))

    def faults(self, resource: str, fields: dict[str, Any]) -> Iterator[Place]:
        """The places at which fields are invalid in some reply that shows items of the resource."""
        return (place for view in self._views_of(self._plans[resource]) for place in view.reply.faults(fields))

    def _generated(
        self,
        plan: ResourcePlan,
        tenant: str,
        owner: str,
        collection: Collection,
        key: str,
        id: Any = None,
        example: dict[str, Any] | None = None,
    ) -> Record | None:
        """A valid item: from the `example` if there is one, else generated. None when no valid one is found.

        Where a property is an object in one reply and a number in another one, no item fits both. Then one that fits
        some reply will do: each reply replaces what it cannot show.
        """
        call, found = self._above.request(plan, tenant, owner, key), None
        for trial in range(TRIALS):
            seed = f"{self._seed}/{plan.name}/{tenant}/{owner}/{key}/{trial}"
            fields = fresh(example) if example is not None and trial == 0 else self._fields(plan, seed)
            record = self._trial(plan, call, collection, seed, id, fields)
            if record is None or not self._is_usable(plan, collection, record):
                continue
            if self.is_valid(plan.name, record):
                found = record
                break
            is_shown = any(view.reply.is_valid(record.fields) for view in self._views_of(plan))
            found = record if found is None and is_shown else found
        if found is not None:
            found.sequence = self._next_sequence()
        return found

    def _trial(
        self, plan: ResourcePlan, call: Call, collection: Collection, seed: str, id: Any, fields: dict[str, Any]
    ) -> Record | None:
        """One trial: the fields, with those that the service sets.

        It has a world of its own: a generated item must not take random numbers from the requests.
        """
        world = World(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]))
        identity = plan.statements.identity
        if id is not None or identity.from_client or identity.resource_name:
            fields.pop(identity.field, None)
        _renumber(fields, identity.field, collection)
        try:
            record = plan.new_record(call, world, world.clock.now(), collection, 0, fields)
        except Conflict:
            return None
        if id is not None:
            record.id = id
            plan.show_id(call, id, record.fields)
        record.hidden[GENERATED] = True
        if plan.derived or plan.inside:
            plan.derive(call, record, world.clock.now())
        return record

    def _fields(self, plan: ResourcePlan, seed: str) -> dict[str, Any]:
        """The fields of the fullest reply, without optional ones about later events such as `deletedAt`."""
        fullest = next(iter(self._views_of(plan)), None)
        return made_fields(self._contract, fullest.pointer, seed, is_of_now) if fullest is not None else {}

    def _is_usable(self, plan: ResourcePlan, collection: Collection, record: Record) -> bool:
        return collection.get(record.id) is None and self._is_unique(plan, collection, record)

    @staticmethod
    def _is_unique(plan: ResourcePlan, collection: Collection, record: Record) -> bool:
        for unique in plan.statements.unique:
            own = compared_values(unique, record.fields)
            if None not in own and any(own == compared_values(unique, other.fields) for other in collection):
                return False
        return True

    def _next_sequence(self) -> int:
        self._store.sequence += 1
        return self._store.sequence

    def _views_of(self, plan: ResourcePlan) -> tuple[_ItemView, ...]:
        """The views of an item, the fullest first."""
        if plan.name not in self._views:
            view = view_maker(self._contract, plan.name, plan.server_fields)
            self._views[plan.name] = tuple(_ItemView(pointer, view(pointer)) for pointer in self._pointers(plan))
        return self._views[plan.name]

    def _pointers(self, plan: ResourcePlan) -> list[str]:
        found = reply_schemas(self._contract, plan.name)
        return sorted((at for at, does in found.items() if does in VIEW_RANK), key=lambda at: rank(found[at]))


def _renumber(fields: dict[str, Any], identity: str, collection: Collection) -> None:
    """Give an item a number of its own: the document's example has the same `id` for all, where paths have names."""
    number = fields.get("id")
    if identity != "id" and isinstance(number, int) and any(other.fields.get("id") == number for other in collection):
        fields["id"] = number + len(collection)
