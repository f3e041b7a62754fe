"""What else is said of requests that change a number: that a cancellation gives it back, and that no more is taken."""

from __future__ import annotations

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.names import words
from mockserver.inference.sentences.relative_sentences import refused_for_amount, shortage
from mockserver.inference.sentences.undone_sentences import undoing_sentence
from mockserver.inference.values.amounts import amount_name, is_amount
from mockserver.openapi.schemas import Schemas


def with_limits(schemas: Schemas, count: Statement, other: ResourceDraft, figure: str) -> Statement:
    """A `counts` statement with the states in which the `other` items give back what they took, and with `refuses`.

    `figure` is the pointer of the number. Of amounts with a sign, it has to be said that too little is left.
    """
    free: dict[str, list[str]] = {}
    for action in other.actions:
        if action.does == "update" and action.sets and undoing_sentence(schemas, action.operation) is not None:
            for name, value in action.sets.items():
                if isinstance(value, str) and value and "{" not in value:
                    free.setdefault(name, []).append(value)
    made = [action for action in other.actions if action.does == "create"]
    is_taken = count.get("sign") == -1 or "lowered-by" in count
    is_refused = is_taken and any(refused_for_amount(schemas, each.operation) is not None for each in made)
    if (is_taken or _has_sign(count, other)) and not is_refused:
        is_refused = any(shortage(schemas, each.operation, str(count["field"]), figure) for each in made)
    shown = _shown_after(count, other) if "sum" in count and not count.get("mean") and not count.get("by") else ""
    more: Statement = {"shows": shown} if shown else {}
    return count | ({"unless": free} if free else {}) | ({"refuses": True} if is_refused else {}) | more


def _has_sign(count: Statement, other: ResourceDraft) -> bool:
    """May a request take off what it sends, as a negative number?"""
    sent = {name: at for asked in other.request_properties("create") for name, at in asked.items()}
    at = sent.get(str(count.get("sum", "")))
    is_number = at is not None and bool(other.schemas.types(at) & {"integer", "number"})
    return is_number and at is not None and other.schemas.validator(at, "request").is_valid(-1)


AFTER = frozenset(("after", "new", "resulting", "running", "remaining", "closing"))
"""Words beside the name of a number that say that it is the one afterwards."""


def _shown_after(count: Statement, other: ResourceDraft) -> str:
    """The property of the other items that shows the number afterwards: `balance_after`; empty without one."""
    sent = {name for asked in other.request_properties("create") for name in asked}
    figure = amount_name(str(count["field"]))
    for name, at in other.properties().items():
        parts = [word for word in words(name) if word not in AFTER]
        is_after = len(parts) < len(words(name)) and amount_name("_".join(parts)) in (figure, "balance")
        if name not in sent and is_after and is_amount(other.schemas, at):
            return name
    return ""
