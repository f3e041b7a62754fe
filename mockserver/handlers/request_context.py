"""A request in progress: the call, the operation it is for, its item, and the changes so far."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from itertools import chain
from typing import Any

from mockserver.errors import Gone, Missing
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.binding.content_plans import SentBody
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.lists.every_parent import below_every, names_every
from mockserver.messages import Call, Reply
from mockserver.rules import RuleFunction
from mockserver.state.collection import Collection
from mockserver.state.id_text import one_id
from mockserver.state.record import Record
from mockserver.state.transaction import Transaction

Question = Any
"""What a rule asks an outside service; the service says which values these are."""

Asking = Generator[Question, Any, Reply | None]
"""What a rule returns that asks: it yields questions, is sent their answers, and may return a whole reply."""


class RequestContext:
    """A request in progress.

    `record` is a draft of its item, which no other request sees before `save`; `current` is the item as it is stored,
    `before` the item before an update. `rule` is the asking rule that runs. `capacity` is how many items a collection
    may have at most, besides what is stated. `position` is that of the item in the list of a request. `sent` is the
    body as it was sent, where the operation stores it.
    """

    __slots__ = (
        "_collection",
        "_moment",
        "before",
        "bound",
        "call",
        "capacity",
        "current",
        "extras",
        "position",
        "record",
        "rule",
        "sent",
        "transaction",
        "world",
    )

    def __init__(self, call: Call, bound: BoundOperation, transaction: Transaction) -> None:
        self.call = call if not bound.path_names else _renamed(call, bound.path_names)
        named = (call.query, call.headers) if bound.query_key else ()
        for sent in named:
            if bound.query_key in sent:
                self.call = call._replace(path={**self.call.path, bound.query_key: sent[bound.query_key]})
        self.bound, self.transaction, self.world = bound, transaction, transaction.store.world
        self.record: Record | None = None
        self.current: Record | None = None
        self.before: Record | None = None
        self.extras: dict[str, Any] = {}
        self.rule: RuleFunction | None = None
        self.capacity: int | None = None
        self.position = 0
        self.sent: SentBody | None = None
        self._collection: Collection | None = None
        self._moment: float | None = None

    @property
    def item(self) -> Record:
        """The item of this request. Raises Missing when it has none, or no longer."""
        if self.record is None:
            raise self.missing()
        return self.record

    @property
    def tenant(self) -> str:
        """The tenant whose data this request is about."""
        return self.call.tenant

    def collection(self, resource: str = "") -> Collection:
        """The tenant's items of a resource; of the operation's own when no name is given."""
        if resource:
            return self._collection_of(self.bound.plans[resource])
        if self._collection is None:
            plan, wildcards = self.bound.resource, self.bound.wildcards
            if wildcards and names_every(self.call.path, wildcards):
                self._collection = below_every(self.transaction.store, self.tenant, plan, self.call.path)
            else:
                self._collection = self.across(plan) if self.bound.across else self._collection_of(plan)
        return self._collection

    def across(self, plan: ResourcePlan) -> Collection:
        """The tenant's items of a resource below all owners, in a collection that only this request reads."""
        store, found = self.transaction.store, Collection(plan.indexed)
        if store.source is not None:
            store.source.begin(plan.name, self.tenant)
        owners = [owner for name, owner, _ in store.items(self.tenant) if name == plan.name]
        for record in chain.from_iterable(store.collection(plan.name, self.tenant, owner) for owner in owners):
            if record.id not in found.by_id:
                found.add(record)
        return found

    def _collection_of(self, plan: ResourcePlan) -> Collection:
        owner = plan.owner(self.call.path) if plan.parent_parameters else ""
        return self.transaction.store.collection(plan.name, self.call.tenant, owner)

    def owner(self) -> Record | None:
        """The parent item in the path. Raises Missing when it must exist and does not."""
        is_every = bool(self.bound.wildcards) and names_every(self.call.path, self.bound.wildcards)
        if not is_every and (source := self.transaction.store.source) is not None and source.is_whole:
            self._settle_path()
        if is_every or self.bound.owner is None:
            return None
        resource, parameters = self.bound.owner
        found = self._find_or_materialize(self.bound.plans[resource], [self.call.path.get(name) for name in parameters])
        if found is None:
            raise self.missing(resource)
        return found

    def settle_names(self) -> None:
        """Put the ids of items into the path where it names them by another property."""
        for parameter, resource in self.bound.named:
            plan, name = self.bound.plans[resource], self.call.path.get(parameter)
            held = self.transaction.store.collection(resource, self.tenant, plan.owner(self.call.path))
            if held.get(name) is None:
                found = _named(held, plan.statements.identity.also, name)
                self.call = self.call._replace(path={**self.call.path, parameter: found.id}) if found else self.call

    def _settle_path(self) -> None:
        """Put the ids of the items above into the path where it names them otherwise. Raises Missing."""
        for resource, parameters in self.bound.above:
            ids = [self.call.path.get(name) for name in parameters]
            found = self._find_or_materialize(self.bound.plans[resource], ids)
            if found is None and self._has_items(parameters, ids):
                continue
            if found is None:
                raise self.missing(resource)
            if str(found.id) != str(ids[-1]):
                self.call = self.call._replace(path={**self.call.path, parameters[-1]: found.id})

    def _has_items(self, parameters: tuple[str, ...], ids: list[Any]) -> bool:
        """Are there items below this owner, made at another path? An organization has repositories as a user has."""
        owner, plans = "/".join(map(str, ids)), self.bound.plans
        return any(
            len(collection) > 0 and (above == owner or above.startswith(f"{owner}/"))
            for name, above, collection in list(self.transaction.store.items(self.tenant))
            if plans[name].parent_parameters[: len(parameters)] == parameters
        )

    def materialize(self, plan: ResourcePlan, ids: list[Any]) -> Record | None:
        """Generate and store the item for an unknown id (the last of `ids`), with `--materialize`; else None.

        An item that a client created and deleted does not return, unless clients choose all ids: they may mean another
        item by the same id. A deleted generated item returns only if the operation documents no 404, and so does a
        single item, even if a client created it: its path names no other one. Nothing is generated below a parent that
        does not exist.
        """
        source = self.transaction.store.source
        if source is None:
            return None
        ids = [one_id(id) for id in ids]
        owner = "/".join(str(id) for id in ids[:-1])
        collection, parent = self.transaction.store.collection(plan.name, self.tenant, owner), plan.statements.parent
        if self.stays_deleted(plan, collection, ids[-1]):
            return None
        if parent is not None and parent.parameter in plan.parent_parameters:
            parent_ids = ids[: plan.parent_parameters.index(parent.parameter) + 1]
            if self._find_or_materialize(self.bound.plans[parent.resource], parent_ids) is None:
                return None
        record = source.item(plan.name, self.tenant, owner, collection, ids[-1])
        if record is not None and collection.by_id.get(record.id) is not record:
            self.transaction.add(collection, record)
        return record

    def stays_deleted(self, plan: ResourcePlan, collection: Collection, id: Any) -> bool:
        """Was an item deleted that does not return? See `materialize`."""
        if plan.statements.identity.generate == "client" or (plan.is_single and not self._documents_missing):
            return False
        return collection.was_deleted(id, made_up=self._documents_missing)

    @property
    def _documents_missing(self) -> bool:
        return any(response.status == "404" for response in self.bound.operation.responses)

    def _find_or_materialize(self, plan: ResourcePlan, ids: list[Any]) -> Record | None:
        owner = "/".join(str(id) for id in ids[:-1])
        found = self.transaction.store.collection(plan.name, self.tenant, owner).get(ids[-1])
        if found is not None and plan.soft_delete is not None and plan.soft_delete.is_marked(found):
            return None
        own = plan.own if plan.own is not None and plan.own.hides else None
        if found is not None and own is not None and own.is_others(found, self.call.principal):
            return None
        return found or self.materialize(plan, ids)

    def missing(self, resource: str = "") -> Missing:
        """The 404 for an item that does not exist, or a documented 410 for one that was deleted (RFC 9110 15.5.11)."""
        name = (resource or self.bound.resource.name).replace("-", " ")
        if not resource and self._was_deleted():
            return Gone(f"{name} was deleted", resource=name)
        return Missing(f"{name} not found", resource=name)

    def _was_deleted(self) -> bool:
        """Does the document have a 410, and was the item that the path names deleted?"""
        bound = self.bound
        if bound.plan is None or all(each.status != "410" for each in bound.operation.responses):
            return False
        id, collection = bound.id(self.call), self.collection()
        record, kept = collection.get(id), bound.resource.soft_delete
        if record is not None:
            return kept is not None and kept.hides(record, bound.operation)
        return collection.was_deleted(id, made_up=True)

    def edit(self, record: Record) -> None:
        """Start to change a stored item: from here on `record` is a copy of it."""
        self.current = record
        self.record = record.copy()

    def save(self) -> None:
        """Store the draft, so that other requests see it; without a draft, do nothing."""
        if self.record is None or self.record is self.current:
            return
        plan, collection = self.bound.resource, self.collection()
        if plan.derived or plan.inside:
            plan.derive(self.call, self.record, self.moment, self.current)
        if self.current is None:
            if plan.own is not None:
                plan.own.mark(self.record, self.call.principal)
            self.transaction.add(collection, self.record)
        else:
            self.transaction.swap(collection, self.current, self.record)
        self.current = self.record

    def refresh(self) -> None:
        """Continue after a wait with the item as it is now. Raises Missing when it was deleted meanwhile."""
        self._moment = None
        if self.record is not None:
            current = self.collection().by_id.get(self.record.id)
            if current is None:
                raise self.missing()
            self.edit(current)

    def create(self, resource: str, fields: dict[str, Any], hidden: dict[str, Any] | None = None) -> Record:
        """Create and store an item of another resource of this tenant."""
        plan, collection = self.bound.plans[resource], self.collection(resource)
        record = plan.new_record(self.call, self.world, self.moment, collection, self.next_sequence(), fields)
        record.hidden.update(hidden or {})
        self.transaction.add(collection, record)
        return record

    def delete(self, resource: str, id: Any) -> None:
        """Delete an item of another resource, if it exists."""
        collection = self.collection(resource)
        record = collection.by_id.get(id)
        if record is not None:
            self.transaction.remove(collection, record)

    def next_sequence(self) -> int:
        """The sequence number of the next item."""
        self.transaction.store.sequence += 1
        return self.transaction.store.sequence

    def name_of(self, id: Any) -> str:
        """The name by which an outside service knows an item of this tenant: unique among services and namespaces."""
        return f"{self.transaction.store.label}/{self.tenant}/{id}"

    def fact(self, name: str) -> Any:
        """A fact that a rule stored about this tenant, or None."""
        return self.transaction.store.facts.get(self.tenant, {}).get(name)

    def remember(self, name: str, value: Any) -> None:
        """Store a fact about this tenant; `/_mock/state` shows it."""
        self.transaction.remember(self.tenant, name, value)

    @property
    def moment(self) -> float:
        """The time of the request: the same for all that it writes, and a new one after a wait."""
        if self._moment is None:
            self._moment = self.world.clock.now()
        return self._moment

    def now(self) -> Any:
        """The time of the request, in the resource's format."""
        return self.bound.resource.write_time(self.moment)

    def changed(self, names: frozenset[str]) -> bool:
        """Did this update change any of these fields? True for an operation that is no update."""
        if self.before is None:
            return True
        return any(self.before.fields.get(name) != self.item.fields.get(name) for name in names)

    def items_of(self, resource: str) -> Iterator[Record]:
        """All items of a resource of this tenant."""
        return iter(self.collection(resource))


def _named(held: Collection, also: str, name: Any) -> Record | None:
    """The item whose property `also` has a value, or `metadata.name` inside of an object; None if there is none."""
    if "." not in also:
        return next(iter(held.view((also, name)).first(1, None, newest_first=False)), None)
    outer, _, inner = also.partition(".")
    items = ((each, each.fields.get(outer)) for each in held)
    return next((each for each, value in items if isinstance(value, dict) and str(value.get(inner)) == str(name)), None)


def _renamed(call: Call, names: Mapping[str, str]) -> Call:
    return call._replace(path={names.get(name, name): value for name, value in call.path.items()})
