"""Which items a number counts, by the word before what it counts: "number of unread messages", `open_tasks_count`."""

from __future__ import annotations

from typing import Any

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain
from mockserver.inference.values.past_forms import past_forms
from mockserver.inference.values.state_values import choices

OPEN = frozenset(("open", "pending", "remaining", "unfinished", "incomplete", "outstanding", "active"))
"""What is called so is not done yet, where a flag says what is done."""

ENDED = ("done", "completed", "complete", "closed", "finished", "resolved", "paid", "settled")
"""Plain names of a flag for what is done, the likeliest first."""


def condition(draft: ResourceDraft, said: str) -> dict[str, Any] | None:
    """The property that an item has if it is called so, with its value; empty for no word, None if no property says it.

    `unread` is the flag `read` that is not set, `shipped` the flag or the state of that name.
    """
    word = plain(said)
    if not word:
        return {}
    flags = {plain(name).removeprefix("is"): name for name, at in draft.properties().items() if _is_flag(draft, at)}
    for name, value in ((word, True), (word.removeprefix("un").removeprefix("non"), False)):
        found = next((flags[form] for form in (name, *past_forms((name,))) if form and form in flags), "")
        if found and (value or name != word):
            return {found: value}
    for each, at in draft.properties().items():
        named = {plain(value): value for value in choices(draft.schemas, at)}
        if word in named:
            return {each: named[word]}
    ended = next((flags[each] for each in ENDED if each in flags), "")
    return {ended: False} if ended and word in OPEN else None


def _is_flag(draft: ResourceDraft, pointer: str) -> bool:
    return draft.schemas.types(pointer) - {"null"} == {"boolean"}
