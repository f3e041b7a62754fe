"""Random strings that match a regular expression (ECMA-262, as `pattern` of JSON Schema uses it).

`expression` parses a pattern into nested functions that each write a part of the string. They ignore what depends on
the text around a part (lookarounds, word boundaries); callers try several strings and check each with `matches`, which
uses the validator's own engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from random import Random

from msgspec import Struct, field

from mockserver.examples.characters import (
    CLASSES,
    ESCAPES,
    POSIX,
    USUAL,
    WORD,
    WORD_OR_SIGN,
    UnreadablePattern,
    category,
    other_than,
    span,
)


class Writing(Struct):
    """The state of one string that is being written.

    `stretch` is how many more times than the least a part is repeated at most. With `steady` it is always that many, so
    that `stretch` controls the length. `left` limits the work; `groups` are the texts of the groups so far, by number
    and by name.
    """

    random: Random
    stretch: int
    steady: bool = False
    left: int = 100_000
    groups: dict[int | str, str] = field(default_factory=dict)

    def times(self, least: int, most: int | None) -> int:
        """How often to repeat a part now. Raises UnreadablePattern if the string grows too long."""
        stretched = least + self.stretch
        highest = stretched if most is None else max(least, min(most, stretched))
        chosen = highest if self.steady else self.random.randint(least, highest)
        self.left -= chosen
        if self.left < 0:
            raise UnreadablePattern("the repetitions multiply to more than 100,000")
        return chosen


Writer = Callable[[Writing], str]


@lru_cache(4096)
def expression(pattern: str) -> Writer:
    """A function that writes random strings for `pattern`. Raises UnreadablePattern."""
    reader = Reader(pattern)
    writer = reader.alternatives()
    if reader.left():
        raise UnreadablePattern(f"unexpected {reader.peek()!r} at {reader.place}")
    return writer


class Reader:
    """Parses a pattern from left to right; each method reads one part of the grammar (ECMA-262, section 22.2.1)."""

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
        self.accept("?") or self.accept("+")  # lazy and possessive quantifiers allow the same strings
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
            self.place = start  # a literal brace
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
        # The text of a lookaround is parsed but not written: it describes what another part writes.
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
        """The characters that an escape allows; its backslash is read already."""
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


def literal(text: str) -> Writer:
    return lambda writing: text


def one_of(members: str) -> Writer:
    """Writes one of `members`; letters, digits and common signs if there are any."""
    if not members:
        raise UnreadablePattern("nothing matches a character class")
    everyday = "".join(dict.fromkeys(c for c in members if c in WORD_OR_SIGN)) or "".join(dict.fromkeys(members))
    return lambda writing: writing.random.choice(everyday)


def repeat(atom: Writer, least: int, most: int | None) -> Writer:
    return lambda writing: "".join([atom(writing) for _ in range(writing.times(least, most))])


def remembered(writer: Writer, number: int, name: str) -> Writer:
    def write(writing: Writing) -> str:
        writing.groups[number] = writing.groups[name] = text = writer(writing)
        return text

    return write


def recalled(group: int | str) -> Writer:
    return lambda writing: writing.groups.get(group, "")
