"""Learned statements, with the evidence `observed`, as an overlay to the current behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract import Contract
from mockserver.inference import behaviour_file

Place = tuple[str, ...]
"""The keys that lead to a statement: `("x-resources", "server", "order")`."""

LessonKey = tuple[Place, str]
"""The place of a statement, and the field in it; without a field, the whole statement."""

NAMES_ONLY = frozenset({"write-only", "immutable", "server-set"})
"""Statements whose `fields` are names without values."""

HEAD = """\
# Where the service differs from the mock, learned by sending both the same requests. Review each statement, then use
# the file: `mockserver serve --behaviour FILE` or `mockserver check --behaviour FILE`.
"""


@dataclass(frozen=True, slots=True)
class LearnedStatement:
    """A statement that is true for the service. A `value` of None removes it. `summary` is for people.

    With a `part`, it is about this one field of a statement with `fields`: its `value` has the evidence, and the field
    gets `part_value`; None removes the field.
    """

    place: Place
    value: Any = field(hash=False)
    summary: str
    part: str = ""
    part_value: Any = field(default=None, hash=False)

    @property
    def key(self) -> LessonKey:
        """What the statement is about: no two that are learned have the same key."""
        return self.place, self.part


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
    actions = [action for statement in _joined(contract, learned) for action in _actions(contract, statement)]
    file = behaviour_file.overlay(title, contract.document.version, actions)
    return HEAD + behaviour_file.text(file)


def _joined(contract: Contract, learned: Iterable[LearnedStatement]) -> Iterator[LearnedStatement]:
    """The statements, with all parts of one statement in one."""
    parts: dict[Place, list[LearnedStatement]] = {}
    for each in learned:
        if each.part:
            parts.setdefault(each.place, []).append(each)
        else:
            yield each
    for place, some in parts.items():
        yield _with_parts(contract, place, some)


def _with_parts(contract: Contract, place: Place, parts: list[LearnedStatement]) -> LearnedStatement:
    fields = fields_at(contract, place) | {each.part: each.part_value for each in parts}
    removed = {each.part for each in parts if each.value is None}
    fields = {name: value for name, value in fields.items() if name not in removed}
    summary = " ".join(each.summary for each in parts)
    if not fields:
        return LearnedStatement(place, None, summary)
    evidence = next((each.value for each in parts if each.value is not None), {"evidence": "observed"})
    shown: Any = sorted(fields) if place[-1] in NAMES_ONLY else fields
    return LearnedStatement(place, {"fields": shown, **evidence, "note": summary}, summary)


def fields_at(contract: Contract, place: Place) -> dict[str, Any]:
    """The fields of the statements at a place, each with its value; None where they are only named."""
    stated = statement_at(contract, place)
    found: dict[str, Any] = {}
    for each in stated if isinstance(stated, list | tuple) else [stated or {}]:
        fields = each.get("fields", {})
        found |= fields if isinstance(fields, Mapping) else dict.fromkeys(fields)
    return found


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
