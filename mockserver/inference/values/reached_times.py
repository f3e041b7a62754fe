"""Times at which an item reached a state, also by an update: `completed_at` beside `done` or a status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain, words
from mockserver.inference.sentences.null_sentences import NullWhile, null_sentences
from mockserver.inference.values.event_times import TIME_ENDS
from mockserver.inference.values.fields import format_of

SAME = {"completed": ("done", "finished"), "finished": ("done", "completed"), "done": ("completed", "finished"),
        "closed": ("done",), "resolved": ("done",), "checked": ("done",)}  # fmt: skip
"""What a flag is also called whose time has another name."""

STATES = ("status", "state")


def reached_times(draft: ResourceDraft, own: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The times that follow from a flag or a state which clients change: the property, what it is about, its template.

    `own` are the properties that no request sends. Such a time is null or missing before.
    """
    schemas, shown = draft.schemas, draft.properties()
    changed = {name for asked in draft.request_properties("create", "update", "replace") for name in asked}
    needed = {name for view in draft.reply_schemas() for name in schemas.required(view)}
    flags = {plain(name).removeprefix("is"): name for name in changed & shown.keys() if _is_flag(draft, shown[name])}
    empty = {each.field: each for each in null_sentences(schemas, shown)}
    for name, at in own.items():
        *first, last = words(name) or ("",)
        may_lack = "null" in schemas.types(at) or name not in needed
        if last not in TIME_ENDS or not may_lack or format_of(schemas, at) != "date-time" or not first:
            continue
        event = "".join(first)
        flag = next((flags[each] for each in (event, *SAME.get(event, ())) if each in flags), "")
        if flag:
            yield name, flag, "{since:" + f"{name} {flag} true" + "}"
            continue
        for state in sorted(changed & shown.keys()):
            values = {
                plain(value): value for value in schemas.keyword(shown[state], "enum") or () if isinstance(value, str)
            }
            if plain(state) in STATES and event in values and " " not in values[event]:
                yield name, state, "{since:" + f"{name} {state} {values[event]}{_null_while(empty, name, state)}" + "}"
                break


def _null_while(empty: Mapping[str, NullWhile], name: str, state: str) -> str:
    """When a time is null again, as a sentence says: "null while it is open"; empty if none does."""
    said = empty.get(name)
    is_told = said is not None and said.state_field == state and " " not in str(said.state)
    return f" {'only' if said.is_other else 'unless'} {said.state}" if said is not None and is_told else ""


def _is_flag(draft: ResourceDraft, pointer: str) -> bool:
    return draft.schemas.types(pointer) - {"null"} == {"boolean"}
