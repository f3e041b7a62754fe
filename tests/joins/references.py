"""References in replies: the ids of other things that a reply names, found by names alone.

The names are read here as a user would read them, without the inference of the mock: it must not measure itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


IDS = ("id", "gid", "uuid")
"""Properties that hold the id of an object, the likeliest first."""


NAMES = ("login", "username", "slug", "name")
"""Properties by which a path names a thing, the likeliest first."""


class Found(NamedTuple):
    """An id that a reply contains: what it is an id of, the id, the name of the property, and if it is in an object.

    `names` are other values of that object by which a path may name it. `at` is the path of the GET, `values` are its
    parameters.
    """

    noun: str
    id: str
    name: str
    is_shown: bool = False
    names: tuple[Any, ...] = ()
    at: str = ""
    values: tuple[tuple[str, Any], ...] = ()


def noun(name: str) -> str:
    """The last word of a name in the singular: `pull-requests` is `request`."""
    words = WORD.findall(name)
    return _singular(words[-1].lower()) if words else ""


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def references(value: Any, known: frozenset[str], *, is_top: bool = True) -> Iterator[Found]:
    """Every reference in a reply to one of the `known` nouns: `x_id`, `xId`, `x_ids`, `x: {id}` and `xs: [{id}]`."""
    if isinstance(value, list):
        for entry in value:
            yield from references(entry, known, is_top=is_top)
    for name, inner in value.items() if isinstance(value, dict) else ():
        words = [word.lower() for word in WORD.findall(name)]
        if len(words) > 1 and words[-1] in ("id", "ids") and words[-2] in known:
            yield from (Found(words[-2], str(id), name) for id in _scalars(inner))
        elif not is_top or not _is_envelope(inner):
            shown = _shown(inner) if noun(name) in known else ()
            yield from (Found(noun(name), str(id), name, is_shown=True, names=names) for id, names in shown)
        yield from references(inner, known, is_top=False)


def _is_envelope(inner: Any) -> bool:
    """Is it a list or an object at the top of a reply? That is the thing itself and no reference to it."""
    return isinstance(inner, list | dict)


def _scalars(value: Any) -> list[Any]:
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str | int) and not isinstance(entry, bool) and entry != ""]


def _shown(value: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The id of an object, or of each object of a list, and its names."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            names = tuple(name for key in NAMES if key in entry for name in _scalars(entry[key]))
            for id in _scalars(next((entry[key] for key in IDS if key in entry), None)):
                yield id, names
