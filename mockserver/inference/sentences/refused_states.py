"""In which states of an item an operation is refused, as sentences of the document say it: "it is closed already"."""

from __future__ import annotations

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.resources import DraftParent
from mockserver.inference.sentences.state_rules import StateRule, state_rule

CHANGING = ("update", "replace", "delete", "replace-content")
"""The actions that may be refused for the state of their own item."""


def refused_states(draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> list[Statement]:
    """The `refused` statements of an operation: for the state of its own item, or of the one above."""
    is_done = action.does == "get" and action.operation.method != "get"  # what a POST does is not known, only whether
    if action.does in CHANGING or is_done:
        rule = state_rule(draft.schemas, action.operation, draft.properties(), draft.name)
        if rule is not None:
            return [_statement(rule)]
    elif action.does != "create":
        return []
    if parent is None or parent.draft.single:
        return []
    above = parent.draft
    rule = state_rule(draft.schemas, action.operation, above.properties(), above.name)
    return [_statement(rule) | {"of": above.name}] if rule is not None else []


def _statement(rule: StateRule) -> Statement:
    values = sorted((value for _, value in rule.states), key=str)
    stated: Statement = {"field": rule.field, "unless" if rule.is_allowed else "when": values}
    note = "a sentence of the document says so"
    return stated | {"evidence": "described", "source": rule.source, "note": note}
