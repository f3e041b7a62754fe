"""Checks: what a check is, and where in a contract it applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from inspect import getdoc
from typing import Any

from contracts.client.request_builder import NothingCompared, RefusedItem
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Statement
from mockserver.contract import Contract

Place = tuple[str, StatementRef, tuple[Any, ...]]
"""An operation (`METHOD path`), the statement that applies to it, and the arguments of the check's function."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one kind of statement.

    `find` gives every place of a contract where the check applies. `run(context, *arguments)` runs it at one place and
    reports violations to the context. `statement_kinds` are the keys of the behaviour vocabulary that it checks.
    A `quick` check needs few requests. Checks with `run_last` run after all others, because they use something up.
    While an `exclusive` check runs, nothing else may use the service, because the check counts, lists or fills
    something. The other checks look only at items that they created. A check that `asserts` may compare without its
    context. A `rude` check does what an attacker would do, such as guessing passwords; it runs only if it is asked for.
    One that `listens` needs a listener for what the service sends.
    """

    name: str
    statement_kinds: tuple[str, ...]
    find: Callable[[Contract], Iterator[Place]]
    run: Callable[..., None]
    quick: bool = True
    run_last: bool = False
    exclusive: bool = True
    rude: bool = False
    listens: bool = False
    asserts: bool = False

    @property
    def description(self) -> str:
        """What a correct server does, in one sentence: the first line of the docstring of `run`."""
        function = getattr(self.run, "func", self.run)
        return (getdoc(function) or self.name).partition("\n")[0]

    @property
    def standard(self) -> str:
        """The section of HTTP that the check tests; empty if it tests other statements."""
        return str(self.find.keywords["source"]) if isinstance(self.find, partial) else ""


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A check bound to one operation of a contract and to the statement that applies there."""

    check: Check
    operation: str
    statement: StatementRef
    arguments: tuple[Any, ...]

    def run(self, context: CheckContext) -> None:
        """Run the check. Raises CannotBuildRequest, Unreachable, Exhausted or ReadOnly.

        A check that compared nothing has not passed: CannotBuildRequest says why. Where an item with all fields is
        refused, it runs again without the fields that are refused.
        """
        try:
            self.check.run(context, *self.arguments)
        except RefusedItem as refused:
            if context.findings or not context.learn_refused_fields(refused.resource):
                raise
            self.check.run(context, *self.arguments)
        if not context.compared and not self.check.asserts:
            reason = context.refusal or "what the check is about does not occur here"
            raise NothingCompared(f"nothing could be compared: {reason}")


def http_rule(on: str, *needs: str, source: str, text: str = "") -> Callable[[Contract], Iterator[Place]]:
    """Places of a check that HTTP itself requires: the operation `on` of every resource that has it.

    `on` may name alternatives (`get|list`); the first that exists counts. The resource must also have the operations in
    `needs`. The check's function gets the resource.
    """
    return partial(_http_places, on=on, needs=needs, source=source, text=text)


def _http_places(contract: Contract, *, on: str, needs: tuple[str, ...], source: str, text: str) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        for each in on.split("|"):
            if resource.can(each, *needs):
                op = resource.operations[each]
                yield op.name, StatementRef(op.name, "http", "documented", source, text), (resource,)
                break


def resource_statement(name: str, on: str, *needs: str) -> Callable[[Contract], Iterator[Place]]:
    """Places of a check of resource statements called `name`, at the operation `on` of each resource that makes one.

    The resource must also have the operations in `needs`. The check's function gets the resource and the statement.
    """

    def places(contract: Contract) -> Iterator[Place]:
        for resource in checked_resources(contract).values():
            if resource.can(on, *needs) and _is_made(contract, resource, name):
                for statement in _each(getattr(resource.behaviour, name.replace("-", "_"))):
                    yield (
                        resource.operations[on].name,
                        StatementRef.of(resource.name, name, statement),
                        (resource, statement),
                    )

    return places


def operation_statement(name: str, *needs: str) -> Callable[[Contract], Iterator[Place]]:
    """Places of a check of operation statements called `name`, at each operation that makes one.

    The operation's resource must have the operations in `needs`. The check's function gets the resource, the operation
    and the statement.
    """

    def places(contract: Contract) -> Iterator[Place]:
        known = checked_resources(contract)
        for op in resource_operations(contract):
            action = op.behaviour.action
            resource = known.get(action.of) if action else None
            if resource is not None and resource.can(*needs):
                for statement in _each(getattr(op.behaviour, name.replace("-", "_"))):
                    yield op.name, StatementRef.of(op.name, name, statement), (resource, op, statement)

    return places


def _is_made(contract: Contract, resource: CheckedResource, name: str) -> bool:
    """Is the statement made, in a file or by inference? A default that is only assumed is not checked."""
    return contract.statements["x-resources"][resource.name].get(name) is not None


def _each(value: Any) -> Iterator[Statement]:
    """The statements in a field that holds one statement, several, or none."""
    return (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Statement))


def resource_of(op: ResourceOperation, known: dict[str, CheckedResource]) -> CheckedResource | None:
    """The resource that an operation belongs to."""
    return known.get(op.behaviour.action.of) if op.behaviour.action else None


def schema_reference(op: ResourceOperation) -> StatementRef:
    """The reference to the schema of an operation's request."""
    return StatementRef(
        op.name,
        "schema",
        "documented",
        "the document's schema of the request",
        "The service enforces the schema of the request.",
    )
