"""What an operation does to an item, by its name: `POST /orders/{id}/cancel` sets `status` to `cancelled`.

So does `CANCEL /orders/{id}`, which OpenAPI 3.2 allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import reply_body, request_schema
from mockserver.inference.bodies.request_envelope import request_envelope
from mockserver.inference.bodies.request_values import sends_the_item, sent_properties, values_taken
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import noun, plain, same, words
from mockserver.inference.operations.item_uses import counting_use
from mockserver.inference.operations.keeping_deletes import other_verbs
from mockserver.inference.operations.property_writes import property_write
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.sentences.once_sentences import once_sentence
from mockserver.inference.sentences.said_changes import said_changes
from mockserver.inference.sentences.target_states import target_state
from mockserver.inference.values.done_flags import is_flag
from mockserver.inference.values.event_times import LATER_EVENTS
from mockserver.inference.values.fields import CREATED, edit_times, format_of, timestamps
from mockserver.inference.values.flags import opposite_flags
from mockserver.inference.values.past_forms import opposite_of, past_forms
from mockserver.inference.values.state_values import STATES, values_of
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation

METHODS = ("post", "put", "patch", "delete")

TIME_ENDS = ("at", "on", "date", "time", "utc")
"""Last words of the time at which something happened."""

NOW = {"date-time": "{now}", "date": "{day_later:0d}"}
"""The time at which something happens, by the format in which it is written."""

RENEWING = frozenset(("rotate", "regenerate", "roll", "renew", "refresh", "reset", "reissue"))
"""First words of a path that gives an item a new secret."""

COPIES = frozenset(("copy", "clone", "duplicate", "replicate"))
"""First words of the last part of a path that makes another item of the one above."""

COPYING = COPIES | {"fork", "split", "merge"}
"""Last words of paths whose reply shows another item than that of the path."""

BEFORE = frozenset(("mark", "set", "make", "as", "is", "to", "has", "was", "be"))
"""Words that may come before the one that says what happens: `mark-as-paid`, `isLocked`."""

UNSAID = lazy_pattern(r"unspecified|unknown|undefined|none", re.IGNORECASE)
"""Names of a state that say that there is none."""


def add_item_actions(drafts: Iterable[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add to each resource the operations that change or show its items: a literal segment below, or by own methods."""
    every = list(drafts)
    stored = [draft for draft in every if draft.has_id]
    used = {action.operation.operation_id for draft in stored for action in draft.actions}
    for each in every:
        each.actions = [_deleting(each, action) if action.does == "delete" else action for action in each.actions]
        edited = dict.fromkeys(edit_times(each.schemas, each.properties()), "{now}")
        each.actions = [_editing(each, action, edited) for action in each.actions]
    by_shape = {draft.shape: draft for draft in stored}
    for node in nodes.values():
        shape, name = _above(node)
        named = [(method, name) for method in METHODS] if name else [(each, each) for each in _own_methods(node)]
        draft = by_shape.get(shape if name else node.shape)
        for method, verb in named if draft is not None else ():
            operation = node.operations.get(method)
            is_undone = method == "delete" and not _ends(node, verb)
            found = _found(draft, operation, verb, is_undone=is_undone) if draft and operation else None
            if draft is not None and found is not None and found.operation.operation_id not in used:
                draft.actions.append(found)


def _ends(node: PathNode, name: str) -> bool:
    """Does the only write of a path end something, so that its DELETE does that and not the opposite?

    `DELETE /orders/{id}/cancel` cancels an order; `DELETE /posts/{id}/like` takes back what a PUT does.
    """
    is_alone = node.operations.keys().isdisjoint(("post", "put", "patch"))
    return is_alone and not ENDING.isdisjoint(_content(name)[:1])


ENDING = frozenset((
    "cancel", "abort", "terminate", "revoke", "withdraw", "void", "stop", "end", "close", "expire", "deactivate",
    "disable", "reject", "decline", "dismiss", "discard", "unpublish", "unsubscribe",
))  # fmt: skip
"""First words of paths that end something."""


def _found(draft: ResourceDraft, operation: Operation, name: str, *, is_undone: bool) -> DraftAction | None:
    """What an operation does to the item above it. One that only shows the item may set the property it is named by."""
    found, reply = acting(draft, operation, name, is_undone=is_undone), reply_body(operation, "update")
    is_change = found is not None and found.does != "get"
    written = property_write(draft, operation, name, reply) if reply is not None and not is_change else None
    action = written or found
    return counting_use(draft, operation, name, action, reply) if reply is not None else action


def _own_methods(node: PathNode) -> list[str]:
    """The methods of a path that only `additionalOperations` can have (OpenAPI 3.2): their names say what they do."""
    return [method for method, operation in node.operations.items() if operation.is_additional]


def _above(node: PathNode) -> tuple[Shape, str]:
    """The shape of the item above, and what the path adds: `cancel` of `/orders/{id}/cancel` or `{id}:cancel`.

    It may add the id of something else: `assign` of `/tasks/{id}/assign/{user_id}`.
    """
    *before, last = node.shape or ("",)
    if last == "{}" and before[-2:-1] == ["{}"]:
        *before, last = before
    head, mark, verb = last.partition(":")
    if mark and head == "{}":
        return (*before, "{}"), verb
    return tuple(before), "" if "{" in last or mark else last


def _deleting(draft: ResourceDraft, action: DraftAction) -> DraftAction:
    """A delete whose reply shows the item: as deleted, where a property can say so.

    One that is said to do something else, such as to archive the item, only changes it.
    """
    shown = draft.schemas.properties(action.item_schema) if action.item_schema else {}
    is_shown = action.item_schema is not None and likeness.is_exactly(draft, action.item_schema)
    for verb in other_verbs(draft.schemas, action.operation, draft.word, is_shown=is_shown):
        kept = dict(_changes(draft, verb, is_undone=False))
        if kept:
            reason = f"the document says {verb}, and the item stays"
            return replace(action, does="update", sets=kept, reason=reason)
    sets = {name: value for name, value in _changes(draft, "delete", is_undone=False) if name in shown}
    return replace(action, sets=sets) if sets else action


def _editing(draft: ResourceDraft, action: DraftAction, edited: Mapping[str, Any]) -> DraftAction:
    """An update of the whole item or of parts of it, which sets the time of the last edit, and a state."""
    is_edit = action.does in ("update", "replace") and not action.sets and not action.entry
    if not is_edit or action.operation.request_body is None:
        return action
    said = target_state(draft.schemas, action.operation, draft.properties())
    sets = {**edited, **({said.field: said.value} if said is not None else {})}
    return replace(action, sets=sets) if sets else action


def acting(draft: ResourceDraft, operation: Operation, name: str, *, is_undone: bool = False) -> DraftAction | None:
    """What an operation does to the item above it, or undoes; None if its name and its reply do not say."""
    found = reply_body(operation, "update")
    path, schema = shown_item(draft, found) if found is not None else ((), None)
    if found is not None and schema and _copies(draft, name, schema):
        reason = f"the path ends with {name}, and the reply shows an item"
        envelope, _ = request_envelope(draft, request_schema(operation.request_body))
        return DraftAction(operation, "copy", reply_body(operation, "create") or found, reason, path, schema, envelope)
    if found is None or (found.status == 201 and not _is_about_the_item(draft, operation, name)):
        return None
    sets = changes_named(draft, name, is_undone=is_undone)
    said = dict(said_changes(draft, operation))
    said |= dict(_times_reached(draft, {**sets, **said}))
    sets |= said if sets or (schema and likeness.is_exactly(draft, schema)) else {}
    sending = sent_properties(draft, operation)
    taken = values_taken(draft, operation, _verb(name, draft.word)) if sets or schema else {}
    takes = {sent: own for sent, own in taken.items() if sent != own or _is_read_only(draft, own)}
    sets = given_times(sets, {plain(own): sent for sent, own in [*zip(sending, sending, strict=True), *taken.items()]})
    is_item = likeness.is_alike if sets else likeness.is_exactly
    shown = schema if schema and is_item(draft, schema) else None
    if sets:
        told = (f"{key} becomes {'null' if value is None else value}" for key, value in sets.items())
        where = f"the method is {operation.http_method}" if operation.is_additional else f"the path ends with {name}"
        reason = f"{'a sentence says so' if said else where}: {', '.join(told)}"
        return DraftAction(operation, "update", found, reason, path if shown else (), shown, sets=sets, takes=takes)
    if shown is None and once_sentence(draft.schemas, operation, draft.name) is not None:
        return DraftAction(operation, "get", found, "a sentence says that it is done once for an item", (), None)
    if shown is None or not set(words(name)).isdisjoint(COPYING):
        return None
    where = "a method of an item's own path" if operation.is_additional else "below an item"
    common = {*sent_properties(draft, operation)} & set(draft.properties())
    is_named = any(same(each, name) or _is_reference(draft, each) for each in common)
    if taken or is_named or sends_the_item(draft, operation, name):
        changed = ", ".join(sorted({*taken.values()} or common))
        return DraftAction(operation, "update", found, f"{where}, whose {changed} it changes", path, shown, takes=takes)
    return DraftAction(operation, "get", found, f"{where}, which its reply shows", path, shown)


def given_times(sets: Mapping[str, Any], sent: Mapping[str, str]) -> dict[str, Any]:
    """The new values of an action, where a time that its request sends wins over the time of the request.

    `sent` are the plain names of properties, each with its name in the request.
    """
    named = {name: sent.get(plain(name), "") for name, value in sets.items() if value in NOW.values()}
    given = {name: f"{{given:{given} {sets[name][1:-1]}}}" for name, given in named.items() if given}
    return {**sets, **given}


def _copies(draft: ResourceDraft, name: str, schema: str) -> bool:
    """Does an operation make another item like that of its path, as clients can make one?"""
    is_named = not set(words(name)[:1]).isdisjoint(COPIES)
    return is_named and likeness.is_exactly(draft, schema) and draft.action("create") is not None


def _is_about_the_item(draft: ResourceDraft, operation: Operation, name: str) -> bool:
    """Does a POST that answers 201 with the item above it make something else: `POST /polls/{id}/votes`?

    What it sends has no property of the item; otherwise it would make another one.
    """
    sent = {*sent_properties(draft, operation)} if operation.request_body is not None else set[str]()
    return bool(sent) and sent.isdisjoint(draft.properties()) and set(words(name)).isdisjoint(COPYING)


def _is_read_only(draft: ResourceDraft, name: str) -> bool:
    """May no other request send a property? Then only an operation that says so changes it."""
    return draft.schemas.keyword(draft.properties()[name], "readOnly") is True


def _is_reference(draft: ResourceDraft, name: str) -> bool:
    """Does a property name another item: the `folderId` that `POST /files/{id}/move` sends?"""
    return words(name)[-1:] in (("id",), ("ids",)) and plain(name) not in draft.id_names


def changes_named(draft: ResourceDraft, name: str, *, is_undone: bool = False) -> dict[str, Any]:
    """The properties that get a new value when what `name` says is done to an item, or undone, and the values.

    The number that says how often it was done comes first: whether it changes, the flag before says.
    """
    sets = dict(_changes(draft, name, is_undone=is_undone))
    flag = next((each for each, value in sets.items() if isinstance(value, bool)), "")
    return dict(_times_done(draft, name, flag, is_undone=is_undone)) | sets


def _times_done(draft: ResourceDraft, name: str, flag: str, *, is_undone: bool) -> Iterator[tuple[str, str]]:
    """The number of an item that says how often something was done to it: `likes_count`, `followers`."""
    verb = _verb(name, draft.word)
    done, way = ((opposite_of(verb) or verb), "lowered") if is_undone or opposite_of(verb) else (verb, "raised")
    called = {"".join(done), *(f"{''.join(done)}{end}" for end in ("r", "er", "or"))} if done else set()
    sent = {each for asked in draft.request_properties("create", "update", "replace") for each in asked}
    for each, at in draft.properties().items() if called else ():
        parts = tuple(part for part in words(each) if part not in COUNTING)
        is_number = draft.schemas.types(at) == {"integer"} and each not in sent
        is_of_verb = len(parts) == 1 and (noun(parts[0])[0] in called or _is_noun_of("".join(done), noun(parts[0])[0]))
        if is_number and is_of_verb:
            yield each, "{" + f"{way}:{each} {flag}".strip() + "}"
            return


def _is_noun_of(verb: str, word: str) -> bool:
    """Is a word the noun of a verb: `extension` of `extend`, `renewal` of `renew`?"""
    stem = verb[: max(len(verb) - 1, 4)]
    return len(verb) > 3 and word.startswith(stem) and word.endswith(("sion", "tion", "al", "ment"))


COUNTING = frozenset(("count", "counts", "total", "num", "number", "of"))
"""Words around what a number counts."""


def _changes(draft: ResourceDraft, name: str, *, is_undone: bool) -> Iterator[tuple[str, Any]]:
    """The properties that get a new value when what `name` says is done, or undone, and the values."""
    verb = _verb(name, draft.word)
    properties = likeness.properties_inside(draft) if verb else {}
    states = [*_new_state(draft, properties, past_forms(verb))] if verb and not is_undone else []
    if verb and not is_undone:
        yield from states
        yield from _new_time(draft, properties, past_forms(verb))
    yield from _switched(draft, properties, verb, is_undone=is_undone)
    undone = verb if is_undone else opposite_of(verb)
    required = {name for view in draft.reply_schemas() for name in draft.schemas.required(view)}
    for each, _ in _new_time(draft, properties, past_forms(undone)) if undone else ():
        if each not in required or draft.schemas.validator(properties[each], "response").is_valid(None):
            yield each, None
    for each, left in _new_state(draft, properties, past_forms(undone)) if undone and not states else ():
        yield from _first_state(draft, properties, each, left)
    if verb and verb[0] in RENEWING:
        yield from ((each, "{renewed}") for each in properties if is_secret(each))
    if verb[:1] == ("toggle",):
        yield from _toggled(draft, properties, verb[1:])


def _switched(
    draft: ResourceDraft, properties: Mapping[str, str], verb: tuple[str, ...], *, is_undone: bool
) -> Iterator[tuple[str, bool]]:
    """The flags that say whether it was done, else those that say the opposite: `isOpen` after `close`."""
    flags = {
        "".join(_done(each.rpartition(".")[2])): each for each, at in properties.items() if is_flag(draft.schemas, at)
    }
    told = ((verb, not is_undone), (opposite_of(verb), is_undone))
    found = [(flags[form], value) for said, value in told if said for form in past_forms(said) if form in flags]
    yield from found or (() if is_undone else opposite_flags(verb, flags))


def _new_state(
    draft: ResourceDraft, properties: Mapping[str, str], forms: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The property whose `enum` has one of the forms; that with a name of a state comes first."""
    for each in sorted(properties, key=lambda name: (words(name) or ("",))[-1] not in STATES):
        named = {plain(value): value for value in values_of(draft, each, properties[each])}
        value = next((named[form] for form in forms if form in named), None)
        if value is not None:
            yield each, value
            return


def is_secret(name: str) -> bool:
    """Is a property, by its name, something secret that a service makes: `secret`, `api_key`, `access_token`?"""
    parts = words(name)
    return parts[-1:] != () and (parts[-1] in ("secret", "token", "password") or parts[-2:] in KEY_NAMES)


KEY_NAMES = (("api", "key"), ("secret", "key"), ("access", "key"), ("private", "key"), ("signing", "key"))
"""Last words of the name of a key that is a secret."""


def _toggled(draft: ResourceDraft, properties: Mapping[str, str], rest: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The flag that is turned: the one that the path names (`toggle-active`), or the only one that clients send."""
    flags = [name for name, at in properties.items() if draft.schemas.types(at) - {"null"} == {"boolean"}]
    sent = {name for asked in draft.request_properties("create", "update", "replace") for name in asked}
    forms = past_forms(rest) if rest else ()
    found = [name for name in flags if "".join(_done(name)) in forms] if rest else [n for n in flags if n in sent]
    if len(found or flags) == 1:
        name = (found or flags)[0]
        yield name, "{not:" + name + "}"


def _first_state(
    draft: ResourceDraft, properties: Mapping[str, str], name: str, left: str
) -> Iterator[tuple[str, str]]:
    """The state to which an item returns when the one that it has `left` is undone: the first that is not over."""
    allowed = draft.schemas.keyword(properties[name], "enum") or ()
    early = (value for value in allowed if isinstance(value, str) and value != left)
    first = next((each for each in early if not LATER_EVENTS.match(each) and not UNSAID.search(each)), None)
    if first is not None:
        yield name, first


def _new_time(draft: ResourceDraft, properties: Mapping[str, str], forms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The times of what happened: `cancelled_at`."""
    for each, at in properties.items():
        *first, last = words(each.rpartition(".")[2]) or ("",)
        if last == "utc" and len(first) > 1 and first[-1] in TIME_ENDS:
            first.pop()
        written = _now(draft, at) if last in TIME_ENDS else None
        if written is not None and "".join(first) in forms:
            yield each, written


def _times_reached(draft: ResourceDraft, sets: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The times that are named after the state which an item gets: `sent_at` where the state becomes `sent`."""
    properties = likeness.properties_inside(draft)
    for name, value in sets.items():
        is_state = isinstance(value, str) and (words(name.rpartition(".")[2]) or ("",))[-1] in STATES
        for each, written in _new_time(draft, properties, (plain(value),)) if is_state else ():
            if each not in sets and plain(each) not in CREATED:
                yield each, written


def _now(draft: ResourceDraft, at: str) -> str | None:
    """The template of the time of a request, as a property has it; None if the property holds no time."""
    written, types = NOW.get(format_of(draft.schemas, at)), draft.schemas.types(at) - {"null"}
    if written is None and (types == {"integer"} or (types == {"string"} and not format_of(draft.schemas, at))):
        stamps = timestamps(draft.schemas, draft.properties()) or {}  # as the other times of the item
        form = "unix-" if types == {"integer"} else "iso-"
        written = "{now}" if str(stamps.get("written")).startswith(form) else None
    return written


def _verb(name: str, word: str) -> tuple[str, ...]:
    """What the name of a path says: ("paid",) of `mark-as-paid`, ("cancel",) of `cancelOrder` below `orders`."""
    own = noun(word)
    return tuple(each for each in _content(name) if each not in own)


def _done(name: str) -> tuple[str, ...]:
    """What the name of a flag says was done, without by whom: ("liked",) of `liked_by_me`."""
    found = _content(name)
    return found[: found.index("by")] if "by" in found[1:] and found[-1] in ONESELF else found


ONESELF = frozenset(("me", "user", "viewer", "self", "you"))
"""Last words of flags about who asks."""


def _content(name: str) -> tuple[str, ...]:
    found = words(name)
    while found and found[0] in BEFORE:
        found = found[1:]
    return found
