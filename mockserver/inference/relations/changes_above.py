"""Sentences about a request that say what becomes of the item above: "the state of the lamp becomes faulty"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import noun
from mockserver.inference.resources import DraftParent
from mockserver.inference.sentences.descriptions import DOUBT
from mockserver.inference.sentences.other_states import state_after
from mockserver.inference.sentences.said_changes import said_sentences, states_of
from mockserver.lazy_pattern import lazy_pattern

CHANGING = ("create", "update")
"""The actions that may change the item above theirs."""

UNTIL = lazy_pattern(r"\b(?:until|as long as)\b.*$", re.IGNORECASE)
"""What says when the state ends, which is no doubt about that it begins."""

CLAUSES = lazy_pattern(r"[;:,]\s*")


FIRST = lazy_pattern(r"\b(?:the|its|an?|each|any) (?:very )?first (?P<own>[a-z]+)\b", re.IGNORECASE)
"""How a sentence says that only the first item below another one changes it: "The first result sets …"."""


SOMETIMES = lazy_pattern(r"\bthe (?:last|final)\b|\bwith the [a-z]+ (?:that|which)\b", re.IGNORECASE)
"""What says that not each of them does: "With the payment that brings the balance to 0 the invoice becomes paid"."""


def changes_above(draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> dict[str, str]:
    """The properties of the item above that get a new value, by the sentences about a request; empty for none.

    "The first comment opens the ticket" is about a create below a ticket that has no other comment.
    """
    if parent is None or parent.draft.single or action.does not in CHANGING:
        return {}
    return dict(_changes(draft, action, parent))


def _changes(draft: ResourceDraft, action: DraftAction, parent: DraftParent) -> Iterator[tuple[str, str]]:
    states = dict(states_of(parent.draft, parent.draft.properties()))
    for sentence in said_sentences(parent.draft.schemas, action.operation) if states else ():
        clauses = [UNTIL.sub("", clause).rstrip(" .!") for clause in CLAUSES.split(sentence)]
        begun = next((match for clause in clauses if (match := FIRST.search(clause))), None)
        is_first = begun is not None and action.creates and noun(begun["own"])[-1:] == noun(draft.word)[-1:]
        clauses = [FIRST.sub("the one", clause) if is_first else clause for clause in clauses]
        is_sure = not any(
            DOUBT.search(clause) or SOMETIMES.search(clause) or "first" in clause.lower().split() for clause in clauses
        )
        for clause in clauses if is_sure else ():
            if (found := state_after(clause, parent.draft, states)) is not None:
                name, state = found
                yield name, "{if_first:" + f"{name} {state}" + "}" if is_first else state
