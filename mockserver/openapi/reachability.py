"""Which operations a part of a document is needed for.

The document is seen as a graph of parts: operations, path items, and everything a reference points to. A part needs
what its references lead to; so a fault in a schema concerns the operations that reach it, and no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from mockserver.openapi.document import METHODS
from mockserver.openapi.object_positions import Place, find, pointer, walk
from mockserver.openapi.pointer import escape, join


class Reachability:
    """The parts of one document, named by their JSON pointers, and who needs them."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations = dict(_operations(document))
        needs = [edge for place in walk(document) for edge in _needs(document, place)]
        paths = {operation.rpartition("/")[0] for operation in self.operations}
        self.parts = {target for _, target in needs} | paths | self.operations.keys()
        self.dependents: dict[str, set[str]] = defaultdict(set)
        for source, target in needs:
            self.dependents[target].update(self.around(source))
        for operation in self.operations:
            self.dependents[operation.rpartition("/")[0]].add(operation)

    def around(self, place: str) -> set[str]:
        """The parts that `place` stands in. What stands in an operation is no concern of the path item's others."""
        ends = [*[i for i, letter in enumerate(place) if letter == "/"][1:], len(place)]
        found = {place[:end] for end in ends} & self.parts
        inside = found & self.operations.keys()
        return found - {operation.rpartition("/")[0] for operation in inside}

    def concerned(self, place: str) -> set[str]:
        """Every part that cannot do without what stands at `place`, operations included."""
        waiting = [*self.around(place), *(part for part in self.parts if part.startswith(place + "/"))]
        found: set[str] = set()
        while waiting:
            part = waiting.pop()
            if part not in found:
                found.add(part)
                waiting.extend(self.dependents.get(part, ()))
        return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The pointers of the operations under `paths`, each with its method and path as people write them."""
    paths = document.get("paths")
    for path, item in paths.items() if type(paths) is dict else ():
        seen = item
        while type(seen) is dict and type(seen.get("$ref")) is str and seen.keys().isdisjoint(METHODS):
            seen, where = find(document, seen["$ref"])
            if seen is item or where is None:
                break
        for method in METHODS:
            if type(seen) is dict and method in seen:
                yield join("/paths", path, method), f"{method.upper()} {path}"


def _needs(document: dict[str, Any], place: Place) -> Iterator[tuple[str, str]]:
    """From where to where `place` itself refers."""
    node = place.node
    if "/callbacks/" in place.pointer:
        return  # what a service calls back with is not served
    if type(node.get("$ref")) is str:
        _, where = find(document, node["$ref"])
        if where is not None:
            yield place.pointer, pointer(where)
    if place.kind == "operation":
        yield from ((place.pointer, scheme) for scheme in _schemes(document, node))


def _schemes(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    requirements = operation.get("security", document.get("security"))
    home = "/securityDefinitions/" if "swagger" in document else "/components/securitySchemes/"
    for requirement in requirements if type(requirements) is list else ():
        yield from (home + escape(name) for name in (requirement if type(requirement) is dict else ()))
