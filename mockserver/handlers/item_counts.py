"""Numbers of items that follow from other items: the `members_count` of a channel is the number of its members.

A number changes when the requests that change the other items are committed, so it costs nothing to show it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

from msgspec import Struct

from mockserver.behaviour.statements import Count
from mockserver.contract import Contract
from mockserver.handlers.item_schemas import showing_schemas
from mockserver.handlers.resource_plan import ResourcePlan
from mockserver.handlers.shown_values import places
from mockserver.inference.references import Steps, steps_of
from mockserver.state.change_log import ItemChange
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record
from mockserver.state.store import Store


class OwnerKey(NamedTuple):
    """An item by the resource, tenant and owner of its collection, and its id as text."""

    collection: Key
    id: str


class Counting(Struct, frozen=True):
    """A `Count` statement, compiled: `field` of the items of `owner` follows from those of `counted`.

    `steps` lead to the id of the owner in an item that is counted, none if it is below the owner. `above` is how many
    ids are above an owner. `sum` is what is added for each item; empty if it counts as one. `fits` says which values
    are valid.
    """

    owner: str
    field: str
    counted: str
    steps: Steps
    above: int
    sum: str
    fits: Callable[[Any], bool]

    def parts(self, change: ItemChange) -> Iterator[tuple[OwnerKey, Any]]:
        """The items whose number a change is part of, each with the difference."""
        resource, tenant, owner = self.owner, change.key[1], "/".join(change.key[2].split("/")[: self.above])
        for record, sign in ((change.before, -1), (change.after, 1)):
            if record is not None:
                for id in self.owners(change.key, record):
                    yield OwnerKey((resource, tenant, owner), str(id)), sign * self.worth(record)

    def owners(self, key: Key, record: Record) -> list[Any]:
        """The ids of the items whose number an item is part of."""
        if self.steps:
            named = [holder[last] for holder, last, _ in places(record.fields, self.steps, ())]
            return [id for id in named if isinstance(id, str | int)]
        ids = key[2].split("/")
        return ids[self.above : self.above + 1]

    def worth(self, record: Record) -> Any:
        """What an item adds."""
        if not self.sum:
            return 1
        value = record.fields.get(self.sum)
        return value if type(value) in (int, float) else 0


class ItemCounts:
    """The numbers of the items of one service that follow from other items."""

    def __init__(self, contract: Contract, plans: Mapping[str, ResourcePlan]) -> None:
        self._by_owner: dict[str, list[Counting]] = defaultdict(list)
        self._by_counted: dict[str, list[Counting]] = defaultdict(list)
        for each in chain.from_iterable(_compiled(contract, plans, plan) for plan in plans.values()):
            self._by_owner[each.owner].append(each)
            self._by_counted[each.counted].append(each)

    def __bool__(self) -> bool:
        return bool(self._by_owner)

    def follow(self, store: Store, changes: Iterable[ItemChange]) -> Iterator[tuple[Collection, Record, Record]]:
        """The items whose numbers change with other items: each with its collection, as it was and as it is then."""
        found: dict[OwnerKey, dict[Counting, Any]] = defaultdict(lambda: defaultdict(int))
        for change in changes:
            for each in self._by_counted.get(change.key[0], ()):
                for owner, worth in each.parts(change):
                    found[owner][each] = _plus(found[owner][each], worth)
        for owner_key, differences in found.items():
            if not store.is_settled(owner_key.collection):
                continue  # its items are counted when they are first read
            collection = store.collection(*owner_key.collection)
            record = collection.get(owner_key.id)
            new = _changed(record, differences) if record is not None else None
            if record is not None and new is not None:
                yield collection, record, new

    def counted(self, store: Store, key: Key, record: Record) -> Record:
        """A generated item with the numbers that follow from the items which there are."""
        new = record.copy()
        for each in self._by_owner.get(key[0], ()):
            value = reduce(_plus, _worths(each, store, key, record), 0)
            if each.fits(value):
                new.fields[each.field] = value
        return new

    def are_in(self, resource: str) -> bool:
        """Have items of a resource such numbers?"""
        return resource in self._by_owner


def _worths(each: Counting, store: Store, key: Key, record: Record) -> Iterator[Any]:
    _, tenant, owner = key
    if not each.steps:
        below = f"{owner}/{record.id}" if owner else str(record.id)
        yield from map(each.worth, store.collection(each.counted, tenant, below))
        return
    for other in store.collection(each.counted, tenant, owner):
        yield from (each.worth(other) for id in each.owners(key, other) if str(id) == str(record.id))


def _plus(one: Any, other: Any) -> Any:
    """The sum, without the error that binary fractions have: 0.1 and 0.2 are 0.3."""
    return one + other if type(one) is type(other) is int else round(one + other, 9)


def _changed(record: Record, differences: Mapping[Counting, Any]) -> Record | None:
    """The item with its new numbers; None where none changes, or none is valid."""
    new = record.copy()
    for each, difference in differences.items():
        before = record.fields.get(each.field)
        value = _plus(before, difference) if type(before) in (int, float) else None
        if difference and value is not None and each.fits(value):
            new.fields[each.field] = value
    return new if new.fields != record.fields else None


def _compiled(contract: Contract, plans: Mapping[str, ResourcePlan], plan: ResourcePlan) -> Iterator[Counting]:
    """The numbers of the items of a resource. The other items must be found by the path of such an item."""
    for stated in plan.statements.counts:
        other = plans.get(stated.resource)
        depth = len(plan.parent_parameters)
        if other is not None and _is_found(plan, other, stated):
            fits = _validity(contract, plan.name, stated.field)
            yield Counting(plan.name, stated.field, other.name, steps_of(stated.by), depth, stated.sum, fits)


def _is_found(plan: ResourcePlan, other: ResourcePlan, stated: Count) -> bool:
    depth, parent = len(plan.parent_parameters), other.statements.parent
    if stated.by:
        return other.parent_parameters == plan.parent_parameters
    is_below = parent is not None and parent.resource == plan.name
    return is_below and parent is not None and other.parent_parameters[depth:] == (parent.parameter,)


def _validity(contract: Contract, resource: str, name: str) -> Callable[[Any], bool]:
    """Says if a value of a property is valid in all replies that show items."""
    schemas = contract.schemas
    found = [schemas.properties(at).get(name) for at in showing_schemas(contract, resource)]
    validators: Sequence[Any] = [schemas.validator(at, "response") for at in found if at is not None]
    return lambda value: all(validator.is_valid(value) for validator in validators)
