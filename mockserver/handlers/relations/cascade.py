"""Which items are deleted with their parent: those nested below its path, and those linked to it by a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Behaviour, Reference, Resource
from mockserver.inference.relations.references import EACH
from mockserver.state.collection import Collection
from mockserver.state.id_text import number_of
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction


class ChildCollection(Struct, frozen=True):
    """A resource whose items are created below a parent and read at a path of their own.

    `links` say where an item keeps the ids that lead to its parent, the outermost first: the name of a field, the
    position among the ids in the item's own path, or None when the item does not keep that id.
    """

    resource: str
    links: tuple[str | int | None, ...]

    def items_of(self, parent_ids: list[str], owner: str, collection: Collection) -> list[Record]:
        """The items of a collection, stored under `owner`, that belong to the parent with these ids."""
        owner_ids, last = owner.split("/"), self.links[-1]
        candidates: Iterable[Record] = collection
        if isinstance(last, str) and collection.is_indexed(last):
            views = [collection.view((last, value)) for value in _spellings(parent_ids[-1])]
            candidates = [record for view in views for record in view.after(None, newest_first=False)]
        return [
            record
            for record in candidates
            if all(_has_id(link, id, owner_ids, record) for link, id in zip(self.links, parent_ids, strict=False))
        ]


def _has_id(link: str | int | None, id: str, owner_ids: list[str], record: Record) -> bool:
    return link is None or id == (str(record.fields.get(link)) if isinstance(link, str) else owner_ids[link])


def _spellings(id: str) -> list[Any]:
    """An id as text and, if it is one, as a number: a path has only text, a body may hold the number."""
    number = number_of(id)
    return [id] if number is None else [id, number]


class NamingList(Struct, frozen=True):
    """The list `name` in the items of a resource, whose entries name others by their id: in `key`, or as a whole."""

    resource: str
    name: str
    key: str

    def without(self, entries: Any, id: Any) -> Any:
        """The list without the item of this id."""
        return [one for one in entries if self._id_of(one) != id] if isinstance(entries, list) else entries

    def _id_of(self, entry: Any) -> Any:
        return entry.get(self.key, entry.get("id")) if isinstance(entry, dict) else entry


class Cascade(Struct, frozen=True):
    """What is deleted with an item: the resources `nested` below it at any depth, and the `linked` ones.

    Items of `holding_nested` right below it, and of `holding`, keep it from being deleted. It leaves the `lists` of
    other items.
    """

    nested: tuple[str, ...] = ()
    linked: tuple[ChildCollection, ...] = ()
    holding_nested: tuple[str, ...] = ()
    holding: tuple[ChildCollection, ...] = ()
    lists: tuple[NamingList, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Does nothing else change when an item is deleted?"""
        return not (self.nested or self.linked or self.lists)

    @property
    def holds(self) -> bool:
        """Can anything keep an item from being deleted?"""
        return bool(self.holding_nested or self.holding)

    def holder(self, store: Store, tenant: str, path: str) -> str:
        """The resource of an item that keeps the one with this path of ids from being deleted; empty without one."""
        for name in self.holding_nested:
            if len(store.collection(name, tenant, path)):
                return name
        ids = path.split("/")
        for child in self.holding:
            for name, owner, collection in list(store.items(tenant)):
                if name == child.resource and child.items_of(ids, owner, collection):
                    return name
        return ""


ParentParameters = Mapping[str, tuple[str, ...]]
"""For each resource the path parameters that come before the item's own id."""

Referring = dict[str, list[tuple[str, Reference]]]
"""For each resource those that refer to it, and how."""


def cascades(behaviour: Behaviour, parents: ParentParameters) -> dict[str, Cascade]:
    """The cascade of each resource, by name."""
    children: dict[str, list[str]] = {}
    for name, resource in behaviour.resources.items():
        if resource.parent is not None:
            children.setdefault(resource.parent.resource, []).append(name)
    linked = {name for name, resource in behaviour.resources.items() if _is_linked(resource, parents[name])}
    referring: Referring = {}
    for name, resource in behaviour.resources.items():
        for each in resource.references:
            referring.setdefault(each.resource, []).append((name, each))
    return {
        name: Cascade(
            tuple(_nested(name, children, linked)),
            (
                *(_child(child, behaviour, parents) for child in children.get(name, ()) if child in linked),
                *_referring(name, behaviour, parents, referring, "delete"),
            ),
            tuple(each for each in _holding(name, children, behaviour) if each not in linked),
            (
                *(_child(each, behaviour, parents) for each in _holding(name, children, behaviour) if each in linked),
                *_referring(name, behaviour, parents, referring, "refuse"),
            ),
            tuple(_naming_lists(name, behaviour, referring)),
        )
        for name in behaviour.resources
    }


def _holding(name: str, children: Mapping[str, list[str]], behaviour: Behaviour) -> list[str]:
    """The children that keep a parent from being deleted."""
    found = ((child, behaviour.resources[child].parent) for child in children.get(name, ()))
    return [child for child, parent in found if parent is not None and parent.holds]


def _referring(
    name: str, behaviour: Behaviour, parents: ParentParameters, referring: Referring, on_delete: str
) -> Iterator[ChildCollection]:
    """The resources that refer to the id of an item by a property of their own, and what its deletion means to them."""
    key = behaviour.resources[name].identity.field
    for child, each in referring.get(name, ()):
        if (each.key, each.on_delete) == (key, on_delete) and each.field.isidentifier():
            yield ChildCollection(child, (*(None for _ in parents[name]), each.field))


def _naming_lists(name: str, behaviour: Behaviour, referring: Referring) -> Iterator[NamingList]:
    """The lists in items that a deleted item leaves."""
    key = behaviour.resources[name].identity.field
    for other, each in referring.get(name, ()):
        listed = each.field.removesuffix(EACH)
        if each.on_delete == "remove" and listed != each.field and each.key in ("", key):
            yield NamingList(other, listed, key)


def _is_linked(resource: Resource, parameters: tuple[str, ...]) -> bool:
    """Are the items of a resource read at a path that does not lead through their parent?"""
    return resource.parent is not None and resource.parent.parameter not in parameters


def _nested(parent: str, children: Mapping[str, list[str]], linked: set[str]) -> Iterator[str]:
    """The resources whose paths lead through an item of `parent`, at any depth."""
    for child in children.get(parent, ()):
        if child not in linked:
            yield child
            yield from _nested(child, children, linked)


def _child(name: str, behaviour: Behaviour, parents: ParentParameters) -> ChildCollection:
    parent, own = behaviour.resources[name].parent, parents[name]
    assert parent is not None  # noqa: S101  # only a resource with a parent can be linked to it
    kept = {
        parameter: field
        for operation in behaviour.operations.values()
        if operation.action is not None and operation.action.of == name
        for parameter, field in operation.action.keeps.items()
    } | ({parent.parameter: parent.field} if parent.field else {})
    names = (*parents[parent.resource], parent.parameter)
    return ChildCollection(name, tuple(kept.get(each) or (own.index(each) if each in own else None) for each in names))


class CascadingDelete:
    """Deletes the items that belong to a deleted one, and those that belong to them."""

    def __init__(self, transaction: Transaction, cascade_of: Callable[[str], Cascade], tenant: str) -> None:
        self._transaction, self._cascade_of, self._tenant = transaction, cascade_of, tenant

    def delete_children(self, resource: str, owner: str, record: Record) -> None:
        """Delete what belongs to a deleted item; `owner` has the ids before its own, joined by `/`."""
        path = f"{owner}/{record.id}" if owner else str(record.id)
        for name in self._cascade_of(resource).nested:
            # Deleting changes the store that is walked through, so the walk is over a copy.
            for above, collection in list(self._transaction.store.below(name, self._tenant, path)):
                for item in self._remove(collection, list(collection)):
                    self._delete_linked(name, f"{above}/{item.id}")
        self._delete_linked(resource, path)
        for naming in self._cascade_of(resource).lists:
            self._leave(naming, record)

    def _leave(self, naming: NamingList, record: Record) -> None:
        """Take a deleted item out of a list in other items."""
        for name, _, collection in list(self._transaction.store.items(self._tenant)):
            for one in list(collection) if name == naming.resource else ():
                entries = one.fields.get(naming.name)
                left = naming.without(entries, record.id)
                if left != entries:
                    new = one.copy()
                    new.fields[naming.name] = left
                    self._transaction.swap(collection, one, new)

    def _delete_linked(self, resource: str, path: str) -> None:
        ids = path.split("/")
        for child in self._cascade_of(resource).linked:
            for name, owner, collection in list(self._transaction.store.items(self._tenant)):
                if name == child.resource:
                    for item in self._remove(collection, child.items_of(ids, owner, collection)):
                        self.delete_children(name, owner, item)

    def _remove(self, collection: Collection, records: list[Record]) -> Iterator[Record]:
        """Remove the items one by one and yield each."""
        for record in records:
            # Deleting an earlier one may have deleted this one: resources can be linked in a circle.
            if collection.by_id.get(record.id) is record:
                self._transaction.remove(collection, record)
                yield record
