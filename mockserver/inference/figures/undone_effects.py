"""What else is said of requests that change a number: that a cancellation gives it back, and that no more is taken."""

from __future__ import annotations

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.sentences.relative_sentences import refused_for_amount
from mockserver.inference.sentences.undone_sentences import undoing_sentence
from mockserver.openapi.schemas import Schemas


def with_limits(schemas: Schemas, count: Statement, other: ResourceDraft) -> Statement:
    """A `counts` statement with the states in which the `other` items give back what they took, and with `refuses`."""
    free: dict[str, list[str]] = {}
    for action in other.actions:
        if action.does == "update" and action.sets and undoing_sentence(schemas, action.operation) is not None:
            for name, value in action.sets.items():
                if isinstance(value, str) and value and "{" not in value:
                    free.setdefault(name, []).append(value)
    made = other.action("create")
    is_taken = made is not None and count.get("sign") == -1
    is_refused = made is not None and is_taken and refused_for_amount(schemas, made.operation) is not None
    return count | ({"unless": free} if free else {}) | ({"refuses": True} if is_refused else {})
