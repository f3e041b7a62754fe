"""Stored items, as a person reads and changes them by hand: by the same statements as clients, and with any id or time.

A value that the person gives is kept, also where the service sets it for clients. What the item then is must be valid
in the replies that show it. An item that is stored unchecked need not be: it is marked, and replies show it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mockserver.errors import Conflict, Fault, Invalid, Missing
from mockserver.handlers.actions import (
    create,
    find,
    is_generated,
    remove,
)
from mockserver.handlers.fields.changed_fields import kept_fields
from mockserver.handlers.fields.patch import merge_patch
from mockserver.handlers.item_check import ItemCheck
from mockserver.handlers.refusals.capacities import check_capacity
from mockserver.handlers.refusals.unique_values import check_unique
from mockserver.handlers.relations.written_references import show_references
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import UNCHECKED, Record

MASK = "********"
"""What is shown for a secret. Where it is given for one, the secret stays as it is."""

Fields = dict[str, Any]


class ItemEditor:
    """Reads and changes the items of one resource of one tenant, in the transaction of `context`.

    With `is_checked`, an item that replies cannot show is refused. Raises Missing for an unknown id, and Conflict where
    a capacity or uniqueness forbids a change.
    """

    def __init__(self, context: RequestContext, check: ItemCheck, *, is_checked: bool = True) -> None:
        self._context, self._check, self._is_checked = context, check, is_checked
        self._plan, self._collection = context.bound.resource, context.collection()

    def items(self, first: int = 0, last: int | None = None) -> list[Fields]:
        """The items from one place to another in the order of their creation, with masked secrets; by default all."""
        return [masked(record.fields, self._plan.secrets) for record in islice(self._collection, first, last)]

    def item(self, id: str) -> Fields:
        """One item, with masked secrets."""
        return masked(self._found(id).fields, self._plan.secrets)

    def add(self, given: Mapping[str, Any]) -> Fields:
        """Add an item; what the fields leave out is set as when a client creates one. Raises Invalid."""
        return self._added({**given})

    def set(self, id: str, given: Mapping[str, Any]) -> tuple[Fields, bool]:
        """Set all fields of an item, or add it; and is it new? Secrets that are masked stay. Raises Invalid."""
        before = self._collection.get(self._own_id(id))
        if before is None:
            return self._added({**given}, self._check.typed_id(id)), True
        kept = {name: before.fields[name] for name in self._plan.secrets if name in before.fields}
        fields = {**given, **{name: kept[name] for name in kept if given.get(name) == MASK}}
        if self._is_checked:
            fields = {**self._set_by_service(before), **fields}
        return self._changed(before, fields, given), False

    def change(self, id: str, patch: Mapping[str, Any]) -> Fields:
        """Change some fields by JSON Merge Patch (RFC 7396). Raises Invalid."""
        before, secrets = self._found(id), self._plan.secrets
        given = {name: value for name, value in patch.items() if name not in secrets or value != MASK}
        return self._changed(before, merge_patch(before.fields, given), given)

    def remove(self, id: str) -> Record:
        """Delete an item and what is below it."""
        context = self._context
        context.record = context.current = self._found(id)
        remove(context)
        return context.record

    def _found(self, id: str) -> Record:
        context, identity = self._context, self._plan.statements.identity
        path = {**context.call.path, identity.parameter: self._own_id(id)}
        context.call = context.call._replace(path=path)
        try:
            return find(context)
        except Missing:
            raise Missing(f"there is no {self._plan.name} with the id {id!r}", resource=self._plan.name) from None

    def _own_id(self, id: str) -> str:
        """The id as it is stored: a single item has none, whatever the path says."""
        return "" if self._plan.is_single else id

    def _added(self, given: Fields, id: Any = None) -> Fields:
        context, plan, held = self._context, self._plan, self._collection
        for capacity in plan.statements.capacity:
            check_capacity(capacity, held)
        given = {name: value for name, value in given.items() if name not in plan.secrets or value != MASK}
        defaults = context.bound.accept_body({}) if context.bound.handler.begin is create else {}
        kept = {name: context.call.path[parameter] for parameter, name in context.bound.path_fields.items()}
        sent = {**defaults, **kept, **given}
        record = plan.new_record(context.call, context.world, context.moment, held, context.next_sequence(), sent)
        record.fields.update(given)
        record.id, name = self._given_id(record, given) if id is None else id, plan.statements.identity.field
        if name and name not in given:
            plan.show_id(context.call, record.id, record.fields)
        if held.get(record.id) is not None:
            raise Conflict(f"an item with the id {record.id!r} already exists; PUT replaces it")
        return self._stored(record, None, frozenset(given))

    def _given_id(self, record: Record, given: Fields) -> Any:
        id = self._plan.id_in(given.get(self._plan.statements.identity.field, record.id))
        if self._plan.is_single:
            return ""
        if isinstance(id, bool) or not isinstance(id, str | int) or id == "":
            raise _invalid(self._plan.statements.identity.field, f"{id!r} cannot be an id: give a text or an integer")
        return id

    def _set_by_service(self, before: Record) -> Fields:
        """The fields that the service sets and clients cannot, for an item whose other fields are given."""
        plan, context = self._plan, self._context
        stamped = {
            name: value
            for name, value in before.fields.items()
            if name in plan.server_fields or name in plan.path_fields or is_generated(context, name)
        }
        plan.stamp(stamped, context.moment, created=False)
        if plan.statements.identity.field in before.fields:
            stamped[plan.statements.identity.field] = before.fields[plan.statements.identity.field]
        return stamped

    def _changed(self, before: Record, fields: Fields, given: Mapping[str, Any]) -> Fields:
        context, plan = self._context, self._plan
        context.before = before
        record = before.copy()
        record.fields = fields
        if self._is_checked:
            stamps: Fields = {}
            plan.stamp(stamps, context.moment, created=False)
            fields.update({name: value for name, value in stamps.items() if name not in given})
        changed = frozenset(name for name, value in fields.items() if before.fields.get(name) != value)
        return self._stored(record, before, changed)

    def _stored(self, record: Record, before: Record | None, changed: frozenset[str]) -> Fields:
        """The item as it is stored from now on, in place of the one `before`."""
        context, plan, held = self._context, self._plan, self._collection
        self._check_id(record)
        if self._is_checked:
            self._complete(record, changed, kept_fields(before, changed) if before is not None else frozenset())
        else:
            record.hidden[UNCHECKED] = context.transaction.store.has_unchecked = True
        check_unique(context, held, record.id, record.fields)
        if before is None:
            context.transaction.add(held, record)
        else:
            context.transaction.swap(held, before, record)
        return masked(record.fields, plan.secrets)

    def _complete(self, record: Record, changed: frozenset[str], kept: frozenset[str]) -> None:
        """Compute what depends on the fields. Raises Invalid with all that is wrong with the item."""
        context, plan = self._context, self._plan
        record.hidden.pop(UNCHECKED, None)
        if plan.statements.references:
            self._show_references(record, changed, kept)
        if plan.derived or plan.inside:
            plan.derive(context.call, record, context.moment, context.before)
        faults = self._check.faults(record.fields)
        if faults:
            raise Invalid(faults[0].message, faults=faults)

    def _show_references(self, record: Record, changed: frozenset[str], kept: frozenset[str]) -> None:
        """Show the items whose ids are given. Raises Invalid for an id that no item has, where clients get that too."""
        # Only a text or a number can be the id of an item; what clients send has been validated, this was not.
        others = {n: v for n in changed if not isinstance(v := record.fields[n], str | int)}
        try:
            show_references(self._context, record, changed - others.keys(), kept)
        except Invalid as refusal:
            raise _invalid(refusal.faults[0].field, refusal.message) from None
        record.fields = {**record.fields, **others}

    def _check_id(self, record: Record) -> None:
        name = self._plan.statements.identity.field
        shown = self._plan.id_in(record.fields.get(name, record.id))
        if name and str(shown) != str(record.id) and not self._plan.is_single:
            raise _invalid(name, f"{record.fields[name]!r} is not the id {record.id!r} of the item, which it keeps")


def masked(fields: Mapping[str, Any], secrets: frozenset[str]) -> Fields:
    """The fields of an item as the admin API shows them: without secrets."""
    return {name: MASK if name in secrets and value is not None else value for name, value in fields.items()}


def _invalid(name: str, message: str) -> Invalid:
    return Invalid(message, faults=(Fault("body", (f"/{name}",), message, "id"),))
