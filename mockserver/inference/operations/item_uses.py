"""Operations that use an item up to a number of times: `POST /coupons/{code}/redeem` counts a use."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec.structs import replace

from mockserver.inference.bodies.messages import ReplyBody
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, described
from mockserver.inference.names import plain, words
from mockserver.inference.sentences.refusal_sentences import refusal_sentences
from mockserver.inference.sentences.state_rules import STATUSES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation

VERBS = frozenset(("redeem", "use", "apply", "consume", "claim"))
"""First words of the end of a path that uses an item once."""

COUNTERS = frozenset((
    "usedcount", "usecount", "usescount", "uses", "timesused", "usagecount", "redemptions", "redemptioncount",
    "redeemedcount", "timesredeemed", "redeemcount",
))  # fmt: skip
"""Plain names of the number of uses."""

LIMITS = frozenset((
    "maxuses", "uselimit", "usagelimit", "maxredemptions", "redemptionlimit", "maxusages", "maxusecount", "useslimit",
    "allowedusage", "maximumuses",
))  # fmt: skip
"""Plain names of how many uses there may be."""

ENDED = lazy_pattern(
    r"\bused up\b|\bexhausted\b|\bno (?:more|longer)\b|\b(?:limit|maximum)\b|\bfully (?:redeemed|used)\b|\btoo often\b",
    re.IGNORECASE,
)
"""How an error says that an item was used as often as it may be."""


def counting_use(
    draft: ResourceDraft, operation: Operation, name: str, found: DraftAction | None, reply: ReplyBody
) -> DraftAction | None:
    """The operation as an update that counts a use; what was found of it, if it uses nothing or nothing counts."""
    counter = _only(draft, COUNTERS)
    sent = {each for asked in draft.request_properties("create") for each in asked}
    is_use = operation.method == "post" and not VERBS.isdisjoint(words(name)[:1])
    if not counter or counter in sent or not is_use or (found is not None and found.does not in ("get", "update")):
        return found
    reason = f"{name} is a use, by its name, which {counter} counts"
    counted = {counter: "{raised:" + counter + "}"}
    if found is None:
        return DraftAction(operation, "update", reply, reason, sets=counted)
    return replace(found, does="update", reason=f"{found.reason}; {reason}", sets={**counted, **found.sets})


def used_up(draft: ResourceDraft, action: DraftAction) -> Statement | None:
    """That an item which was used as often as it may be is refused; None if no error says so, or no number counts."""
    counter, limit = _only(draft, COUNTERS), _only(draft, LIMITS)
    if not counter or not limit or action.sets.get(counter) != "{raised:" + counter + "}":
        return None
    for sentence in refusal_sentences(draft.schemas, action.operation):
        if sentence.status in STATUSES and ENDED.search(sentence.text):
            told: Statement = described(sentence.source)
            return {"field": counter, "reached": limit} | told
    return None


def _only(draft: ResourceDraft, names: Collection[str]) -> str:
    """The one whole number of an item that is called so; empty if there is none, or there are several."""
    found = [each for each, at in draft.properties().items() if plain(each) in names]
    is_number = len(found) == 1 and "integer" in draft.schemas.types(draft.properties()[found[0]])
    return found[0] if is_number else ""
