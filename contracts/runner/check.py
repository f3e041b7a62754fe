"""What a promise is: a name, the kinds of statements it examines, where they stand, and the function that holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Statement
from mockserver.contract import Contract

Place = tuple[str, StatementRef, tuple[Any, ...]]
"""An operation (`METHOD path`), what is said there, and what the promise's function needs to know."""


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of promise. `hold(stage, …)` examines it and tells breaches; `find` says where it is made.

    `kinds` are the keys of the behaviour vocabulary that it examines. A `quick` one costs few requests. `late` ones
    are held last, since they use something up.
    """

    name: str
    kinds: tuple[str, ...]
    find: Callable[[Contract], Iterator[Place]]
    hold: Callable[..., None]
    quick: bool = True
    late: bool = False


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A promise as one contract makes it at one operation."""

    promise: Check
    operation: str
    said: StatementRef
    subject: tuple[Any, ...]

    def hold(self, stage: CheckContext) -> None:
        """Examine it. Raises Unable, Unreachable, Exhausted or ReadOnly."""
        self.promise.hold(stage, *self.subject)


def law(on: str, *needs: str, source: str, text: str = "") -> Callable[[Contract], Iterator[Place]]:
    """Where a law of HTTP itself applies: at `on` of every resource that can do it and what the law `needs`."""

    def places(contract: Contract) -> Iterator[Place]:
        for kind in checked_resources(contract).values():
            for each in on.split("|"):
                if kind.can(each, *needs):
                    act = kind.acts[each]
                    yield act.name, StatementRef(act.name, "http", "documented", source, text), (kind,)
                    break

    return places


def stated(name: str, on: str, *needs: str) -> Callable[[Contract], Iterator[Place]]:
    """Where a resource makes a statement called `name`; the function gets the resource and the statement."""

    def places(contract: Contract) -> Iterator[Place]:
        for kind in checked_resources(contract).values():
            if kind.can(on, *needs) and _is_made(contract, kind, name):
                for statement in _each(getattr(kind.resource, name.replace("-", "_"))):
                    yield kind.acts[on].name, StatementRef.of(kind.name, name, statement), (kind, statement)

    return places


def operations(name: str, *needs: str) -> Callable[[Contract], Iterator[Place]]:
    """Where an operation makes a statement called `name`; the function gets resource, operation and statement."""

    def places(contract: Contract) -> Iterator[Place]:
        known = checked_resources(contract)
        for act in resource_operations(contract):
            action = act.behaviour.action
            kind = known.get(action.of) if action else None
            if kind is not None and kind.can(*needs):
                for statement in _each(getattr(act.behaviour, name.replace("-", "_"))):
                    yield act.name, StatementRef.of(act.name, name, statement), (kind, act, statement)

    return places


def _is_made(contract: Contract, kind: CheckedResource, name: str) -> bool:
    """Is the statement made, in the behaviour file or by inference? One that says the default only if it is written."""
    written = (contract.document.root.get("x-resources") or {}).get(kind.name) or {}
    key = name.replace("-", "_")
    return name in written or getattr(kind.resource, key) != getattr(type(kind.resource)(kind.name), key)


def _each(value: Any) -> Iterator[Statement]:
    """Every statement, whether one or several are made."""
    return (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Statement))


def holder(act: ResourceOperation, known: dict[str, CheckedResource]) -> CheckedResource | None:
    """The resource that an operation belongs to."""
    return known.get(act.behaviour.action.of) if act.behaviour.action else None
