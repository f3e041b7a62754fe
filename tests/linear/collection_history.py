"""Is there an order of concurrent requests to one collection that explains every response?

The search is that of Wing and Gong (1993), with the memory of Lowe (2017): it takes one request after the other that no
other one precedes in time, and remembers which sets of requests have led to which state. A request whose outcome is
unknown (its connection broke, or the answer was a 5xx) may have happened at any time after it was sent, or never.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

Id = int | str
"""The id of a note: a number that counts up, or a text."""

Items = tuple[tuple[Id, str], ...]
"""(id, title) of each note, in the order in which they were created."""

State = tuple[int, Items]
"""The highest id so far, and the notes. Numbers rise with each note, also when some were deleted; a text is new."""


@dataclass(frozen=True)
class Call:
    """A request and its response: when it was sent and answered, by one monotonic clock.

    `kind` is create, get, list, replace or delete. `id` is that of the note, None for a create whose id is not
    known. `title` is what was sent, or what a get shows; `items` what a list shows. `later` are the notes that were
    created after it, by what lists show. `status` 0 says that there was no answer.
    """

    kind: str
    sent: float
    answered: float
    status: int
    id: Id | None = None
    title: str = ""
    items: Items = ()
    later: frozenset[Id] = frozenset()

    @property
    def is_known(self) -> bool:
        """Is it known whether it happened?"""
        return 0 < self.status < 500

    @property
    def ended(self) -> float:
        """Until when it has happened, if it has."""
        return self.answered if self.is_known else math.inf

    def results(self, state: State) -> Iterator[State]:
        """The state after the request, if its response is right before `state`; nothing if it is wrong."""
        highest, items = state
        found = dict(items)
        if self.kind == "list":
            is_right = self.items in (items, items[::-1])
        elif self.kind == "create":
            is_new = self.id > highest if isinstance(self.id, int) else self.id not in found
            is_right = self.id is not None and is_new and self.later.isdisjoint(found)
        elif self.status == 404:
            is_right = self.id not in found
        else:
            is_right = self.id in found and (self.kind != "get" or found[self.id] == self.title)
        if is_right:
            yield self._after(highest, items)

    def _after(self, highest: int, items: Items) -> State:
        if self.kind == "create" and self.id is not None:
            return self.id if isinstance(self.id, int) else highest, (*items, (self.id, self.title))
        if self.kind == "delete" and self.status != 404:
            return highest, tuple(each for each in items if each[0] != self.id)
        if self.kind == "replace" and self.status != 404:
            return highest, tuple((id, self.title if id == self.id else title) for id, title in items)
        return highest, items


def with_known_ids(calls: Sequence[Call]) -> list[Call]:
    """Creates whose answer did not come get the id under which their title was seen; those never seen are left out."""
    seen = {title: id for call in calls for id, title in call.items}
    seen |= {call.title: call.id for call in calls if call.kind == "get" and call.id is not None}
    known = []
    for call in calls:
        if call.is_known:
            known.append(call)
        elif call.kind == "create" and call.title in seen:
            known.append(Call("create", call.sent, call.answered, call.status, seen[call.title], call.title))
        elif call.kind in ("replace", "delete"):
            known.append(call)
    return known


def shown_later(calls: Sequence[Call]) -> dict[Id | None, frozenset[Id]]:
    """For each note with a text as its id those that were created after it, because some list shows them so.

    Without that, ids that do not count up leave too many orders of creates to try. Nothing where the creates do not say
    whether lists begin with the oldest note or with the newest one.
    """
    made = {call.id: call for call in calls if call.kind == "create" and call.is_known}
    shown = [[id for id, _ in call.items if isinstance(id, str)] for call in calls if call.kind == "list"]
    pairs = [pair for ids in shown for pair in pairwise(ids) if made.keys() >= set(pair)]
    is_oldest_first = any(made[first].answered < made[second].sent for first, second in pairs)
    if is_oldest_first is any(made[second].answered < made[first].sent for first, second in pairs):
        return {}
    later: dict[Id | None, frozenset[Id]] = {}
    for ids in shown:
        ordered = ids if is_oldest_first else ids[::-1]
        for number, id in enumerate(ordered, 1):
            later[id] = later.get(id, frozenset()) | frozenset(ordered[number:])
    return later


def unexplained(history: Sequence[Call], start: State = (-1, ())) -> Call | None:
    """None if some order explains all responses; else the request after which none does, of the longest order found."""
    later = shown_later(history)
    ordered = sorted(with_known_ids(history), key=lambda call: call.sent)
    calls = [
        replace(call, later=later.get(call.id, frozenset())) if call.kind == "create" else call for call in ordered
    ]
    everything = sum(1 << number for number, call in enumerate(calls) if call.is_known)
    waiting: list[tuple[int, int, State]] = [(0, 0, start)]
    reached = {(0, start)}
    furthest, best = 0, -1
    while waiting:
        first, done, state = waiting.pop()
        first, done = _with_reads(calls, first, done, state)
        if done & everything == everything:
            return None
        if (done & everything).bit_count() > best:
            best, furthest = (done & everything).bit_count(), done
        # The last one is tried first, and it should be the one that was answered first: it is the most likely next one.
        for number in sorted(_next(calls, first, done), key=lambda number: -calls[number].ended):
            for after in calls[number].results(state):
                place = (done | 1 << number, after)
                if place not in reached:
                    reached.add(place)
                    waiting.append((first, *place))
    return min((call for number, call in enumerate(calls) if not furthest >> number & 1), key=lambda call: call.ended)


def _next(calls: Sequence[Call], first: int, done: int) -> list[int]:
    """The requests that may have happened next: none of the others was answered before they were sent."""
    found: list[int] = []
    until = math.inf
    for number in range(first, len(calls)):
        if not done >> number & 1:
            if calls[number].sent > until:
                break
            found.append(number)
            until = min(until, calls[number].ended)
    return found


def _with_reads(calls: Sequence[Call], first: int, done: int, state: State) -> tuple[int, int]:
    """All that may have happened next, is right, and changes nothing: that it happens now excludes no other order."""
    while True:
        while done >> first & 1:
            first += 1
        right = [
            number
            for number in _next(calls, first, done)
            if calls[number].kind in ("get", "list") and state in calls[number].results(state)
        ]
        if not right:
            return first, done
        for number in right:
            done |= 1 << number
