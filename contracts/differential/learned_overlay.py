"""What was learned: statements with the evidence `observed`, written as an overlay on top of what was known before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Contract
from mockserver.inference import behaviour_file

Place = tuple[str, ...]
"""Where a statement stands: `("x-resources", "server", "order")`."""

HEAD = """\
# What a service does otherwise than was known, learned by asking it beside the mock. Check each statement, then use it
# with `mockserver serve` or `mockserver check` and `--behaviour FILE`.
"""


@dataclass(frozen=True, slots=True)
class LearnedOverlay:
    """A statement as the service keeps it; None: it does not keep it at all. `says` tells a person what was learned."""

    place: Place
    value: Any = field(hash=False)
    says: str


def written(contract: Contract, place: Place) -> Any:
    """The statement at a place, stated or inferred; None if there is none."""
    node: Any = contract.statements
    if place[0] == "paths" and len(place) > 3:
        place = ("x-behaviour", f"{place[2]} {place[1]}", *place[4:])
    for step in place:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node or None


def overlay(contract: Contract, lessons: Iterable[LearnedOverlay], title: str) -> str:
    """The lessons as an overlay file for the document that `contract` was made from."""
    actions = [action for lesson in lessons for action in _actions(contract, lesson)]
    learned = behaviour_file.overlay(title, contract.document.version, actions)
    return HEAD + behaviour_file.text(learned)


def _actions(contract: Contract, lesson: LearnedOverlay) -> Iterator[dict[str, Any]]:
    """Takes the statement out, and puts the new one in: an update alone would merge the two."""
    if written(contract, lesson.place) is not None:
        yield {"target": _path(lesson.place), "remove": True}
    if lesson.value is not None:
        above = max(n for n in range(len(lesson.place)) if n == 0 or written(contract, lesson.place[:n]) is not None)
        if lesson.place[0] == "paths":
            above = max(above, 3)
        value = lesson.value
        for step in reversed(lesson.place[above:]):
            value = {step: value}
        yield {"target": _path(lesson.place[:above]), "update": value}


def _path(place: Place) -> str:
    """A place as a JSONPath (RFC 9535)."""
    return "$" + "".join(f"[{behaviour_file.quoted(step)}]" for step in place)
