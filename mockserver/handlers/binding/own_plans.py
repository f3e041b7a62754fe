"""Whose the items of a resource are, compiled at load: the account that made an item, as far as it is known."""

from __future__ import annotations

from msgspec import Struct

from mockserver.behaviour.statements import Resource
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on
from mockserver.messages import Principal
from mockserver.state.record import Record

MADE_BY = "made by"
"""The key in `Record.hidden` with the account that made an item."""


class OwnPlan(Struct, frozen=True):
    """How the maker of an item is known.

    `token` is what the token of an account begins with (empty without accounts), `field` the property that names the
    account of an item (empty if replies show none). With `hides` items are not found below one of another account.
    """

    token: str
    field: str
    hides: bool

    def caller(self, principal: Principal) -> str:
        """The account that asks; empty where it is not known."""
        return self._id(principal) or principal.account

    def _id(self, principal: Principal) -> str:
        """The id of the account whose token a client has."""
        has_token = bool(self.token) and principal.credential.startswith(self.token)
        return principal.credential.removeprefix(self.token) if has_token else ""

    def mark(self, record: Record, principal: Principal) -> None:
        """Note who made a new item."""
        asks = self.caller(principal)
        if asks:
            record.hidden[MADE_BY] = asks

    def is_others(self, record: Record, principal: Principal) -> bool:
        """Did another account make an item than the one that asks? False where one of the two is not known."""
        asks = self.caller(principal)
        shown = record.fields.get(self.field) if self.field and self._id(principal) else None
        made_by = str(shown) if isinstance(shown, str | int) else record.hidden.get(MADE_BY, "")
        return bool(asks and made_by) and made_by != asks


def own_plan(contract: Contract, name: str, resource: Resource) -> OwnPlan | None:
    """Whose the items of a resource are; None if all its operations are open to all callers."""
    stated = [(each, behaviour) for each, behaviour in operations_on(contract, name) if behaviour.own is not None]
    if not stated:
        return None
    resources = contract.behaviour.resources
    accounts = {each: one for each, one in resources.items() if one.account is not None}
    token = next((one.account.token for one in accounts.values() if one.account is not None), "")
    named = (one for one in resource.references if one.own and one.resource in accounts and "." not in one.field)
    field = next((one.field for one in named if one.key and one.key == accounts[one.resource].identity.field), "")
    hides = any(behaviour.own.hides for each, behaviour in stated if behaviour.own and each.method == "get")
    return OwnPlan(token, field, hides)
