"""Concurrent requests about one item, and whether any order of them explains what was seen.

A history is linearizable if its requests, each taken as one step, can be put into an order that respects time and in
which every response is right (Herlihy and Wing 1990). The search is that of Wing and Gong (1993): it tries every order
and remembers which states it has reached. Requests of one round are sent together, so any order of them is possible; a
round begins when the one before has ended. That is less than clocks would tell, and it never blames a slow server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Fields = Mapping[str, str]
"""Fields that the history follows, and their values as JSON texts."""

ItemState = tuple[tuple[str, str], ...] | None
"""The fields of the item, sorted by name; None if there is no item."""


@dataclass(frozen=True)
class ObservedRequest:
    """One request and its response.

    `fields` are those that a write sends, or that a successful read shows. With `creates`, a write creates an item that
    does not exist.
    """

    kind: Literal["write", "delete", "read"]
    status: int
    fields: Fields
    creates: bool = False

    def results(self, state: ItemState) -> Iterator[ItemState]:
        """The states that the item may have after the request, if it had `state` before; none if that is impossible."""
        if self.kind == "read":
            yield from self._after_read(state)
        elif 200 <= self.status < 300:
            yield from self._after_success(state)
            if self.status == 202:  # accepted, but not done yet (RFC 9110 section 15.3.3)
                yield state
        elif self.status in (404, 410):
            yield from () if state is not None else (None,)
        else:
            yield state
            if self.status >= 500 or self.status == 0:  # it may or may not have taken effect
                yield from self._after_success(state)

    def _after_read(self, state: ItemState) -> Iterator[ItemState]:
        missing = self.status in (404, 410)
        shown = 200 <= self.status < 300 and state is not None and dict(state) == dict(self.fields)
        if shown or (missing and state is None) or not (missing or 200 <= self.status < 300):
            yield state

    def _after_success(self, state: ItemState) -> Iterator[ItemState]:
        if self.kind == "delete":
            yield None  # a second DELETE may succeed, too
        elif state is not None:
            yield as_state({**dict(state), **self.fields})
        elif self.creates:
            yield as_state(self.fields)


def as_state(fields: Fields) -> ItemState:
    """The state of an item with these fields."""
    return tuple(sorted(fields.items()))


Round = Sequence[ObservedRequest]
"""Requests that were sent together."""


def contradiction(rounds: Sequence[Round], start: ItemState) -> int | None:
    """The number of the first round that no order of the requests so far explains; None if all are explained."""
    states = {start}
    for number, requests in enumerate(rounds):
        states = {after for state in states for after in _outcomes(requests, state)}
        if not states:
            return number
    return None


def _outcomes(requests: Round, start: ItemState) -> set[ItemState]:
    """The states after all requests of a round, in any order that explains their responses."""
    reached: set[tuple[frozenset[int], ItemState]] = set()
    waiting = [(frozenset(range(len(requests))), start)]
    while waiting:
        left, state = waiting.pop()
        for number in left:
            for after in requests[number].results(state):
                place = (left - {number}, after)
                if place not in reached:
                    reached.add(place)
                    waiting.append(place)
    return {state for left, state in reached if not left} if requests else {start}
