"""The items of one resource that belong to one tenant, in the order of their creation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sortedcontainers import SortedList

GRAVES = 100_000
"""How many deleted ids a collection remembers, so that a page can go on after an item that has gone."""


Graves = OrderedDict[Any, tuple[int, bool]]
"""Deleted ids, the last one at the end: where the item stood, and whether it was a generated one."""

NEVER = (None, False)
"""The grave of an item that never was."""

GENERATED = "generated"
"""The hidden mark of an item that no client created."""


class Record:
    """One remembered item, replaced and never changed once its request is through.

    `fields` is what may be shown; `hidden` what only rules know; `rendered` its bytes as replies of one look show them.
    """

    __slots__ = ("fields", "hidden", "id", "rendered", "sequence")

    def __init__(self, id: Any, sequence: int, fields: dict[str, Any], hidden: dict[str, Any] | None = None) -> None:
        self.id, self.sequence, self.fields = id, sequence, fields
        self.hidden = hidden if hidden is not None else {}
        self.rendered: tuple[str, bytes] | None = None

    def copy(self) -> Record:
        """The same item, to be changed without touching this one."""
        return Record(self.id, self.sequence, dict(self.fields), dict(self.hidden))


class Collection:
    """Items by id and by age. Look-up is O(1); adding, removing and finding a page O(log n)."""

    def __init__(self, indexed: tuple[str, ...] = (), graves: Graves | None = None) -> None:
        self.by_id: dict[Any, Record] = {}
        self.highest = 0
        self._sorted: SortedList[int] = SortedList()
        self._newest: list[int] = []
        self._records: dict[int, Record] = {}
        self._graves: Graves = graves if graves is not None else OrderedDict()
        self._index: dict[str, dict[Any, SortedList[int]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Record]:
        return map(self._records.__getitem__, self._by_age)

    @property
    def _by_age(self) -> SortedList[int]:
        """The ages of all items in their order: those of new ones are sorted in when somebody looks."""
        if self._newest:
            self._sorted.update(self._newest)
            self._newest.clear()
        return self._sorted

    def add(self, record: Record) -> None:
        """Put an item in its place by age."""
        id, sequence = record.id, record.sequence
        self.by_id[id] = record
        if isinstance(id, int) and id > self.highest:
            self.highest = id
        self._records[sequence] = record
        self._newest.append(sequence)
        if self._graves:
            self._graves.pop(id, None)
        for name, values in self._index.items():
            values.setdefault(_key(record.fields.get(name)), SortedList()).add(record.sequence)

    def remove(self, record: Record) -> None:
        """Forget an item, but remember where it stood."""
        self.withdraw(record)
        self._graves[record.id] = (record.sequence, GENERATED in record.hidden)
        if len(self._graves) > GRAVES:
            self._graves.popitem(last=False)

    def withdraw(self, record: Record) -> None:
        """Forget an item as if it had never been."""
        del self.by_id[record.id]
        del self._records[record.sequence]
        self._by_age.remove(record.sequence)
        for name, values in self._index.items():
            values[_key(record.fields.get(name))].remove(record.sequence)

    def swap(self, old: Record, new: Record) -> None:
        """Put `new` where `old` stands (same id, same age)."""
        self.by_id[new.id] = new
        self._records[new.sequence] = new
        for name, values in self._index.items():
            before, after = _key(old.fields.get(name)), _key(new.fields.get(name))
            if before != after:
                values[before].remove(old.sequence)
                values.setdefault(after, SortedList()).add(new.sequence)

    def get(self, id: Any) -> Record | None:
        """The item of that id, also where a path writes a number as text or a text looks like a number."""
        found = self.by_id.get(id)
        if found is None and isinstance(id, str) and id.isdecimal():
            return self.by_id.get(int(id))
        return self.by_id.get(str(id)) if found is None and type(id) is int else found

    def renewed(self, indexed: tuple[str, ...], records: Iterable[Record]) -> Collection:
        """This collection with these items in place of its own, and with other indexed fields."""
        new = Collection(indexed, self._graves.copy())
        new.highest = self.highest
        for record in records:
            new.add(record)
        return new

    def was_created(self, id: Any) -> bool:
        """Was there an item of that id (a number, or the same as text) that a client had created, and has it gone?"""
        other = int(id) if isinstance(id, str) and id.isdecimal() else str(id)
        found = self._graves.get(id) or self._graves.get(other)
        return found is not None and not found[1]

    def place(self, id: Any) -> int | None:
        """Where an item stands, or stood before it was deleted; None for an id never seen."""
        record = self.by_id.get(id)
        return record.sequence if record else self._graves.get(id, NEVER)[0]

    def view(self, where: tuple[str, Any] | None = None) -> FilteredView:
        """All items, or those whose indexed field has a value."""
        if where is None:
            return FilteredView(self._by_age, self._records)
        return FilteredView(self._index[where[0]].get(_key(where[1]), SortedList()), self._records)

    def is_indexed(self, name: str) -> bool:
        """Can `view` be asked for this field?"""
        return name in self._index


class FilteredView:
    """Items of a collection in the order of their creation, to be walked from either end."""

    def __init__(self, ages: SortedList[int], records: dict[int, Record]) -> None:
        self._ages, self._records = ages, records

    def __len__(self) -> int:
        return len(self._ages)

    def after(self, place: int | None, *, newest_first: bool) -> Iterator[Record]:
        """The items that follow a place (None: from the beginning) in that direction."""
        low, high = (None, place) if newest_first else (place, None)
        ages = self._ages.irange(low, high, inclusive=(False, False), reverse=newest_first)
        return map(self._records.__getitem__, ages)

    def slice(self, offset: int, limit: int, *, newest_first: bool) -> list[Record]:
        """`limit` items from the one that stands at `offset`."""
        total = len(self._ages)
        if newest_first:
            ages = self._ages.islice(max(total - offset - limit, 0), max(total - offset, 0), reverse=True)
        else:
            ages = self._ages.islice(offset, offset + limit)
        return [self._records[age] for age in ages]

    def first(self, limit: int, place: int | None, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that follow a place."""
        return list(islice(self.after(place, newest_first=newest_first), limit))

    def last(self, limit: int, place: int, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that come right before a place."""
        return self.first(limit, place, newest_first=not newest_first)[::-1]


class Selection:
    """Items chosen one by one, walked in the order given."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    def after(self, place: int | None, *, newest_first: bool) -> Iterator[Record]:
        """The items that follow the one of that age (None: all); none where it is not among them."""
        if place is None:
            return iter(self._records)
        ages = [record.sequence for record in self._records]
        return iter(self._records[ages.index(place) + 1 :] if place in ages else ())

    def slice(self, offset: int, limit: int, *, newest_first: bool) -> list[Record]:
        """`limit` items from the one that stands at `offset`."""
        return self._records[offset : offset + limit]

    def first(self, limit: int, place: int | None, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that follow a place."""
        return list(islice(self.after(place, newest_first=newest_first), limit))

    def last(self, limit: int, place: int, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that come right before the one of that age; none where it is not among them."""
        ages = [record.sequence for record in self._records]
        end = ages.index(place) if place in ages else 0
        return self._records[max(end - limit, 0) : end]


def _key(value: Any) -> Any:
    """A value as a key; what cannot be one (a list, an object) is keyed by its text."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return (type(value) is bool, value)
