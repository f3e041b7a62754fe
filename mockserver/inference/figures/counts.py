"""Numbers of items that follow from other items: "the number of employees", "the sum of all refunds"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import described
from mockserver.inference.figures.count_conditions import condition
from mockserver.inference.figures.effects import effect_counts, lowering
from mockserver.inference.figures.fillings import filling_counts
from mockserver.inference.figures.undone_effects import with_limits
from mockserver.inference.names import noun, plain, words
from mockserver.inference.relations.described_references import naming, sent_reference
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.mean_sentences import means
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

ALL = r"(?:(?:all|its|the|their|our|your) )*"

COUNT = lazy_pattern(
    rf"^(?:the )?(?:total |current )?(?:number|count) of {ALL}(?P<noun>[a-z]\w*)(?P<rest>.*)$|"
    rf"^how many {ALL}(?P<noun_too>[a-z]\w*)(?P<rest_too>.*)$",
    re.IGNORECASE,
)

SUM = lazy_pattern(
    rf"^(?:the )?(?:sum|total) of {ALL}(?:(?P<each>[a-z]\w*) of {ALL})?(?P<noun>[a-z]\w*)(?P<rest>)$",
    re.IGNORECASE,
)

AROUND = frozenset((
    "of", "in", "on", "for", "with", "to", "at", "below", "under", "that", "which", "it", "its", "this", "the", "a",
    "an",
    "there", "are", "is", "has", "have", "had", "were", "was", "been", "belong", "belongs", "cast", "made", "exist",
    "stored", "so", "far", "received", "given", "added", "written", "posted", "now", "currently", "present",
))  # fmt: skip
"""Words after what is counted that select nothing among it."""


COUNTS = frozenset(("count", "counts"))
"""The last word of a name such as `comment_count`."""

BEFORE = (("number", "of"), ("num",), ("count", "of"))
"""The first words of a name such as `num_comments`."""


class Counted(NamedTuple):
    """A figure counts things called `noun`, or (`is_sum`) is the sum of their field `each`, empty if none is named.

    `kind` is the word before the noun that says which of them: `open` of "open tasks".
    """

    noun: str
    is_sum: bool
    each: str
    sentence: str
    pointer: str
    kind: str = ""

    @property
    def source(self) -> str:
        """The sentence and where it is."""
        return f'"{self.sentence}" ({self.pointer})'


def counted(schemas: Schemas, pointer: str, owner: str) -> Counted | None:
    """What the description of a number at `pointer`, of an item called `owner`, says; None if nothing is counted."""
    if not schemas.types(pointer) & {"integer", "number"}:
        return None
    said = description(schemas, pointer)
    for sentence in said.sentences():
        for form in (COUNT, SUM):
            match = form.match(sentence)
            if match is None:
                continue
            groups = match.groupdict()
            rest = (groups["rest"] or groups.get("rest_too") or "").lower()
            named = groups["noun"] or groups["noun_too"] if form is COUNT else groups["noun"]
            kind = ""
            if form is COUNT and words(rest)[:1] and words(rest)[0] not in AROUND | {noun(owner)[-1], *words(owner)}:
                kind, (named, *left) = named, words(rest)
                rest = " ".join(left)
            if set(words(rest)) <= AROUND | {noun(owner)[-1], *words(owner)}:
                return Counted(noun(named)[-1], form is SUM, groups.get("each") or "", sentence, said.pointer, kind)
    return None


def number_named(schemas: Schemas, pointer: str, field: str) -> str:
    """What a number counts by its name (`comment_count`, `num_comments`); empty if it does not say.

    A description that says nothing of the kind may select among the items ("approved comments"), so only a number
    without one counts by its name.
    """
    if "integer" not in schemas.types(pointer) or description(schemas, pointer).text:
        return ""
    parts = words(field)
    if len(parts) > 1 and parts[-1] in COUNTS:
        return noun("_".join(parts[:-1]))[-1]
    before = next((each for each in BEFORE if tuple(parts[: len(each)]) == each and len(parts) > len(each)), None)
    return noun("_".join(parts[len(before) :]))[-1] if before is not None else ""


def add_counts(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add the `counts` that descriptions and names say to the statements about `resources`, which have all others.

    A number that clients send is theirs, and does not follow from other items.
    """
    others_of = naming(drafts, resources)
    for draft in drafts:
        others = others_of.get(draft.name, ()) if draft.has_id else ()
        found = list(_counts(schemas, draft, others, resources))
        found += _means(schemas, draft, others, resources)
        found += _moved(schemas, draft, others, resources, frozenset(str(each["field"]) for each in found))
        if found:
            resources[draft.name]["counts"] = found


def _counts(
    schemas: Schemas, draft: ResourceDraft, others: Sequence[ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    sent = draft.sendable(*SENDING)
    for field, pointer in draft.properties().items():
        said = counted(schemas, pointer, draft.name) if field not in sent else None
        if said is None and field not in sent and (named := number_named(schemas, pointer, field)):
            said = Counted(named, is_sum=False, each="", sentence="", pointer=pointer, kind=_kind_named(field, named))
        is_plural = said is None and field not in sent and _is_plural_number(schemas, pointer, field)
        if is_plural:  # `comments` of an item with comments below it
            said = Counted(noun(field)[-1], is_sum=False, each="", sentence="", pointer=pointer)
        if said is None or not schemas.validator(pointer, "response").is_valid(0):
            continue
        for other in others:
            is_meant = noun(other.name)[-1] == said.noun or (other is draft and said.noun in BELOW)
            by = relation(resources, draft.name, other) if is_meant else None
            is_below = resources[other.name].get("parent", {}).get("resource") == draft.name
            by = None if is_plural and not is_below else by
            where = condition(other, said.kind) if by is not None else None
            by = by if where is not None else None
            amount = _amount(schemas, other, said, resources) if said.is_sum else ""
            is_made = other.action("create") is not None or (other.is_created and not said.is_sum)  # a PUT may add one
            if by is not None and amount is not None and is_made:
                keys: Statement = {"field": field, "resource": other.name} | ({"by": by} if by else {})
                keys |= {"where": where} if where else {}
                keys |= {"sum": amount} if amount else {}
                off = lowering(schemas, next(other.request_properties("create"), {}), amount) if amount else {}
                yield keys | off | _evidence(said, is_guess=bool(off))
                break


def _is_plural_number(schemas: Schemas, pointer: str, field: str) -> bool:
    """Is it a number that is called by one word, the plural of something, and that nothing describes?"""
    is_number = schemas.types(pointer) - {"null"} == {"integer"} and not description(schemas, pointer).text
    return is_number and len(words(field)) == 1 and noun(field) != words(field)


def _kind_named(field: str, counted: str) -> str:
    """The word before what a number counts by its name: `open` of `open_tasks_count`; empty if there is none."""
    parts = [part for part in words(field) if part not in COUNTS | {"num", "number", "of", "total"}]
    return "_".join(parts[:-1]) if parts and noun(parts[-1])[-1] == counted else ""


BELOW = frozenset(("reply", "child", "answer", "subtask", "subfolder", "subcategory", "descendant", "subitem"))
"""What items are called that name another one of the same resource."""


def _means(
    schemas: Schemas, draft: ResourceDraft, others: Sequence[ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """The numbers that are means of numbers of the items below an item."""
    sent = {name for asked in draft.request_properties(*SENDING) for name in asked}
    shown = {name: at for name, at in draft.properties().items() if name not in sent}
    for other in others:
        if other.action("create") is None or relation(resources, draft.name, other) != "":
            continue
        for mean in means(schemas, shown, next(other.request_properties("create"), {}), other.name):
            valid = schemas.validator(mean.pointer, "response").is_valid
            if valid(None) or valid(0):
                keys: Statement = {"field": ".".join(mean.place), "resource": other.name, "mean": mean.field}
                keys |= {} if mean.digits is None else {"digits": mean.digits}
                keys |= {} if valid(None) else {"without": "zero"}
                yield keys | described(mean.source)


def _moved(
    schemas: Schemas,
    draft: ResourceDraft,
    others: Sequence[ResourceDraft],
    resources: Mapping[str, Statement],
    known: frozenset[str],
) -> Iterator[Statement]:
    """The numbers that other items raise and lower. `known` follow from other items already."""
    by_name, found = {each.name: each for each in others}, list(_effects(schemas, draft, others, resources, known))
    taken = known | {str(each["field"]) for each in found}
    found += [each for each in filling_counts(schemas, draft, others, resources) if each["field"] not in taken]
    shown = draft.properties()
    yield from (with_limits(schemas, each, by_name[each["resource"]], shown[str(each["field"])]) for each in found)


def _effects(
    schemas: Schemas,
    draft: ResourceDraft,
    others: Sequence[ResourceDraft],
    resources: Mapping[str, Statement],
    known: frozenset[str],
) -> Iterator[Statement]:
    """The numbers that other items change by what they add to them. `known` follow from other items already."""
    for other in others:
        by = relation(resources, draft.name, other) if other is not draft else None
        if by is not None:
            yield from effect_counts(schemas, draft, other, by, known)


def _evidence(said: Counted, *, is_guess: bool = False) -> Statement:
    """How a figure is known; which entries are taken off, only their names say (`is_guess`)."""
    if not said.sentence:
        return {"evidence": "inferred", "note": "the name of the number says so"}
    if is_guess:
        return {"evidence": "inferred", "note": f"it is described as {said.source}"}
    return described(said.source)


def relation(resources: Mapping[str, Statement], name: str, other: ResourceDraft) -> str | None:
    """The property of the other items with the id of their owner; empty if they are below it, None if unrelated."""
    stated = resources[other.name]
    parent = stated.get("parent", {})
    if parent.get("resource") == name:
        is_on_the_way = parent["parameter"] in other.parent_parameters
        return "" if is_on_the_way else parent.get("field")
    reference = sent_reference(resources, name, other)
    return reference["field"] if reference is not None else None


def _amount(schemas: Schemas, other: ResourceDraft, said: Counted, resources: Mapping[str, Statement]) -> str | None:
    """The number of each item that is summed up: the one that the sentence names, or the only one; None without one."""
    sent = next(other.request_properties("create"), {})
    refers = {one.get("field") for one in resources[other.name].get("references", ())}
    numbers = [
        name
        for name, at in sent.items()
        if schemas.types(at) & {"integer", "number"} and name not in refers and not plain(name).endswith("id")
    ]
    wanted = [name for name in numbers if not said.each or noun(name)[-1] == noun(said.each)[-1]]
    return wanted[0] if len(wanted) == 1 else None
