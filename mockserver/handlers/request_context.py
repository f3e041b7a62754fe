"""One request being answered: what was asked, the item it concerns, and the changes so far."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.errors import Missing
from mockserver.mcp_port import Question
from mockserver.messages import Call, Reply
from mockserver.state.collection import Collection, Record
from mockserver.state.store import Transaction
from mockserver.state.world import World

if TYPE_CHECKING:
    from mockserver.handlers.bound_operation import BoundOperation
    from mockserver.handlers.resource_plan import ResourcePlan

Asking = Generator[Question, Any, Reply | None]


class Asks(NamedTuple):
    """A rule that asks an MCP server: it yields a Connection (or another Question) and is sent the Outcome.

    It may run a second time when the outcome comes late, so all that it does before its `yield` must be harmless to
    repeat.
    """

    put: Callable[[RequestContext], Asking]


Rule = Callable[["RequestContext"], Reply | None] | Asks
"""The one plug-in point: a vendor's function for what no data can say.

It gets the Turn, may change `turn.record` (its `fields` and `hidden`), add `turn.extras` to this reply, create or
delete other items, raise a Refusal, or return a whole Reply.
"""


class RequestContext:
    """A request in progress. `record` is a draft of its item; nobody else sees it before `save`."""

    __slots__ = (
        "_moment",
        "before",
        "binding",
        "call",
        "current",
        "extras",
        "held",
        "record",
        "rule",
        "transaction",
        "world",
    )

    def __init__(self, call: Call, binding: BoundOperation, transaction: Transaction, world: World) -> None:
        self.call = call if not binding.names else _renamed(call, binding.names)
        self.binding, self.transaction, self.world = binding, transaction, world
        self.record: Record | None = None
        self.current: Record | None = None
        self.before: Record | None = None
        self.extras: dict[str, Any] = {}
        self.rule: Asks | None = None
        self.held: Collection | None = None
        self._moment: float | None = None

    @property
    def item(self) -> Record:
        """The item of this request. Raises Missing when there is none (any more)."""
        if self.record is None:
            raise self.missing()
        return self.record

    @property
    def tenant(self) -> str:
        """Whose data this request is about."""
        return self.call.tenant

    def collection(self, resource: str = "") -> Collection:
        """The items of a resource (the operation's own when none is named) that the tenant has."""
        if resource:
            return self._collection_of(self.binding.plans[resource])
        if self.held is None:
            self.held = self._collection_of(self.binding.resource)
        return self.held

    def _collection_of(self, plan: ResourcePlan) -> Collection:
        owner = plan.owner(self.call.path) if plan.above else ""
        return self.transaction.store.collection(plan.name, self.call.tenant, owner)

    def owner(self) -> Record | None:
        """The item that the path leads through. Raises Missing where it must be there and is not."""
        if self.binding.owner is None:
            return None
        resource, parameters = self.binding.owner
        ids = [self.call.path.get(name) for name in parameters]
        above = "/".join(str(id) for id in ids[:-1])
        found = self.transaction.store.collection(resource, self.tenant, above).get(ids[-1])
        found = found or self.made_up(self.binding.plans[resource], ids)
        if found is None:
            raise self.missing(resource)
        return found

    def made_up(self, plan: ResourcePlan, ids: list[Any]) -> Record | None:
        """The item that nobody created below the ids above it, where the sandbox makes such up; remembered from now on.

        What a client created and deleted does not come back, unless every id is chosen by clients, who may mean
        another item by the same id. Nothing is made up below what is not there.
        """
        source = self.transaction.store.source
        if source is None:
            return None
        owner = "/".join(str(id) for id in ids[:-1])
        held, parent = self.transaction.store.collection(plan.name, self.tenant, owner), plan.statements.parent
        if held.was_created(ids[-1]) and plan.statements.identity.generate != "client":
            return None
        if parent is not None and parent.parameter in plan.above:
            above, those = self.binding.plans[parent.resource], ids[: plan.above.index(parent.parameter) + 1]
            place = "/".join(str(id) for id in those[:-1])
            if not (
                self.transaction.store.collection(above.name, self.tenant, place).get(those[-1])
                or self.made_up(above, those)
            ):
                return None
        record = source.item(plan.name, self.tenant, owner, held, ids[-1])
        if record is not None:
            self.transaction.add(held, record)
        return record

    def missing(self, resource: str = "") -> Missing:
        """The refusal for an item that is not there."""
        name = (resource or self.binding.resource.name).replace("-", " ")
        return Missing(f"{name} not found", resource=name)

    def open(self, record: Record) -> None:
        """Begin to change a remembered item: `record` is a copy of it from here on."""
        self.current = record
        self.record = record.copy()

    def save(self) -> None:
        """Put the draft where others see it; nothing happens for an item that is only read."""
        if self.record is None or self.record is self.current:
            return
        plan, collection = self.binding.resource, self.collection()
        if plan.derived:
            plan.derive(self.call, self.record, self.now())
        if self.current is None:
            self.transaction.add(collection, self.record)
        else:
            self.transaction.swap(collection, self.current, self.record)
        self.current = self.record

    def renew(self) -> None:
        """After a wait: go on with the item as it is now. Raises Missing when it was deleted meanwhile."""
        self._moment = None
        if self.record is not None:
            current = self.collection().by_id.get(self.record.id)
            if current is None:
                raise self.missing()
            self.open(current)

    def create(self, resource: str, fields: dict[str, Any], hidden: dict[str, Any] | None = None) -> Record:
        """Remember an item of another resource of this tenant."""
        plan, collection = self.binding.plans[resource], self.collection(resource)
        record = plan.begin(self.call, self.world, self.moment, collection, self.next_sequence(), fields)
        record.hidden.update(hidden or {})
        self.transaction.add(collection, record)
        return record

    def delete(self, resource: str, id: Any) -> None:
        """Forget an item of another resource, if it is there."""
        collection = self.collection(resource)
        record = collection.by_id.get(id)
        if record is not None:
            self.transaction.remove(collection, record)

    def next_sequence(self) -> int:
        """The age of the next item."""
        self.transaction.store.sequence += 1
        return self.transaction.store.sequence

    def fact(self, name: str) -> Any:
        """What a rule remembered of this tenant, or None."""
        return self.transaction.store.facts.get(self.tenant, {}).get(name)

    def remember(self, name: str, value: Any) -> None:
        """Keep a fact about this tenant (shown in the sandbox's state view)."""
        self.transaction.remember(self.tenant, name, value)

    @property
    def moment(self) -> float:
        """When this happens: one time for all that a request writes, and another one after a wait."""
        if self._moment is None:
            self._moment = self.world.clock.now()
        return self._moment

    def now(self) -> Any:
        """The time, as this resource writes it."""
        return self.binding.resource.write_time(self.moment)

    def changed(self, names: frozenset[str]) -> bool:
        """Did this update touch any of these fields?"""
        if self.before is None:
            return True
        return any(self.before.fields.get(name) != self.item.fields.get(name) for name in names)

    def others(self, resource: str) -> Iterator[Record]:
        """Every item of a resource of this tenant."""
        return iter(self.collection(resource))


def _renamed(call: Call, names: Mapping[str, str]) -> Call:
    return call._replace(path={names.get(name, name): value for name, value in call.path.items()})


Rules = Mapping[str, Rule]
