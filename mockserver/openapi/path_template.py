"""Path templates such as `/pets/{petId}` (OpenAPI 3.1 section 4.8.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from mockserver.lazy_pattern import lazy_pattern

EXPRESSION = lazy_pattern(r"\{([^{}]*)\}")

PCHAR = "!$&'()*+,;=:@-._~"
"""The characters of a path segment that need no percent-encoding, besides letters and digits (RFC 3986 section 3.3)."""

ENCODED = lazy_pattern(r"%(?:([0-9A-Fa-f]{2}))?")


def canonical(segment: str) -> str:
    """A path segment as RFC 3986 section 6.2.2 normalizes it, so that equivalent ones are equal.

    What needs no percent-encoding is decoded, all else is encoded with upper-case digits; a `%` alone means itself.
    """
    return quote(ENCODED.sub(_decoded, segment), safe=PCHAR + "%")


def _decoded(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    character = chr(int(found[1], 16))
    needless = character in PCHAR or (character.isascii() and character.isalnum())
    return character if needless else found[0].upper()


def names(path: str) -> list[str]:
    """The names of the parameters of a path, in order."""
    return EXPRESSION.findall(path)


def filled(path: str, values: Sequence[str]) -> str:
    """The path with its parameters replaced by `values`, in order."""
    left = iter(values)
    return EXPRESSION.sub(lambda _: next(left), path)


def shape(path: str) -> str:
    """The path without the names of its parameters. Two paths with the same shape match the same requests."""
    return EXPRESSION.sub("{}", path)


def pattern(path: str) -> str:
    """A regular expression that matches the request paths of a template; a parameter has at least one character."""
    return "[^/]+".join(map(re.escape, EXPRESSION.split(path)[::2]))


def continues_after(path: str, parameter: str) -> bool:
    """Does a path go on after a parameter with something literal: `/orders/{id}/cancel` or `/orders/{id}:cancel`?

    An extension such as `.json` is none.
    """
    _, found, rest = path.rstrip("/").rpartition("{" + parameter + "}")
    return bool(found) and "{" not in rest and rest[:1] in ("/", ":")
