"""Sentences that say what a request does to a figure: "The stock of each product is lowered by the quantity"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from mockserver.inference.names import noun, plain
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.inference.values.amounts import amount_name, is_amount
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    import fractions
    from fractions import Fraction
else:
    fractions = LazyModule("fractions")

UP = (
    r"raised|increased|incremented|credited|grows?|rises?|go(?:es)? up(?! to)|increases?|raises?|increments?|"
    r"adds? (?:one |1 )?to"
)
DOWN = (
    r"lowered|reduced|decreased|decremented|debited|falls?|drops?|go(?:es)? down(?! to)|decreases?|lowers?|reduces?|"
    r"decrements?|deducts? from"
)
FIELD = (
    r"(?:the |its |their )?(?:(?P<whose>[a-z_]\w*)['’]s )?(?P<field>[a-z_]\w*)"
    r"(?: of (?:the |each |every |an? |its |that |this )*(?P<of>[a-z_]\w*))?"
)
BY = r"(?: by (?:the )?(?P<by>[^.,;]+))?"

AMOUNT = r"(?:the |its )?(?P<by>[a-z_]\w*)(?: of (?:the |this |its |each )*[a-z_]\w*)?"
TO = (
    r"(?:the |its )?(?P<field>[a-z_]\w*)(?: of (?:the |each |every |an? |its |that |this )*(?P<of>[a-z_]\w*))?"
    r"(?P<whose>(?!))?"
)

FORMS = (
    lazy_pattern(rf"\b{FIELD} (?:is |are |gets? |will be )?(?:(?P<up>{UP})|(?P<down>{DOWN})){BY}", re.IGNORECASE),
    lazy_pattern(rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN})) {FIELD}{BY}", re.IGNORECASE),
)
"""The figure before what becomes of it, and after it."""

MOVES = (
    lazy_pattern(
        rf"\b(?:(?P<up>adds|books|credits)|(?P<down>subtracts|deducts|takes|removes)) {AMOUNT} (?:to|from) {TO}",
        re.IGNORECASE,
    ),
    lazy_pattern(
        rf"\b{AMOUNT} (?:is|are|will be) (?:(?P<up>added|booked|credited)|(?P<down>subtracted|deducted|taken|removed)) "
        rf"(?:to|from) {TO}",
        re.IGNORECASE,
    ),
)
"""What is added, and to which figure: "adds the quantity of the movement to that of the article"."""

CLAUSES = lazy_pattern(
    r",? \band\b (?=(?:the|its|their|[a-z]+['’]s|raises?|lowers?|increases?|decreases?|reduces?)\b)|[;:]\s*"
)

DOUBT = lazy_pattern(
    r"\b(?:if|unless|when|once|after|until|may|might|must|can|could|should|not|never|only|later|except|optional(?:ly)?)\b",
    re.IGNORECASE,
)

NUMBERS: Mapping[str, int] = {"one": 1, "1": 1, "two": 2, "2": 2}


class Effect(NamedTuple):
    """A request changes `field` of an item by `sign` times `by`: a number, or the field of the request that says it.

    `of` is what the sentence calls the item; empty if it does not say. Without `by`, only the direction is known.
    """

    field: str
    of: str
    sign: int
    by: Fraction | str | None
    source: str


def effects(schemas: Schemas, operation: Operation) -> Iterator[Effect]:
    """What the sentences about an operation say that it does to figures."""
    for sentence in operation_sentences(schemas, operation):
        if DOUBT.search(sentence.text):
            continue
        for clause in CLAUSES.split(sentence.text):
            match = next((found for form in (*MOVES, *FORMS) if (found := form.search(clause))), None)
            if match is not None:
                of, field = match["whose"] or match["of"] or "", match["field"]
                field = match["by"] if field.lower() == "that" else field
                yield Effect(field, of, 1 if match["up"] else -1, _amount(match["by"]), sentence.source)


def _amount(text: str | None) -> Fraction | str | None:
    """A number, or the first words of a text, which may be the name of a field."""
    if not text:
        return None
    first = text.split()[0].lower()
    return fractions.Fraction(NUMBERS[first]) if first in NUMBERS else text


def named_figure(schemas: Schemas, fields: Mapping[str, str], written: str) -> str:
    """The number of an item that a sentence calls so; empty if it has none. `fields` has the pointers to its fields."""
    for name, pointer in fields.items():
        if plain(written) in (plain(name), amount_name(name)) and is_amount(schemas, pointer):
            return name
    return ""


def named_amount(names: Mapping[str, object], written: str) -> str:
    """The field of a request that a text means, such as `quantity` for "quantity ordered"; empty if there is none."""
    parts = written.split()
    spoken = {plain(each) for each in parts} | {plain(parts[0] + parts[1]) if len(parts) > 1 else ""}
    found = [name for name in names if plain(name) in spoken or amount_name(name) in spoken]
    return found[0] if len(found) == 1 else ""


def is_called(written: str, name: str) -> bool:
    """Does a sentence that speaks of `written` mean a thing called `name`?"""
    return plain(written) == plain(name) or "".join(noun(written)) == noun(name)[-1]
