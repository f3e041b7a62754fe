"""Operations that are only for the account that made an item: "List your entries", "Only the author may delete it"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, described, inferred
from mockserver.inference.sentences.owner_sentences import (
    OwnerSentence,
    is_about_changes,
    is_forbidden,
    is_of_operation,
    says_open,
    says_shared,
    sentence_of,
    service_shares,
)
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Document, Operation

OWN_PATH = lazy_pattern(r"(?i)/(?:me|my|mine|self|own)(?:/|$)")
"""A path of what belongs to who asks."""

CHANGING = ("update", "replace", "delete", "replace-content", "delete-content")
"""The actions that change an item; a POST on one is a `get` of it, whose effect only its name says."""


def add_own(document: Document, drafts: Sequence[ResourceDraft], behaviours: Mapping[str, Statement]) -> None:
    """Add to the statements about operations that they are only for who made the item, as sentences say."""
    for draft in drafts:
        if draft.single or any(action.account for action in draft.actions):
            continue
        private = _private(document, draft)
        for action in draft.actions:
            stated = behaviours.get(f"{action.operation.method} {action.operation.path}")
            if stated is None or not needs_credential(action.operation):
                continue
            own = _own(document, draft, action, private)
            if own:
                stated["own"] = own


def needs_credential(operation: Operation) -> bool:
    """Does every request of an operation need a credential?"""
    return bool(operation.security) and all(operation.security)


def _own(document: Document, draft: ResourceDraft, action: DraftAction, private: OwnerSentence | None) -> Statement:
    """The `own` statement of an operation; empty if it is open to others, too."""
    operation = action.operation
    is_read = action.does in ("get", "list") and operation.method == "get"
    if action.does == "list" and OWN_PATH.search(operation.path):
        return inferred("the path is about what belongs to the caller")
    if is_read and private is not None:
        is_certain = action.does == "get" or private.pointer.startswith("/info") or is_of_operation(private, operation)
        return _described(private, hides=True) if is_certain else inferred(f"what shows one item says {private.source}")
    if is_read:
        return {}
    is_change = action.does in CHANGING or (action.does == "get" and operation.method != "get")
    if not is_change or says_open(document, operation):
        return {}
    said = sentence_of(document, operation, draft.name)
    if said is not None and not is_of_operation(said, operation) and not _is_named(said, action):
        said = None  # what is said of all changes is not said of each action
    found = said or private
    is_hidden = private is not None and not is_forbidden(document, operation)
    return _described(found, hides=is_hidden) if found is not None else {}


def _is_named(said: OwnerSentence, action: DraftAction) -> bool:
    """Does a sentence about all changes mean an action: a change of the item itself, or one that it names?"""
    last = action.operation.path.rstrip("/").rsplit("/", 1)[-1].lower()
    is_of_item = (last.endswith("}") and ":" not in last) or action.does in ("replace-content", "delete-content")
    verb = last.rpartition(":")[2][:STEM]
    clause = next((each for each in CLAUSES.split(said.text.lower()) if verb in each), "")
    return is_of_item or (bool(clause) and not OTHERS.search(clause))


CLAUSES = lazy_pattern(r"[,;:]|\band\b")

OTHERS = lazy_pattern(r"\b(?:else|another|others?)\b")
"""How a clause says that an action is for others: "approved only by someone else"."""

STEM = 5
"""How many letters of a verb are the same in its forms: `close` and `closed`, `cancel` and `cancelled`."""


def _private(document: Document, draft: ResourceDraft) -> OwnerSentence | None:
    """The sentence by which only who made an item reads it; None if others may, or if nothing says so."""
    operations = [action.operation for action in draft.actions]
    if any(says_shared(document, each) for each in operations):
        return None
    reads = [each for each in operations if each.method == "get" and not OWN_PATH.search(each.path)]
    for operation in filter(needs_credential, reads):
        said = sentence_of(document, operation, draft.name)
        if said is None or is_about_changes(said):
            continue
        of_service = said.pointer.startswith("/info/") and not service_shares(document, draft.name)
        if is_of_operation(said, operation) or of_service:  # what several operations share is about none of them
            return said
    return None


def _described(said: OwnerSentence, *, hides: bool) -> Statement:
    return ({"hides": True} if hides else {}) | described(said.source)
