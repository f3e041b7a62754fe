"""Serves the valid parts of an invalid document: leaves out the operations that an error concerns, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from mockserver.openapi import lint, normalize
from mockserver.openapi.document import methods_of
from mockserver.openapi.lint import Problem
from mockserver.openapi.object_positions import find, reference
from mockserver.openapi.pointer import split
from mockserver.openapi.reachability import Reachability


class SkippedOperation(Struct, frozen=True):
    """An operation of the document that is not served: its name (`GET /pets`), its JSON pointer, and the reason."""

    operation: str
    pointer: str
    because: Problem

    def __str__(self) -> str:
        return f"{self.operation} is not served: {self.because}"


def without_errors(
    document: dict[str, Any], problems: Iterable[Problem]
) -> tuple[dict[str, Any], tuple[SkippedOperation, ...]]:
    """A copy of `document` without the operations that an error concerns, and these operations with the reason.

    Raises InvalidDocument where the error concerns the whole document, so that nothing is left to serve.
    """
    wrong = lint.errors(problems)
    for problem in wrong:
        if problem.pointer in ("", "/paths"):
            raise problem.error
    copy, parts = normalize.copy(document), Reachability.of(document)
    skipped: dict[str, SkippedOperation] = {}
    for problem in wrong:
        for part in {problem.pointer, *parts.concerned(problem.pointer)}:
            if part in parts.operations:
                skipped.setdefault(part, SkippedOperation(parts.operations[part], part, problem))
            elif not part.startswith("/paths/"):  # of a path item only the operations go: others may be valid
                _remove(copy, part)
    for operation in skipped:
        _remove(copy, operation)
    if "paths" in copy:
        copy["paths"] = {path: item for path, item in copy["paths"].items() if _serves(copy, item)}
    return copy, tuple(skipped[operation] for operation in parts.operations if operation in skipped)


def _serves(document: dict[str, Any], item: Any) -> bool:
    """Does a path item still have an operation, of its own or by a reference?"""
    if type(item) is not dict:
        return False
    return any(methods_of(item)) or ("$ref" in item and find(document, item["$ref"])[1] is not None)


def _remove(document: dict[str, Any], place: str) -> None:
    """Remove an entry of an object. An entry of a list stays: the pointers of those behind it would change."""
    parent, _, _ = place.rpartition("/")
    holder, _ = find(document, reference(parent))
    if type(holder) is dict:
        holder.pop(split(place)[-1], None)
