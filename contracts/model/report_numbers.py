"""Numbers of reports that follow from items: how many there are, and the sum, mean or highest value of a field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from contracts.model.resources import CheckedResource
from mockserver.behaviour.statements import Evidence
from mockserver.inference.figures.counts import counted
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.state_rules import PRESENT, named_states
from mockserver.openapi.schemas import Schemas

KINDS = {
    "mean": "mean", "average": "mean", "avg": "mean",
    "max": "max", "maximum": "max", "highest": "max", "largest": "max", "longest": "max",
    "min": "min", "minimum": "min", "lowest": "min", "smallest": "min", "shortest": "min",
    "sum": "sum",
}  # fmt: skip
"""First words of a name or of a description, and what they say about the values of a field."""

OF_FIELD = re.compile(
    rf"^(?:the )?(?P<kind>{'|'.join(KINDS)}|total) (?:value )?of (?:(?:all|the|its|their) )*"
    r"(?P<each>[a-z_]+)(?:$|,|;| of\b| over\b)",
    re.IGNORECASE,
)
"""How a description names a field: "Mean of the counts, rounded to two decimals"."""

IN_STATE = re.compile(
    r"^(?P<noun>[a-z]+) (?:that|which) (?:is|are) (?P<state>[a-z_]+)(?: (?:now|currently|at present))?$", re.IGNORECASE
)
"""How a description names the items in a state: "Terms that are approved now"."""

FOR_EACH = re.compile(
    r"^(?:the )?(?:number|count) of (?P<noun>[a-z]+) (?:for|per|by|in|of) (?:each |every )?(?P<by>[a-z_]+)\b",
    re.IGNORECASE,
)
"""How a description says that there is a number for each value: "Number of terms for each language"."""

ROUNDED = re.compile(r"\brounded to (?:(?P<digits>\d|one|two|three)) (?:decimals?|digits|places)", re.IGNORECASE)

DIGITS = {"one": 1, "two": 2, "three": 3}

EMPTY = re.compile(r"\bnull (?:when|if|while|without|until|as long as|for)\b", re.IGNORECASE)

SHORTEST = 3
"""So many letters a name has at least that shortens a word: `lang`."""


class ReportNumber(NamedTuple):
    """The number `name` of a report is the `kind` of `field` over items of `resource`, or (`count`) how many there are.

    `where` is the state of the items that count, `by` the field whose values are the keys of an object of numbers.
    `digits` says how a mean is rounded; None if nothing is said. `is_null` says that it is null without items.
    """

    name: str
    kind: str
    resource: str
    field: str = ""
    where: tuple[str, Any] | None = None
    by: str = ""
    digits: int | None = None
    is_null: bool = False
    evidence: Evidence = "implied"
    source: str = ""

    def value(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Fraction] | Fraction | None:
        """The number for these items, as they look; None for the mean of none, and where an item lacks the field."""
        counting = [each for each in items if self.where is None or each.get(self.where[0]) == self.where[1]]
        if self.by:
            found: dict[str, Fraction] = {}
            for each in counting:
                found[str(each.get(self.by))] = found.get(str(each.get(self.by)), Fraction(0)) + 1
            return found
        if self.kind == "count":
            return Fraction(len(counting))
        values = [each.get(self.field) for each in counting]
        if not all(type(value) in (int, float) for value in values):
            return None
        numbers = [Fraction(str(value)) for value in values]
        if self.kind == "sum":
            return sum(numbers, Fraction(0))
        if not numbers:
            return None
        return (
            sum(numbers, Fraction(0)) / len(numbers)
            if self.kind == "mean"
            else {"max": max, "min": min}[self.kind](numbers)
        )


def report_numbers(
    schemas: Schemas, pointer: str, resources: Mapping[str, tuple[CheckedResource, Mapping[str, str]]]
) -> Iterator[ReportNumber]:
    """What the numbers of a reply say by their descriptions, or else by their names.

    `pointer` is that of the schema of the reply; `resources` are those that it may be about, with the fields of items.
    """
    for name, at in schemas.properties(pointer).items():
        said = description(schemas, at)
        found = None
        if schemas.types(at) & {"integer", "number"}:
            found = _said(schemas, name, at, resources) if said.text else _named(schemas, name, resources)
        elif "object" in schemas.types(at) and said.text:
            found = _for_each(said.sentences(), name, resources)
        if found is not None:
            source = f'"{next(iter(said.sentences()), "")}" ({said.pointer})' if said.text else ""
            yield found._replace(evidence="described" if source else "implied", source=source)


def _for_each(
    sentences: Iterable[str], name: str, resources: Mapping[str, tuple[CheckedResource, Mapping[str, str]]]
) -> ReportNumber | None:
    for sentence in sentences:
        match = FOR_EACH.match(sentence)
        for resource, fields in resources.values() if match else ():
            if match is None or noun(match["noun"])[-1] != noun(resource.name)[-1]:
                continue
            word = plain(match["by"])
            by = [
                each
                for each in fields
                if plain(each) == word or (len(each) >= SHORTEST and word.startswith(plain(each)))
            ]
            if len(by) == 1:
                return ReportNumber(name, "count", resource.name, by=by[0])
    return None


def _said(
    schemas: Schemas, name: str, pointer: str, resources: Mapping[str, tuple[CheckedResource, Mapping[str, str]]]
) -> ReportNumber | None:
    said, count = description(schemas, pointer), counted(schemas, pointer, "")
    rounded = ROUNDED.search(said.text)
    digits = DIGITS.get(rounded["digits"].lower()) or int(rounded["digits"]) if rounded is not None else None
    for resource, fields in resources.values():
        known = dict(named_states(schemas, fields))
        if count is not None and not count.is_sum and count.noun == noun(resource.name)[-1]:
            state = known.get(plain(count.kind)) if count.kind else None
            if (state is not None or not count.kind) and (state is None or state[1] is not PRESENT):
                return ReportNumber(name, "count", resource.name, where=state)
        for sentence in said.sentences():
            match = IN_STATE.match(sentence)
            state = known.get(plain(match["state"])) if match else None
            if match and state and state[1] is not PRESENT and noun(match["noun"])[-1] == noun(resource.name)[-1]:
                return ReportNumber(name, "count", resource.name, where=state)
            of_field = OF_FIELD.match(sentence)
            kind = KINDS.get(of_field["kind"].lower(), "sum") if of_field else ""
            field = _field(schemas, fields, words(of_field["each"]), words(name)) if of_field else ""
            if field:
                is_null = EMPTY.search(said.text) is not None
                return ReportNumber(name, kind, resource.name, field, digits=digits, is_null=is_null)
    return None


def _named(
    schemas: Schemas, name: str, resources: Mapping[str, tuple[CheckedResource, Mapping[str, str]]]
) -> ReportNumber | None:
    """What a number without a description says by its name: `inspections`, `max_varroa`."""
    first, *rest = words(name) or ("",)
    for resource, fields in resources.values():
        if noun(name) == noun(resource.name) and plain(name) != plain(resource.name):  # the plural
            return ReportNumber(name, "count", resource.name)
        field = _field(schemas, fields, rest, rest) if first in KINDS and rest else ""
        if field:
            return ReportNumber(name, KINDS[first], resource.name, field)
    return None


def _field(schemas: Schemas, fields: Mapping[str, str], *spoken: Sequence[str]) -> str:
    """The only number of an item in whose name one of the words is; empty if there is none."""
    numbers = [name for name, at in fields.items() if schemas.types(at) & {"integer", "number"}]
    for said in spoken:
        wanted = {noun(each)[-1] for each in said if each not in KINDS}
        found = [name for name in numbers if wanted and wanted & {noun(each)[-1] for each in words(name)}]
        if len(found) == 1:
            return found[0]
    return ""
