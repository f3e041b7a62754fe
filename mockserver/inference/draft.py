"""A resource while it is being inferred: its paths, what is known about its items, and what each operation does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mockserver.behaviour.statements import BATCHES, CONTENTS
from mockserver.inference.bodies.messages import Path, ReplyBody, request_schema
from mockserver.inference.names import plain
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.values import identity
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


class DraftAction(Struct, frozen=True):
    """What one operation seems to do, and the reason. `item_path` is where its reply shows the item or the items.

    `item_schema` is the pointer of the item's schema there, None if the reply shows no item. `envelope` is where the
    request contains the item. `keeps` are the path parameters that an item created there stores, and their properties.
    `across` says that the path does not say which item the items are below, `by` which property it contains.
    `sets` are properties that the operation gives new values, `entry` is the list whose entry it changes, `entry_of`
    the path of the items that this list shows, if they are those of another resource. `ids` is the query parameter with
    the ids of a batch, `content` what of the request is the content of the item. `is_map` says that a list shows the
    items in an object, by their ids, `within` where each entry of a list has the item. With `by_id` its request has the
    ids of items of another resource, and nothing else. `takes` are properties of the body that the item has under
    another name. `columns` are those of a table, each with its property. `account` says that it is about the account of
    who asks, or the one that its body names. `counts` is the number of an entry that says how often it was chosen. With
    `is_listing` a create shows all items. `of_caller` says that the item is that of who asks. `body` is the template of
    a reply that shows numbers of items alone. `leads_to` is the property with the address to which its reply redirects.
    """

    operation: Operation
    does: str
    reply: ReplyBody
    reason: str
    item_path: Path = ()
    item_schema: str | None = None
    envelope: Path = ()
    patch: str = "fields"
    upsert: bool = False
    keeps: Mapping[str, str] = field(default_factory=dict)
    across: bool = False
    by: str = ""
    sets: Mapping[str, Any] = field(default_factory=dict)
    entry: str = ""
    entry_of: Shape = ()
    ids: str = ""
    content: str = ""
    is_map: bool = False
    within: Path = ()
    by_id: bool = False
    leads_to: str = ""
    takes: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    counts: str = ""
    is_listing: bool = False
    body: Mapping[str, Any] | None = None
    of_caller: bool = False

    def choosing(self, entry: str, key: str, counts: str, sent: str, sets: Mapping[str, Any]) -> DraftAction:
        """This action, which chooses the entry of a list that the property `sent` names by its `key`."""
        return replace(self, entry=entry, by=key, counts=counts, takes={sent: key}, sets=sets)

    def showing(self, path: Path, schema: str) -> DraftAction:
        """This action, whose reply shows the items at a place."""
        return replace(self, item_path=path, item_schema=schema)

    @property
    def creates(self) -> bool:
        """Does it create one item or several?"""
        return self.does in CREATING


class ResourceDraft(Struct):
    """One resource: the paths of its `item` and its `collection`. If it is `single`, there is only one item.

    `key` is the property by which a PUT to the collection names an item that no path names; empty for most.
    """

    schemas: Schemas
    word: str
    item: PathNode | None = None
    collection: PathNode | None = None
    single: bool = False
    name: str = ""
    actions: list[DraftAction] = field(default_factory=list)
    key: str = ""

    @property
    def node(self) -> PathNode:
        """The path of an item, or else of the collection."""
        node = self.item or self.collection
        assert node is not None  # noqa: S101  # a draft is made from a path
        return node

    @property
    def parent_parameters(self) -> tuple[str, ...]:
        """The path parameters above the collection, from left to right."""
        return tuple(self.node.parameters[:-1] if self.has_id else self.node.parameters)

    @property
    def has_id(self) -> bool:
        """Does the path of an item end with its id?"""
        return self.item is not None and not self.single and not self.item.selectors

    @property
    def is_unshown(self) -> bool:
        """Are items only made, so that no path shows one, or lists them?"""
        return not (self.item.operations if self.item is not None else self.node.operations.keys() - {"post"})

    @property
    def owner_field(self) -> str:
        """The property that shows what the only path parameter above an item names: `owner.login`; empty for none."""
        above = self.parent_parameters if self.has_id else ()
        named = ((name, at) for name, at in self.properties().items() if [plain(name)] == [*map(plain, above)])
        for name, at in named:
            if self.schemas.types(at) == {"string"}:
                return name
            shown = self.schemas.properties(at)
            return next((f"{name}.{key}" for key in OWNER_KEYS if key in shown), "")
        return ""

    @property
    def parameter(self) -> str:
        """The path parameter that holds the id, or a query parameter; empty if there is none."""
        return self.node.parameters[-1] if self.has_id else ""

    @property
    def shape(self) -> Shape:
        """The shape of the path below which nested resources are."""
        return self.node.shape

    @property
    def id_names(self) -> frozenset[str]:
        """The plain names of properties that would hold the id."""
        return identity.id_names(self.parameter, self.word) if self.has_id else frozenset({"id"})

    def action(self, *does: str) -> DraftAction | None:
        """The first action of these kinds, or None."""
        return next((action for action in self.actions if action.does in does), None)

    def reply_schemas(self) -> list[str]:
        """The schemas by which replies show the item, each once: that of a get first."""
        order = sorted((d for d in self.actions if d.item_schema), key=lambda action: RANK[action.does])
        return list({self.schemas.kind(str(action.item_schema)): None for action in order})

    def properties(self) -> dict[str, str]:
        """The properties that an item has in any reply; if none is documented, those that a request may have."""
        found: dict[str, str] = {}
        for view in self.reply_schemas():
            found = self.schemas.properties(view) | found
        return found or next(self.request_properties("create", "replace", "update"), {})

    def request_properties(self, *does: str) -> Iterator[dict[str, str]]:
        """The properties that requests of these kinds may have."""
        asking = (action for action in self.actions if action.does in does and not action.entry)
        from_bodies = (item_schema_of_request(self.schemas, action) for action in asking)
        return (self.schemas.properties(pointer) for pointer in from_bodies if pointer)

    def sendable(self, *does: str) -> set[str]:
        """The names of the properties that clients may set by requests of these kinds: not those that are readOnly."""
        return {
            name
            for asked in self.request_properties(*does)
            for name, at in asked.items()
            if self.schemas.keyword(at, "readOnly") is not True
        }

    @property
    def _is_chosen(self) -> bool:
        """Does the path end with one of a few values, which no create request contains? Then it is not an id."""
        place = self.parameter_schema
        if place is None or self.schemas.keyword(place, "enum") is None:
            return False
        return not any(plain(name) in self.id_names for asked in self.request_properties(*CREATING) for name in asked)

    @property
    def parameter_schema(self) -> str | None:
        """The schema of the parameter that holds the id, in any operation of the item's path."""
        operations = self.item.operations.values() if self.item else ()
        place = (self.item.key_location if self.item is not None and self.item.query_key else "path", self.parameter)
        found = (parameter for operation in operations for parameter in operation.parameters)
        return next((p.schema for p in found if (p.location, p.name) == place and p.schema), None)

    @property
    def is_created(self) -> bool:
        """Can a client create one, below any owner?"""
        return any((action.creates and not action.across) or action.upsert for action in self.actions)

    @property
    def is_resource(self) -> bool:
        """Does anything need to be stored? What is only read is better answered by example."""
        if not (self.is_unshown or self.action("get", "list", "delete", "get-content")) or (
            self.action(*CREATING) is not None and self._is_chosen
        ):
            return False
        is_deleted = self.action("delete") is not None and not self.node.query_key and not self.node.selectors
        return self.is_created or is_deleted or (self.single and len(self.actions) > 1)


OWNER_KEYS = ("login", "username", "slug", "key", "id")
"""Properties by which a path names the owner of something, the likeliest first."""

RANK = {"get": 0, "replace": 1, "update": 1, "create": 2, "copy": 2, "list": 3, "delete": 4} | dict.fromkeys(
    (*BATCHES, *CONTENTS), 5
)

CREATING = ("create", "create-many", "replace-all")
"""What an action does that creates items."""

SENDING = ("create", "replace", "update", "create-many", "replace-all", "update-many")
"""What an action does whose request has properties of items."""


def item_schema_of_request(schemas: Schemas, action: DraftAction) -> str | None:
    """The schema of the item in an operation's request."""
    pointer = request_schema(action.operation.request_body)
    path: tuple[str | int, ...] = (*action.envelope, 0) if action.does in BATCHES else action.envelope
    return schemas.below(pointer, path) if pointer else None
