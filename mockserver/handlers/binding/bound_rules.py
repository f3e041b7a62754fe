"""The rules of an operation, found by name and checked at load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.lazy_module import LazyModule
from mockserver.rules import RuleFunction, unknown

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

MOST_LISTED = 40
"""How many fields an error lists."""


def bound_rules(contract: Contract, behaviour: OperationBehaviour, place: str) -> tuple[RuleFunction, ...]:
    """The rules that an operation names, in its order.

    Raises BehaviourError for a name that no rule has, and for a rule about a field that no schema has.
    """
    found = []
    for statement in behaviour.rules:
        if statement.name not in contract.rules:
            raise unknown(place, statement.name, contract.rules)
        found.append(contract.rules[statement.name])
        _demand_fields(contract, found[-1], place)
    return tuple(found)


def _demand_fields(contract: Contract, rule: RuleFunction, place: str) -> None:
    if not rule.governs and not rule.fills:
        return
    known = set(_properties(contract.document.root))
    for key, named in (("governs", rule.governs), ("fills", rule.fills)):
        for name in sorted(set(named) - known):
            close = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"fields are: {_listed(known)}"
            raise BehaviourError(f"{place}: rule {rule.name!r} {key} {name!r}, a field that no schema has; {hint}")


def _properties(node: Any) -> Iterator[str]:
    """The names of all properties in a document (JSON Schema Core section 10.3.2.1)."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"]
        for value in node.values():
            yield from _properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value)


def _listed(names: set[str]) -> str:
    shown = sorted(names)[:MOST_LISTED]
    return ", ".join(shown) + (", …" if len(names) > MOST_LISTED else "")
