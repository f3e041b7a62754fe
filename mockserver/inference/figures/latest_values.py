"""Properties that have the value of the newest of other items: `last_watered_at`, `lastMovementAt`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import Statement, described, inferred
from mockserver.inference.names import noun, plain, words
from mockserver.inference.relations.described_references import naming
from mockserver.inference.sentences.descriptions import DOUBT, description
from mockserver.inference.sentences.effect_sentences import is_called
from mockserver.inference.sentences.extreme_sentences import extremes, meant_field
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.values.fields import format_of
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Relation = Callable[[Mapping[str, Statement], str, ResourceDraft], str | None]
"""The property of other items with the id of the item of a resource; empty if they are below it, None if unrelated."""

NEWEST = frozenset(("last", "latest", "newest", "recent"))
TIME_ENDS = frozenset(("at", "on", "date", "time"))

SETS = lazy_pattern(
    r"\b(?:sets|updates) (?:the |its )?(?P<field>[a-z_]\w*)"
    r"(?: of (?:the|its|this|that) (?P<of>[a-z_]\w*))?(?:$|,| and\b)",
    re.IGNORECASE,
)
"""How an operation says what it sets: "Sets last_watered_at of the plant"."""

BECOMES = lazy_pattern(
    r"\bthe (?P<field>[a-z_]\w*) of (?:the|its|this|that) (?P<of>[a-z_]\w*) "
    r"(?:becomes|is set to|is updated to|changes to|will be|takes) (?:that|the one|the value|the (?P<takes>[a-z_]\w*)) "
    r"of (?:the|this) (?:new |last |latest )?(?P<other>[a-z_]\w*)(?:$|,| and\b)",
    re.IGNORECASE,
)
"""How it says that the item above takes a value: "The strength of the hive becomes that of the inspection"."""

OF_LAST = lazy_pattern(
    r"\b(?:of|at|by) (?:the|its) (?:last|latest|newest|most recent) (?P<last>[a-z]\w*)|"
    r"\buntil (?:the|its) first (?P<first>[a-z]\w*)|"
    r"^(?:the )?(?:last|latest|newest|most recent) (?:day|date|time|moment) (?:of|among|over|in) "
    r"(?:(?:an?|all|any|the|its|these) )*(?P<among>[a-z]\w*)",
    re.IGNORECASE,
)
"""How a description says whose value a property has: "time of the last visit"."""


def latest_values(
    schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, by: str, resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """The `latest` statements about the properties of a resource; `by` is how `other` items name one of it."""
    asking = [(name, at) for asked in draft.request_properties(*SENDING) for name, at in asked.items()]
    sent = {name for name, at in asking if schemas.keyword(at, "readOnly") is not True}
    shown = draft.properties()
    fields = {name: at for name, at in shown.items() if name not in sent}
    for name, takes, source in _becoming(schemas, draft, other, shown):
        keys: Statement = {"field": name, "resource": other.name, "takes": takes} | ({"by": by} if by else {})
        yield keys | described(source)
    found = dict(_extremes(schemas, other, fields))
    yield from (each | ({"by": by} if by else {}) for each in found.values())
    said = dict(_said(schemas, draft, other, fields))
    for name, at in fields.items():
        takes = _taken(schemas, other, resources[other.name], name, at, is_said=name in said)
        is_named = name not in found and (name in said or _is_named(schemas, name, at, other))
        if not is_named or not takes:
            continue
        keys = {"field": name, "resource": other.name, "takes": takes} | ({"by": by} if by else {})
        if name in said:
            yield keys | described(said[name])
        else:
            yield inferred(f"{name} is the time of the newest {other.name}, by its name", **keys)


def _extremes(schemas: Schemas, other: ResourceDraft, fields: Mapping[str, str]) -> Iterator[tuple[str, Statement]]:
    """The properties whose description says that they are the highest or lowest value of the other items."""
    for said in extremes(schemas, fields):
        takes = meant_field(schemas, other.properties(), said.each)
        if takes and said.noun == noun(other.name)[-1]:
            keys: Statement = {"field": said.field, "resource": other.name, "takes": takes}
            keys["of"] = "highest" if said.is_highest else "lowest"
            yield said.field, keys | described(said.source)


def _becoming(
    schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, shown: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """What becomes the value of a new item, also where clients set it: the property, the other's, and the sentence."""
    known, others = ({plain(name): name for name in of} for of in (shown, other.properties()))
    made = other.action("create", "create-many")
    for sentence in operation_sentences(schemas, made.operation) if made is not None else ():
        match = BECOMES.search(sentence.text) if not DOUBT.search(sentence.text) else None
        if match and is_called(match["of"], draft.name) and is_called(match["other"], other.name):
            name = known.get(plain(match["field"]), "")
            takes = others.get(plain(match["takes"] or match["field"]), "")
            if name and takes and schemas.types(shown[name]) & schemas.types(other.properties()[takes]):
                yield name, takes, sentence.source


def _said(
    schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, fields: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The properties that a sentence is about, and the sentence: that of the create, or of the property itself."""
    known = {plain(name): name for name in fields}
    made = other.action("create", "create-many")
    for sentence in operation_sentences(schemas, made.operation) if made is not None else ():
        match = SETS.search(sentence.text) if not DOUBT.search(sentence.text) else None
        name = known.get(plain(match["field"])) if match else None
        if name and match and (not match["of"] or is_called(match["of"], draft.name)):
            yield name, sentence.source
    for name, at in fields.items():
        told = description(schemas, at)
        for text in told.sentences() if _is_time(schemas, at) else ():
            match = OF_LAST.search(text)
            if match and noun(match["last"] or match["first"] or match["among"])[-1] == noun(other.name)[-1]:
                yield name, Sentence(text, told.pointer).source


def _is_named(schemas: Schemas, name: str, at: str, other: ResourceDraft) -> bool:
    """Is a property the time of the newest item by its name: `last_movement_at`, `lastInspection`?"""
    first, *about = words(name) or ("",)
    if first not in NEWEST or not about or not _is_time(schemas, at):
        return False
    about = about[:-1] if about[-1] in TIME_ENDS else about
    return "".join(noun("_".join(about))) in ("".join(noun(other.word)), noun(other.name)[-1])


def _is_time(schemas: Schemas, at: str) -> bool:
    """Is a property a time, by its format, or as a text by how its description begins: "Date of the last visit"?"""
    is_text = schemas.types(at) - {"null"} == {"string"}
    return format_of(schemas, at) in ("date-time", "date") or (
        is_text and TIME_OF.match(description(schemas, at).text) is not None
    )


TIME_OF = lazy_pattern(r"(?:the )?(?:date|time|day|moment|timestamp|date and time|when)\b", re.IGNORECASE)


def _taken(schemas: Schemas, other: ResourceDraft, stated: Statement, name: str, at: str, *, is_said: bool) -> str:
    """The property of the other items that the value is; empty if none fits."""
    shown = other.properties()
    if is_said and name in shown and schemas.types(shown[name]) & schemas.types(at):
        return name
    if not _is_time(schemas, at):
        return ""
    form, created = format_of(schemas, at), str(stated.get("timestamps", {}).get("created", ""))
    times = [
        each for each, pointer in shown.items() if (format_of(schemas, pointer) == form if form else each == created)
    ]
    own = [each for each in times if each != stated.get("timestamps", {}).get("updated")]
    alike = [each for each in own if plain(each) in plain(name)]
    return next(iter(alike), "") or (own[0] if len(own) == 1 else created if created in times else "")


def add_latest(
    schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement], relation: Relation
) -> None:
    """Add the `latest` to the statements about `resources`. `relation` says how items name another one."""
    others_of = naming(drafts, resources)
    for draft in drafts:
        found: list[Statement] = []
        for other in others_of.get(draft.name, ()) if draft.is_created and draft.has_id else ():
            makes = other.action("create", "create-many") is not None and other is not draft
            by = relation(resources, draft.name, other) if makes else None
            if by is not None:
                known = {each["field"] for each in found}
                values = latest_values(schemas, draft, other, by, resources)
                found += [each for each in values if each["field"] not in known]
        if found:
            resources[draft.name]["latest"] = found
