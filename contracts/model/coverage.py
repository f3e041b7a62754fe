"""Coverage: which parts of a document a run has seen, and which it has not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KINDS: Mapping[str, str] = {
    "operations": "operations that answered with success",
    "statuses": "documented statuses, without server errors",
    "parameters": "parameters, given and left out",
    "constraints": "keywords of request schemas, each met by a valid and by an invalid value",
    "fields": "fields of response schemas that a response contained",
    "examples": "examples of requests that were sent",
    "links": "links whose target was called after their response",
    "statements": "statements about behaviour that a check examined",
}
"""Each kind of target, and what covering one means."""


@dataclass(frozen=True, slots=True, order=True)
class MissingTarget:
    """Something that the run has not seen: its kind, its place in the document, what it is, and why it is missing."""

    kind: str
    place: str
    what: str
    why: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run has covered: `totals` has the number of targets of each kind, `missing` those not covered."""

    totals: Mapping[str, int]
    missing: tuple[MissingTarget, ...]

    def numbers(self) -> dict[str, tuple[int, int]]:
        """Kind → how many of its targets are covered, and how many there are. Kinds without targets are left out."""
        left = {kind: sum(each.kind == kind for each in self.missing) for kind in KINDS}
        return {kind: (self.totals[kind] - left[kind], self.totals[kind]) for kind in KINDS if self.totals.get(kind)}

    @property
    def percent(self) -> int:
        """The covered targets in percent, rounded down, so that 100 means all of them."""
        total = sum(self.totals.values())
        return 100 * (total - len(self.missing)) // total if total else 100


def united(parts: Iterable[Coverage]) -> Coverage | None:
    """The coverage of several runs of one document together; None if there are none."""
    first, *others = tuple(parts) or (None,)
    if first is None:
        return None
    missing = set(first.missing).intersection(*(each.missing for each in others))
    return Coverage(first.totals, tuple(each for each in first.missing if each in missing))
