"""What an operation refuses, as sentences say: for the state of an item, the second time, or for the size of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.behaviour.statements import BATCHES, WHOLE_BODY
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, described
from mockserver.inference.operations.item_uses import used_up
from mockserver.inference.resources import DraftParent
from mockserver.inference.sentences.once_sentences import OnceSentence, once_sentence
from mockserver.inference.sentences.refused_states import refused_states
from mockserver.inference.sentences.relative_sentences import refused_for_amount
from mockserver.inference.sentences.size_sentences import size_limit
from mockserver.inference.values.item_spans import free_states
from mockserver.lazy_pattern import lazy_pattern


def refusals(draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> Statement:
    """The statements `refused`, `once` and `content-size` about an operation, as far as the document makes them."""
    refused = [*refused_states(draft, action, parent), *_too_much(draft, action)]
    refused += [each for each in (used_up(draft, action),) if each is not None]
    found: Statement = ({"refused": refused} if refused else {}) | _content_size(draft, action)
    said = _once(draft, action, parent)
    if said is None:
        return found
    if said.is_of_item and action.sets and not refused and (state := _reached(action.sets)):
        return found | {"refused": [state | described(said.source)]}
    free = free_states(draft.schemas, draft) if action.does == "create" else {}
    keys: Statement = {"per": "item"} if said.is_of_item else {}
    keys |= {"unless": free} if free else {}
    return found | {"once": keys | described(said.source)}


def _too_much(draft: ResourceDraft, action: DraftAction) -> Iterator[Statement]:
    """That no more is taken off a number than there is, where a client error says so."""
    taken = [(name, str(value)) for name, value in action.sets.items() if TAKEN.match(str(value))]
    said = refused_for_amount(draft.schemas, action.operation) if len(taken) == 1 else None
    if said is not None and action.does == "update":
        name, value = taken[0]
        told: Statement = described(said.source)
        yield {"field": name, "below": value[:-1].rpartition(" -")[2]} | told


TAKEN = lazy_pattern(r"\{plus:\S+ -\S+\}")
"""The template of a number from which a request takes."""


def _once(draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> OnceSentence | None:
    """What is said of a POST below an item: it makes something there, or does something to the item itself."""
    if action.operation.method != "post" or action.does in BATCHES or action.operation.path.rstrip("/")[-1:] == "}":
        return None
    if action.does == "create":
        return once_sentence(draft.schemas, action.operation, parent.draft.name) if parent is not None else None
    is_below = draft.has_id and draft.parameter in action.operation.path and action.does in ("update", "get")
    return once_sentence(draft.schemas, action.operation, draft.name) if is_below else None


def _content_size(draft: ResourceDraft, action: DraftAction) -> Statement:
    """How large a file in a request may be; nothing if it has none, or nothing says it."""
    body = action.operation.request_body
    for media in body.content if body is not None and action.content else ():
        parts = draft.schemas.properties(media.schema) if media.schema else {}
        whole = media.schema or f"{action.operation.pointer}/requestBody"
        pointer = whole if action.content == WHOLE_BODY else parts.get(action.content)
        said = size_limit(draft.schemas, action.operation, pointer, action.content) if pointer else None
        if said is not None:
            told = described(said.source)
            return {"content-size": {"limit": said.refused - 1} | told}
    return {}


def _reached(sets: Mapping[str, Any]) -> Statement:
    """The state in which an item is afterwards, as that in which it is refused; empty if nothing shows it."""
    for name, value in sets.items():
        if isinstance(value, bool) or (isinstance(value, str) and value and "{" not in value):
            return {"field": name, "when": [value]}
    return next(({"field": name, "when": ["{present}"]} for name, value in sets.items() if value == "{now}"), {})
