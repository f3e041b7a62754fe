"""A resource as it takes shape: where it stands, what is known of its items, and what each operation does to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.inference import identity
from mockserver.inference.messages import Path, ReplyBody, request_schema
from mockserver.inference.names import plain
from mockserver.inference.path_tree import PathNode, Shape
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


@dataclass(frozen=True, slots=True)
class DraftAction:
    """What one operation does, and why that is thought. `item` is where its reply shows the item or the items.

    `shows` is the pointer of the item's schema there, None where the reply shows no item. `envelope` is where the
    request carries the item. `keeps` are the path parameters that an item made there remembers, and their fields.
    """

    operation: Operation
    does: str
    answer: ReplyBody
    reason: str
    item: Path = ()
    shows: str | None = None
    envelope: Path = ()
    patch: str = "fields"
    upsert: bool = False
    keeps: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ResourceDraft:
    """One resource. `single` is one of which there is only one; `item` and `collection` are its places."""

    schemas: Schemas
    word: str
    item: PathNode | None = None
    collection: PathNode | None = None
    single: bool = False
    name: str = ""
    deeds: list[DraftAction] = field(default_factory=list)

    @property
    def site(self) -> PathNode:
        """Where it stands: the item's place, else the collection's."""
        site = self.item or self.collection
        assert site is not None  # noqa: S101  # a draft is made from a place
        return site

    @property
    def above(self) -> tuple[str, ...]:
        """The path parameters above the collection."""
        return tuple(self.site.parameters[:-1] if self.has_id else self.site.parameters)

    @property
    def has_id(self) -> bool:
        """Does the path of an item end with its id?"""
        return self.item is not None and not self.single

    @property
    def parameter(self) -> str:
        """The path parameter that carries the id."""
        return self.site.parameters[-1] if self.has_id else ""

    @property
    def shape(self) -> Shape:
        """The shape of the path under which nested resources stand."""
        return self.site.shape

    @property
    def keys(self) -> frozenset[str]:
        """The plain names of properties that would carry the id."""
        return identity.telling(self.parameter, self.word) if self.has_id else frozenset({"id"})

    def deed(self, *does: str) -> DraftAction | None:
        """The first deed of these kinds."""
        return next((deed for deed in self.deeds if deed.does in does), None)

    def views(self) -> list[str]:
        """The schemas of the item in the replies: that of a get first, each once."""
        order = sorted((d for d in self.deeds if d.shows), key=lambda deed: RANK[deed.does])
        return list({self.schemas.resolve(str(deed.shows))[1]: None for deed in order})

    def properties(self) -> dict[str, str]:
        """The properties that an item has in any reply; where none is documented, those that a request may have."""
        found: dict[str, str] = {}
        for view in self.views():
            found = self.schemas.properties(view) | found
        return found or next(self.asked("create", "replace", "update"), {})

    def asked(self, *does: str) -> Iterator[dict[str, str]]:
        """The properties that requests of these kinds may have."""
        from_bodies = (requested(self.schemas, deed) for deed in self.deeds if deed.does in does)
        return (self.schemas.properties(pointer) for pointer in from_bodies if pointer)

    @property
    def _is_chosen(self) -> bool:
        """Does the path end with one of a few values, which no request that makes an item names? That is no id."""
        place = self.parameter_schema
        if place is None or self.schemas.keyword(place, "enum") is None:
            return False
        return not any(plain(name) in self.keys for asked in self.asked("create") for name in asked)

    @property
    def parameter_schema(self) -> str | None:
        """The schema of the path parameter that carries the id, in any operation at the item's place."""
        operations = self.item.operations.values() if self.item else ()
        found = (parameter for operation in operations for parameter in operation.parameters)
        return next((p.schema for p in found if p.location == "path" and p.name == self.parameter and p.schema), None)

    @property
    def is_created(self) -> bool:
        """Can a client make one?"""
        return any(deed.does == "create" or deed.upsert for deed in self.deeds)

    @property
    def is_kept(self) -> bool:
        """Is there anything to remember? What is only read is better shown by examples."""
        if self.deed("get", "list", "delete") is None or (self.deed("create") is not None and self._is_chosen):
            return False
        return self.is_created or self.deed("delete") is not None or (self.single and len(self.deeds) > 1)


RANK = {"get": 0, "replace": 1, "update": 1, "create": 2, "list": 3, "delete": 4}


def requested(schemas: Schemas, deed: DraftAction) -> str | None:
    """The schema of the item in what an operation takes."""
    pointer = request_schema(deed.operation.request_body)
    return schemas.below(pointer, deed.envelope) if pointer else None
