"""References of generated values: they are made to name and show items that exist.

The choice depends only on the seed, the item and the property. So an item shows the same customer wherever it is shown,
whichever of the two was generated first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import islice
from typing import Any
from zlib import crc32

from mockserver.examples.generator import fresh
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.joining import (
    JOINED,
    NOTHING_ABOVE,
    JoinedReference,
    Joining,
    Subject,
    UnknownReferenceError,
    compiled,
)
from mockserver.handlers.relations.path_owners import UNNAMED
from mockserver.handlers.relations.shown_values import like, places
from mockserver.inference.names import noun
from mockserver.inference.paths.kept_parameters import PEOPLE
from mockserver.inference.relations.references import DEEPEST, EACH, about, stem
from mockserver.openapi.fault_places import Place
from mockserver.state.collection import GENERATED, Collection
from mockserver.state.record import Record
from mockserver.state.store import Store

CANDIDATES = 50
"""From how many items of a collection one is chosen at most."""

REPAIRS = 16
"""How many times invalid references are taken back before all of them are."""

Faults = Callable[[Any], Iterable[Place]]
"""The places at which a value is invalid."""

ItemFaults = Callable[[str, dict[str, Any]], Iterable[Place]]
"""The places at which the fields of an item of a resource are invalid."""


class Joins:
    """Chooses the items that references name, among those of one service."""

    def __init__(self, plans: Mapping[str, ResourcePlan], store: Store, seed: int, faults: ItemFaults) -> None:
        self._plans, self._store, self.seed, self._faults = plans, store, seed, faults
        self.references = compiled(plans)
        self._listed = {name: tuple(_listed(own)) for name, own in self.references.items()}
        self._above = {name: plan.resources_above for name, plan in plans.items()}

    def on(self, store: Store) -> Joins:
        """The same for another store of the service."""
        new = copy(self)
        new._store = store  # noqa: SLF001  # a copy of this one
        return new

    def record(self, plan: ResourcePlan, tenant: str, owner: str, record: Record) -> Record:
        """The record with references to items that exist; the same one if there are none."""
        references = self.references[plan.name]
        if not references:
            return record
        joined, subject = record.copy(), self._record_subject(plan, owner, record)
        faults = partial(self._faults, plan.name)
        joined.fields = self.value(record.fields, references, subject, tenant, faults)
        joined.hidden[JOINED] = True
        return joined

    def written(
        self,
        plan: ResourcePlan,
        tenant: str,
        owner: str,
        record: Record,
        sent: frozenset[str],
        kept: frozenset[str],
        *,
        whole: bool,
    ) -> dict[str, Any]:
        """The fields of an item that a client wrote, showing the items whose ids it `sent`.

        What the service set refers to the items above, and if the world is `whole` to other existing items too. Fields
        that an update `kept` go on naming the same items, unless they show one whose id was sent. Raises
        UnknownReferenceError for an id that no item has.
        """
        subject = self._record_subject(plan, owner, record)
        joining = Joining(self, tenant, subject, fresh(record.fields))
        joining.is_of_caller = True
        references = self.references[plan.name]
        unknown: UnknownReferenceError | None = None
        for reference in references:
            if len(reference.steps) == 1 and reference.key and reference.steps[0] in sent:
                try:
                    joining.follow(reference, record.fields.get(reference.steps[0]))
                except UnknownReferenceError as fault:
                    unknown = unknown or fault
        unknown = unknown or self._unknown_inside(references, tenant, subject, record, sent)
        from_path = {steps[0] for _, steps in plan.owner_steps} | plan.path_fields
        for reference in references:
            is_own = is_caller(reference) and reference.steps[0] not in from_path
            is_said = whole or _is_above(reference, subject) or is_own
            is_free = is_said and reference.steps[0] not in kept
            if reference.steps[0] not in sent and (is_free or joining.is_followed(reference)):
                joining.join(reference)
        fields: dict[str, Any] = self._repaired(joining, partial(self._faults, plan.name), record.fields)
        fields = self._listing(plan, tenant, subject, fields, sent)
        if unknown is not None:
            unknown.fields, unknown.is_refused = fields, whole or unknown.is_refused
            raise unknown
        return fields

    def _listing(
        self, plan: ResourcePlan, tenant: str, subject: Subject, fields: dict[str, Any], sent: frozenset[str]
    ) -> dict[str, Any]:
        """The fields, in which a list shows the items whose ids were `sent` in another one: `tags` for `tag_ids`."""
        for own, name in self._listed[plan.name]:
            ids, shapes = fields.get(own.steps[0]), fields.get(name)
            if own.steps[0] not in sent or name in sent or not (isinstance(ids, list) and isinstance(shapes, list)):
                continue
            if ids and shapes:
                records = [self.followed(own, tenant, subject, id) or self.unknown(own, id) for id in ids]
                trial = {**fields, name: [like(shapes[0], record.fields) for record, _ in records]}
                fields = fields if any(True for _ in self._faults(plan.name, trial)) else trial
        return fields

    def _unknown_inside(
        self,
        references: Sequence[JoinedReference],
        tenant: str,
        subject: Subject,
        record: Record,
        sent: frozenset[str],
    ) -> UnknownReferenceError | None:
        """The first id that no item has, inside a list or an object that a client sent, where it must exist."""
        for reference in references:
            if reference.must_exist and len(reference.steps) > 1 and reference.steps[0] in sent:
                for holder, last, _ in places(record.fields, reference.steps, ()):
                    id = holder[last]
                    if id is not None and self.followed(reference, tenant, subject, id) is None:
                        return UnknownReferenceError(reference, id)
        return None

    def _record_subject(self, plan: ResourcePlan, owner: str, record: Record) -> Subject:
        path = dict(zip(plan.parent_parameters, owner.split("/"), strict=False))
        return self._subject(plan, owner, path, record)

    def value(
        self,
        value: Any,
        references: Sequence[JoinedReference],
        subject: Subject,
        tenant: str,
        faults: Faults,
    ) -> Any:
        """A copy of a value with references to items that exist, as far as it stays valid.

        `faults` are the places at which a value is invalid; none if it is valid.
        """
        joining = Joining(self, tenant, subject, fresh(value))
        for reference in references:
            joining.join(reference)
        return self._repaired(joining, faults, value)

    @staticmethod
    def _repaired(joining: Joining, faults: Faults, before: Any) -> Any:
        """The joined value, without the references that made it invalid."""
        if not joining.is_changed:  # as for most writes: then there is nothing to copy or to validate again
            return before
        joined = fresh(joining.value)
        for _ in range(REPAIRS):
            faulty = list(faults(joining.value))
            if not faulty:
                return joining.value
            joining.undo(faulty)
        joining.undo_all()
        return _valid_parts(joining.value, joined, lambda value: not any(True for _ in faults(value)))

    def followed(
        self, reference: JoinedReference, tenant: str, subject: Subject, id: Any
    ) -> tuple[Record, Subject] | None:
        """The item that an id names; None if there is none."""
        plan, spelling = self._plans[reference.resource], str(id)
        self.begin(reference.resource, tenant, subject)
        for name, owner, collection in list(self._store.items(tenant)):
            found = (
                collection.get(id) if name == plan.name and reference.key == plan.statements.identity.field else None
            )
            if found is None and name == plan.name:
                found = next((one for one in collection if str(one.fields.get(reference.key)) == spelling), None)
            if found is not None:
                return found, self._record_subject(plan, owner, found)
        return None

    def unknown(self, reference: JoinedReference, id: Any) -> tuple[Record, Subject]:
        """An item whose id alone is known."""
        plan = self._plans[reference.resource]
        names = ("id", plan.statements.identity.field, reference.key)
        record = Record(id, 0, {name: id for name in names if name}, {GENERATED: True})
        return record, self._record_subject(plan, "", record)

    def caller(self, reference: JoinedReference, tenant: str) -> tuple[Record, Subject] | None:
        """The item of who asks, if a reference is about who did something; None if there is none.

        No document says which user a credential belongs to, so it is the first one.
        """
        plan = self._plans[reference.resource]
        if not is_caller(reference) or plan.parent_parameters:
            return None
        first = next(iter(self._store.unjoined(reference.resource, tenant, "")), None)
        return (first, self._record_subject(plan, "", first)) if first is not None else None

    def begin(self, resource: str, tenant: str, subject: Subject = NOTHING_ABOVE) -> None:
        """Make the items of a resource near the subject, so that there are some."""
        path = {name: self._id_above(of, tenant, subject) for name, of in self._above[resource].items()}
        # What shows an owner that is no item, as `owner.login`, is that of the client: `/user/repos`.
        shown = [name for name, steps in self._plans[resource].owner_steps if len(steps) > 1]
        path |= {name: UNNAMED for name in shown if path.get(name, UNNAMED) is None}
        if None not in path.values():
            self._store.unjoined(resource, tenant, self._plans[resource].owner(path))

    def chosen(
        self, resource: str, tenant: str, subject: Subject, key: str, about: str, position: int = 0
    ) -> tuple[Record, Subject] | None:
        """The item of a resource that a reference names; None if there is none.

        `about` is the stem of the reference's name, `position` that of the value in a list.
        """
        plan, path = self._plans[resource], dict[str, Any]()
        for parameter, above in self._above[resource].items():
            path[parameter] = self._id_above(above, tenant, subject)
            if path[parameter] is None:
                return None
        owner = plan.owner(path)
        collection = self._store.unjoined(resource, tenant, owner)
        is_above, record = self._above_subject(resource, subject, collection, about)
        if not is_above:
            record = _by_chance(collection, key, position, _own_id(resource, subject))
        if record is None:
            return None
        return record, self._subject(plan, owner, path, record)

    def _subject(self, plan: ResourcePlan, owner: str, path: dict[str, Any], record: Record) -> Subject:
        """An item as the subject of the references in it; what is below it may be meant, so it is above that."""
        own = plan.statements.identity.parameter
        above = {**self._above[plan.name], own: plan.name}
        return Subject(_key(plan.name, owner, record.id), {**path, own: record.id}, above)

    @staticmethod
    def _above_subject(
        resource: str, subject: Subject, collection: Collection, about: str
    ) -> tuple[bool, Record | None]:
        """Is a reference about the item in the path of the subject, and which item of this resource is that?"""
        for parameter, of in subject.above.items():
            if of == resource and about in (stem(parameter), stem(resource)):
                return subject.path.get(parameter) is not None, collection.get(subject.path.get(parameter))
        return False, None

    def _id_above(self, above: str, tenant: str, subject: Subject, depth: int = 0) -> Any:
        """The id of the item that another one is below: of the one above the subject, else of the first of all."""
        for parameter, resource in subject.above.items():
            if above and resource == above and subject.path.get(parameter) is not None:
                return subject.path[parameter]
        plan = self._plans.get(above)
        if plan is None or depth > DEEPEST:  # resources may be below each other in a circle
            return None
        path = {name: self._id_above(of, tenant, subject, depth + 1) for name, of in self._above[above].items()}
        if None in path.values():
            return None
        first = next(iter(self._store.unjoined(above, tenant, plan.owner(path))), None)
        return first.id if first is not None else None

    def shown(self, resource: str, record: Record, key: str) -> Any:
        """The value of a reference by a property of the other item."""
        return record.fields.get(key, record.id if key == self._plans[resource].statements.identity.field else None)

    def names(self, resource: str) -> frozenset[str]:
        """The names of the properties that items of a resource may have; none where any may be."""
        generated = self._plans[resource].generated_fields
        return generated.names if generated is not None else frozenset()

    def identifying(self, resource: str, record: Record, shape: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of an item that tell which one it is, as far as the shape has them, with the same types."""
        names = ("id", self._plans[resource].statements.identity.field)
        own = {name: self.shown(resource, record, name) for name in names if name in shape}
        return {name: value for name, value in own.items() if type(value) is type(shape[name])}


def is_caller(reference: JoinedReference) -> bool:
    """Is a reference about who did something: the `author`, or `created_by_id`?"""
    named = about(reference.name, reference.key)
    return len(reference.steps) == 1 and named in CALLERS and noun(reference.resource)[-1] in PEOPLE


CALLERS = frozenset(
    ("author", "creator", "createdby", "owner", "sender", "postedby", "user", "submittedby", "uploadedby")
)
"""What a reference to who did something is about."""


def _is_above(reference: JoinedReference, subject: Subject) -> bool:
    """Does a reference have the name of an item that the subject is below: `org` below `/orgs/{org}`?"""
    named = {of: (stem(parameter), stem(of)) for parameter, of in subject.above.items() if parameter in subject.path}
    is_named = about(reference.name, reference.key) in named.get(reference.resource, ())
    return len(reference.steps) == 1 and is_named


def _listed(references: Sequence[JoinedReference]) -> Iterator[tuple[JoinedReference, str]]:
    """The lists of ids among the references of an item, each with the list that shows the same items."""
    lists = [one for one in references if len(one.steps) == 2 and one.steps[1] == EACH]
    for own in lists:
        for shown in lists:
            is_same = shown.resource == own.resource and stem(shown.steps[0]) == stem(own.steps[0])
            if own.key and not shown.key and is_same:
                yield own, shown.steps[0]


NAMES = ("slug", "username", "login", "key", "name")
"""Properties by which a path may name an item in place of its id, as in `/orgs/{org}`, the likeliest first."""


def by_name(collection: Collection, name: Any) -> Record | None:
    """The first generated item of that name; None if there is none."""
    generated = [record for record in collection if GENERATED in record.hidden]
    return next((one for key in NAMES for one in generated if one.fields.get(key) == name), None)


def _valid_parts(before: Any, joined: Any, fits: Callable[[Any], bool], depth: int = DEEPEST) -> Any:
    """A value with those parts of the joined one with which it stays valid: whole properties, else parts of them.

    A property may be missing in the joined one, where that is an item in place of one shown as `deleted`.
    """
    if depth == 0 or not isinstance(before, dict | list) or type(before) is not type(joined):
        return before
    value = before.copy()
    both = (
        range(min(len(before), len(joined))) if isinstance(before, list) else [key for key in before if key in joined]
    )
    for key in both:
        if before[key] != joined[key]:
            value[key] = joined[key]
            if not fits(value):
                value[key] = before[key]
                value[key] = _valid_parts(before[key], joined[key], partial(_fits_inside, value, key, fits), depth - 1)
    return value


def _fits_inside(value: Any, key: Any, fits: Callable[[Any], bool], part: Any) -> bool:
    return fits([*value[:key], part, *value[key + 1 :]] if isinstance(value, list) else {**value, key: part})


def _by_chance(collection: Collection, key: str, position: int, own: Any) -> Record | None:
    """One of the first items of a collection that is not the `own` one; the same for the same key."""
    records = [record for record in islice(collection, CANDIDATES) if record.id != own]
    return records[(crc32(key.encode()) + position) % len(records)] if records else None


def _own_id(resource: str, subject: Subject) -> Any:
    """The id of the subject, if it is of this resource: no item is its own parent."""
    return next((subject.path.get(name) for name, of in subject.above.items() if of == resource), None)


def _key(resource: str, owner: str, id: Any) -> str:
    return f"{resource}/{owner}/{id}"
