"""Times of events: which one is that of an item's creation, and which cannot have happened to a new item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.names import plain, words
from mockserver.inference.values.fields import CREATED, UPDATED, time_format, timestamps
from mockserver.inference.values.past_forms import PARTICLES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

LATER_EVENTS = lazy_pattern(
    r"(^|_|\b)(delet|remov|archiv|cancel|error|fail|revok|suspend|disabl|reject|clos|finish|complet|block|lock|next|prev)",
    re.IGNORECASE,
)
"""Names of properties about events that cannot have happened to a new item, such as `deletedAt`."""

DONE = frozenset((
    "sent", "paid", "made", "taken", "given", "written", "begun", "read", "seen", "done", "spent", "sold", "won",
    "lost", "built", "chosen", "drawn", "held", "bought", "lent",
))  # fmt: skip
"""Forms of verbs that say what was done and do not end with `ed`."""

DONE_THEN = frozenset((
    "set", "put", "cut", "met", "shot", "caught", "brought", "taught", "told", "thrown", "struck", "laid", "hung",
    "shut", "split", "flown", "grown", "sown", "left", "found",
))  # fmt: skip
"""More of them, which say so only where a time follows: elsewhere a `set` or a `cut` may be a thing."""

TIME_ENDS = frozenset(("at", "on", "date", "time"))

MOMENTS = frozenset(("at", "when", "timestamp", "time", "datetime", "eventtime", "occurredat", "happenedat"))
"""Plain names of the time of something that happened, and that do not say what."""

AHEAD = frozenset(("expired", "ended", "scheduled", "expected", "estimated", "planned", "needed"))
"""Words that end like those of something done and are about what is to come."""


def item_times(schemas: Schemas, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement | None:
    """The `timestamps` of a resource: by names such as `created_at`, else by the one event that must have happened."""
    stated = timestamps(schemas, properties)
    if stated is not None and "created" in stated:
        return stated
    name = _made_at(schemas, draft, properties)
    if not name or (stated is not None and stated["written"] != "iso-milliseconds"):
        return stated
    note = f"no request has {name}, the only time of an event that a new item must show"
    return {"written": "iso-milliseconds", **(stated or {}), "created": name, "evidence": "inferred", "note": note}


def _made_at(schemas: Schemas, draft: ResourceDraft, properties: Mapping[str, str]) -> str:
    """The time of the event that makes an item, such as `submittedOn`; empty if there is none, or more than one."""
    sent = {name for each in draft.request_properties(*SENDING) for name in each}
    changed = {name for action in draft.actions for name in action.sets}
    found = list(_events(schemas, {name: at for name, at in properties.items() if name not in sent | changed}))
    needed = {name for view in draft.reply_schemas()[:1] for name in schemas.required(view)}
    sure = [name for name in found if name in needed] or found
    return sure[0] if len(sure) == 1 and draft.is_created else ""


def _events(schemas: Schemas, properties: Mapping[str, str]) -> Iterator[str]:
    """The properties with the time of something done, which is never null."""
    for name, at in properties.items():
        is_named = is_event(name) or is_done(words(name)) or plain(name) in MOMENTS
        if is_named and _is_moment(schemas, name, at) and LATER_EVENTS.search(name) is None:
            yield name


def _is_moment(schemas: Schemas, name: str, at: str) -> bool:
    """Is a property that is never null a text with a moment: by its format, or by a name of more than one word?"""
    is_text = schemas.types(at) == {"string"}
    return is_text and time_format(schemas, at, says_time=len(words(name)) > 1) == "iso-milliseconds"


def is_event(name: str) -> bool:
    """Is a property, by its name, the time of something done: `watered_at`? Not that of creation or update."""
    parts = words(name)
    return parts[-1:] != () and parts[-1] in TIME_ENDS and plain(name) not in UPDATED + CREATED and is_done(parts[:-1])


def is_done(parts: tuple[str, ...]) -> bool:
    """Do words say what was done: `joined`, `checked in`?"""
    first = parts[:-1] if len(parts) == 2 and parts[-1] in PARTICLES else parts
    return len(first) == 1 and ((first[0].endswith("ed") and first[0] not in AHEAD) or first[0] in DONE | DONE_THEN)


def is_later_time(name: str) -> bool:
    """Is a property, by its name, a time that a new item has only if something happened: `last_login_at`?"""
    parts = words(name)
    is_last = len(parts) > 2 and parts[0] == "last" and parts[-1] in TIME_ENDS and plain(name) not in UPDATED
    return is_last or is_event(name)
