"""Sentences that say which of two properties comes first: "`salary_min` must not exceed `salary_max`"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, described
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

STATUSES = ("400", "409", "422", "4XX", "default")
"""The statuses by which a service may refuse what is not in order."""

MODAL = r"must|has to|have to|needs? to|shall|should|cannot|can not|can['’]t|may|is|are|be|comes?|lies?"

ABOVE = r"exceeds?|greater|larger|higher|later|more|above|after|over|longer|bigger"
BELOW = r"less|lower|smaller|earlier|fewer|below|before|under|shorter|precedes?"
MOST = r"at most|no more than|no later than|on or before|up to|<=|≤"
LEAST = r"at least|no less than|no earlier than|on or after|>=|≥"

RELATION = (
    rf"(?P<said>(?:(?:{MODAL}|not|never|always|also|strictly|then|lie|come|n['’]t)\s+)*)"
    rf"(?:(?P<most>{MOST})|(?P<least>{LEAST})|(?P<above>{ABOVE}|>)|(?P<below>{BELOW}|<))\s+"
    r"(?P<rest>(?:(?:than|or|equal|to|the|same|as|value|of|that|its|on)\s+)*)"
)

NAME = r"[A-Za-z][\w-]*(?:\.[\w-]+)*"

BETWEEN = lazy_pattern(rf"(?<![\w.-])(?P<one>{NAME})\s+{RELATION}(?P<other>{NAME})(?![\w-])", re.IGNORECASE)
"""One property, how it compares, and the other one."""

OF_FIELD = lazy_pattern(rf"(?<![\w.-]){RELATION}(?P<other>{NAME})(?![\w-])", re.IGNORECASE)
"""The same in the description of the property itself: "must be after starts_at"."""

NEGATION = lazy_pattern(r"\b(?:not|never|cannot|n['’]t)\b", re.IGNORECASE)
DEMAND = lazy_pattern(
    r"\b(?:must|has to|have to|needs? to|shall|cannot|can not|can['’]t|may not|never|at least|at most|"
    r"no [a-z]+ than)\b",
    re.IGNORECASE,
)
UNLESS = lazy_pattern(r"\b(?:unless|only (?:if|when|where)|as long as|provided)\b", re.IGNORECASE)
VIOLATION = lazy_pattern(r"\b(?:if|when|whenever|because|where)\b", re.IGNORECASE)
OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


class FieldOrder(NamedTuple):
    """The value of `low` is at most that of `high`; without `equal` it is less."""

    low: str
    high: str
    equal: bool
    source: str

    @property
    def statement(self) -> Statement:
        """It as a statement `ordered`."""
        told = described(self.source)
        return {"low": self.low, "high": self.high, "equal": self.equal} | told


def field_orders(draft: ResourceDraft) -> list[Statement]:
    """The `ordered` statements that sentences about the writes of a resource and about its properties make."""
    found: dict[tuple[str, str], FieldOrder] = {}
    for action in draft.actions:
        pointer = item_schema_of_request(draft.schemas, action)
        if action.does not in ("create", "update", "replace") or pointer is None:
            continue
        if not any(each.status in STATUSES for each in action.operation.responses):
            continue
        fields = draft.schemas.properties(pointer)
        sentences = [*refusal_sentences(draft.schemas, action.operation), *_sentences(draft.schemas, pointer)]
        for each in said_orders(draft.schemas, fields, sentences):
            pair = (each.low, each.high)
            found.setdefault((min(pair), max(pair)), each)
    return [each.statement for each in found.values()]


def said_orders(schemas: Schemas, fields: Mapping[str, str], sentences: Iterable[Sentence]) -> Iterator[FieldOrder]:
    """What sentences, and the descriptions of the fields, say of the order of two fields."""
    known = {plain(name): name for name in fields}
    for sentence in sentences:
        for match in BETWEEN.finditer(sentence.text):
            one, other = (known.get(plain(match[each])) for each in ("one", "other"))
            if one and other:
                yield from _order(schemas, fields, (one, other), match, sentence)
    for name, pointer in fields.items():
        for sentence in _sentences(schemas, pointer):
            for match in OF_FIELD.finditer(sentence.text):
                other = known.get(plain(match["other"]))
                if other and not VIOLATION.search(sentence.text) and not _names_two(known, sentence):
                    yield from _order(schemas, fields, (name, other), match, sentence)


def _names_two(known: Mapping[str, str], sentence: Sentence) -> bool:
    return any(plain(match["one"]) in known for match in BETWEEN.finditer(sentence.text))


def _sentences(schemas: Schemas, pointer: str) -> Iterator[Sentence]:
    said = description(schemas, pointer)
    yield from (Sentence(each, said.pointer) for each in said.sentences())


def _order(
    schemas: Schemas, fields: Mapping[str, str], pair: tuple[str, str], match: re.Match[str], sentence: Sentence
) -> Iterator[FieldOrder]:
    """The order that a match says of two fields of one kind; nothing where it only says how they usually are."""
    is_violation = _is_violation(match, sentence)
    if is_violation is None or len({*pair}) < 2 or not _compare_alike(schemas, *(fields[name] for name in pair)):
        return
    sign = "<=" if match["most"] else ">=" if match["least"] else ">" if match["above"] else "<"
    if re.search(r"\b(?:equal|same|on)\b", match["rest"], re.IGNORECASE) and len(sign) == 1:
        sign += "="
    is_turned = (NEGATION.search(match["said"]) is not None) is not is_violation
    sign = OPPOSITE[sign] if is_turned else sign
    low, high = pair if sign[0] == "<" else (pair[1], pair[0])
    yield FieldOrder(low, high, sign.endswith("="), sentence.source)


def _is_violation(match: re.Match[str], sentence: Sentence) -> bool | None:
    """Does a match say what is refused, or (False) what has to be? None if it says neither."""
    before = sentence.text[: match.start()]
    if UNLESS.search(before):
        return False
    if VIOLATION.search(before):
        return True
    if DEMAND.search(f"{match['said']} {match['most'] or ''} {match['least'] or ''}"):
        return False
    return True if sentence.status else None


def _compare_alike(schemas: Schemas, one: str, other: str) -> bool:
    """Are both numbers, or both times of one form?"""
    first, second = (schemas.types(each) - {"null"} for each in (one, other))
    if first and second and first | second <= {"integer", "number"}:
        return True
    forms = [schemas.keyword(each, "format") for each in (one, other)]
    return first == second == {"string"} and forms[0] == forms[1] and forms[0] in ("date", "date-time")
