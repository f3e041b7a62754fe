"""Respells the regular expressions of documents for the engine that runs them.

JSON Schema asks for ECMA-262 (2020-12 Core section 6.4). Authors often use another dialect or a loose notation
(`[\\w-.]`, `\\Z`, a literal brace without a backslash). A pattern that the engine refuses is respelled once in the
engine's own notation; nothing is raised if that fails too.
"""

from __future__ import annotations

import re
from functools import lru_cache

import jsonschema_rs

from mockserver.lazy_pattern import lazy_pattern

TOKEN = lazy_pattern(r"\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\.|\{(?P<bounds>\d*(?:,\d*)?)\}|\(\?>|\[\^?\]?|.", re.DOTALL)
"""One step through a pattern outside of a character class."""

MEMBER = lazy_pattern(r"\\(?P<kind>[wdsWDSpP](?:\{[^}]*\})?)-|\\.|.", re.DOTALL)
"""One step through a character class; a hyphen after an escape such as `\\w` is a literal hyphen."""

OUTSIDE = {"\\Z": "$", "\\z": "$", "\\A": "^", "\\h": "[ \\t]", "(?>": "(?:", "{": "\\{", "}": "\\}"}
"""Outside of a class: notation of other dialects → the engine's notation."""

WITHIN = {"[": "\\[", "\\h": " \\t"}
"""Inside of a class: notation of other dialects → the engine's notation."""


PATTERN_LIMIT = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
"""Limits the time that a regular expression with catastrophic backtracking can take."""


@lru_cache(4096)
def validator_of(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    """A validator with that pattern only; None if the engine does not support the pattern."""
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERN_LIMIT)
    except ValueError:
        return None


def matches(pattern: str, text: str) -> bool:
    """Does the validator find `pattern` in `text`?"""
    validator = validator_of(pattern)
    return validator is not None and validator.is_valid(text)


@lru_cache(maxsize=4096)
def engines(pattern: str) -> str | None:
    """The pattern as written if the engine takes it, else respelled; None if the engine refuses both."""
    return next((one for one in (pattern, _rewritten(pattern)) if _compiles(one)), None)


def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def _rewritten(pattern: str) -> str:
    written, place = "", 0
    while place < len(pattern):
        token = TOKEN.match(pattern, place)
        if token is None:
            return written + pattern[place:]
        place = token.end()
        if token[0].startswith("["):
            inner, place = _class(pattern, token.start() + 1)
            written += inner
        elif token["quoted"] is not None:
            written += re.escape(token["quoted"])
        elif token["bounds"] is not None:
            written += _quantifier(token["bounds"], token[0])
        else:
            written += OUTSIDE.get(token[0], token[0])
    return written


def _quantifier(bounds: str, written: str) -> str:
    if not bounds or bounds == ",":
        return re.escape(written)
    return "{0" + bounds + "}" if bounds.startswith(",") else written


def _class(pattern: str, place: int) -> tuple[str, int]:
    """The respelled character class whose `[` is right before `place`, and the position after its `]`."""
    sign = "^" if pattern[place : place + 1] == "^" else ""
    place += len(sign)
    if pattern[place : place + 1] == "]":  # ECMA-262: `[]` matches nothing, `[^]` any character
        return ("[\\s\\S]" if sign else "[^\\s\\S]"), place + 1
    written = ""
    while place < len(pattern) and pattern[place] != "]":
        member = MEMBER.match(pattern, place)
        if member is None:
            break
        place = member.end()
        if member["kind"] and pattern[place : place + 1] != "]":
            written += f"\\{member['kind']}\\-"
        else:
            written += WITHIN.get(member[0], member[0])
    return f"[{sign}{written}" + pattern[place : place + 1], place + 1
