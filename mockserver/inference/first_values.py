"""What a field that no client sent is at first: a count is 0, a state the first one, a flag for what was done false."""

from __future__ import annotations

import re
from typing import Any

from mockserver.inference.event_times import AHEAD, DONE, LATER_EVENTS
from mockserver.inference.item_actions import STATES
from mockserver.inference.names import words
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

STANDING = frozenset(("enabled", "allowed", "included", "supported", "required", "activated", "created", "permitted"))
"""Ends of flags that sound as if something was done, and often are true of a new item."""

LIKED = frozenset(("favorite", "favourite", "done", "liked"))
"""Ends of other flags that are false at first."""

COUNTED = frozenset((
    "count", "counts", "likes", "views", "downloads", "followers", "votes", "upvotes", "downvotes", "clicks", "shares",
    "replies", "attempts", "retries", "subscribers",
))  # fmt: skip
"""Last words of numbers that begin at 0."""

VERSIONS = frozenset(("version", "revision"))
"""Last words of numbers that begin at 1."""

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


def _likely(schemas: Schemas, pointer: str, name: str, generated: Any) -> list[Any]:
    parts = words(name) or ("",)
    if generated is True:
        return [False] if _is_flag_of_something_done(parts) else []
    if isinstance(generated, str):
        return _states(schemas, pointer, parts, generated)
    if type(generated) in (int, float) and schemas.keyword(pointer, "examples") is None:
        return _numbers(schemas, pointer, parts)
    return []


def _is_flag_of_something_done(parts: tuple[str, ...]) -> bool:
    is_done = parts[-1].endswith("ed") and parts[-1] not in STANDING
    return is_done or not LIKED.isdisjoint(parts) or LATER_EVENTS.search("_".join(parts)) is not None


def _states(schemas: Schemas, pointer: str, parts: tuple[str, ...], generated: str) -> list[Any]:
    """The states that an item may begin in: by the order of the `enum`, not one that says that it is over."""
    values = schemas.keyword(pointer, "enum") or ()
    is_state = parts[-1] in STATES and schemas.keyword(pointer, "examples") is None
    if not is_state and not LATER_EVENTS.match(generated):
        return []
    return [value for value in values if isinstance(value, str) and LATER_EVENTS.match(value) is None]


def _numbers(schemas: Schemas, pointer: str, parts: tuple[str, ...]) -> list[Any]:
    is_sum = parts[0] in ("amount", "total", "sum") and (parts[-1].endswith("ed") or parts[-1] in DONE)
    if parts[-1] in VERSIONS and "integer" in schemas.types(pointer):
        return [1, 0]
    said = str(schemas.keyword(pointer, "description") or "")
    is_count = parts[-1] in COUNTED or parts[:2] == ("number", "of") or NUMBER_OF.search(said) is not None
    return [0] if is_count or (is_sum and parts[-1] not in AHEAD) else []
