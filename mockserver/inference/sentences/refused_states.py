"""In which states of an item an operation is refused, as sentences of the document say it: "it is closed already"."""

from __future__ import annotations

import re

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, described
from mockserver.inference.names import noun
from mockserver.inference.resources import DraftParent
from mockserver.inference.sentences.refusal_sentences import refusal_sentences
from mockserver.inference.sentences.said_changes import states_of
from mockserver.inference.sentences.state_rules import STATUSES, StateRule, state_rule
from mockserver.lazy_pattern import lazy_pattern

CHANGING = ("update", "replace", "delete", "replace-content")
"""The actions that may be refused for the state of their own item."""


def refused_states(draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> list[Statement]:
    """The `refused` statements of an operation: for the state of its own item, or of the one above."""
    is_done = action.does == "get" and action.operation.method != "get"  # what a POST does is not known, only whether
    if action.does in CHANGING or is_done:
        rule = state_rule(draft.schemas, action.operation, draft.properties(), draft.name)
        rule = rule or _done_before(draft, action)
        if rule is not None:
            return [_statement(rule)]
    elif action.does != "create":
        return []
    if parent is None or parent.draft.single:
        return []
    above = parent.draft
    rule = state_rule(draft.schemas, action.operation, above.properties(), above.name)
    return [_statement(rule) | {"of": above.name}] if rule is not None else []


ALREADY = lazy_pattern(
    r"^(?:(?:the |this |an? )?(?P<about>[a-z]+) )?(?:(?:is|was|has|has been|had been) )?already (?:been )?"
    r"(?P<done>[a-z]+)",
    re.IGNORECASE,
)
"""How an error says that an operation was done before: "The trip has already ended"."""

NOT_DONE = frozenset(("exists", "exist", "in", "taken", "used", "registered", "has", "have", "another", "a", "an"))
"""What follows `already` where something else is in the way."""


def _done_before(draft: ResourceDraft, action: DraftAction) -> StateRule | None:
    """The rule that refuses an operation in the state to which it leads, if an error says that it was done already."""
    states = set(dict(states_of(draft, draft.properties())).values())
    reached = [each for each in action.sets.items() if isinstance(each[1], str) and each in states]
    for sentence in refusal_sentences(draft.schemas, action.operation) if len(reached) == 1 else ():
        said = ALREADY.match(sentence.text) if sentence.status in STATUSES else None
        about = (said["about"] or "it").lower() if said is not None else ""
        is_own = about == "it" or noun(about)[-1:] == noun(draft.word)[-1:]
        if said is not None and is_own and said["done"].lower() not in NOT_DONE:
            return StateRule(frozenset(reached), is_allowed=False, source=sentence.source)
    return None


def _statement(rule: StateRule) -> Statement:
    values = sorted((value for _, value in rule.states), key=str)
    stated: Statement = {"field": rule.field, "unless" if rule.is_allowed else "when": values}
    return stated | described(rule.source)
