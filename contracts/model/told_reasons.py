"""Why a service says that it refuses a request: by a rule that no schema states, or because of another field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contracts.model.finding import RecordedExchange

LONGEST_BODY = 20_000
"""A reason is looked for in this many bytes of a response."""

LONGEST_REASON = 120
"""How many characters of a reason are shown."""

TAKEN = re.compile(
    r"\balready\b|\bduplicate|\b(?:be|make|not) (?:an? )?unique\b|\bis taken\b|\bin use\b", re.IGNORECASE
)
"""Another item has the value."""

WORLD = re.compile(
    r"""\bpermissions?\b | \bprivileges?\b | \baccess\ (?:is\ )?denied\b
      | \bnot\ (?:allowed|permitted|authori[sz]ed)\ to\b
      | \bonly\ (?:an?\ |the\ )?(?:admin|owner|super-?user|member|manager)
      | \b(?:not|isn't|n't\ been)\ (?:been\ )?(?:enabled|configured|installed|activated|set\ up)\b
      | \b(?:is|are|been)\ (?:currently\ )?(?:disabled|switched\ off|turned\ off)\b
      | \blicen[cs]e\b | \b(?:enterprise|paid)\ (?:plan|version|feature|edition)\b | \bquota\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""The user has not the right, or the service does not offer it here."""

MISSING = re.compile(
    r"\b(?:does not|doesn't|do not|don't) exist\b|\bnot (?:be )?found\b|\bno such\b|\b(?:can not|cannot|can't) find\b",
    re.IGNORECASE,
)
"""What the value names is not there."""

TOGETHER = re.compile(
    r"""\brequires\ (?:an?|the|one|exactly\ one|that|[`'"])(?!\w)
      | \brequired\ (?:when|if|for|with|unless)\b
      | \bonly\ (?:be\ )?(?:valid|allowed|used|supported|set|given|combined|possible)\ (?:when|if|with|for|together)\b
      | \bcan(?:not|'t|\ not)\ be\ (?:used|combined|set|given)\ (?:when|if|with|together|without|unless)\b
      | \bmutually\ exclusive\b | \btogether\ with\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""The value goes with certain values of other fields only."""

PLACES = frozenset(
    (
        *("errors", "error", "details", "detail", "messages"),
        *("fields", "fieldErrors", "field_errors", "violations", "validationErrors"),
    )
)
"""Members of an error object below which messages stand by the names of fields."""

NAMES = frozenset(
    (
        *("field", "fieldName", "param", "parameter", "property", "propertyName"),
        *("loc", "path", "pointer", "instancePath", "dataPath", "source"),
    )
)
"""Members of an error object that name the field."""

QUOTED = re.compile(r"""[`'"“]([A-Za-z_][\w.-]*)[`'"”]|\b(?:body|query|params)[/.]([A-Za-z_][\w-]*)""")
"""A name in the text of a message."""

FIRST = re.compile(r"^([A-Za-z_][\w-]*)(?:: | (?:must|should|is|has|may|can|cannot|needs|requires)\b)")
"""The name that a message begins with: "title must be a string", "title: too long"."""


def other_reason(exchange: RecordedExchange, name: str, known: Collection[str], *, is_new: bool = True) -> str | None:
    """What a refusal says, if it tells another reason than the value of the field or parameter `name`; else None.

    `known` are the names of all fields and parameters. `is_new`: the request creates an item, so that a message about
    another field is about a value that was in the request. In an update that changes one field, another item cannot
    have the value of another one. Messages in other languages than English are not read.
    """
    told = _told(exchange)
    named = {*_named(exchange.json, known)} & {*known}
    is_other = bool(named) and name not in named
    for text in told:
        if TAKEN.search(text):
            return None if is_other and not is_new else shortened(text)
        is_there = MISSING.search(text) and (exchange.status != 404 or name in named)
        if is_there or WORLD.search(text) or TOGETHER.search(text):
            return shortened(text)
    return shortened(told[0]) if is_other and told else None


def is_taken(exchange: RecordedExchange) -> bool:
    """Does a refusal say that another item has a value of the request?"""
    return any(map(TAKEN.search, _told(exchange)))


def _told(exchange: RecordedExchange) -> list[str]:
    """The sentences of a response, or the whole if it is no JSON."""
    return [*_texts(exchange.json)] or [exchange.reply_body[:LONGEST_BODY].decode("utf-8", "replace")]


def shortened(text: str) -> str:
    """A message in one line of at most LONGEST_REASON characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _texts(value: Any) -> Iterator[str]:
    """The texts of an error object that are sentences."""
    if isinstance(value, str):
        if " " in value.strip() and len(value) < LONGEST_BODY:
            yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def _named(value: Any, known: Collection[str], *, is_place: bool = False) -> Iterator[str]:
    """The names of fields that an error object has messages for."""
    if isinstance(value, str):
        yield from (name for pair in QUOTED.findall(value) for name in pair if name)
        yield from FIRST.findall(value)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, known, is_place=False)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            if key in NAMES or (key == "name" and "reason" in value):  # RFC 7807: {"name": "age", "reason": "…"}
                yield from _last_step(below)
            elif key in known and (is_place or isinstance(below, list)) and _is_messages(below, is_place=is_place):
                yield key
            yield from _named(below, known, is_place=key in PLACES)


def _last_step(value: Any) -> Iterator[str]:
    """The name at the end of a JSON Pointer, a dotted path or a list of steps, as far as it has one."""
    if isinstance(value, Mapping):  # JSON:API: {"source": {"pointer": "/data/attributes/title"}}
        for each in value.values():
            yield from _last_step(each)
    steps = value if isinstance(value, list) else re.split(r"[/.\[\]]", value) if isinstance(value, str) else []
    yield from [each for each in steps if isinstance(each, str) and each and not each.isdigit()][-1:]


def _is_messages(value: Any, *, is_place: bool) -> bool:
    """Is it what an error object has at the name of a field: a list of messages, or one in its place?"""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, str) for each in value)
    return is_place and isinstance(value, str) and " " in value
