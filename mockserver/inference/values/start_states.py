"""In which state a new item is: what the document says, what its create is called, or the first value of the `enum`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.draft import CREATING, DraftAction, ResourceDraft
from mockserver.inference.names import noun, plain, singular, words
from mockserver.inference.sentences.descriptions import Description, description
from mockserver.inference.sentences.start_sentences import start_state
from mockserver.inference.values.event_times import LATER_EVENTS
from mockserver.inference.values.first_values import OPENING
from mockserver.inference.values.past_forms import IRREGULAR, past_forms
from mockserver.inference.values.state_values import STATES, values_of
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import path_template
from mockserver.openapi.schemas import Schemas

BEGINNINGS = frozenset((
    "new", "draft", "pending", "queued", "enqueued", "created", "open", "opened", "waiting", "received", "preparing",
    "initial", "initialized", "initiated", "initializing", "notstarted", "submitted", "requested", "todo", "backlog",
    "unread", "idle", "unverified", "unconfirmed", "inqueue", "registered", "provisioning", "creating",
    "scheduled", "planned", "proposed", "invited", "inreview", "unpublished", "unassigned", "toreview", "placed",
))  # fmt: skip
"""States that are the first one in most services, as plain names."""

UNKNOWN = lazy_pattern(
    r"(?:\w+_)?(?:unknown|undefined|unspecified|none|invalid|expir|declin|stop|inactive|refus|lost|over)", re.IGNORECASE
)
"""Beginnings of values that no new item has; those of `LATER_EVENTS` are others."""

BACK = frozenset(("reopen", "restore", "resume", "reset", "reactivate", "revert", "retry", "restart", "return"))
"""What leads back to an earlier state, perhaps to the first one. So does all that begins with `un`."""

PHRASES = frozenset(("ok", "accepted"))
"""Descriptions of responses that say no more than the status."""


def state_of_new(schemas: Schemas, draft: ResourceDraft, name: str, pointer: str) -> tuple[str, str] | None:
    """The value of the state `name` of a new item, and the reason; None if the property has no states."""
    values = {plain(value): value for value in values_of(draft, name, pointer)}
    making = draft.action(*CREATING)
    is_state = (words(name) or ("",))[-1] in STATES or next(iter(values), "") in OPENING
    if len(values) < 2 or making is None or not is_state:
        return None
    texts = [
        description(schemas, pointer),
        *(description(schemas, making.operation.pointer, word) for word in ("description", "summary")),
        Description(making.reply.response.description, making.reply.response.pointer),
    ]
    said = start_state(texts, values)
    if said is not None:
        return said[0], f"{said[1]} says so"
    made = next((values[form] for form in _made(draft, making) if form in values), None)
    if made is not None:
        return made, f"{making.operation.operation_id} makes it {made}, by its name or its description"
    return _by_order(schemas, draft, making, name, pointer)


def _made(draft: ResourceDraft, making: DraftAction) -> Iterator[str]:
    """What is done by a create, by its descriptions and its name: `queued` of "Queues a job", `open` of "Opened"."""
    told = words(making.reply.response.description)[:1]
    if told and told[0] not in PHRASES:
        yield from (told[0], told[0].removesuffix("ed"))
    operation = making.operation
    named = (words(part)[:1] for part in re.split(r"[._/ -]", operation.operation_id))
    for first in [words(operation.summary)[:1], *named]:
        verb = singular(first[0]) if first else ""
        if verb and verb not in noun(draft.word):
            yield from (form for form in past_forms((verb,)) if form not in IRREGULAR.get(verb, ()))


def _by_order(
    schemas: Schemas, draft: ResourceDraft, making: DraftAction, name: str, pointer: str
) -> tuple[str, str] | None:
    """The first state that nothing leads to later, or one that is called like a beginning."""
    values = values_of(draft, name, pointer)
    led_to = {action.sets.get(name) for action in draft.actions if not _leads_back(action)}
    early = [value for value in values if not LATER_EVENTS.match(value) and not UNKNOWN.match(value)]
    left = [value for value in early if value not in led_to] or early
    if not left:
        return None
    shown = _example(making, name)
    if shown in left:
        return shown, "the example of the create's response shows it"
    beginnings = [value for value in left if plain(value) in BEGINNINGS]
    is_sorted = len(values) > 2 and sorted(values, key=str.lower) == values  # then the order says nothing
    if beginnings and (is_sorted or left[0] != values[0]):
        return beginnings[0], f"of the states of {name} it is called like the first one"
    examples = schemas.keyword(pointer, "examples") or [None]
    if not beginnings and examples[0] in left:
        return examples[0], f"the example of {name}"
    skipped = " that no other operation leads to" if left[0] != values[0] else ""
    return left[0], f"the first state of {name}{skipped}"


def _leads_back(action: DraftAction) -> bool:
    verb = (words(path_template.above_and_last(action.operation.path)[1].rpartition(":")[2]) or ("",))[0]
    return verb in BACK or verb.startswith("un") or action.creates


def _example(making: DraftAction, name: str) -> Any:
    """The value in the first example of the create's response; None if there is none."""
    media = making.reply.media
    value: Any = next(iter(media.examples.values()), None) if media is not None else None
    for step in (*making.item_path, name):
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = value[0] if value else None
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
