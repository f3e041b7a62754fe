"""What a new item has of what no client sends: statements with the reason, which a behaviour file can correct."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.draft import CREATING, DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, assumed
from mockserver.inference.names import plain, singular, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.start_sentences import first_number, grows, lead, null_at_first
from mockserver.inference.values.composed_values import composed, inner_values, marked_words
from mockserver.inference.values.event_times import LATER_EVENTS, is_done, is_event
from mockserver.inference.values.fields import time_format
from mockserver.inference.values.first_values import STANDING, first_number_by_name, is_flag_of_something_done
from mockserver.inference.values.past_forms import past_forms
from mockserver.inference.values.reached_times import reached_times
from mockserver.inference.values.start_states import state_of_new
from mockserver.inference.values.start_value import StartValue
from mockserver.inference.values.state_values import choices
from mockserver.inference.values.unfilled_values import nothing_yet
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

AHEAD = frozenset(("expires", "expire", "expiry", "expiration", "due", "until", "deadline", "renews", "renewal"))
"""Words in the names of times that are after the creation of an item."""

USUAL_LEAD = "7d"
"""How long after it, if no sentence says so."""


def add_start_values(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add the `defaults` and `derived` of new items to the statements about `resources`, which have all others."""
    for draft in drafts:
        stated = resources[draft.name]
        if draft.is_created and draft.action(*CREATING) is None:
            _add_growing(schemas, draft, stated)
        if not draft.is_created or draft.action(*CREATING) is None:
            continue
        taken = _taken(stated)
        own = {name: at for name, at in _own(schemas, draft).items() if name not in taken}
        found = {name: start for name, at in own.items() if (start := _start(schemas, draft, stated, name, at))}
        begun = [assumed(start.why, fields={name: start.value}) for name, start in found.items()]
        if begun:
            before = stated.get("defaults", [])
            stated["defaults"] = [*(before if isinstance(before, list) else [before]), *begun]
        numbered = str(stated.get("versions", {}).get("current", ""))
        derived = [
            assumed(said, fields={name: "{next:" + name + "}"})
            for name, at in own.items()
            if name != numbered and (said := _grows(schemas, draft, name, at))
        ]
        marked = marked_words(schemas, draft, own)
        derived += [assumed("they are in the text", fields=marked)] if marked else []
        inner = inner_values(schemas, draft, _shown(draft, taken))
        derived += [assumed("an object of the item has them", fields=inner)] if inner else []
        derived += [
            assumed(f"the time at which {each[1]} was reached", fields={each[0]: each[2]})
            for each in reached_times(draft, own)
        ]
        if derived:
            before = stated.get("derived", [])
            stated["derived"] = [*(before if isinstance(before, list) else [before]), *derived]


def _add_growing(schemas: Schemas, draft: ResourceDraft, stated: Statement) -> None:
    """Add the numbers that grow with each write of an item which only a PUT makes: its `version`."""
    found = {
        name: said
        for name, at in _shown(draft, _taken(stated)).items()
        if name != stated.get("versions", {}).get("current") and (said := _grows(schemas, draft, name, at))
    }
    if found:
        before = stated.get("derived", [])
        grown = [assumed(said, fields={name: "{next:" + name + "}"}) for name, said in found.items()]
        stated["derived"] = [*(before if isinstance(before, list) else [before]), *grown]


def _own(schemas: Schemas, draft: ResourceDraft) -> dict[str, str]:
    """The properties that replies show of every item, and that no create sends or must not send.

    Those of an alternative (`oneOf`) are left out, because not every item has them.
    """
    found: dict[str, str] = {}
    needed = _needed(schemas, draft)
    for view in _views(draft):
        for node, here in schemas.branches(view):
            names = node.get("properties")
            for name in names if isinstance(names, Mapping) else ():
                found.setdefault(name, schemas.properties(view).get(name, here))
    sent = _sent(schemas, draft)
    return {name: at for name, at in found.items() if name not in sent or name in needed}


def _shown(draft: ResourceDraft, taken: Collection[str]) -> dict[str, str]:
    """The properties that any reply shows and no request sends."""
    sent = {name for asked in draft.request_properties("create", "update", "replace") for name in asked}
    return {name: at for name, at in draft.properties().items() if name not in sent and name not in taken}


def _views(draft: ResourceDraft) -> list[str]:
    """The schemas by which replies show an item that was not deleted."""
    shown = (action.item_schema for action in draft.actions if action.does not in ("delete", "delete-all"))
    return [pointer for pointer in dict.fromkeys(shown) if pointer]


def _needed(schemas: Schemas, draft: ResourceDraft) -> set[str]:
    """The properties that some reply must show."""
    return {name for view in _views(draft) for name in schemas.required(view)}


def _sent(schemas: Schemas, draft: ResourceDraft) -> set[str]:
    """The properties that a create may send."""
    asked = (item_schema_of_request(schemas, action) for action in draft.actions if action.creates)
    named = {name: at for pointer in asked if pointer for name, at in schemas.properties(pointer).items()}
    return {name for name, at in named.items() if schemas.keyword(at, "readOnly") is not True}


def _taken(stated: Statement) -> set[str]:
    """The properties whose first value another statement says."""
    stamps = stated.get("timestamps", {})
    kept = [stated["identity"].get("field"), stamps.get("created"), stamps.get("updated")]
    kept += [each["field"] for each in stated.get("counts", ())]
    for kind in ("initial", "defaults"):
        entries = stated.get(kind, [])
        kept += [name for each in (entries if isinstance(entries, list) else [entries]) for name in each["fields"]]
    return {str(name).partition(".")[0] for name in kept if name}


def _start(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> StartValue | None:
    """What a property of a new item has; None if nothing says so, or if its schema has a default or another value."""
    if any("default" in node or "const" in node for node, _ in schemas.branches(at)):
        return None
    found = _likely(schemas, draft, stated, name, at)
    return next((start for start in found if _is_allowed(schemas, at, start.value)), None)


def _is_allowed(schemas: Schemas, at: str, value: Any) -> bool:
    """May the property have the value? Of a number its bounds say so; no schema is compiled for all the others."""
    if type(value) is not int:
        return True
    low, above = (schemas.keyword(at, word) for word in ("minimum", "exclusiveMinimum"))
    is_high_enough = (low is None or value >= low) and (not isinstance(above, int | float) or value > above)
    return is_high_enough and value in (schemas.keyword(at, "enum") or [value])


def _likely(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> Iterator[StartValue]:
    types, said = schemas.types(at), description(schemas, at)
    yield from composed(schemas, draft, stated, name, at)
    state = state_of_new(schemas, draft, name, at)
    if state is not None:
        yield StartValue(*state)
    if types - {"null"} == {"boolean"}:
        yield from _flag(schemas, draft, name)
    if types - {"null"} and types <= {"integer", "number", "null"}:
        told = first_number(said)
        if told is not None:
            yield StartValue(told[0], told[1])
        number = first_number_by_name(schemas, at, name)
        if number is not None and "null" not in types and name not in _sent(schemas, draft):
            yield StartValue(number, f"{name} is {number} at first, by its name")
            yield StartValue(1, f"{name} is 1 at first, by its name and its least value")
    yield from _unset(schemas, draft, stated, name, at)
    sentence = null_at_first(said) if "null" in types else ""
    if sentence:
        yield StartValue(None, sentence)
    elif _is_of_job(schemas, draft, at):
        yield StartValue(None, "the create answers 202: what the work results in is not there yet")
    yield from _time(schemas, draft, stated, name, at)


def _unset(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> Iterator[StartValue]:
    """What nothing has set yet: null, if an operation sets it or the item that it is copied from; an empty list.

    Every item must show it, or it names another item: the `tenant` that only `assign` sends.
    """
    by = next((one["by"] for one in stated.get("copied", ()) if name in one.get("fields", ()) and one.get("by")), name)
    changes = [each for each in draft.actions if each.does == "update" and _changes(schemas, each, by)]
    is_named = any(one.get("field") == by for one in stated.get("references", ()))
    is_shown = name in _needed(schemas, draft) or is_named
    if changes and is_shown and by not in _sent(schemas, draft) and "null" in schemas.types(at):
        operation = changes[0].operation
        yield StartValue(None, f"{operation.http_method} {operation.path} sets it")
    nothing = nothing_yet(schemas, draft, name, at)
    if nothing is not None:
        yield nothing


def _changes(schemas: Schemas, action: DraftAction, name: str) -> bool:
    """Does an operation set a property, or is it sent there?"""
    asked = item_schema_of_request(schemas, action)
    sent = schemas.properties(asked) if asked else {}
    is_sent = name in sent and schemas.keyword(sent[name], "readOnly") is not True
    return name in action.sets or name in action.takes.values() or is_sent


def _flag(schemas: Schemas, draft: ResourceDraft, name: str) -> Iterator[StartValue]:
    """A flag that an operation switches on is off at first, and the other way round."""
    acting = (action for action in draft.actions if name in action.sets and action.does in CHANGING)
    switches = [(action, action.sets[name]) for action in acting]
    on = next((action for action, value in switches if value is True), None)
    off = next((action for action, value in switches if value is False), None)
    switch = on or off
    is_later = LATER_EVENTS.search(name) is not None
    if switch is not None and (on is not None or not is_later):  # what restores an item does not say that it is deleted
        operation = switch.operation
        value = on is None
        if on is not None and off is not None and words(name)[-1:] != () and words(name)[-1] in STANDING:
            value = True
        shown = (schemas.keyword(draft.properties().get(name, ""), "examples") or [None])[0]
        value = shown if isinstance(shown, bool) else value
        yield StartValue(value, f"{operation.http_method} {operation.path} makes it {str(not value).lower()}")
    elif is_later and name not in _needed(schemas, draft):
        return  # `deleted` is not shown of what is there
    elif is_flag_of_something_done(words(name) or ("",)):
        yield StartValue(False, f"{name} says that something was done, by its name")


CHANGING = ("update", "update-all", "update-many")
"""What an action does that gives new values to items."""


def _is_of_job(schemas: Schemas, draft: ResourceDraft, at: str) -> bool:
    """Is a property that may be null one of an item whose create only starts some work?"""
    making = draft.action(*CREATING)
    return making is not None and making.reply.status == 202 and "null" in schemas.types(at)


def _time(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> Iterator[StartValue]:
    """A time that is that of the creation or lies after it, as a template."""
    written, usual = time_format(schemas, at), stated.get("timestamps", {}).get("written", "iso-milliseconds")
    lifetime = _lifetime(schemas, draft) if written == usual and not AHEAD.isdisjoint(words(name)) else ""
    if lifetime:
        yield StartValue("{after:" + lifetime + "}", f"{lifetime.partition(' ')[0]} says how long after the creation")
        return
    length, sentence = lead(description(schemas, at)) if written else ("", "")
    if written and plain(name) in MOMENTS and name not in _sent(schemas, draft):
        yield StartValue(NOW.get(written, "{now}"), f"{name} is when the item is made")
        return
    is_ahead = bool(sentence) or not AHEAD.isdisjoint(words(name))
    if "null" in schemas.types(at) and not sentence:
        return
    if not is_ahead:
        is_past = is_event(name) or is_done(words(name))
        is_made = is_past and (name in _needed(schemas, draft) or _is_making(schemas, draft, name))
        if is_made and LATER_EVENTS.search(name) is None and written in {usual, *NOW}:
            value = "{now}" if written == usual else NOW[written]
            yield StartValue(value, f"no other operation sets {name}, so it happens with the creation")
        return
    why = sentence or f"{name} is after the creation, by its name"
    if written == "iso-date":
        yield StartValue("{day_later:" + (length or USUAL_LEAD) + "}", why)
    elif written and written == usual:
        yield StartValue("{later:" + (length or USUAL_LEAD) + "}", why)


NOW = {"iso-date": "{day_later:0d}"}
"""The time of the request where an item writes it otherwise than its timestamps."""

MOMENTS = frozenset(("at", "date", "time", "timestamp", "datetime", "when", "day"))
"""Plain names of the only time of something that happens once: `at` of an event, the `date` of an invoice."""


def _is_making(schemas: Schemas, draft: ResourceDraft, name: str) -> bool:
    """Is something done, by the name of a time, what a create does: `bought_at` of `buyTicket`, `lentOn` of `LENT`?"""
    event, making = words(name)[0], draft.action(*CREATING)
    if making is None or any(name in action.sets for action in draft.actions):
        return False
    operation = making.operation
    texts = [making.reply.response.description, operation.operation_id, operation.summary]
    told = {word for text in texts for word in words(text)}
    told |= {plain(value) for at in draft.properties().values() for value in choices(schemas, at)[:1]}
    return event in told or any(event in past_forms((singular(word),)) for word in told)


def _lifetime(schemas: Schemas, draft: ResourceDraft) -> str:
    """The property of a create that says how long an item is valid, and how many seconds its unit has; else empty."""
    for asked in draft.request_properties("create"):
        for name, at in asked.items():
            parts, types = words(name), schemas.types(at) - {"null"}
            is_length = bool(types) and types <= {"integer", "number"} and LIFETIME.search("_".join(parts)) is not None
            told = [*parts, *words(description(schemas, at).text)] if is_length else []
            unit = next((SECONDS[singular(word)] for word in told if singular(word) in SECONDS), 1)
            if is_length:
                return f"{name} {unit}"
    return ""


LIFETIME = lazy_pattern(
    r"(^|_)(expires?_(in|after)|expiry_(in|days|hours|minutes|seconds)|ttl|time_to_live|lifetime|"
    r"valid_(for|days|hours|minutes)|validity)(_|$)"
)
"""Names of a number that says how long something is valid."""

SECONDS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}
"""How many seconds a unit of time has."""


def _grows(schemas: Schemas, draft: ResourceDraft, name: str, at: str) -> str:
    """Why an integer is the next one after each change: a sentence says so, or its name; empty if it is not."""
    if "integer" not in schemas.types(at):
        return ""
    is_revision = plain(name) in REVISIONS and draft.action("update", "replace") is not None
    is_revision = is_revision and name not in _sent(schemas, draft) and "null" not in schemas.types(at)
    return grows(description(schemas, at)) or (f"{name} counts the changes, by its name" if is_revision else "")


REVISIONS = frozenset(("revision", "version", "revisionnumber", "versionnumber", "lockversion", "rev"))
"""Plain names of the number of changes of an item."""
