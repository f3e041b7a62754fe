"""Which alternative of its schema a sent object has, so that a generated reply has the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.handlers.replies.reply_alternatives import ReplyAlternative, nearest, reply_alternatives
from mockserver.openapi.schemas import Schemas

Wanted = dict[tuple[str, ...], tuple[str, ...]]
"""The names that lead to an object → the schemas that describe its alternative together."""

DEEPEST = 3
"""How many objects inside of each other are looked at."""


class Kinds:
    """The alternatives (`oneOf`, `anyOf`, subtypes) of the schemas of a document, kept once they were needed."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._known: dict[str, list[ReplyAlternative]] = {}

    def wanted(self, pointer: str, sent: Mapping[str, Any], shown: Mapping[str, Any]) -> Wanted:
        """The alternatives of the objects of a request, at the places where a reply shows them.

        `pointer` is the schema of the reply. A request may have bare what a reply has in an envelope.
        """
        objects = [name for name, inner in shown.items() if isinstance(inner, dict)]
        if sent.keys().isdisjoint(shown) and len(objects) == 1:
            sent = {objects[0]: sent}
        return dict(self._of(pointer, sent, DEEPEST))

    def fit(self, pointer: str, value: Any, wanted: Wanted) -> bool:
        """Are the objects of a value of the wanted alternatives?"""
        found = dict(self._of(pointer, value, DEEPEST))
        return all(found.get(place) == kind for place, kind in wanted.items())

    def _of(self, pointer: str, value: Any, depth: int) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        if not isinstance(value, Mapping) or not depth:
            return
        if pointer not in self._known:
            self._known[pointer] = reply_alternatives(self._schemas, pointer)
        known = self._known[pointer]
        near = nearest(known, value)[0]
        # An object that is as near to another alternative is of none.
        same = sum(each.distance(value) == near.distance(value) for each in known[:-1])
        if same == 1 and len(known) > 2 and near.distance(value)[0] == 0:
            yield (), near.parts
        inside = [(name, inner) for name, inner in value.items() if isinstance(inner, Mapping)]
        places = self._schemas.properties(pointer) if inside else {}
        for name, inner in inside:
            found = self._of(places[name], inner, depth - 1) if name in places else ()
            yield from (((name, *place), kind) for place, kind in found)
