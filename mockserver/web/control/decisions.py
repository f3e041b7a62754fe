"""Which statement decided about a request, with its evidence and where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from mockserver.behaviour.statements import FROM_DOCUMENT, Statement
from mockserver.contract import Contract
from mockserver.errors import Fault, Refusal
from mockserver.openapi.document import Operation
from mockserver.web.control.journal import JournalRecord
from mockserver.web.service import Service

Place = tuple[str | int, ...]

INFERRED_FROM = "inferred from"
"""How the place of a statement begins that is not written anywhere."""


class Decision(NamedTuple):
    """A statement as users find it: about what, which kind, how it is known, and where it is written.

    `kind` is the key in a behaviour file, or `document` for what the OpenAPI document says; then `where` has a pointer.
    """

    about: str
    kind: str
    evidence: str
    source: str
    where: str
    says: Any


def entry_decision(entry: JournalRecord, service: Service) -> Decision | None:
    """The statement that decided; None if there is none, as for a path that does not exist.

    Neither has a response of an override, nor one that the request chose. An override may also put a statement of its
    own in the place of one, such as a lower limit.
    """
    if entry.is_overridden or entry.preference:
        return None
    found = _decided(service.contract, entry.operation, entry.trace.step, entry.trace.refusal)
    return None if found is not None and not found.kind and entry.trace.override else found


def statements_about(contract: Contract, operation: Operation) -> list[Decision]:
    """What is stated about an operation, its resource and its service, in this order."""
    stated = contract.behaviour.operations.get((operation.path, operation.method))
    action = stated.action if stated is not None else None
    subjects = (_name(operation), action.of if action is not None else "", "service")
    found = [_decision(contract, *each) for each in _numbered(contract) if each[0] in subjects]
    return sorted(found, key=lambda each: subjects.index(each.about))


def _numbered(contract: Contract) -> Iterator[tuple[str, str, int, Statement]]:
    """Every statement with its subject, its kind, and its place among those of the same kind."""
    numbers: dict[tuple[str, str], int] = {}
    for about, kind, each in contract.behaviour.statements():
        number = numbers[about, kind] = numbers.get((about, kind), -1) + 1
        yield about, kind, number, each


def _decided(contract: Contract, operation: Operation | None, step: str, refusal: Refusal | None) -> Decision | None:
    if operation is None:
        return None
    if refusal is None:
        stated = contract.behaviour.operations.get((operation.path, operation.method))
        return _found(contract, stated.action) if stated is not None and stated.action is not None else None
    if refusal.statement is not None:
        return _found(contract, refusal.statement)
    if refusal.rule:
        return _of_rule(contract, operation, refusal.rule)
    pointer = _pointer(operation, step, refusal)
    if not pointer:
        return None
    file = contract.document.file.rpartition("/")[2] or "the document"
    return Decision(_name(operation), "document", "documented", file, f"#{pointer}", _says(refusal.faults))


def _found(contract: Contract, statement: object) -> Decision | None:
    for about, kind, number, each in _numbered(contract):
        if each is statement:
            return _decision(contract, about, kind, number, each)
    return _decision(contract, "", "", 0, statement) if isinstance(statement, Statement) else None


def _of_rule(contract: Contract, operation: Operation, name: str) -> Decision | None:
    stated = contract.behaviour.operations.get((operation.path, operation.method))
    found = next((each for each in stated.rules if each.name == name), None) if stated is not None else None
    return _found(contract, found) if found is not None else None


def _decision(contract: Contract, about: str, kind: str, number: int, statement: Statement) -> Decision:
    says = {name: value for name, value in msgspec.to_builtins(statement).items() if value not in ("", None, [], {})}
    for name in ("evidence", "source"):
        says.pop(name, None)
    where = _where(contract, about, kind, number, statement)
    return Decision(about, kind, statement.evidence, statement.source, where, says)


def _where(contract: Contract, about: str, kind: str, number: int, statement: Statement) -> str:
    place = _place(contract, about, kind, number)
    document = contract.document.file.rpartition("/")[2] or "the document"
    if place is None:
        return "a default of the mock"
    written = contract.origins.where(place)
    if statement.evidence in FROM_DOCUMENT and written.partition(",")[0] == document:
        return f"{INFERRED_FROM} {document}"
    return written


def _place(contract: Contract, about: str, kind: str, number: int) -> Place | None:
    """The place of a statement in the tree of statements; None if it is not there: a default."""
    root = "x-service" if about == "service" else "x-resources"
    above: Place = (root,) if about == "service" else (root, about)
    method, _, path = about.partition(" ")
    if path:
        above = ("x-behaviour", f"{method.lower()} {path}")
    name, _, refusal = kind.partition(".")
    place: Place = (*above, name, refusal) if refusal else (*above, name)
    node: Any = contract.statements
    for step in place:
        node = node.get(step) if isinstance(node, dict) else None
    if node is None:
        return None
    return (*place, number) if isinstance(node, list) else place


def _pointer(operation: Operation, step: str, refusal: Refusal) -> str:
    """Where the document says what a request broke."""
    if step == "authentication":
        return f"{operation.pointer}/security"
    fault = next(iter(refusal.faults), None)
    if fault is not None and fault.location != "body":
        return next(
            (p.pointer for p in operation.parameters if _is_about(fault, p.name, p.location)), operation.pointer
        )
    if step == "body" and operation.request_body is not None:
        return operation.request_body.pointer
    if step == "media type":
        return f"{operation.pointer}/responses"
    return ""


def _is_about(fault: Fault, name: str, location: str) -> bool:
    return location == fault.location and fault.path[:1] == (name,)


def _says(faults: tuple[Fault, ...]) -> Any:
    # The first fault of a keyword counts, as in the message of the response.
    return {fault.keyword: fault.expected for fault in reversed(faults[:10]) if fault.keyword} or None


def _name(operation: Operation) -> str:
    return f"{operation.http_method} {operation.path}"
