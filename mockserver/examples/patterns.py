"""Strings for regular expressions (ECMA-262, as `pattern` of JSON Schema uses them).

`expression` reads a pattern into a tree whose nodes each write a random string; what no tree can promise (lookarounds,
word boundaries, bounds on the length) is left to trial, and `matches` judges with the validator's own engine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Final

import jsonschema_rs

from mockserver.openapi.schemas import PATTERN_LIMIT

LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
UPPER: Final = LOWER.upper()
DIGITS: Final = "0123456789"
WORD: Final = LOWER + UPPER + DIGITS + "_"
SPACE: Final = " \t\n\r\f\v"
PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))
PLEASANT: Final = LOWER + DIGITS + UPPER
USUAL: Final = "".join(c for c in PRINTABLE if c not in "\"\\<>&'`")
ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
CLASSES: Final = {"d": DIGITS, "w": WORD, "s": SPACE}


class UnreadablePattern(ValueError):
    """The pattern is not one this reader understands; the text says why."""


@dataclass(slots=True)
class Writing:
    """One string being written: the source of chance, how far to stretch open repeats, the groups so far.

    A `steady` writing repeats as often as it may, so that the length follows from `stretch`. `left` bounds the work.
    """

    random: Random
    stretch: int
    steady: bool = False
    left: int = 100_000
    groups: dict[int | str, str] = field(default_factory=dict)

    def times(self, least: int, most: int | None) -> int:
        """How often to repeat something now. Raises `Unreadable` when the string grows out of all bounds."""
        stretched = least + self.stretch
        highest = stretched if most is None else max(least, min(most, stretched))
        chosen = highest if self.steady else self.random.randint(least, highest)
        self.left -= chosen
        if self.left < 0:
            raise UnreadablePattern("the repetitions multiply to more than 100,000")
        return chosen


Writer = Callable[[Writing], str]


@lru_cache(4096)
def judge(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    """The validator's own engine for one pattern; None when it does not take the pattern."""
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=PATTERN_LIMIT)
    except ValueError:
        return None


def matches(pattern: str, text: str) -> bool:
    """Whether the validator would find `pattern` in `text`."""
    engine = judge(pattern)
    return engine is not None and engine.is_valid(text)


@lru_cache(4096)
def expression(pattern: str) -> Writer:
    """What writes random strings for `pattern`. Raises `Unreadable`."""
    reader = Reader(pattern)
    writer = reader.alternatives()
    if reader.left():
        raise UnreadablePattern(f"unexpected {reader.peek()!r} at {reader.place}")
    return writer


class Reader:
    """Reads a pattern from left to right (ECMA-262, section 22.2.1)."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.place, self.groups = pattern, 0, 0

    def left(self) -> bool:
        return self.place < len(self.pattern)

    def peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def take(self) -> str:
        if not self.left():
            raise UnreadablePattern("the pattern ends too early")
        self.place += 1
        return self.pattern[self.place - 1]

    def accept(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.place)
        self.place += len(text) * found
        return found

    def until(self, end: str) -> str:
        stop = self.pattern.find(end, self.place)
        if stop < 0:
            raise UnreadablePattern(f"no {end!r} after {self.place}")
        text, self.place = self.pattern[self.place : stop], stop + len(end)
        return text

    def alternatives(self) -> Writer:
        choices = [self.sequence()]
        while self.accept("|"):
            choices.append(self.sequence())
        return choices[0] if len(choices) == 1 else lambda writing: writing.random.choice(choices)(writing)

    def sequence(self) -> Writer:
        parts: list[Writer] = []
        while self.left() and self.peek() not in "|)":
            parts.append(self.repeated(self.atom()))
        return lambda writing: "".join([part(writing) for part in parts])

    def repeated(self, atom: Writer) -> Writer:
        bounds = self.quantifier()
        if bounds is None:
            return atom
        self.accept("?") or self.accept("+")
        return repeat(atom, *bounds)

    def quantifier(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.accept(sign):
                return bounds
        start = self.place
        if self.accept("{"):
            least, comma, most = self.until("}").partition(",")
            if least.isdigit() and (not most or most.isdigit()):
                return int(least), int(most) if most else None if comma else int(least)
            self.place = start
        return None

    def atom(self) -> Writer:
        start = self.take()
        if start == "(":
            return self.group()
        if start in "^$":
            return literal("")
        if start == ".":
            return one_of(USUAL)
        if start == "[":
            return one_of(self.character_class())
        return self.escaped() if start == "\\" else literal(start)

    def group(self) -> Writer:
        if self.accept("?=") or self.accept("?!") or self.accept("?<=") or self.accept("?<!"):
            self.closed(self.alternatives())
            return literal("")
        if self.accept("?:"):
            return self.closed(self.alternatives())
        name = self.until(">") if self.accept("?<") or self.accept("?P<") else ""
        if self.accept("?"):
            self.flags()
            return literal("") if self.accept(")") else self.closed(self.alternatives())
        self.groups += 1
        number = self.groups
        return remembered(self.closed(self.alternatives()), number, name)

    def flags(self) -> None:
        while self.peek() in "imsux-" and self.left():
            self.take()
        self.accept(":")

    def closed(self, writer: Writer) -> Writer:
        if not self.accept(")"):
            raise UnreadablePattern(f"no ')' at {self.place}")
        return writer

    def escaped(self) -> Writer:
        sign = self.peek()
        if sign in "bBAzZ":
            self.take()
            return literal("")
        if sign in "123456789":
            return recalled(int(self.take()))
        if self.accept("k<"):
            return recalled(self.until(">"))
        return one_of(self.escape())

    def escape(self) -> str:
        """The characters that an escape stands for, after its backslash."""
        sign = self.take()
        if sign.lower() in CLASSES:
            members = CLASSES[sign.lower()]
            return members if sign.islower() else other_than(members)
        if sign in "pP":
            members = category(self.until("}") if self.accept("{") else self.take())
            return members if sign == "p" else other_than(members)
        return self.character(sign)

    def character(self, sign: str) -> str:
        if sign in ESCAPES:
            return ESCAPES[sign]
        if sign == "c":
            return chr(ord(self.take()) % 32)
        if sign == "x":
            return self.code(2)
        if sign == "u":
            return chr(int(self.until("}"), 16)) if self.accept("{") else self.code(4)
        return sign

    def code(self, digits: int) -> str:
        text = self.pattern[self.place : self.place + digits]
        self.place += digits
        try:
            return chr(int(text, 16))
        except ValueError:
            raise UnreadablePattern(f"{text!r} is no character code") from None

    def character_class(self) -> str:
        negated = self.accept("^")
        members = "".join(self.members())
        found = other_than(members) if negated else members
        if not found:
            raise UnreadablePattern("an empty character class")
        return found

    def members(self) -> Iterator[str]:
        while not self.accept("]"):
            first = self.member()
            if len(first) == 1 and self.peek() == "-" and self.pattern[self.place + 1 : self.place + 2] != "]":
                self.take()
                yield span(first, self.member())
            else:
                yield first

    def member(self) -> str:
        sign = self.take()
        if sign == "[" and self.accept(":"):
            return POSIX.get(self.until(":]"), WORD)
        if sign != "\\":
            return sign
        return "\b" if self.accept("b") else self.escape()


POSIX: Final = {
    "alpha": LOWER + UPPER,
    "digit": DIGITS,
    "alnum": PLEASANT,
    "upper": UPPER,
    "lower": LOWER,
    "space": SPACE,
    "xdigit": DIGITS + "abcdefABCDEF",
    "punct": "".join(c for c in PRINTABLE if not c.isalnum() and c != " "),
    "word": WORD,
}


def literal(text: str) -> Writer:
    return lambda writing: text


def one_of(members: str) -> Writer:
    """Any of `members`, the everyday ones where there are some."""
    if not members:
        raise UnreadablePattern("nothing matches a character class")
    everyday = "".join(dict.fromkeys(c for c in members if c in WORD_OR_SIGN)) or "".join(dict.fromkeys(members))
    return lambda writing: writing.random.choice(everyday)


WORD_OR_SIGN: Final = frozenset(USUAL) - {" "}


def repeat(atom: Writer, least: int, most: int | None) -> Writer:
    return lambda writing: "".join([atom(writing) for _ in range(writing.times(least, most))])


def remembered(writer: Writer, number: int, name: str) -> Writer:
    def write(writing: Writing) -> str:
        writing.groups[number] = writing.groups[name] = text = writer(writing)
        return text

    return write


def recalled(group: int | str) -> Writer:
    return lambda writing: writing.groups.get(group, "")


def span(first: str, last: str) -> str:
    """The characters from `first` to `last`; of long spans the ends, which is where mistakes are."""
    low, high = ord(first), ord(last[-1])
    if high < low:
        raise UnreadablePattern(f"the range {first}-{last} is out of order")
    codes = [*range(low, min(high, low + 512) + 1), high]
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def other_than(members: str) -> str:
    """Printable characters that are not `members`, and some from beyond ASCII."""
    barred = set(members)
    return "".join(c for c in PRINTABLE + "éßñøЖλ中" + SPACE if c not in barred)


@lru_cache(64)
def category(name: str) -> str:
    """Characters with a Unicode property: a general category (`Lu`, `gc=L`, `Letter`) or a script (`Script=Greek`)."""
    key, _, value = name.rpartition("=")
    short = LONG_NAMES.get(value, value)
    if key in ("Script", "sc", "Script_Extensions", "scx") or len(short) > 2:
        wanted = value.upper()
        found = [c for c in map(chr, range(0x3100)) if wanted in unicodedata.name(c, "").split(" ") and c.isalpha()]
    else:
        found = [c for c in map(chr, range(0x2100)) if unicodedata.category(c).startswith(short)]
    return "".join(found)


LONG_NAMES: Final = {
    "Letter": "L",
    "Lowercase_Letter": "Ll",
    "Uppercase_Letter": "Lu",
    "Alphabetic": "L",
    "Lowercase": "Ll",
    "Uppercase": "Lu",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
}
