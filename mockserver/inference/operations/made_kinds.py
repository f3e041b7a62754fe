"""Which kind of item a create makes, where several make the same: `POST /accounts/{id}/withdraw` a withdrawal."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mockserver.inference.draft import DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.filling_sentences import direction

KINDS = ("type", "kind", "direction", "operation", "entrytype", "transactiontype", "movementtype")
"""Plain names of the property with the kind of an item."""

TAKEN_OFF = frozenset((
    "out", "outbound", "outgoing", "debit", "withdrawal", "withdraw", "sale", "sold", "issue", "issued", "decrease",
    "remove", "removal", "redeem", "redemption", "spend", "spent", "shipment", "consumption", "loss", "subtract",
    "expense", "charge", "burn",
))  # fmt: skip
"""Plain names of kinds by which an amount is taken off."""

SHORTEST = 4
"""So many letters of a verb begin the name of what it makes: `redeem` and `redemption` have four in common."""


def made_kind(draft: ResourceDraft, action: DraftAction) -> tuple[str, str] | None:
    """The property with the kind of an item, and its value for what a create makes; None if it is not clear.

    It is called like the last word of the path, or it is the only one that adds, or takes off, as the request does.
    """
    asked = item_schema_of_request(draft.schemas, action)
    sent = draft.schemas.properties(asked) if asked else {}
    verb = (words(action.operation.path.rpartition("/")[2].rpartition(":")[2]) or ("",))[0]
    last = plain(action.operation.path.rpartition("/")[2])
    for name, at in draft.properties().items() if action.does == "create" else ():
        values = [each for each in draft.schemas.keyword(at, "enum") or () if isinstance(each, str)]
        if plain(name) not in KINDS or name in sent or len(values) < 2:
            continue
        exact = [each for each in values if plain(each) in (last, "".join(noun(last)))]
        alike = exact or [each for each in values if len(verb) >= SHORTEST and _begins_alike(plain(each), verb)]
        if len(alike) == 1:
            return name, alike[0]
        sign = direction(draft.schemas, action.operation)
        likely = [each for each in values if TAKEN_OFF.isdisjoint(words(each)) is (sign > 0)] if sign else []
        if len(likely) == 1:
            return name, likely[0]
    return None


def _begins_alike(value: str, verb: str) -> bool:
    """Do a value and a verb begin with the same letters: all of the verb but its end?"""
    return value[: max(SHORTEST, len(verb) - 2)] == verb[: max(SHORTEST, len(verb) - 2)]


def add_kinds(drafts: Sequence[ResourceDraft]) -> None:
    """Let each create set the kind of what it makes."""
    for draft in drafts:
        for index, action in enumerate(draft.actions):
            kind = made_kind(draft, action)
            if kind is not None and kind[0] not in action.sets:
                draft.actions[index] = replace(action, sets={**action.sets, kind[0]: kind[1]})
