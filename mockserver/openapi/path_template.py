"""Path templates such as `/pets/{petId}` (OpenAPI 3.1 section 4.8.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from mockserver.lazy_pattern import lazy_pattern

EXPRESSION = lazy_pattern(r"\{([^{}]*)\}")

PCHAR = "!$&'()*+,;=:@-._~"
"""The characters of a path segment that need no percent-encoding, besides letters and digits (RFC 3986 section 3.3)."""

KEPT = 10_000
"""How many paths are kept with what was found in them; `re` itself keeps 512."""

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


def split(path: str) -> tuple[str, str]:
    """The path as clients send it, and what a document puts behind it to tell operations apart: `?op=a` or `#op=a`.

    A mark with a `/` after it is part of the path.
    """
    depth = 0
    for position, character in enumerate(path if "?" in path or "#" in path else ""):
        depth += (character == "{") - (character == "}")
        if character in "?#" and depth <= 0 and "/" not in path[position:]:
            return path[:position], path[position:]
    return path, ""


def fixed_query(path: str) -> str:
    """What a document writes as a query behind a path, without the parts that have parameters: `op=a` of `/x?op=a`."""
    behind = split(path)[1]
    return "&".join(part for part in behind[1:].split("&") if "{" not in part) if behind[:1] == "?" else ""


def fixed_pairs(path: str) -> tuple[tuple[str, str], ...]:
    """The same as names and values."""
    return tuple(parse_qsl(fixed_query(path), keep_blank_values=True))


def names(path: str) -> list[str]:
    """The names of the parameters of a path, in order."""
    return [*_names(path)]


@lru_cache(maxsize=KEPT)
def _names(path: str) -> tuple[str, ...]:
    return tuple(EXPRESSION.findall(split(path)[0]))


def filled(path: str, values: Sequence[str]) -> str:
    """The path with its parameters replaced by `values`, in order."""
    left = iter(values)
    return EXPRESSION.sub(lambda _: next(left), split(path)[0])


def shape(path: str) -> str:
    """The path without the names of its parameters. Two paths with the same shape match the same requests."""
    return EXPRESSION.sub("{}", path)


def place(path: str, name: str) -> str:
    """The shape of a path up to a parameter, which is included: `/pets/{}/toys/{}` for `toyId`."""
    return shape(path.partition("{" + name + "}")[0] + "{}")


def bare(path: str) -> str:
    """The path without a slash at its end, as Django writes paths: `/pets/{id}` for `/pets/{id}/`."""
    return path.rstrip("/")


def above_and_last(path: str) -> tuple[str, str]:
    """The path above the last segment, and that segment, both without a slash at the end."""
    above, _, last = bare(path).rpartition("/")
    return above, last


def is_below(path: str, item: str) -> bool:
    """Does a path go on after this one: `/boats/{id}/pictures/{number}` after `/boats/{id}`?"""
    return bare(path).startswith(f"{bare(item)}/")


def is_step_below(path: str, items: Iterable[str]) -> bool:
    """Is a path one fixed segment below one of these paths: `/orders/{id}/cancel` below `/orders/{id}`?"""
    above, last = above_and_last(path)
    return "{" not in last and any(above == bare(each) for each in items)


def names_by_place(paths: Iterable[str]) -> dict[str, frozenset[str]]:
    """The names of the parameters at each place: of `/pets/{id}` and `/pets/{tag}` both, at `/pets/{}`."""
    found: dict[str, set[str]] = {}
    for path in paths:
        for name in names(path):
            found.setdefault(place(path, name), set()).add(name)
    return {where: frozenset(known) for where, known in found.items()}


def pattern(path: str) -> str:
    """A regular expression that matches the request paths of a template; a parameter has at least one character."""
    return "[^/]+".join(map(re.escape, EXPRESSION.split(split(path)[0])[::2]))


@lru_cache(maxsize=KEPT)
def _compiled(path: str) -> re.Pattern[str]:
    return re.compile(pattern(path))


def matches(template: str, path: str) -> bool:
    """Is a request path one of a template?"""
    return _compiled(template).fullmatch(path) is not None


def continues_after(path: str, parameter: str) -> bool:
    """Does a path go on after a parameter with something literal: `/orders/{id}/cancel` or `/orders/{id}:cancel`?

    An extension such as `.json` is none.
    """
    _, found, rest = path.rstrip("/").rpartition("{" + parameter + "}")
    return bool(found) and "{" not in rest and rest[:1] in ("/", ":")
