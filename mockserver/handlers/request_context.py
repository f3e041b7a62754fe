"""One request being answered: what was asked, the item it concerns, and the changes so far."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.behaviour.statements import Filter, Paging, Sort
from mockserver.errors import BehaviourError, Missing
from mockserver.handlers.paging import Page
from mockserver.handlers.reply_renderer import ReplyRenderer
from mockserver.handlers.resource_plan import ResourcePlan
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.transaction import Transaction
from mockserver.state.world import World

Question = Any
"""What a rule asks an outside service; the service says which values these are."""

Asking = Generator[Question, Any, Reply | None]


class Asks(NamedTuple):
    """A rule that asks an outside service: it yields a question and is sent the answer.

    It runs a second time when the answer comes late, so what it does before its `yield` must be safe to repeat.
    """

    put: Callable[[RequestContext], Asking]


Rule = Callable[["RequestContext"], Reply | None] | Asks
"""The one plug-in point: a function for what no data can say.

It gets the RequestContext, may change `context.record` (its `fields` and `hidden`), add `context.extras` to this reply,
create or delete other items, raise a Refusal, or return a whole Reply.
"""


class Handler(NamedTuple):
    """How an action begins and how it ends."""

    begin: Callable[[RequestContext], None]
    end: Callable[[RequestContext], Reply]


Accept = Callable[[dict[str, Any]], dict[str, Any]]
Owner = tuple[str, tuple[str, ...]]
"""The resource whose item must be there, and the path parameters that lead to it, its own last."""


@dataclass(frozen=True, slots=True)
class BoundOperation:
    """An operation with the handler that answers it, made once at load.

    `named` are the properties that a request may name, `names` path parameters that the resource knows by another name;
    `born` is the reply when a replace made the item, `item_path` where a new one is found that stands elsewhere.
    """

    operation: Operation
    handler: Handler
    plan: ResourcePlan | None
    plans: Mapping[str, ResourcePlan]
    renderer: ReplyRenderer
    rules: tuple[Rule, ...]
    paging: Paging | None
    page: Callable[..., Page]
    filters: tuple[Filter, ...]
    sort: Sort | None
    patch: str
    upsert: bool
    accept: Accept
    envelope: tuple[str, ...] = ()
    takes: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    born: ReplyRenderer | None = None
    owner: Owner | None = None
    item_path: str = ""

    @property
    def resource(self) -> ResourcePlan:
        """The resource that the operation is about. Raises BehaviourError for one that has none."""
        if self.plan is None:
            raise BehaviourError(f"{self.operation.method.upper()} {self.operation.path} is about no resource")
        return self.plan

    def id(self, call: Call) -> Any:
        """The id that the path names, else the body."""
        identity = self.resource.statements.identity
        if identity.generate == "single":
            return ""
        if identity.parameter in call.path:
            return call.path[identity.parameter]
        given = self.given(call)
        return given.get(identity.field) if isinstance(given, dict) else None

    def given(self, call: Call) -> Any:
        """What the request's body says of the item; an empty object where it says nothing."""
        body = call.body
        for key in self.envelope:
            body = body.get(key) if isinstance(body, dict) else None
        if isinstance(body, dict):
            return body | {new: body[name] for name, new in self.takes.items() if name in body} if self.takes else body
        return body if isinstance(body, list) else {}


class RequestContext:
    """A request in progress. `record` is a draft of its item; nobody else sees it before `save`."""

    __slots__ = (
        "_moment",
        "before",
        "bound",
        "call",
        "current",
        "extras",
        "held",
        "record",
        "rule",
        "transaction",
        "world",
    )

    def __init__(self, call: Call, bound: BoundOperation, transaction: Transaction, world: World) -> None:
        self.call = call if not bound.names else _renamed(call, bound.names)
        self.bound, self.transaction, self.world = bound, transaction, world
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
            return self._collection_of(self.bound.plans[resource])
        if self.held is None:
            self.held = self._collection_of(self.bound.resource)
        return self.held

    def _collection_of(self, plan: ResourcePlan) -> Collection:
        owner = plan.owner(self.call.path) if plan.above else ""
        return self.transaction.store.collection(plan.name, self.call.tenant, owner)

    def owner(self) -> Record | None:
        """The item that the path leads through. Raises Missing where it must be there and is not."""
        if self.bound.owner is None:
            return None
        resource, parameters = self.bound.owner
        ids = [self.call.path.get(name) for name in parameters]
        above = "/".join(str(id) for id in ids[:-1])
        found = self.transaction.store.collection(resource, self.tenant, above).get(ids[-1])
        found = found or self.made_up(self.bound.plans[resource], ids)
        if found is None:
            raise self.missing(resource)
        return found

    def made_up(self, plan: ResourcePlan, ids: list[Any]) -> Record | None:
        """The item that nobody created below the ids above it, where the sandbox makes such up; remembered from now on.

        What a client created and deleted does not come back, unless every id is chosen by clients, who may mean
        another item by the same id. A deleted item that was made up comes back only where the operation documents no
        404. Nothing is made up below what is not there.
        """
        source = self.transaction.store.source
        if source is None:
            return None
        owner = "/".join(str(id) for id in ids[:-1])
        held, parent = self.transaction.store.collection(plan.name, self.tenant, owner), plan.statements.parent
        if held.was_deleted(ids[-1], made_up=self._documents_missing) and plan.statements.identity.generate != "client":
            return None
        if parent is not None and parent.parameter in plan.above:
            above, those = self.bound.plans[parent.resource], ids[: plan.above.index(parent.parameter) + 1]
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

    @property
    def _documents_missing(self) -> bool:
        return any(response.status == "404" for response in self.bound.operation.responses)

    def missing(self, resource: str = "") -> Missing:
        """The refusal for an item that is not there."""
        name = (resource or self.bound.resource.name).replace("-", " ")
        return Missing(f"{name} not found", resource=name)

    def open(self, record: Record) -> None:
        """Begin to change a remembered item: `record` is a copy of it from here on."""
        self.current = record
        self.record = record.copy()

    def save(self) -> None:
        """Put the draft where others see it; nothing happens for an item that is only read."""
        if self.record is None or self.record is self.current:
            return
        plan, collection = self.bound.resource, self.collection()
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
        plan, collection = self.bound.plans[resource], self.collection(resource)
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
        return self.bound.resource.write_time(self.moment)

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
