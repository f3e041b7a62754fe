"""What an item owns, and goes with it: what stands below its path, and what was made there and stands elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.behaviour.statements import Behaviour, Resource
from mockserver.state.collection import Collection
from mockserver.state.id_text import number_of
from mockserver.state.record import Record
from mockserver.state.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ChildCollection:
    """A resource whose items are made below an owner and reached without it.

    `places` say where an item remembers the ids that lead to its owner, the highest first and the owner's last: the
    name of a field, or the position among the ids above it; None where it does not.
    """

    resource: str
    places: tuple[str | int | None, ...]

    def found(self, ids: list[str], above: str, held: Collection) -> list[Record]:
        """The items of a collection (with the ids above it) that belong to the owner of these ids."""
        steps, last = above.split("/"), self.places[-1]
        likely: Iterable[Record] = held
        if isinstance(last, str) and held.is_indexed(last):
            views = [held.view((last, value)) for value in _spellings(ids[-1])]
            likely = [record for view in views for record in view.after(None, newest_first=False)]
        return [
            one for one in likely if all(_is_at(at, id, steps, one) for at, id in zip(self.places, ids, strict=False))
        ]


def _is_at(at: str | int | None, id: str, steps: list[str], record: Record) -> bool:
    return at is None or id == (str(record.fields.get(at)) if isinstance(at, str) else steps[at])


def _spellings(id: str) -> list[Any]:
    """An id as text, and the number that it writes."""
    number = number_of(id)
    return [id] if number is None else [id, number]


@dataclass(frozen=True, slots=True)
class Cascade:
    """What the items of one resource own: the resources `below` them at any depth, and their `wards`."""

    below: tuple[str, ...] = ()
    wards: tuple[ChildCollection, ...] = ()


Above = Mapping[str, tuple[str, ...]]
"""The path parameters above the items of each resource."""


def possessions(behaviour: Behaviour, above: Above) -> dict[str, Cascade]:
    """What the items of each resource own."""
    children: dict[str, list[str]] = {}
    for name, resource in behaviour.resources.items():
        if resource.parent is not None:
            children.setdefault(resource.parent.resource, []).append(name)
    apart = {name for name, resource in behaviour.resources.items() if _has_own_path(resource, above[name])}
    return {
        name: Cascade(
            tuple(_below(name, children, apart)),
            tuple(_ward(child, behaviour, above) for child in children.get(name, ()) if child in apart),
        )
        for name in behaviour.resources
    }


def _has_own_path(resource: Resource, above: tuple[str, ...]) -> bool:
    """Are the items of a resource reached without their parent?"""
    return resource.parent is not None and resource.parent.parameter not in above


def _below(parent: str, children: Mapping[str, list[str]], apart: set[str]) -> Iterator[str]:
    """The resources whose paths are below those of a parent, at any depth."""
    for child in children.get(parent, ()):
        if child not in apart:
            yield child
            yield from _below(child, children, apart)


def _ward(name: str, behaviour: Behaviour, above: Above) -> ChildCollection:
    parent, own = behaviour.resources[name].parent, above[name]
    assert parent is not None  # noqa: S101  # a ward has a parent
    kept = {
        parameter: field
        for operation in behaviour.operations.values()
        if operation.action is not None and operation.action.of == name
        for parameter, field in operation.action.keeps.items()
    } | ({parent.parameter: parent.field} if parent.field else {})
    names = (*above[parent.resource], parent.parameter)
    return ChildCollection(name, tuple(kept.get(each) or (own.index(each) if each in own else None) for each in names))


class Release:
    """Deletes what a deleted item owned, and what that owned; `owned` are the possessions of each resource."""

    def __init__(self, transaction: Transaction, owned: Callable[[str], Cascade], tenant: str) -> None:
        self._transaction, self._owned, self._tenant = transaction, owned, tenant

    def of(self, resource: str, owner: str, record: Record) -> None:
        """Let go of what an item owned that has gone; `owner` are the ids above it, joined by `/`."""
        own = f"{owner}/{record.id}" if owner else str(record.id)
        for name in self._owned(resource).below:
            for above, held in list(self._transaction.store.below(name, self._tenant, own)):
                for item in self._removed(held, list(held)):
                    self._wards(name, f"{above}/{item.id}")
        self._wards(resource, own)

    def _wards(self, resource: str, own: str) -> None:
        ids = own.split("/")
        for ward in self._owned(resource).wards:
            for name, above, held in list(self._transaction.store.items(self._tenant)):
                if name == ward.resource:
                    for item in self._removed(held, ward.found(ids, above, held)):
                        self.of(name, above, item)

    def _removed(self, held: Collection, records: list[Record]) -> Iterator[Record]:
        """The items one by one, each removed, without those that have gone meanwhile."""
        for record in records:
            if held.by_id.get(record.id) is record:
                self._transaction.remove(held, record)
                yield record
