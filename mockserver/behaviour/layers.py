"""Overlay files applied to a document one after the other, and from which of them a statement comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from mockserver.behaviour import overlay
from mockserver.behaviour.faults import Place, StatementFault, report
from mockserver.behaviour.overlay import AppliedAction
from mockserver.document_cache import OFF, DocumentCache
from mockserver.errors import BehaviourError
from mockserver.lazy_module import LazyModule
from mockserver.openapi import lines, source
from mockserver.openapi.document import METHODS

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")


class OverlayFile(Struct, frozen=True):
    """An overlay as it is in its file."""

    path: Path
    data: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path!r})"

    def where(self, place: Place) -> str:
        """`my-behaviour.yaml, line 12`: where a value of the file is."""
        return _line_of(self.path, place)


def read_overlay(path: Path, *, cache: DocumentCache = OFF) -> OverlayFile:
    """An overlay file (YAML or JSON). Raises BehaviourError if it is no overlay, DocumentError if it cannot be read.

    `cache` keeps what is read of YAML.
    """
    data = source.read_data(path, cache=cache)
    if "overlay" not in data:
        raise BehaviourError(f"{path.name}: not an OpenAPI Overlay (no `overlay` key)")
    return OverlayFile(path, data)


class FileAction(NamedTuple):
    """An action that was applied, and the file it is in."""

    file: OverlayFile
    action: AppliedAction


def apply(document: dict[str, Any], files: Sequence[OverlayFile]) -> tuple[list[FileAction], list[str]]:
    """Apply overlays to `document` in place, in order: what each action did, and a line for each mistake in them."""
    applied, mistakes = list[FileAction](), list[str]()
    for file in files:
        actions, faults = overlay.carry_out(document, file.data)
        faults += [fault for action in actions for fault in _misplaced(action)]
        applied += [FileAction(file, action) for action in actions]
        mistakes += report(faults, file.where)
    return applied, mistakes


def _misplaced(action: AppliedAction) -> Iterator[StatementFault]:
    """The keys of an update that are one of ours in a wrong place, or nearly one of ours: OpenAPI ignores both."""
    for place in action.places[:1]:
        for key_place in _extensions(action.update, place):
            wrong = _why_misplaced(key_place)
            if wrong:
                yield StatementFault(("actions", action.number, "update", *key_place[len(place) :]), wrong)


def _extensions(node: Any, place: Place) -> Iterator[Place]:
    """The places of the `x-` keys in an update, as far down as operations are."""
    for key, value in node.items() if isinstance(node, Mapping) and len(place) <= DEPTH else ():
        if isinstance(key, str) and key.startswith("x-"):
            yield (*place, key)
        elif not any(str(step).startswith("x-") for step in place):
            yield from _extensions(value, (*place, key))


DEPTH = len(("paths", "/pets", "get"))


def _why_misplaced(place: Place) -> str:
    key = str(place[-1])
    is_operation = len(place) == DEPTH + 1 and place[0] == "paths" and place[2] in METHODS
    here = ("x-behaviour",) if is_operation else ("x-service", "x-resources") if len(place) == 1 else ()
    if key in PLACES and key not in here:
        return f"`{key}` has no effect here; it belongs in {PLACES[key]}"
    others = [name for name in here if name != key]
    near = difflib.get_close_matches(key, others, 1, cutoff=0.8) if key not in here else []
    return f"unknown key; did you mean `{near[0]}`?" if near else ""


PLACES = {
    "x-service": "the root of the document",
    "x-resources": "the root of the document",
    "x-behaviour": "an operation",
}
"""Where each key of a behaviour file belongs."""


class Origins(Struct, frozen=True):
    """Says where each statement of a `tree` is written: in an overlay that was applied, or in the document."""

    document: Path
    applied: Sequence[FileAction]
    tree: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.document!r})"

    def where(self, place: Place) -> str:
        """The file and line that wrote a value of the tree last."""
        at = _in_document(place)
        steps = self._steps(place, at)
        for file, action in self.applied[::-1]:  # the last one wins
            for matched in action.places:
                inside = _writes(action, matched, steps) if at[: len(matched)] == matched[: len(at)] else None
                if inside is not None:
                    return file.where(("actions", action.number, *inside))
        return _line_of(self.document, at)

    def _steps(self, place: Place, at: Place) -> list[tuple[str | int, Any]]:
        """The steps to a place of the document, each with the value of the tree that it leads to."""
        node: Any = self.tree
        values: list[Any] = []
        for step in place:
            if isinstance(node, Mapping):
                node = node.get(step)
            else:
                node = node[step] if isinstance(node, list) and isinstance(step, int) else None
            values.append(node)
        return list(zip(at, [None] * (len(at) - len(values)) + values, strict=True))


def _line_of(path: Path, place: Place) -> str:
    root = lines.composed(path)
    return f"{path.name}, line {lines.line(root, place)}" if root is not None else path.name or "the document"


def _in_document(place: Place) -> Place:
    """A place of a statement tree as one of a document, where `x-behaviour` is in the operation."""
    if place[:1] != ("x-behaviour",) or len(place) < 2:
        return place
    method, _, path = str(place[1]).partition(" ")
    return ("paths", path, method, "x-behaviour", *place[2:])


def _writes(action: AppliedAction, matched: Place, steps: list[tuple[str | int, Any]]) -> Place | None:
    """Where in an action the value is written that steps lead to; None if the action does not write it."""
    if len(steps) <= len(matched):
        return ("target",)
    inside = _inside(action.update, steps[len(matched) :])
    return None if inside is None else ("update", *inside)


def _inside(node: Any, steps: list[tuple[str | int, Any]]) -> Place | None:
    """Where in an update the value is that steps lead to in the merged tree; None if it is not there.

    A list of the update was appended to another one, so that an entry is found by its value.
    """
    if not steps:
        return ()
    (step, value), *rest = steps
    if isinstance(step, int) and not isinstance(node, list):
        return _inside(node, rest) if node == value else None
    if isinstance(step, int):
        step = next((index for index, entry in enumerate(node) if entry == value), len(node))
    if step not in (range(len(node)) if isinstance(node, list) else node if isinstance(node, Mapping) else ()):
        return None
    inner = _inside(node[step], rest)
    return None if inner is None else (step, *inner)
