"""Brings items into the state that a request needs: a payment needs an invoice that is issued before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest, RefusedItem
from contracts.client.target import User
from contracts.model.body_references import body_references, holders, referring, steps_of
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of
from contracts.runner.existing_items import owner_of
from contracts.runner.item_maker import CONFLICT, ItemMaker
from contracts.runner.own_parts import with_own_parts
from mockserver.inference.names import plain
from mockserver.inference.sentences.state_rules import STATES
from mockserver.openapi import path_template

MOST_WAYS = 16
"""So many ways to bring an item into a state are tried at most."""

LONGEST_WAY = 3
"""The most steps of a way."""

MOST_STATES = 6
"""In so many states items are looked at."""

INVALID = frozenset({400, 422})
"""How a service refuses a body, which it looks at after the state: the state is right then."""


class Step(NamedTuple):
    """A request that may bring an item into another state. With a `child`, it creates one below the item."""

    op: ResourceOperation
    body: Any = MISSING
    child: CheckedResource | None = None


Way = tuple[Step, ...]


class PreparedItems(ItemMaker):
    """Finds the steps after which an item accepts a request, and takes them where a request is refused without them.

    Each way is searched once in a run. It is the shortest one, found by trying: actions on the item, items below it,
    and updates of its state, each way on an item of its own.
    """

    def create(self, resource: CheckedResource, body: Mapping[str, Any] | None = None, **named: Any) -> CreatedItem:
        """As before. An item that takes what it refers to gets something of its own, where the body was used before."""
        again = self._renewed(resource, body) if body is not None and resource.name in self.shared.taking else body
        return super().create(resource, again, **named)

    def body(self, resource: CheckedResource, *, full: bool = False, **fields: Any) -> dict[str, Any]:
        """As before. What names a part of the item above names one of the last item above."""
        made, name = super().body(resource, full=full, **fields), owner_of(resource)
        owner = next((each for each in reversed(self._created.present) if each.resource.name == name), None)
        return self._of_own_parts(resource, owner, made, fields)

    def _of_own_parts(
        self, resource: CheckedResource, owner: CreatedItem | None, body: dict[str, Any], left: Collection[str] = ()
    ) -> dict[str, Any]:
        accepts = partial(self.bodies.accepts, resource.operations["create"])
        return with_own_parts(body, owner.item, resource.name, accepts, left) if owner is not None else body

    def _renewed(self, resource: CheckedResource, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body with other references, where an item was made of this very body."""
        made = dict(body)
        if all(item.sent != made for item in self.created_items(resource)):
            return made
        self._referred_items.clear()
        for each in body_references(self.contract.schemas, resource, resource.operations["create"]):
            values = self._referred(each.resource, each.key, 1)
            made = referring(made, each.field, values[0]) if values else made
        return made

    def steps_of(self, resource: CheckedResource) -> list[Step]:
        """What may bring an item into another state."""
        steps = [Step(op, self._action_body(op)) for op in actions_of(self.contract, resource)]
        below = (each for each in self.shared.resources.values() if owner_of(each) == resource.name)
        steps += [Step(each.operations["create"], child=each) for each in below if each.can("create")]
        return [*steps, *self._updates(resource)]

    def _updates(self, resource: CheckedResource) -> Iterator[Step]:
        update = resource.operations.get("update")
        for name, at in self.bodies.properties(update).items() if update is not None else ():
            if plain(name).endswith(STATES):
                values = self.contract.schemas.keyword(at, "enum") or ()
                yield from (Step(update, {name: value}) for value in values if update is not None)

    def _action_body(self, op: ResourceOperation) -> Any:
        body = self.bodies.minimal(op, self.check) if op.media_type else None
        return MISSING if body is None else body

    def take(self, made: CreatedItem, step: Step) -> RecordedExchange:
        """Send the request of a step. The exchange belongs to what reproduces the state of the item."""
        if step.child is not None:
            exchange, _ = self.try_create(
                step.child, user=made.user, path=made.path_below(step.child), may_conflict=True
            )
        else:
            exchange = self.send(step.op, user=self.acting_user(step.op, made), path=made.path, body=step.body)
        self._created.prepared(made, exchange)
        return exchange

    def in_states(self, resource: CheckedResource) -> list[CreatedItem]:
        """New items, with each of which something else was done: an action, an update, an item below. Some may fail."""
        made = []
        for step in self.steps_of(resource)[:MOST_STATES]:
            item = self.create(resource)
            made += [item] if self.take(item, step).status < 300 else []
        return made

    def acting_user(self, op: ResourceOperation, made: CreatedItem) -> User:
        """Who may do something with an item: who made it; `ItemsBelowOthers` knows better."""
        return made.user

    def go(self, made: CreatedItem, way: Sequence[Step]) -> bool:
        """Take all steps, and none to create what there is below the item already. Returns whether each succeeded."""
        return all(self._is_below(made, step) or self.take(made, step).status < 300 for step in way)

    def _is_below(self, made: CreatedItem, step: Step) -> bool:
        """Is there an item below, as the step creates one?"""
        return step.child is not None and any(
            each.resource.name == step.child.name and each.path.items() >= made.path_below(step.child).items()
            for each in self._created.present
        )

    def bring_to(self, op: ResourceOperation, made: CreatedItem) -> bool:
        """Bring an item that refused an action into the state that the action needs. Returns whether that worked."""
        way = self.way_to(op, made.resource, made.user, lambda item: self._status_of(op, item))
        return bool(way) and self.go(made, way)

    def _status_of(self, op: ResourceOperation, made: CreatedItem) -> int:
        user = self.acting_user(op, made)
        return self.send(op, user=user, path=made.path, body=self._action_body(op)).status

    def way_to(
        self, op: ResourceOperation, resource: CheckedResource, user: User, attempt: Callable[[CreatedItem], int]
    ) -> Way:
        """The steps after which an item of a resource and user accepts a request; none if no way is found.

        `attempt` sends the request and returns the status.
        """
        if op.name not in self.shared.ways:
            self.shared.ways[op.name] = ()
            before, self._is_probing = self._is_probing, False  # the right state may need another form of bodies
            try:
                self.shared.ways[op.name] = self._found(op, resource, user, attempt)
            finally:
                self._is_probing = before
        return self.shared.ways[op.name]

    def _found(
        self, op: ResourceOperation, resource: CheckedResource, user: User, attempt: Callable[[CreatedItem], int]
    ) -> Way:
        steps, second = [each for each in self.steps_of(resource) if each.op.name != op.name], Way()
        ways = deque[Way]((step,) for step in steps)
        for _ in range(MOST_WAYS):
            if not ways:
                break
            way = ways.popleft()
            made = self._to_prepare(resource, user)
            if made is None or not self.go(made, way):
                continue
            status = attempt(made)
            if status < 300:
                return way
            second = second or (way if status in INVALID else second)
            ways += [(*way, step) for step in steps if step not in way and len(way) < LONGEST_WAY]
        return second

    def _to_prepare(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        try:
            return self.create(resource, user=user)
        except CannotBuildRequest:
            return None

    def parent_path(self, resource: CheckedResource, user: User) -> dict[str, Any]:
        """As before, and a new owner is brought into the state in which items can be created below it."""
        path = super().parent_path(resource, user)
        way = self.shared.ways.get(resource.operations["create"].name) if resource.can("create") else None
        owner = self._owner_at(resource, path) if way else None
        if way and owner is not None and not self._created.is_prepared(owner):
            self.go(owner, way)
        return path

    def prepare(self, owner: CreatedItem, child: CheckedResource) -> None:
        """Bring an owner into the state in which items can be created below it, as far as a way is known or found."""
        op = child.operations["create"]
        is_new = op.name not in self.shared.ways and child.name not in self.shared.made
        if is_new and op.operation.response(CONFLICT) is not None:
            tried, _ = self.try_create(child, user=owner.user, may_conflict=True)
            if tried.status < 300:
                self.shared.ways.setdefault(op.name, ())
        way = self.shared.ways.get(op.name)
        if way and not self._created.is_prepared(owner):
            self.go(owner, way)

    def body_below(self, owner: CreatedItem, child: CheckedResource) -> dict[str, Any]:
        """A create body for an item below an owner; what it refers to is below the same owner."""
        return self._of_same_owner(child, owner.user, owner.path_below(child), self.body(child))

    def create_below(
        self, owner: CreatedItem, child: CheckedResource, body: Mapping[str, Any] | None = None
    ) -> tuple[RecordedExchange, CreatedItem | None]:
        """Create an item below an owner, which is prepared; if it is refused, another user may do it.

        Returns the exchange, and the item if it has an id. Raises CannotBuildRequest if no user may.
        """
        self.prepare(owner, child)
        others = [each for each in self.unrestricted_users if each.secret != owner.user.secret]
        path, refused = owner.path_below(child), ""
        for user in (owner.user, *others):
            exchange, made = self.try_create(child, body, user=user, path=path, may_conflict=True)
            if exchange.status < 300:
                return exchange, made
            refused = refused or f"{child.operations['create'].name} returned {exchange.status} for a valid request"
        raise RefusedItem(refused, child.name)

    def _in_needed_state(
        self,
        resource: CheckedResource,
        user: User,
        path: Mapping[str, Any],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[RecordedExchange, dict[str, Any]] | None:
        """Bring the owner into the state that a create needs, and send it again; None where that is not possible.

        Without a `body` it is one of the form that was accepted on the way.
        """
        op, owner = resource.operations["create"], self._owner_at(resource, path)
        if owner is None or op.operation.response(CONFLICT) is None or self._created.is_prepared(owner):
            return None
        way = self.way_to(op, owner.resource, owner.user, lambda item: self._create_status(resource, item, user))
        if not way or not self.go(owner, way):
            return None
        sent = self._of_same_owner(resource, user, path, self.body(resource) if body is None else dict(body))
        return self.send(op, user=user, path=path, body=sent, headers=headers), sent

    def _create_status(self, resource: CheckedResource, owner: CreatedItem, user: User) -> int:
        path = owner.path_below(resource)
        return self.try_create(resource, user=user, path=path, may_conflict=True)[0].status

    def _owner_at(self, resource: CheckedResource, path: Mapping[str, Any]) -> CreatedItem | None:
        """The item above, if this context created it."""
        name = owner_of(resource)
        return next(
            (m for m in reversed(self._created.present) if m.resource.name == name and m.path.items() <= path.items()),
            None,
        )

    def _of_same_owner(
        self, resource: CheckedResource, user: User, path: Mapping[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        """The body with references to items below the same owner, or to a part of it: an answer names a question."""
        op, parent = resource.operations["create"], resource.behaviour.parent
        for each in body_references(self.contract.schemas, resource, op) if parent is not None else ():
            beside = self.shared.resources.get(each.resource)
            if beside is None or beside.name == resource.name or owner_of(beside) != owner_of(resource):
                continue
            known = [made for made in self._created.present if made.resource.name == beside.name]
            right = [made for made in known if made.path.items() >= self._above(beside, path).items()]
            foreign = {str(made.id) for made in known if made not in right}
            if any(
                next(holders(body, steps_of(each.field), made.id), None) for made in known if str(made.id) in foreign
            ):
                found = right[-1] if right else self._made_below(beside, user, path)
                body = referring(body, each.field, found.id) if found is not None else body
        return self._of_own_parts(resource, self._owner_at(resource, path) if parent is not None else None, body)

    def _above(self, resource: CheckedResource, path: Mapping[str, Any]) -> dict[str, Any]:
        """What of a path names the owner of an item of a resource."""
        names = path_template.names(resource.operations["create"].operation.path)
        return {name: value for name, value in path.items() if name in names}

    def _made_below(self, resource: CheckedResource, user: User, path: Mapping[str, Any]) -> CreatedItem | None:
        if not resource.can("create"):
            return None
        return self.try_create(resource, user=user, path=self._above(resource, path), may_conflict=True)[1]
