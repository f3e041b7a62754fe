"""Items of a collection in an order, for pages that walk them from either end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sortedcontainers import SortedList

from mockserver.state.record import Record


class FilteredView:
    """Items of a collection in the order of their creation. No copy: it shows what the collection holds."""

    def __init__(self, ages: SortedList[int], records: dict[int, Record]) -> None:
        self._ages, self._records = ages, records

    def __len__(self) -> int:
        return len(self._ages)

    def after(self, age: int | None, *, newest_first: bool) -> Iterator[Record]:
        """The items that come after the one of that age (None: all), in that direction."""
        low, high = (None, age) if newest_first else (age, None)
        ages = self._ages.irange(low, high, inclusive=(False, False), reverse=newest_first)
        return map(self._records.__getitem__, ages)

    def slice(self, offset: int, limit: int, *, newest_first: bool) -> list[Record]:
        """At most `limit` items, from the one at the position `offset`."""
        total = len(self._ages)
        if newest_first:
            # `reverse` gives the same range backwards, so positions are counted from the other end first.
            ages = self._ages.islice(max(total - offset - limit, 0), max(total - offset, 0), reverse=True)
        else:
            ages = self._ages.islice(offset, offset + limit)
        return [self._records[age] for age in ages]

    def first(self, limit: int, age: int | None, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that come after the one of that age (None: from the beginning)."""
        return list(islice(self.after(age, newest_first=newest_first), limit))

    def last(self, limit: int, age: int, *, newest_first: bool) -> list[Record]:
        """The `limit` items, or fewer, right before the one of that age, in the given direction."""
        return self.first(limit, age, newest_first=not newest_first)[::-1]


class Selection:
    """A fixed list of items, already filtered and sorted; `newest_first` does not change their order."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    def after(self, age: int | None, *, newest_first: bool) -> Iterator[Record]:
        """The items after the one of that age (None: all); none where it is not among them."""
        if age is None:
            return iter(self._records)
        ages = [record.sequence for record in self._records]
        return iter(self._records[ages.index(age) + 1 :] if age in ages else ())

    def slice(self, offset: int, limit: int, *, newest_first: bool) -> list[Record]:
        """At most `limit` items, from the one at the position `offset`."""
        return self._records[offset : offset + limit]

    def first(self, limit: int, age: int | None, *, newest_first: bool) -> list[Record]:
        """At most `limit` items that come after the one of that age (None: from the beginning)."""
        return list(islice(self.after(age, newest_first=newest_first), limit))

    def last(self, limit: int, age: int, *, newest_first: bool) -> list[Record]:
        """The `limit` items, or fewer, right before the one of that age; none where it is not among them."""
        ages = [record.sequence for record in self._records]
        end = ages.index(age) if age in ages else 0
        return self._records[max(end - limit, 0) : end]
