"""Numbers of items that follow from other items: the `members_count` of a channel is the number of its members.

A number changes when the requests that change the other items are committed, so it costs nothing to show it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

from msgspec import Struct, structs

from mockserver import amounts
from mockserver.behaviour.statements import Count, Latest
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import showing_schemas
from mockserver.handlers.binding.resource_plan import NO_MEAN, ResourcePlan
from mockserver.handlers.fields.figures import fill_figures
from mockserver.handlers.lists.ranges import ordered
from mockserver.handlers.relations.shown_values import places, put_at
from mockserver.inference.relations.references import Steps, steps_of
from mockserver.state.change_log import ItemChange
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record
from mockserver.state.store import Store


class OwnerKey(Struct, frozen=True):
    """An item by the resource, tenant and owner of its collection, and its id as text."""

    collection: Key
    id: str


class Amount(Struct, frozen=True):
    """What items add to a number together, and how many of them do."""

    total: Any = 0
    number: int = 0

    def plus(self, other: Amount) -> Amount:
        """Both together."""
        return Amount(amounts.plus(self.total, other.total), self.number + other.number)


class MeanForm(Struct, frozen=True):
    """How a mean is rounded, and what it is without items."""

    digits: int
    without: str


class Counting(Struct, frozen=True, eq=False):
    """A `Count` statement, compiled: `field` of the items of `owner` follows from those of `counted`.

    `steps` lead to the id of the owner in an item that is counted, none if it is below the owner. `above` is how many
    ids are above an owner. `amount` is what is added for each item; empty if it counts as one. `mean` is set for
    a mean. `sign` is 1 or -1, `lowered_by` has the values at which an item counts the other way. `on_top` of what
    clients set, nothing is counted again. A value that is the `latest` is that of the `amount` of the
    `newest` item, or of that with the `highest` or `lowest` one.
    `fits` says which values are valid. `where` are the values that an item has which is counted,
    `unless` those of one that is not.
    """

    owner: str
    field: str
    counted: str
    steps: Steps
    above: int
    amount: str
    mean: MeanForm | None
    fits: Callable[[Any], bool]
    sign: int = 1
    lowered_by: tuple[tuple[str, tuple[str, ...]], ...] = ()
    on_top: bool = False
    latest: Literal["", "newest", "highest", "lowest"] = ""
    where: tuple[tuple[str, Any], ...] = ()
    unless: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def parts(self, change: ItemChange) -> Iterator[tuple[OwnerKey, Amount]]:
        """The items whose number a change is part of, each with the difference."""
        resource, tenant, owner = self.owner, change.key[1], "/".join(change.key[2].split("/")[: self.above])
        for record, sign in ((change.before, -1), (change.after, 1)):
            if record is not None:
                worth = self.worth(record)
                for id in self.owners(change.key, record):
                    yield OwnerKey((resource, tenant, owner), str(id)), Amount(sign * worth.total, sign * worth.number)

    def owners(self, key: Key, record: Record) -> list[Any]:
        """The ids of the items whose number an item is part of."""
        if self.steps:
            named = [holder[last] for holder, last, _ in places(record.fields, self.steps, ())]
            return [id for id in named if isinstance(id, str | int)]
        ids = key[2].split("/")
        return ids[self.above : self.above + 1]

    def worth(self, record: Record) -> Amount:
        """What an item adds."""
        if any(record.fields.get(name) != value for name, value in self.where):
            return Amount()
        if any(record.fields.get(name) in values for name, values in self.unless):
            return Amount()
        value: Any = amounts.amount_of(record.fields.get(self.amount)) if self.amount else 1
        if value is None:
            return Amount()
        is_other = any(record.fields.get(name) in values for name, values in self.lowered_by)
        return Amount(-self.sign * value if is_other else self.sign * value, 1)

    def show(self, record: Record, amount: Amount) -> None:
        """Let an item that can be changed show the number for all items, if it is valid."""
        if self.mean is not None:
            value = _mean(self.mean, amount)
            record.hidden[f"mean {self.field}"] = [*structs.astuple(amount)]
        else:
            value = amounts.written(amount.total, record.fields.get(self.field), self.fits)
        if self.fits(value) and (value is not None or self.mean is not None):
            put_at(record.fields, steps_of(self.field) if self.mean is not None else (self.field,), value)


class ItemCounts:
    """The numbers of the items of one service that follow from other items."""

    def __init__(self, contract: Contract, plans: Mapping[str, ResourcePlan]) -> None:
        self._by_owner: dict[str, list[Counting]] = defaultdict(list)
        self._by_counted: dict[str, list[Counting]] = defaultdict(list)
        self._plans = plans
        found = chain.from_iterable(
            chain(_compiled(contract, plans, plan), _latest(contract, plans, plan)) for plan in plans.values()
        )
        for each in found:
            self._by_owner[each.owner].append(each)
            self._by_counted[each.counted].append(each)

    def __bool__(self) -> bool:
        return bool(self._by_owner)

    def follow(self, store: Store, changes: Iterable[ItemChange]) -> Iterator[tuple[Collection, Record, Record]]:
        """The items whose numbers change with other items: each with its collection, as it was and as it is then."""
        found: dict[OwnerKey, dict[Counting, Amount]] = defaultdict(lambda: defaultdict(Amount))
        for change in changes:
            for each in self._by_counted.get(change.key[0], ()):
                for owner, worth in each.parts(change):
                    found[owner][each] = found[owner][each].plus(worth)
        for owner_key, differences in found.items():
            if not store.is_settled(owner_key.collection):
                continue  # its items are counted when they are first read
            collection = store.collection(*owner_key.collection)
            record = collection.get(owner_key.id)
            new = _changed(store, owner_key.collection, record, differences) if record is not None else None
            if record is not None and new is not None:
                fill_figures(self._plans[owner_key.collection[0]].figures, new.fields)
                yield collection, record, new

    def counted(self, store: Store, key: Key, record: Record) -> Record:
        """A generated item with the numbers that follow from the items which there are."""
        new = record.copy()
        for each in self._by_owner.get(key[0], ()):
            if each.latest:
                _show_latest(each, store, key, record, new)
            elif not each.on_top:
                each.show(new, _amount(each, store, key, record))
        return new

    def are_in(self, resource: str) -> bool:
        """Have items of a resource such numbers?"""
        return resource in self._by_owner


def _amount(each: Counting, store: Store, key: Key, record: Record) -> Amount:
    """What all items that there are add to the number of an item."""
    return reduce(Amount.plus, _worths(each, store, key, record), Amount())


def _mean(stated: MeanForm, amount: Amount) -> Any:
    """The mean of an amount, rounded half up."""
    if not amount.number:
        return NO_MEAN[stated.without]
    exact = Decimal(repr(amount.total)) / amount.number
    rounded = exact.quantize(Decimal(1).scaleb(-stated.digits), ROUND_HALF_UP)
    return float(rounded) if stated.digits else int(rounded)


def _worths(each: Counting, store: Store, key: Key, record: Record) -> Iterator[Amount]:
    _, tenant, owner = key
    if not each.steps:
        below = f"{owner}/{record.id}" if owner else str(record.id)
        yield from map(each.worth, store.collection(each.counted, tenant, below))
        return
    for other in store.collection(each.counted, tenant, owner):
        yield from (each.worth(other) for id in each.owners(key, other) if str(id) == str(record.id))


def _show_latest(each: Counting, store: Store, key: Key, record: Record, new: Record) -> None:
    """Let an item that can be changed show the value of the newest of the other items."""
    _, tenant, owner = key
    below = f"{owner}/{record.id}" if owner else str(record.id)
    others = store.collection(each.counted, tenant, owner if each.steps else below)
    newest = others.view().after(None, newest_first=True)
    if each.steps:
        newest = (one for one in newest if any(str(id) == str(record.id) for id in each.owners(key, one)))
    values = (one.fields.get(each.amount) for one in newest)
    value = next(values, None) if each.latest == "newest" else _extreme(values, each.latest == "highest")
    if each.fits(value):
        new.fields[each.field] = value


def _extreme(values: Iterable[Any], is_highest: bool) -> Any:
    """The highest or lowest of numbers or times; None if there is none."""
    known = [(place, value) for value in values if (place := ordered(value)) is not None]
    alike = [pair for pair in known if type(pair[0]) is type(known[0][0])]
    return (max if is_highest else min)(alike, key=itemgetter(0))[1] if alike else None


def _changed(store: Store, key: Key, record: Record, differences: Mapping[Counting, Amount]) -> Record | None:
    """The item with its new numbers; None where none changes, or none is valid."""
    new = record.copy()
    for each, difference in differences.items():
        if each.latest:
            _show_latest(each, store, key, record, new)
            continue
        if each.mean is not None:
            known = record.hidden.get(f"mean {each.field}")
            each.show(new, Amount(*known).plus(difference) if known else _amount(each, store, key, record))
            continue
        shown = new.fields.get(each.field)  # which another kind of items may have changed already
        before = 0 if shown is None and each.on_top else amounts.amount_of(shown)
        if difference.total and before is not None:
            each.show(new, Amount(before).plus(difference))
    return new if (new.fields, new.hidden) != (record.fields, record.hidden) else None


def _compiled(contract: Contract, plans: Mapping[str, ResourcePlan], plan: ResourcePlan) -> Iterator[Counting]:
    """The numbers of the items of a resource. The other items must be found by the path of such an item."""
    for stated in plan.statements.counts:
        other = plans.get(stated.resource)
        depth = len(plan.parent_parameters)
        if other is not None and _is_found(plan, other, stated):
            place = steps_of(stated.field) if stated.mean else (stated.field,)
            fits = _validity(contract, plan.name, place)
            mean = MeanForm(stated.digits, stated.without) if stated.mean else None
            amount = stated.mean or stated.sum
            yield Counting(
                plan.name,
                stated.field,
                other.name,
                steps_of(stated.by),
                depth,
                amount,
                mean,
                fits,
                stated.sign,
                tuple(stated.lowered_by.items()),
                stated.on_top,
                where=tuple(stated.where.items()),
                unless=tuple(stated.unless.items()),
            )


def _latest(contract: Contract, plans: Mapping[str, ResourcePlan], plan: ResourcePlan) -> Iterator[Counting]:
    """The values of the newest of other items that items of a resource show."""
    depth = len(plan.parent_parameters)
    for stated in plan.statements.latest:
        other = plans.get(stated.resource)
        if other is not None and _is_found(plan, other, stated):
            fits = _validity(contract, plan.name, (stated.field,))
            by = steps_of(stated.by)
            is_by_day = stated.of == "newest" and _is_day_of_client(contract, other, stated.takes)
            of = "highest" if is_by_day else stated.of
            yield Counting(plan.name, stated.field, other.name, by, depth, stated.takes, None, fits, latest=of)


def _is_day_of_client(contract: Contract, plan: ResourcePlan, name: str) -> bool:
    """Is a property of items a date or a time that the service does not set itself?"""
    times, schemas = plan.statements.timestamps, contract.schemas
    shown = [at for each in showing_schemas(contract, plan.name) if (at := schemas.properties(each).get(name))]
    is_set = times is not None and name in (times.created, times.updated)
    return not is_set and any(schemas.keyword(at, "format") in ("date", "date-time") for at in shown)


def _is_found(plan: ResourcePlan, other: ResourcePlan, stated: Count | Latest) -> bool:
    depth, parent = len(plan.parent_parameters), other.statements.parent
    if stated.by:
        return other.parent_parameters == plan.parent_parameters
    is_below = parent is not None and parent.resource == plan.name
    return is_below and parent is not None and other.parent_parameters[depth:] == (parent.parameter,)


def _validity(contract: Contract, resource: str, place: Steps) -> Callable[[Any], bool]:
    """Says if a value of a property is valid in all replies that show items."""
    schemas = contract.schemas
    found: list[str | None] = [*showing_schemas(contract, resource)]
    for name in place:
        found = [schemas.properties(at).get(name) for at in found if at is not None]
    validators: Sequence[Any] = [schemas.validator(at, "response") for at in found if at is not None]
    return lambda value: all(validator.is_valid(value) for validator in validators)
