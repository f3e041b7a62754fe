"""References inside one value: where they are, and how they are made to name and show items that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from mockserver.behaviour.statements import Reference
from mockserver.handlers.resource_plan import ResourcePlan
from mockserver.inference.references import DEEPEST, EACH, MOST, Steps, stem, steps_of
from mockserver.openapi import json_codec
from mockserver.state.id_text import number_of
from mockserver.state.record import Record

Place = tuple[str | int, ...]
"""Where a value is in another one: names of properties and positions in lists."""


@dataclass(frozen=True, slots=True)
class JoinedReference:
    """A reference at `steps` (names, and EACH for each value of a list), as a `Reference` statement says."""

    steps: Steps
    resource: str
    key: str

    @property
    def name(self) -> str:
        """The last name on the way to the reference."""
        return next((step for step in reversed(self.steps) if step != EACH), "")


class UnknownReferenceError(Exception):
    """A client sent an id that no item has."""

    def __init__(self, reference: JoinedReference, id: Any) -> None:
        noun, shown = reference.resource.replace("-", " "), json_codec.write(id).decode()
        super().__init__(f"there is no {noun} with the {reference.key} {shown}")
        self.name = reference.steps[0]


def compiled(plans: Mapping[str, ResourcePlan]) -> dict[str, tuple[JoinedReference, ...]]:
    """The references in the items of each resource, outer ones first.

    An item that shows another one as an object contains the references of that one too.
    """
    own = {name: _own_references(plan.statements.references) for name, plan in plans.items()}
    return {name: tuple(expanded(found, own)) for name, found in own.items()}


def _own_references(statements: Iterable[Reference]) -> list[JoinedReference]:
    return [JoinedReference(steps_of(one.field), one.resource, one.key) for one in statements if one.field]


def expanded(
    references: Sequence[JoinedReference], own: Mapping[str, Sequence[JoinedReference]]
) -> list[JoinedReference]:
    """References with those inside the items that they show, outer ones first; at most MOST, DEEPEST names deep."""
    found = {one.steps: one for one in references}
    waiting = [one for one in references if not one.key]
    for shown in waiting:  # it grows while it is walked through
        for inner in own.get(shown.resource, ()):
            steps = (*shown.steps, *inner.steps)
            if steps not in found and len(found) < MOST and sum(step != EACH for step in steps) <= DEEPEST:
                found[steps] = replace(inner, steps=steps)
                waiting += [found[steps]] if not inner.key else []
    return sorted(found.values(), key=lambda one: len(one.steps))


class Subject(NamedTuple):
    """What a reference belongs to: its `key` decides the choices.

    `path` are the ids above it by path parameter, `above` the resources of these (empty where nobody knows).
    """

    key: str
    path: Mapping[str, Any]
    above: Mapping[str, str]


NOTHING_ABOVE = Subject("", {}, {})
"""The subject of what is below no item."""


class ItemChooser(Protocol):
    """Chooses the items that references name."""

    seed: int

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

    def shown(self, resource: str, record: Record, key: str) -> Any:
        """The value of a reference by a property of the other item."""
        ...


class Joining:
    """One value whose references are being joined, in place."""

    def __init__(self, chooser: ItemChooser, tenant: str, subject: Subject, value: Any) -> None:
        self._chooser, self._tenant = chooser, tenant
        self._changed: dict[Place, tuple[Any, str | int, Any]] = {}
        self._box = {"": value}  # so that the value itself can be replaced as any property can
        self._subjects: dict[Place, Subject] = {("",): subject}
        self._chosen: dict[tuple[Place, str, str, int], tuple[Record, Subject] | None] = {}

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

        Raises UnknownReferenceError if there is none.
        """
        if id is None:
            return
        found = self._chooser.followed(reference, self._tenant, self._subjects[("",)], id)
        if found is None:
            raise UnknownReferenceError(reference, id)
        self._chosen[self._about(reference, ("",), 0)] = found

    def is_followed(self, reference: JoinedReference) -> bool:
        """Does the reference belong to an item whose id was given, or is it inside of one that is shown?"""
        return any(
            self._about(replace(reference, steps=reference.steps[:1]), ("",), 0)[:2] == about[:2]
            for about in self._chosen
        )

    @staticmethod
    def _about(reference: JoinedReference, inside: Place, position: int) -> tuple[Place, str, str, int]:
        return inside, stem(reference.name), reference.resource, position

    def join(self, reference: JoinedReference) -> None:
        """Set every value that a reference stands for."""
        for holder, last, place in list(_places(self._box, ("", *reference.steps), ())):
            found = self._choice(reference, place or ("",), last)
            if found is not None:
                self._set(reference, holder, last, (*place, last), *found)

    def _choice(self, reference: JoinedReference, place: Place, last: str | int) -> tuple[Record, Subject] | None:
        """The item for a reference; the same for `customer_id` and `customer` of one object."""
        inside, position = (place, 0) if isinstance(last, str) else (place[:-1], last)
        about = self._about(reference, inside, position)
        if about not in self._chosen:
            begin = next(inside[:length] for length in range(len(inside), 0, -1) if inside[:length] in self._subjects)
            subject = self._subjects[begin]
            key = "/".join(map(str, (self._chooser.seed, subject.key, *inside[len(begin) :], about[1])))
            self._chosen[about] = self._chooser.chosen(
                reference.resource, self._tenant, subject, key, about[1], position
            )
        return self._chosen[about]

    def _set(
        self, reference: JoinedReference, holder: Any, last: str | int, place: Place, record: Record, subject: Subject
    ) -> None:
        before = holder[last]
        after = self._joined(reference, before, record)
        if after is not None:
            holder[last] = after
            self._changed[place] = holder, last, before
            self._subjects[place] = subject

    def undo(self, faulty: Iterable[Place]) -> None:
        """Take back what was changed around these places, inner changes first; all changes if there are none."""
        wrong = [place for place in self._changed if any(_is_around(place[1:], fault) for fault in faulty)]
        for place in sorted(wrong or self._changed, key=len, reverse=True):
            holder, last, before = self._changed.pop(place)
            holder[last] = before

    def _joined(self, reference: JoinedReference, before: Any, record: Record) -> Any:
        """The value that names or shows the item; None if nothing can."""
        if isinstance(before, dict):
            return _like(before, record.fields)
        if before is None or isinstance(before, list | bool):
            return None
        shown = self._chooser.shown(reference.resource, record, reference.key) if reference.key else record.id
        if isinstance(before, str) and isinstance(shown, int):
            return str(shown)
        number = number_of(shown) if isinstance(before, int) else None
        return shown if number is None else number


def _places(holder: Any, steps: Steps, place: Place) -> Iterator[tuple[Any, str | int, Place]]:
    """Where steps lead in a value: the object or list that holds the value there, its name or position, its place."""
    first, rest = steps[0], steps[1:]
    if first == EACH:
        keys: Iterable[Any] = range(len(holder)) if isinstance(holder, list) else ()
    else:
        keys = (first,) if isinstance(holder, dict) and first in holder else ()
    for key in keys:
        if rest:
            yield from _places(holder[key], rest, (*place, key))
        else:
            yield holder, key, place


def _like(before: Any, other: Any) -> Any:
    """The other item's values in the form that a value has: it gets no larger, however much the other item contains."""
    if isinstance(before, dict):
        fields = other if isinstance(other, dict) else {}
        return {name: _like(value, fields[name]) if name in fields else value for name, value in before.items()}
    if isinstance(before, list):
        entries = other if isinstance(other, list) else []
        return [*map(_like, before, entries), *before[len(entries) :]]
    return before if isinstance(other, dict | list) else other


def _is_around(one: Place, other: Place) -> bool:
    """Is one of two places inside the other, or the same?"""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
