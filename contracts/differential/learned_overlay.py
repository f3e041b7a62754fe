"""Learned statements, with the evidence `observed`, as an overlay to the current behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Contract
from mockserver.inference import behaviour_file

Place = tuple[str, ...]
"""The keys that lead to a statement: `("x-resources", "server", "order")`."""

HEAD = """\
# Where the service differs from the mock, learned by sending both the same requests. Review each statement, then use
# the file: `mockserver serve --behaviour FILE` or `mockserver check --behaviour FILE`.
"""


@dataclass(frozen=True, slots=True)
class LearnedStatement:
    """A statement that is true for the service. A `value` of None removes it. `summary` is for people."""

    place: Place
    value: Any = field(hash=False)
    summary: str


def statement_at(contract: Contract, place: Place) -> Any:
    """The statement at a place, stated or inferred; None if there is none."""
    node: Any = contract.statements
    if place[0] == "paths" and len(place) > 3:
        place = ("x-behaviour", f"{place[2]} {place[1]}", *place[4:])
    for step in place:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node or None


def overlay(contract: Contract, learned: Iterable[LearnedStatement], title: str) -> str:
    """An overlay file with the learned statements, for the document of `contract`."""
    actions = [action for statement in learned for action in _actions(contract, statement)]
    file = behaviour_file.overlay(title, contract.document.version, actions)
    return HEAD + behaviour_file.text(file)


def _actions(contract: Contract, statement: LearnedStatement) -> Iterator[dict[str, Any]]:
    """Remove the old statement, then add the new one; an update alone would merge them."""
    if statement_at(contract, statement.place) is not None:
        yield {"target": _path(statement.place), "remove": True}
    if statement.value is not None:
        above = max(
            n for n in range(len(statement.place)) if n == 0 or statement_at(contract, statement.place[:n]) is not None
        )
        if statement.place[0] == "paths":
            above = max(above, 3)
        value = statement.value
        for step in reversed(statement.place[above:]):
            value = {step: value}
        yield {"target": _path(statement.place[:above]), "update": value}


def _path(place: Place) -> str:
    """A place as a JSONPath (RFC 9535)."""
    return "$" + "".join(f"[{behaviour_file.quoted(step)}]" for step in place)
