"""The items of one resource that belong to one tenant, in the order of their creation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sortedcontainers import SortedList

from mockserver.state.id_text import number_of, one_id
from mockserver.state.record import Record
from mockserver.state.views import FilteredView

MAX_TOMBSTONES = 10_000
"""How many deleted ids a collection keeps, the latest: a cursor that names one still works, and it stays deleted."""


Tombstones = OrderedDict[Any, tuple[int, bool]]
"""Deleted ids, the latest at the end: the age of the item, and whether it was a generated one."""

NO_TOMBSTONE = (None, False)
"""What an id has that was never deleted."""

GENERATED = "generated"
"""The key in `Record.hidden` that marks an item that no client created."""


ANY_CASE = " (any case)"
"""How the name of an index ends whose values are compared without regard to case."""

CREATOR = "created by"
"""The key in `Record.hidden`, and the name of an index, for who created an item of which each client may create one."""

Key = tuple[str, str, str]
"""The resource, tenant and owner of a collection."""


class Collection:
    """Items by id and by age. Look-up takes O(1); adding, removing and finding a page take O(log n).

    `on_first_item` is called once, before the first item is added. `key` says whose items these are, and `tombstones`
    which ids were deleted.
    """

    def __init__(
        self, indexed: tuple[str, ...] = (), tombstones: Tombstones | None = None, key: Key = ("", "", "")
    ) -> None:
        self.key = key
        self.on_first_item: Callable[[], None] | None = None
        self._is_shared = False
        self.by_id: dict[Any, Record] = {}
        self.highest = 0
        self._sorted: SortedList[int] = SortedList()
        self._newest: list[int] = []
        self._records: dict[int, Record] = {}
        self.tombstones: Tombstones = tombstones if tombstones is not None else OrderedDict()
        self._index: dict[str, dict[Any, SortedList[int]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Record]:
        return map(self._records.__getitem__, self._by_age)

    @property
    def _by_age(self) -> SortedList[int]:
        """The ages of all items in their order."""
        # Sorted in only when read: many creates in a row then cost one merge in place of one search each.
        if self._newest:
            self._sorted.update(self._newest)
            self._newest.clear()
        return self._sorted

    def add(self, record: Record) -> None:
        """Add an item at the position of its age; an id that was deleted is in use again."""
        if self.on_first_item is not None:
            self.on_first_item()
            self.on_first_item = None
        if self._is_shared:
            self._unshare()
        id, sequence = record.id, record.sequence
        self.by_id[id] = record
        if isinstance(id, int) and id > self.highest:
            self.highest = id
        self._records[sequence] = record
        self._newest.append(sequence)
        if self.tombstones:
            self.tombstones.pop(id, None)
        for name, values in self._index.items():
            values.setdefault(_indexed(record, name), SortedList()).add(record.sequence)

    def remove(self, record: Record) -> None:
        """Delete an item and keep a tombstone for its id."""
        Collection.withdraw(self, record)  # not that of a class which records what is withdrawn
        self.tombstones[record.id] = (record.sequence, GENERATED in record.hidden)
        if len(self.tombstones) > MAX_TOMBSTONES:
            self.tombstones.popitem(last=False)

    def withdraw(self, record: Record) -> None:
        """Delete an item and keep no trace of it."""
        if self._is_shared:
            self._unshare()
        del self.by_id[record.id]
        del self._records[record.sequence]
        self._by_age.remove(record.sequence)
        for name, values in self._index.items():
            _drop(values, _indexed(record, name), record.sequence)

    def swap(self, old: Record, new: Record) -> None:
        """Replace `old` by `new`, which has the same id and age."""
        if self._is_shared:
            self._unshare()
        self.by_id[new.id] = new
        self._records[new.sequence] = new
        for name, values in self._index.items():
            before, after = _indexed(old, name), _indexed(new, name)
            if before != after:
                _drop(values, before, old.sequence)
                values.setdefault(after, SortedList()).add(new.sequence)

    def get(self, id: Any) -> Record | None:
        """The item of that id; `7` and `"7"` are the same id, since a path knows only text. A list is one id, too."""
        try:  # which costs nothing for the ids that nearly all requests have
            found = self.by_id.get(id)
        except TypeError:
            return self.get(one_id(id)) if isinstance(id, list) else None
        if found is not None:
            return found
        if type(id) is int:
            return self.by_id.get(str(id))
        number = number_of(id)
        return self.by_id.get(number) if number is not None else None

    def fork(self, into: Collection | None = None) -> Collection:
        """A copy, in constant time: the two share everything until the first change of one of them.

        `into` is an empty collection that becomes the copy.
        """
        new = into if into is not None else Collection()
        new.become_copy_of(self)
        return new

    def become_copy_of(self, other: Collection) -> None:
        """Become a copy, while this collection is empty."""
        other._is_shared = self._is_shared = True
        self.key, self.highest, self._sorted = other.key, other.highest, other._by_age
        self.by_id, self._records = other.by_id, other._records
        self.tombstones, self._index = other.tombstones, other._index

    def _unshare(self) -> None:
        self.by_id, self._records, self._sorted = self.by_id.copy(), self._records.copy(), SortedList(self._sorted)
        self.tombstones = self.tombstones.copy()
        self._index = {
            name: {value: SortedList(ages) for value, ages in values.items()} for name, values in self._index.items()
        }
        self._is_shared = False

    def renewed(self, new: Collection, records: Iterable[Record]) -> Collection:
        """Make an empty collection a copy of this one with other items; tombstones and `highest` stay."""
        new.tombstones, new.highest = self.tombstones.copy(), self.highest
        for record in records:
            Collection.add(new, record)  # not that of a class which records what is added
        return new

    def was_deleted(self, id: Any, *, made_up: bool) -> bool:
        """Was an item of that id (a number, or the same as text) deleted? `made_up` ones count only where asked for."""
        number = number_of(id)
        other = str(id) if number is None else number
        found = self.tombstones.get(id) or self.tombstones.get(other)
        return found is not None and (made_up or not found[1])

    def age_of(self, id: Any) -> int | None:
        """The age of the item of that id, also of a deleted one; None for an id never seen."""
        record = self.by_id.get(id)
        return record.sequence if record else self.tombstones.get(id, NO_TOMBSTONE)[0]

    def free_age(self, wanted: int) -> int:
        """The first age from a number on that no item has."""
        while wanted in self._records:
            wanted += 1
        return wanted

    def view(self, where: tuple[str, Any] | None = None) -> FilteredView:
        """All items, or those whose indexed field has a value."""
        if where is None:
            return FilteredView(self._by_age, self._records)
        return FilteredView(self._index[where[0]].get(_key(where[1]), SortedList()), self._records)

    def is_indexed(self, name: str) -> bool:
        """Does `view` take this field?"""
        return name in self._index


def _drop(values: dict[Any, SortedList[int]], key: Any, sequence: int) -> None:
    """Remove an item from an index; a value that no item has any more keeps no list."""
    ages = values[key]
    ages.remove(sequence)
    if not ages:
        del values[key]


def folded(value: Any) -> Any:
    """A value to compare without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def _indexed(record: Record, name: str) -> Any:
    """What an item has in an index, as its key there."""
    if name == CREATOR:
        return _key(record.hidden.get(CREATOR))
    if name.endswith(ANY_CASE) and name not in record.fields:
        return _key(folded(record.fields.get(name.removesuffix(ANY_CASE))))
    return _key(record.fields.get(name))


def _key(value: Any) -> Any:
    """A value as a key of a dictionary; a list or object, which cannot be one, as its text."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return (type(value) is bool, value)  # True == 1 in Python, but not in JSON
