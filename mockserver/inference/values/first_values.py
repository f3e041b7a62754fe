"""What a field that no client sent is at first: a count is 0, a state the first one, a flag for what was done false."""

from __future__ import annotations

import re
from typing import Any

from mockserver.inference.names import plain, words
from mockserver.inference.values.event_times import AHEAD, DONE, LATER_EVENTS
from mockserver.inference.values.past_forms import PARTICLES
from mockserver.inference.values.state_values import STATES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

STANDING = frozenset(("enabled", "allowed", "included", "supported", "required", "activated", "created", "permitted"))
"""Ends of flags that sound as if something was done, and often are true of a new item."""

LIKED = frozenset(("favorite", "favourite", "done", "liked"))
"""Ends of other flags that are false at first."""

COUNTED = frozenset((
    "count", "counts", "likes", "views", "downloads", "followers", "votes", "upvotes", "downvotes", "clicks", "shares",
    "replies", "attempts", "retries", "subscribers", "stars", "forks", "hits", "plays", "impressions", "favorites",
    "occurrences",
))  # fmt: skip
"""Last words of numbers that begin at 0."""

KINDS = frozenset(("open", "active", "pending", "unread", "unresolved", "overdue", "failed", "queued"))
"""First words of numbers of things in some state, which begin at 0: `open_alerts`."""

SUMS = frozenset(("amount", "total", "sum", "quantity", "bytes", "items", "times", "points"))
"""First words of numbers that begin at 0 where the last one says what was done: `quantity_sold`."""

PROGRESSED = frozenset(("complete", "completed", "done", "finished"))
"""Words of a percentage that begins at 0."""

VERSIONS = frozenset(("version", "revision"))
"""Last words of numbers that begin at 1."""

OPENING = frozenset((
    "pending", "draft", "queued", "waiting", "unpaid", "unread", "todo", "notstarted", "unverified", "unconfirmed",
    "requested", "unassigned",
))  # fmt: skip
"""States that begin the `enum` of a property that has another name than a state: `approval`."""

DEEPEST = 4
"""How deep inside of a value states are looked for."""

NUMBER_OF = lazy_pattern(r"^(the )?(total )?(number of|how many|count of|sum of)\b", re.IGNORECASE)
"""How the description of such a number begins."""


def first_value(schemas: Schemas, pointer: str, name: str, generated: Any) -> Any:
    """The value that a field of a new item has; the generated one if its name and its schema do not say another.

    `pointer` is that of the field's schema, whose `default` comes first, and whose example is kept.
    """
    default = schemas.keyword(pointer, "default")
    candidates = [default] if default is not None else list(_likely(schemas, pointer, name, generated))
    validator = schemas.validator(pointer, "response") if candidates else None
    return next((each for each in candidates if validator is not None and validator.is_valid(each)), generated)


def with_first_states(schemas: Schemas, pointer: str, value: Any, depth: int = DEEPEST) -> Any:
    """A generated object or list in which every state is the first one: `attendees: [{response: pending}]`."""
    if depth == 0:
        return value
    if isinstance(value, list):
        entries = schemas.items(pointer)
        return value if entries is None else [with_first_states(schemas, entries, each, depth - 1) for each in value]
    if not isinstance(value, dict):
        return value
    known = schemas.properties(pointer)
    return {
        name: _first_inside(schemas, known[name], name, inner, depth) if name in known else inner
        for name, inner in value.items()
    }


def _first_inside(schemas: Schemas, pointer: str, name: str, value: Any, depth: int) -> Any:
    if not isinstance(value, str):
        return with_first_states(schemas, pointer, value, depth - 1)
    first = next(iter(schemas.keyword(pointer, "enum") or ()), None)
    is_opening = isinstance(first, str) and plain(first) in OPENING
    if not is_opening and (words(name) or ("",))[-1] not in STATES:
        return value
    return first_value(schemas, pointer, name, value) if not is_opening else first


def first_values_inside(schemas: Schemas, pointer: str, generated: Any, depth: int = 3) -> Any:
    """A generated object or list, in which the properties have their first values too.

    It is about what a client sent in part, or as a text: the entries of a new poll have no votes.
    """
    if isinstance(generated, list) and depth and (entries := schemas.items(pointer)) is not None:
        return [first_values_inside(schemas, entries, each, depth - 1) for each in generated]
    if not isinstance(generated, dict) or not depth:
        return generated
    known = schemas.properties(pointer)
    return {
        name: first_values_inside(schemas, known[name], first_value(schemas, known[name], name, value), depth - 1)
        if name in known
        else value
        for name, value in generated.items()
    }


def _likely(schemas: Schemas, pointer: str, name: str, generated: Any) -> list[Any]:
    parts = words(name) or ("",)
    if generated is True:
        return [False] if is_flag_of_something_done(parts) else []
    if isinstance(generated, str):
        return _states(schemas, pointer, parts, generated)
    number = first_number_by_name(schemas, pointer, name) if type(generated) in (int, float) else None
    return [] if number is None else [number, 0]


def is_flag_of_something_done(parts: tuple[str, ...]) -> bool:
    """Does a flag, by the words of its name, say that something was done: `refunded`?"""
    parts = parts[: parts.index("by")] if "by" in parts[1:] else parts  # `pinned_by_me`
    ended = parts[:-1] if len(parts) > 1 and parts[-1] in PARTICLES else parts  # `sold_out`
    is_done = (ended[-1].endswith("ed") or ended[-1] in DONE) and ended[-1] not in STANDING
    return is_done or not LIKED.isdisjoint(parts) or LATER_EVENTS.search("_".join(parts)) is not None


def _states(schemas: Schemas, pointer: str, parts: tuple[str, ...], generated: str) -> list[Any]:
    """The states that an item may begin in: by the order of the `enum`, not one that says that it is over."""
    values = schemas.keyword(pointer, "enum") or ()
    is_state = parts[-1] in STATES and schemas.keyword(pointer, "examples") is None
    if not is_state and not LATER_EVENTS.match(generated):
        return []
    return [value for value in values if isinstance(value, str) and LATER_EVENTS.match(value) is None]


def first_number_by_name(schemas: Schemas, pointer: str, name: str) -> int | None:
    """The number that a new item has by the name of a property or its description; None if these do not say it.

    `pointer` is that of its schema, whose example is kept.
    """
    parts = words(name) or ("",)
    if schemas.keyword(pointer, "examples") is not None:
        return None
    if parts[-1] in VERSIONS and "integer" in schemas.types(pointer):
        return 1
    said = str(schemas.keyword(pointer, "description") or "")
    is_done = parts[-1].endswith("ed") or parts[-1] in DONE
    is_sum = parts[0] in SUMS and is_done and parts[-1] not in AHEAD | STANDING
    is_progress = "progress" in parts or ("percent" in parts[0] and not PROGRESSED.isdisjoint(parts))
    is_kind = parts[0] in KINDS and len(parts) > 1 and parts[-1].endswith("s") and not parts[-1].endswith("ss")
    is_count = is_kind or parts[-1] in COUNTED or parts[:2] == ("number", "of") or NUMBER_OF.search(said) is not None
    return 0 if is_count or is_sum or is_progress or parts[-1] == "balance" else None
