"""One change of a contract, as an OpenAPI Overlay for the mock that is then checked against the unchanged contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from contracts.checks import CHECKS
from contracts.conformance.seen_constraints import APPLIES, SeenConstraints
from contracts.model.resources import name_of
from contracts.report.suggestions import json_path
from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.media_types import is_json

BASIS = ("evidence", "source", "note", "says", "name")
"""Keys of a statement that say how it is known, or what it is called, and not what is true."""

UNBREAKABLE = frozenset({"action", "identity", "credentials", "notes", "inference", "invented", "references", "rules"})
"""Statements whose change would make another API of it, or that say nothing about responses."""

OPPOSITES: Mapping[str, str] = {
    "ascending": "descending",
    "descending": "ascending",
    "exact": "contains",
    "cascade": "keep",
    "refuse": "ignore",
    "ignore": "refuse",
    "empty": "refuse",
}
"""A word of the vocabulary → another one that means something else."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change: its `kind` (constraint, field or statement), a sentence that says what changed, and overlay actions.

    `checks` are those that can notice it first; empty means all.
    """

    kind: str
    change: str
    actions: tuple[Mapping[str, Any], ...]
    checks: tuple[str, ...] = ()

    def overlay(self) -> str:
        """The actions as the text of an Overlay file."""
        info = {"title": self.change, "version": "1"}
        return json.dumps({"overlay": "1.0.0", "info": info, "actions": list(self.actions)})


def mutants(contract: Contract, limit: int, seed: int) -> list[Mutant]:
    """At most `limit` changes of a contract, of each kind alike. The same seed chooses the same ones."""
    random = Random(seed)
    kinds = [list(made(contract)) for made in (_statements, _constraints, _fields)]
    for each in kinds:
        random.shuffle(each)
    chosen: list[Mutant] = []
    while any(kinds) and len(chosen) < limit:
        for each in kinds:
            if each and len(chosen) < limit:
                chosen.append(each.pop())
    return chosen


def _constraints(contract: Contract) -> Iterator[Mutant]:
    """Each keyword of the schemas of requests, removed: the mock then accepts what the document forbids."""
    seen = SeenConstraints(contract.schemas)
    for operation in contract.document.operations:
        for media in operation.request_body.content if operation.request_body else ():
            if media.schema is not None and is_json(media.name):
                seen.expect(media.schema)
        for parameter in operation.parameters:
            if parameter.schema is not None:
                seen.expect(parameter.schema)
    for pointer, keyword in seen.wanted:
        word, _, name = keyword.partition(" ")
        target = f"{json_path(pointer)}.required[?@ == {json.dumps(name)}]" if name else f"{json_path(pointer)}.{word}"
        if word in APPLIES or name:
            change = f"{keyword} of {_shown(pointer)} is not enforced"
            yield Mutant("constraint", change, ({"target": target, "remove": True},), FIRST_FOR_CONSTRAINTS)


FIRST_FOR_CONSTRAINTS = ("validation", "*parameter*", "create", "odd-input")
"""The checks that test the schemas of requests."""


def _fields(contract: Contract) -> Iterator[Mutant]:
    """Each property of the schemas of successful responses, left out."""
    done: set[str] = set()
    for operation in contract.document.operations:
        for response in operation.responses:
            for media in response.content if response.status[:1] == "2" else ():
                if media.schema is not None and is_json(media.name):
                    yield from _fields_of(contract, name_of(operation), media.schema, done)


def _fields_of(contract: Contract, operation: str, pointer: str, done: set[str]) -> Iterator[Mutant]:
    waiting = [pointer]
    while waiting:
        here = waiting.pop()
        items = contract.schemas.items(here)
        waiting += [items] if items is not None and items not in done else []
        done.add(items or "")
        for name, below in contract.schemas.properties(here).items():
            if below in done:
                continue
            done.add(below)
            owner = below.removesuffix(f"/properties/{json_pointer.escape(name)}")
            actions = [{"target": json_path(below), "remove": True}]
            node = json_pointer.lookup(contract.document.root, owner)
            if name in (node.get("required") or ()):
                target = f"{json_path(owner)}.required[?@ == {json.dumps(name)}]"
                actions.append({"target": target, "remove": True})
            yield Mutant("field", f"{operation} does not know the field {name}", tuple(actions))


def _statements(contract: Contract) -> Iterator[Mutant]:
    """Each statement switched off, and each of its values changed."""
    tree = contract.statements
    for kind, value in tree.get("x-service", {}).items():
        yield from _broken("service", kind, value, "$", ("x-service",))
    for resource, stated in tree.get("x-resources", {}).items():
        for kind, value in stated.items():
            yield from _broken(resource, kind, value, "$", ("x-resources", resource))
    for operation, stated in tree.get("x-behaviour", {}).items():
        method, _, path = operation.partition(" ")
        target = f"{json_path(json_pointer.join('/paths', path))}.{method}"
        for kind, value in stated.items():
            yield from _broken(f"{method.upper()} {path}", kind, value, target, ("x-behaviour",))


def _broken(subject: str, kind: str, value: Any, target: str, keys: tuple[str, ...]) -> Iterator[Mutant]:
    if kind in UNBREAKABLE:
        return
    checks = tuple(check.name for check in CHECKS if kind in check.statement_kinds and not check.listens)

    def made(change: str, *values: Any) -> Mutant:
        actions = tuple({"target": target, "update": _nested((*keys, kind), each)} for each in values)
        return Mutant("statement", f"{subject}: {change}", actions, checks)

    if kind != "reply" or "body" in value:  # without a reply of its own, the mock chooses the same status
        yield made(f"{kind} is switched off", None)
    # A list is added to, so it is switched off first.
    first = (None,) if isinstance(value, list) else ()
    for path, other in _changed(value):
        shown = ".".join(map(str, (kind, *path)))
        yield made(f"{shown} is {json.dumps(other)}", *first, _with(value, path, other))


def _nested(keys: tuple[str, ...], value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _changed(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The places of values in a statement that can be changed, each with another value of the same type."""
    if isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int):
        yield path, value + 1
    elif isinstance(value, str) and value in OPPOSITES:
        yield path, OPPOSITES[value]
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in BASIS:
                yield from _changed(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _changed(each, (*path, index))


def _with(value: Any, path: tuple[str | int, ...], other: Any) -> Any:
    """A copy of a JSON value with another value at a path."""
    if not path:
        return other
    first, *rest = path
    if isinstance(value, Mapping):
        return {key: _with(each, tuple(rest), other) if key == first else each for key, each in value.items()}
    return [_with(each, tuple(rest), other) if index == first else each for index, each in enumerate(value)]


def _shown(pointer: str) -> str:
    """The end of the pointer of a schema: what a reader looks for."""
    steps = json_pointer.split(pointer)
    if steps[:2] == ["components", "schemas"]:
        return ".".join(step for step in steps[2:] if step != "properties")
    return pointer
