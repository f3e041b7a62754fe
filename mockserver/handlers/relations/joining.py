"""References inside one value: where they are, and how they are made to name and show items that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, structs
from msgspec.structs import replace

from mockserver.behaviour.statements import Reference
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.shown_values import is_clearly_of_kind, is_of_kind, like, places
from mockserver.inference.relations.references import EACH, FoundReference, Steps, about, steps_of
from mockserver.openapi import json_codec
from mockserver.openapi.fault_places import Place
from mockserver.state.collection import GENERATED
from mockserver.state.id_text import number_of
from mockserver.state.record import Record


class JoinedReference(Struct, frozen=True):
    """A reference at `steps` (names, and EACH for each value of a list), as a `Reference` statement says.

    With `is_one_of` there are others at the same steps: the value itself says which of them it is. If it is a bare id,
    it is the one that `is_first`. If the item `must_exist`, another id is refused.
    """

    steps: Steps
    resource: str
    key: str
    is_one_of: bool = False
    is_first: bool = True
    must_exist: bool = False

    @property
    def name(self) -> str:
        """The last name on the way to the reference."""
        return next((step for step in reversed(self.steps) if step != EACH), "")


NOTHING: frozenset[str] = frozenset()

JOINED = "joined"
"""The key in `Record.hidden` that marks a generated item whose own references name items."""


def is_settled(record: Record) -> bool:
    """Do the references in an item name what they are to name? In a generated one they do when it was joined."""
    return GENERATED not in record.hidden or JOINED in record.hidden


class UnknownReferenceError(Exception):
    """A client sent an id that no item has; `fields` are those of its item, which show it unless it `is_refused`."""

    def __init__(self, reference: JoinedReference, id: Any) -> None:
        noun, shown = reference.resource.replace("-", " "), json_codec.write(id).decode()
        super().__init__(f"there is no {noun} with the {reference.key} {shown}")
        self.name, self.resource, self.is_refused = reference.steps[0], reference.resource, reference.must_exist
        self.fields: dict[str, Any] = {}


References = Mapping[str, Sequence[JoinedReference]]
"""The references in the items of each resource. Those inside an item that is shown are those of its own resource."""


def compiled(plans: Mapping[str, ResourcePlan]) -> References:
    """The references in the items of each resource to those of `plans`, outer ones first."""
    stated = {
        name: [
            one for one in plan.statements.references if one.field and one.resource in plans and not _is_own(plan, one)
        ]
        for name, plan in plans.items()
    }
    return {name: outer_first(statements) for name, statements in stated.items()}


def _is_own(plan: ResourcePlan, reference: Reference) -> bool:
    """Is a reference the id of the item itself? Then the whole item is that of another resource (memberships.py)."""
    return bool(plan.member_of) and reference.field == plan.statements.identity.field


def outer_first(statements: Iterable[Reference | FoundReference]) -> tuple[JoinedReference, ...]:
    """References of statements, outer ones first: an outer one replaces what contains inner ones."""
    found = [
        JoinedReference(steps_of(one.field), one.resource, one.key, must_exist=getattr(one, "must_exist", False))
        for one in statements
    ]
    number, first = Counter(one.steps for one in found), {one.steps: one for one in reversed(found)}
    told = (replace(o, is_one_of=True, is_first=first[o.steps] is o) if number[o.steps] > 1 else o for o in found)
    return tuple(sorted(told, key=lambda one: len(one.steps)))


class Subject(Struct, frozen=True):
    """What a reference belongs to: its `key` decides the choices.

    `path` are the ids above it by path parameter, `above` the resources of these (empty where unknown).
    """

    key: str
    path: Mapping[str, Any]
    above: Mapping[str, str]


NOTHING_ABOVE = Subject("", {}, {})
"""The subject of what is below no item."""


class Change(Struct, frozen=True):
    """A reference that was set: in the `holder` at `last` to the `record`, where `before` was.

    `is_whole` says that it shows more of the item than its id.
    """

    reference: JoinedReference
    holder: Any
    last: str | int
    before: Any
    record: Record
    is_whole: bool


class ItemChooser(Protocol):
    """Chooses the items that references name. `references` are those in the items of each resource."""

    seed: int
    references: References

    def chosen(
        self, resource: str, tenant: str, subject: Subject, key: str, about: str, position: int = 0
    ) -> tuple[Record, Subject] | None:
        """The item of a resource that a reference names; None if there is none."""
        ...

    def followed(
        self, reference: JoinedReference, tenant: str, subject: Subject, id: Any
    ) -> tuple[Record, Subject] | None:
        """The item that an id names; None if there is none."""
        ...

    def caller(self, reference: JoinedReference, tenant: str) -> tuple[Record, Subject] | None:
        """The item of who asks, if a reference is about that: the first that there is."""
        ...

    def unknown(self, reference: JoinedReference, id: Any) -> tuple[Record, Subject]:
        """An item whose id alone is known."""
        ...

    def shown(self, resource: str, record: Record, key: str) -> Any:
        """The value of a reference by a property of the other item."""
        ...

    def names(self, resource: str) -> frozenset[str]:
        """The names of the properties that items of a resource may have."""
        ...

    def identifying(self, resource: str, record: Record, shape: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of the other item that tell which one it is, as far as the shape has them."""
        ...


class Joining:
    """One value whose references are being joined, in place."""

    def __init__(self, chooser: ItemChooser, tenant: str, subject: Subject, value: Any) -> None:
        self._chooser, self._tenant = chooser, tenant
        self._changed: dict[Place, Change] = {}
        self._restored: set[Place] = set()
        self._box = {"": value}  # so that the value itself can be replaced as any property can
        self._subjects: dict[Place, Subject] = {("",): subject}
        self._chosen: dict[tuple[Place, str, str, int], tuple[Record, Subject] | None] = {}
        self._followed: set[tuple[Place, str, str, int]] = set()
        self.is_of_caller = False

    @property
    def value(self) -> Any:
        """The value as it is now."""
        return self._box[""]

    @property
    def is_changed(self) -> bool:
        """Was anything set?"""
        return bool(self._changed)

    def follow(self, reference: JoinedReference, id: Any) -> None:
        """Let all references that are about the same item as this one name the item with this id.

        Raises UnknownReferenceError if there is none; they then show the id, and nothing else of an item.
        """
        if id is None:
            return
        found = self._chooser.followed(reference, self._tenant, self._subjects[("",)], id)
        self._chosen[self._about(reference, ("",), 0)] = found or self._chooser.unknown(reference, id)
        self._followed.add(self._about(reference, ("",), 0))
        if found is None:
            raise UnknownReferenceError(reference, id)

    def is_followed(self, reference: JoinedReference) -> bool:
        """Does the reference belong to an item whose id was given, or is it inside of one that is shown?"""
        return any(
            self._about(replace(reference, steps=reference.steps[:1]), ("",), 0)[:2] == chosen[:2]
            for chosen in self._chosen
        )

    @staticmethod
    def _about(reference: JoinedReference, inside: Place, position: int) -> tuple[Place, str, str, int]:
        return inside, about(reference.name, reference.key), reference.resource, position

    def join(self, reference: JoinedReference) -> None:
        """Set the value of each reference, and the references inside the items that are shown there."""
        self._join(reference, self._box, ("", *reference.steps), ())

    def _join(self, reference: JoinedReference, inside: Any, steps: Steps, begin: Place) -> None:
        for holder, last, place in list(places(inside, steps, begin)):
            found = self._choice(reference, place or ("",), last)
            if reference.is_one_of and not _is_meant(reference, holder[last], found):
                continue
            if found is not None:
                self._subjects[*place, last] = found[1]
                self._set(reference, holder, last, (*place, last), found[0])
            if isinstance(holder[last], dict):
                known = found[0].fields if found is not None and is_settled(found[0]) else {}
                self._join_inside(reference.resource, holder[last], (*place, last), known)

    def _join_inside(self, resource: str, value: Any, place: Place, known: Mapping[str, Any]) -> None:
        """Set the references inside an item that is shown, except in what is shown as it is `known`."""
        for inner in self._chooser.references[resource]:
            first = inner.steps[0]
            if first in value and (first not in known or value[first] != known[first]):
                self._join(inner, value, inner.steps, place)

    def _choice(self, reference: JoinedReference, place: Place, last: str | int) -> tuple[Record, Subject] | None:
        """The item for a reference; the same for `customer_id` and `customer` of one object."""
        inside, position = (place, 0) if isinstance(last, str) else (place[:-1], last)
        chosen = self._about(reference, inside, position)
        if chosen not in self._chosen:
            # Around the entries of a list that is the whole value is nothing but the value.
            above = (inside[:length] for length in range(len(inside), 0, -1))
            begin = next((each for each in above if each in self._subjects), ("",))
            subject = self._subjects[begin]
            key = "/".join(map(str, (self._chooser.seed, subject.key, *inside[len(begin) :], chosen[1])))
            is_above = reference.resource in subject.above.values()
            own = self._chooser.caller(reference, self._tenant) if self.is_of_caller and not is_above else None
            self._chosen[chosen] = own or self._chooser.chosen(
                reference.resource, self._tenant, subject, key, chosen[1], position
            )
        return self._chosen[chosen]

    def _set(self, reference: JoinedReference, holder: Any, last: str | int, place: Place, record: Record) -> None:
        before = holder[last]
        after = self._joined(reference, before, record)
        if after is not None:
            holder[last] = after
            is_whole = isinstance(before, dict) and is_of_kind(before, record.fields)
            self._changed[place] = Change(reference, holder, last, before, record, is_whole=is_whole)

    def undo(self, faulty: Iterable[Place]) -> None:
        """Take back a change for each fault: the innermost that the fault is in, else those that are in its place.

        What was taken back as a whole is as it was generated, and can only be at fault by what was set inside it.
        """
        for fault in dict.fromkeys(("", *fault) for fault in faulty):
            for length in range(len(fault), 0, -1):
                around = fault[:length]
                inside = [each for each in self._changed if each[:length] == around and around in self._restored]
                chosen = [around] if around in self._changed else inside
                if chosen:
                    break
            else:
                chosen = [each for each in self._changed if each[: len(fault)] == fault]
            for place in sorted(chosen, key=len, reverse=True):
                self._undo(place)

    def undo_all(self) -> None:
        """Take back all changes, inner ones first."""
        for place in sorted(self._changed, key=len, reverse=True):
            change = self._changed.pop(place)
            change.holder[change.last] = change.before

    def _undo(self, place: Place) -> None:
        """Show no more than the id of the other item; if that was done before, not even that."""
        if place not in self._changed:  # it was inside another one
            return
        change = self._changed.pop(place)
        for inner in [one for one in self._changed if one[: len(place)] == place]:
            del self._changed[inner]
        if change.is_whole:
            named = self._named(change.reference, change.before, change.record)
            change.holder[change.last] = {**change.before, **named}
            self._changed[place] = structs.replace(change, is_whole=False)
        else:
            change.holder[change.last] = change.before
            self._restored.add(place)
        if isinstance(change.before, dict):
            self._join_inside(change.reference.resource, change.holder[change.last], place, {})

    def _named(self, reference: JoinedReference, before: dict[str, Any], record: Record) -> dict[str, Any]:
        return self._chooser.identifying(reference.resource, record, before)

    def _joined(self, reference: JoinedReference, before: Any, record: Record) -> Any:
        """The value that names or shows the item; None if nothing can."""
        if isinstance(before, dict):
            is_whole = is_of_kind(before, record.fields)
            if not is_whole:
                return before | self._named(reference, before, record)
            lacking = self._chooser.names(reference.resource) - record.fields.keys() if is_settled(record) else NOTHING
            return {name: value for name, value in like(before, record.fields).items() if name not in lacking}
        is_unsaid = before is None and self._about(reference, ("",), 0) not in self._followed
        if is_unsaid or isinstance(before, list | bool) or (before is None and not reference.key):
            return None
        shown = self._chooser.shown(reference.resource, record, reference.key) if reference.key else record.id
        if isinstance(before, str) and isinstance(shown, int):
            return str(shown)
        return number_of(shown) if isinstance(before, int) and isinstance(shown, str) else shown


def _is_meant(reference: JoinedReference, before: Any, found: tuple[Record, Subject] | None) -> bool:
    """Is a value, which may be of several resources, of the kind of the item that was chosen for it?"""
    if not isinstance(before, dict):
        return reference.is_first
    return found is not None and is_clearly_of_kind(before, found[0].fields)
