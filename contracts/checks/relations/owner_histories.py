"""A check of what an owner shows of the items below it: it depends on what they are, not on how they came to be that.

A value of an owner, or of a view of it (`/plants/{id}/summary`), that follows an item below it is the same whether the
item was created so or changed to be so, and whether another item was deleted or never existed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from contracts.checks.figures.derived_figures import choices, other_values
from contracts.checks.item_view import as_json
from contracts.checks.relations.owner_views import Shown, owner_views, shown_by
from contracts.checks.state.conflicts import sent_action
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    actions_of,
    checked_resources,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.inference.names import words

FIGURES = frozenset(
    ("count", "counts", "total", "totals", "sum", "amount", "quantity", "average", "avg", "mean", "min", "minimum", "max",
     "maximum", "lowest", "highest", "subtotal", "balance")
)  # fmt: skip
"""Words of a figure about the items that there are."""

EVER = frozenset(
    ("ever", "lifetime", "next", "last", "version", "revision", "sequence", "history", "created", "deleted")
)
"""Words of what may say something about items that there were."""

MOST_STATES = 3
"""In so many states of an item this is tried: a new one, and one after an action."""


class Story(NamedTuple):
    """An owner with what was done below it, what its views show at the end, and what they showed before the last step."""

    before: Shown
    after: Shown
    exchanges: tuple[RecordedExchange, ...]


class Family(NamedTuple):
    """A resource, the one that its items are below, and the operations that show an owner."""

    child: CheckedResource
    owner: CheckedResource
    views: tuple[ResourceOperation, ...]


def owner_histories(context: CheckContext, family: Family) -> None:
    """What an owner shows of an item below it is the same after an update, and after the deletion of another."""
    first = choices(context, family.child)
    update = family.child.operations.get("update") or family.child.operations.get("replace")
    changeable = context.bodies.properties(update) if update is not None else first
    different = {name: _another(context, family.child, name, first[name]) for name in first if name in changeable}
    second = {**first, **{name: value for name, value in different.items() if value is not None}}
    for action in (None, *actions_of(context.contract, family.child))[:MOST_STATES]:
        stories = Stories(context, family, action)
        plain, again, other = stories.plain(first), stories.plain(first), stories.plain(second)
        steady = {place for place, value in plain.after.items() if again.after.get(place, ...) == value}
        steady -= {place for place in steady if _is_sent(context, family.owner, place)}
        _compare(context, family, stories.changed(second, first), plain, steady & _differing(plain.after, other.after))
        removed = stories.removed(first, second)
        _compare(context, family, removed, plain, steady & _differing(plain.after, removed.before if removed else {}))
    if context.compared:
        return
    raise CannotBuildRequest(f"nothing that a {family.owner.name} shows depends on the {family.child.name} items below")


def _is_sent(context: CheckContext, owner: CheckedResource, place: str) -> bool:
    """Is a value below a property that clients send of the owner itself? Each owner has other ones."""
    known = context.bodies.properties(owner.operations["create"])
    return not known.keys().isdisjoint(re.split(r"[.\[\]]", place.rpartition(": ")[2]))


def _another(context: CheckContext, child: CheckedResource, name: str, present: Any) -> Any:
    return next(iter(other_values(context, child.operations["create"], name, present)), None)


class Stories:
    """Makes owners with items below them. With an `action`, each item is brought into the state that it leads to."""

    def __init__(self, context: CheckContext, family: Family, action: ResourceOperation | None) -> None:
        self._context, self._family, self._action = context, family, action

    def plain(self, fields: Mapping[str, Any]) -> Story:
        """An owner with one item."""
        owner = self._owner()
        made = self._below(owner, fields)
        shown, read = shown_by(self._context, owner, self._family.views)
        return Story({}, shown, (owner.exchange, *made, *read))

    def changed(self, fields: Mapping[str, Any], into: Mapping[str, Any]) -> Story | None:
        """An owner whose item was created with `fields`, was seen, and was updated; None where that is refused."""
        child = self._family.child
        op = child.operations.get("update") or child.operations.get("replace")
        if op is None:
            return None
        owner = self._owner()
        created, steps = self._item(owner, fields)
        before, _ = shown_by(self._context, owner, self._family.views)
        named = {name: value for name, value in into.items() if value != fields[name]}
        whole = created.sent if op == child.operations.get("replace") else {}
        changed = self._context.send(op, path=created.path, body={**whole, **named})
        after, read = shown_by(self._context, owner, self._family.views)
        return Story(before, after, (owner.exchange, *steps, changed, *read)) if changed.status < 300 else None

    def removed(self, fields: Mapping[str, Any], others: Mapping[str, Any]) -> Story | None:
        """An owner with one item, and another one that was seen and deleted; None where it cannot be deleted."""
        if not self._family.child.can("delete"):
            return None
        owner = self._owner()
        kept = self._below(owner, fields)
        created, steps = self._item(owner, others)
        before, _ = shown_by(self._context, owner, self._family.views)
        gone = self._context.delete(created)
        after, read = shown_by(self._context, owner, self._family.views)
        return Story(before, after, (owner.exchange, *kept, *steps, gone, *read)) if gone.status < 300 else None

    def _owner(self) -> CreatedItem:
        return self._context.create(self._family.owner)

    def _below(self, owner: CreatedItem, fields: Mapping[str, Any]) -> tuple[RecordedExchange, ...]:
        return self._item(owner, fields)[1]

    def _item(self, owner: CreatedItem, fields: Mapping[str, Any]) -> tuple[CreatedItem, tuple[RecordedExchange, ...]]:
        context, child = self._context, self._family.child
        created = context.create(child, {**context.body(child), **fields}, path=owner.path_below(child))
        if self._action is None:
            return created, (created.exchange,)
        done = sent_action(context, self._action, created)
        if done.status >= 300:
            raise CannotBuildRequest(f"{self._action.name} answers {done.status} for a new {child.name}")
        return created, (created.exchange, done)


def _differing(one: Shown, other: Shown) -> set[str]:
    return {place for place in one.keys() & other.keys() if one[place] != other[place]}


def _compare(context: CheckContext, family: Family, story: Story | None, plain: Story, places: set[str]) -> None:
    """What a story shows at these places is what the plain one shows."""
    if story is None:
        return
    for place in sorted(each for each in places if EVER.isdisjoint(words(each.rpartition(": ")[2]))):
        name = place.rpartition(": ")[2]
        seen = story.after.get(place)
        is_stale = seen == story.before.get(place)
        context.expect(
            seen == plain.after[place],
            f"{name} is {as_json(plain.after[place])}, as for a {family.owner.name} that never had anything else",
            f"{as_json(seen)}, as before the last request" if is_stale else as_json(seen),
            *story.exchanges,
            about=f"{name} {'after an update' if story.exchanges[-1].method != 'DELETE' else ''}",
            statement=_statement(family, name, is_stale=is_stale),
        )


def _statement(family: Family, name: str, *, is_stale: bool) -> StatementRef:
    """A figure about the items that there are follows them; other values may say what once was."""
    said = set(words(name))
    evidence: Evidence = "implied" if said & FIGURES and is_stale else "inferred"
    text = f"{name} of a {family.owner.name} is about the {family.child.name} items that there are."
    return StatementRef(family.views[0].name, "schema", evidence, "the name of the figure", text)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not owner.can("create", "get") or not child.can("create") or child.is_put:
            continue
        if not any(child.can(name) for name in ("update", "replace", "delete")):
            continue
        views = owner_views(contract, owner)
        text = f"What a {owner.name} shows of its {child.name} items is about those that there are."
        statement = StatementRef(child.name, "schema", "inferred", "the name of the figure", text)
        yield owner.operations["get"].name, statement, (Family(child, owner, views),)


CHECKS = (Check("owner-histories", (), _places, owner_histories, exclusive=False),)
