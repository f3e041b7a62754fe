"""Sets of characters, as the escapes and classes of a pattern name them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
UPPER: Final = LOWER.upper()
DIGITS: Final = "0123456789"
WORD: Final = LOWER + UPPER + DIGITS + "_"
SPACE: Final = " \t\n\r\f\v"
PRINTABLE: Final = "".join(map(chr, range(0x20, 0x7F)))
PLEASANT: Final = LOWER + DIGITS + UPPER
USUAL: Final = "".join(c for c in PRINTABLE if c not in "\"\\<>&'`")
"""What `.` writes: no characters that need an escape in JSON, HTML or a shell."""

ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
CLASSES: Final = {"d": DIGITS, "w": WORD, "s": SPACE}
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
WORD_OR_SIGN: Final = frozenset(USUAL) - {" "}


class UnreadablePattern(ValueError):
    """The pattern is invalid or not supported by the parser in `patterns`; the message says why."""


def span(first: str, last: str) -> str:
    """The characters from `first` to `last`; of a long range its first 512 and the last one."""
    low, high = ord(first), ord(last[-1])
    if high < low:
        raise UnreadablePattern(f"the range {first}-{last} is out of order")
    codes = [*range(low, min(high, low + 512) + 1), high]
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def other_than(members: str) -> str:
    """Printable characters that are not in `members`, with a few from outside of ASCII."""
    excluded = set(members)
    return "".join(c for c in PRINTABLE + "éßñøЖλ中" + SPACE if c not in excluded)


@lru_cache(64)
def category(name: str) -> str:
    """Characters with a Unicode property: a general category (`Lu`, `gc=L`, `Letter`) or a script (`Script=Greek`).

    Only the first code points are searched, which hold the common scripts: all of Unicode would take a second.
    """
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
