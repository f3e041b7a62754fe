"""Which operations need a part of a document.

The document is a graph of parts: operations, path items, and everything a reference points to. A part needs what its
references point to, so an error in a schema concerns the operations that reach the schema, and no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from mockserver.openapi import normalize, schema_ids
from mockserver.openapi.document import methods_of
from mockserver.openapi.object_positions import Place, find, pointer, walk
from mockserver.openapi.pointer import escape, join


class Reachability:
    """The parts of one document, named by their JSON pointers, and which part needs which.

    `operations` are the pointers of the operations, each with its name (`GET /pets`).
    """

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

    @classmethod
    def of(cls, document: dict[str, Any]) -> Reachability:
        """The graph of a published document, with references by name (`$anchor`) resolved. Raises as `version_of`."""
        named = normalize.version_of(document) in normalize.NAMED
        return cls(schema_ids.localised(document, normalize.copy) if named else document)

    def around(self, place: str) -> set[str]:
        """The parts that contain `place`.

        An operation counts in place of its path item: what is wrong in one operation does not concern its siblings.
        """
        ends = [*[i for i, letter in enumerate(place) if letter == "/"][1:], len(place)]
        found = {place[:end] for end in ends} & self.parts
        inside = found & self.operations.keys()
        return found - {operation.rpartition("/")[0] for operation in inside}

    def concerned(self, place: str) -> set[str]:
        """Every part that needs what is at `place`, directly or through others, operations included."""
        waiting = [*self.around(place), *(part for part in self.parts if part.startswith(place + "/"))]
        found: set[str] = set()
        while waiting:
            part = waiting.pop()
            if part not in found:  # parts may need each other in circles
                found.add(part)
                waiting.extend(self.dependents.get(part, ()))
        return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The pointer and name of each operation under `paths`.

    The pointer names the path of the request even where the path item is a reference, so that it is found there again.
    """
    paths = document.get("paths")
    for path, item in paths.items() if type(paths) is dict else ():
        seen = item
        while type(seen) is dict and type(seen.get("$ref")) is str and not any(methods_of(seen)):
            seen, where = find(document, seen["$ref"])
            if seen is item or where is None:
                break
        for method, keys in methods_of(seen) if type(seen) is dict else ():
            yield join("/paths", path, *keys), f"{method.upper()} {path}"


def _needs(document: dict[str, Any], place: Place) -> Iterator[tuple[str, str]]:
    """The edges that begin at `place`: its own pointer, and the pointer of what it refers to."""
    node = place.node
    if "/callbacks/" in place.pointer:
        return  # the mock sends no callbacks, so an error in one concerns no operation
    if type(node.get("$ref")) is str:
        _, where = find(document, node["$ref"])
        if where is not None:
            yield place.pointer, pointer(where)
    if place.kind == "operation":
        yield from ((place.pointer, scheme) for scheme in _schemes(document, node))


def _schemes(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    """The pointers of the security schemes that an operation names; they are references by name, not by `$ref`."""
    requirements = operation.get("security", document.get("security"))
    home = "/securityDefinitions/" if "swagger" in document else "/components/securitySchemes/"
    for requirement in requirements if type(requirements) is list else ():
        yield from (home + escape(name) for name in (requirement if type(requirement) is dict else ()))
