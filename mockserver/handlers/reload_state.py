"""What is remembered under one version of a contract, taken over by the next as far as it still fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mockserver.contract import Contract
from mockserver.handlers.generated_fields import ReplyView
from mockserver.handlers.reply_renderer import item_schema
from mockserver.handlers.resource_plan import ResourcePlan, acting, viewer
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.state.world import World

SHOWING = ("get", "list")
"""The operations whose replies an item must go on to fit: they show it as it is."""

Plans = Mapping[str, ResourcePlan]


def succeed(contract: Contract, plans: Plans, store: Store, before: Store, old: Plans, world: World) -> Counter[str]:
    """Fill the `store` of a new version with what the one before it remembered.

    Gives the number of items that were dropped, by resource. An item stays when the replies that show it can show all
    that it holds. What they ask for beyond that is made up, where the resource says `invented`, as for a new item. What
    it was nested in must stay too.
    """
    store.continue_from(before)
    dropped: Counter[str] = Counter()
    heirs = {name: _Heir(contract, plan, old.get(name), world) for name, plan in plans.items()}
    for key, held in sorted(before.collections.items(), key=lambda entry: len(old[entry[0][0]].above)):
        name, tenant, owner = key
        heir, kept = heirs.get(name), []
        if heir is not None and heir.fits and heir.is_owned(store, tenant, owner):
            kept = [taken for record in held if (taken := heir.take(record)) is not None]
            store.take_over(key, held, kept)
        dropped[name] += len(held) - len(kept)
    return +dropped


class _Heir:
    """One resource of the new version: whether it can go on with the old one's items, and with which."""

    def __init__(self, contract: Contract, plan: ResourcePlan, before: ResourcePlan | None, world: World) -> None:
        self._plan, self._world = plan, world
        self._views = tuple(_views(contract, plan))
        self.fits = before is not None and _place(plan) == _place(before)

    def is_owned(self, store: Store, tenant: str, owner: str) -> bool:
        """Is the item still there that these are nested in, where it must be?"""
        plan, parent = self._plan, self._plan.statements.parent
        if parent is None or not parent.must_exist or parent.parameter not in plan.above:
            return True
        ids = owner.split("/")[: plan.above.index(parent.parameter) + 1]
        return store.collection(parent.resource, tenant, "/".join(ids[:-1])).get(ids[-1]) is not None

    def take(self, record: Record) -> Record | None:
        """The item as the new version remembers it; None where it does not fit."""
        new = record.copy()
        self._plan.complete(new.fields, new.id, self._world)
        shown = {name: value for name, value in new.fields.items() if name not in self._plan.secrets}
        is_whole = all(name in new.fields and new.fields[name] == value for name, value in record.fields.items())
        return new if is_whole and all(view.is_valid(shown) for view in self._views) else None


def _place(plan: ResourcePlan) -> tuple[object, ...]:
    """What decides where an item is looked for: whose it is, how deep it is nested, and what its id is called."""
    identity, tenant = plan.statements.identity, plan.statements.tenant
    return tenant.by, len(plan.above), identity.field, plan.is_single


def _views(contract: Contract, plan: ResourcePlan) -> list[ReplyView]:
    view = viewer(contract, plan)
    found: dict[str, ReplyView] = {}
    for operation, behaviour in acting(contract, plan.name):
        if behaviour.action is not None and behaviour.action.does in SHOWING:
            pointer = item_schema(operation, behaviour.reply, contract.schemas, behaviour.action.does)
            if pointer is not None:
                found.setdefault(contract.schemas.resolve(pointer)[1], view(pointer))
    return list(found.values())
