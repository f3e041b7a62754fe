"""Finds everything that is wrong with a document at once, and rates it.

Three sources: the official JSON Schema of the document's version, one walk over all its objects, and a few rules about
names that must match each other. Public documents have many small problems, so each one has a severity:

* `error`: an operation cannot be understood. The document is refused, or (`lenient`) served without that operation;
* `warning`: the rest of the document means the same without this part. It is printed once, at start.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from mockserver.document_cache import OFF, DocumentCache
from mockserver.errors import DocumentError, InvalidDocument, UnsupportedFeature
from mockserver.lazy_module import LazyModule
from mockserver.openapi import normalize
from mockserver.openapi.bundle_keys import published
from mockserver.openapi.reachability import Reachability
from mockserver.openapi.unrated_problem import UnratedProblem

if TYPE_CHECKING:
    from mockserver.openapi import lint_rules
else:  # a start from the document cache needs none of them
    lint_rules = LazyModule("mockserver.openapi.lint_rules")

Severity = Literal["error", "warning"]


class Problem(Struct, frozen=True):
    """One thing that is wrong with a document: an exception that names file, place and reason, and its severity."""

    error: DocumentError
    severity: Severity

    @property
    def pointer(self) -> str:
        """Where it is, as a JSON pointer."""
        return self.error.pointer

    def __str__(self) -> str:
        return str(self.error)


def problems(
    document: dict[str, Any], *, file: str = "", unread: Iterable[DocumentError] = (), cache: DocumentCache = OFF
) -> tuple[Problem, ...]:
    """Everything that is wrong with `document`, as published, in its order; empty for a valid one.

    `unread` are the references that `source.read` could not resolve. The document alone shows only that they point
    outside of it; `unread` says why.
    """
    try:
        version = normalize.version_of(document, file=file)
    except (InvalidDocument, UnsupportedFeature) as fault:
        return (Problem(fault, "error"),)
    known = {error.pointer: _unread(error) for error in unread}
    wrong = cache.result("findings", document, list[UnratedProblem], lambda: lint_rules.findings(document, version))
    found = [known.get(each.pointer, each) for each in wrong]
    # The graph of a large document takes a while; without a breaking problem it is not needed.
    parts = Reachability.of(document) if any(each.breaking for each in found) else None
    return tuple(_rated(each, file, parts) for each in dict.fromkeys(found))


UNRESOLVED = " cannot be resolved: "
"""What the message about a reference has before the reason."""


def errors(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of the problems that keep the document from being served."""
    return tuple(problem for problem in found if problem.severity == "error")


def raise_errors(found: Iterable[Problem], *, file: str = "") -> None:
    """Raise one InvalidDocument that lists every error, one a line; do nothing where there is none.

    References that cannot be resolved for one reason are one line.
    """
    wrong = errors(found)
    if len(wrong) == 1:
        raise wrong[0].error
    if wrong:
        alike: dict[str, list[Problem]] = {}
        for problem in wrong:
            _, unresolved, reason = problem.error.message.partition(UNRESOLVED)
            alike.setdefault(reason if unresolved else str(problem), []).append(problem)
        raise InvalidDocument(f"{len(wrong)} errors" + "".join(map(_line, alike.values())), file=file)


def _line(alike: list[Problem]) -> str:
    more = f" (and {len(alike) - 1} more references to this file)" if len(alike) > 1 else ""
    return f"\n  {published('#' + alike[0].pointer)}: {alike[0].error.message}{more}"


def _rated(found: UnratedProblem, file: str, parts: Reachability | None) -> Problem:
    kind = UnsupportedFeature if found.unsupported else InvalidDocument
    error = kind(found.message, file=file, pointer=found.pointer, place=_place(file, found.pointer))
    return Problem(error, _severity(found, parts))


def _place(file: str, pointer: str) -> str:
    """How a message writes a place in the joined document: by the file that it came from; empty for `file#pointer`."""
    written = published(f"#{pointer}")
    return "" if written[:1] == "#" else posixpath.join(posixpath.dirname(file), written)


def _severity(found: UnratedProblem, parts: Reachability | None) -> Severity:
    """A breaking problem in a part that no operation needs is a warning."""
    if not found.breaking or parts is None:
        return "warning"
    place = found.pointer
    # `/paths` and `/paths/<path>` may be too broken to hold operations that one could look up.
    if place.count("/") < 3 and (place + "/").startswith("/paths/"):
        return "error"
    return "error" if parts.concerned(place) & parts.operations.keys() else "warning"


def _unread(error: DocumentError) -> UnratedProblem:
    """A reference that leads nowhere breaks what needs it; an example that cannot be read does not."""
    return UnratedProblem(error.pointer, error.message, breaking=not error.pointer.endswith("/externalValue"))
