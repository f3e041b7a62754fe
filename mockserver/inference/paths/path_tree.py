"""The paths of a document as a tree: paths of collections, paths of items, and their operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from mockserver.inference.names import words
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

EXTENSION = lazy_pattern(r"\.(json|xml)$")
"""An extension that names the format of the reply (`/accounts/{sid}.json`)."""

KEY = lazy_pattern(r"\((?:\w+=)?'?\{([^{}/]+)\}'?\)(?=/|$)")
"""The key of an item in parentheses, as OData writes it."""

VERSION = lazy_pattern(r"api|rest|v?\d+([._-]\d+)*(alpha\d*|beta\d*)?", re.IGNORECASE)
"""Segments of a path that name the API or its version."""

ALONE = lazy_pattern(r"\{([^{}]+)\}")

Shape = tuple[str, ...]
"""The segments of a path with `{}` for each parameter: paths of one shape are about the same thing."""


class PathNode(Struct, frozen=True):
    """A path and the operations on it, by method.

    If a query parameter has the item's id, it is `query_key`, and the last part of the shape is the id; a header has
    it where that is the `key_location`. If query parameters name the item by its
    properties, these are `selectors`: parameter → property.
    """

    path: str
    shape: Shape
    operations: Mapping[str, Operation]
    query_key: str = ""
    key_location: str = "query"
    selectors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_item(self) -> bool:
        """Does the path end with a parameter, or have one in its query, and so lead to one item?"""
        return bool(self.shape) and self.shape[-1] == "{}"

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, from left to right, and the one in its query that names the item."""
        names = path_template.names(self.path)
        return [*names, self.query_key] if self.query_key else names

    @property
    def words_before(self) -> list[str]:
        """For each parameter of the path the segment before it: `users` and `pets` of `/users/{id}/pets/{petId}`."""
        pairs = zip(("", *self.shape), self.shape, strict=False)
        return [before for before, segment in pairs for _ in range(segment.count("{}"))]

    @property
    def word(self) -> str:
        """The last segment that is not a parameter: `pets` of `/users/{id}/pets/{petId}`."""
        return next((segment for segment in reversed(self.shape) if "{" not in segment), "item")


def shape_of(path: str) -> Shape:
    """`/users/{id}/pets/{petId}.json` is `("users", "{}", "pets", "{}")`; a slash at the end is ignored.

    So is that of OData: `/Users({id})`, `/Users('{id}')` and `/Users(Id={id})` (OData 4.01).
    """
    segments = KEY.sub(r"/{\1}", path).strip("/").split("/")
    return tuple(ALONE.sub("{}", EXTENSION.sub("", segment)) for segment in segments)


def path_nodes(operations: Iterable[Operation]) -> dict[Shape, PathNode]:
    """The nodes of a document by shape. Paths of one shape (`/pets` and `/pets/`) are one node.

    An operation whose path ends with a new value, and not with the id of what is there, is about no item.
    """
    found: dict[Shape, tuple[str, dict[str, Operation]]] = {}
    for operation in operations:
        if _ends_with_new_value(operation):
            continue
        _, methods = found.setdefault(shape_of(operation.path), (operation.path, {}))
        methods.setdefault(operation.method, operation)
    return {shape: PathNode(path, shape, methods) for shape, (path, methods) in found.items()}


def _ends_with_new_value(operation: Operation) -> bool:
    """Does a request change something to what its path ends with: `PUT /wallet/{new_name}`, `PATCH /me/{newEmail}`?

    A POST may make what it names, and so may a PUT of a `{new_id}`.
    """
    last = ALONE.fullmatch(operation.path.strip("/").rpartition("/")[2])
    named = words(last[1]) if last is not None and operation.method in ("put", "patch") else ()
    return len(named) > 1 and named[0] == "new" and named[-1] not in ("id", "uuid", "key")
