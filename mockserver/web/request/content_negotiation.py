"""Content negotiation: does an `Accept` header take a media type, and which does it like best (RFC 9110, 12.5.1)?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mockserver.openapi.media_types import MediaRange, parse

RANGE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
"""One range of an `Accept` header: a quoted parameter may have commas."""


def accepts(header: str, media_type: str) -> bool:
    """Is `media_type` among the ranges of the header with a weight above 0?"""
    return favourite(header, [media_type]) is not None


def favourite(header: str, media_types: Sequence[str]) -> int | None:
    """The position of the media type that the header likes best, the first of equals; None when it takes none."""
    ranges = [(parse(text), _weight(text)) for text in RANGE.findall(header)]
    weights = [_weight_of(parse(name), ranges) for name in media_types]
    best = max(weights, default=0.0)
    return weights.index(best) if best > 0 else None


def _weight_of(offered: MediaRange, ranges: Sequence[tuple[MediaRange, float]]) -> float:
    """The weight that the ranges give a media type, 0 where none takes it. The most specific range decides.

    A documented range such as `image/*` is offered as whatever the client takes of it.
    """
    best, found = (-1, 0), 0.0
    for accepted, weight in ranges:
        rank = _rank(accepted, offered)
        if rank > best:
            best, found = rank, weight
    return found


def _rank(accepted: MediaRange, offered: MediaRange) -> tuple[int, int]:
    """How specifically a range speaks of what is offered, by its type and by its parameters; (-1, 0) for not at all."""
    shared = accepted.parameters.keys() & offered.parameters.keys()
    if any(accepted.parameters[name] != offered.parameters[name] for name in shared):
        return -1, 0
    return _place(accepted.kind, offered.kind), len(shared)


def _place(accepted: str, offered: str) -> int:
    family = offered.partition("/")[0]
    if accepted == offered:
        return 2
    if "*" in offered and (family == "*" or accepted.startswith(f"{family}/")):
        return 2
    return {f"{family}/*": 1, "*/*": 0}.get(accepted, -1)


QUALITY = re.compile(r';\s*q\s*=\s*"?([^\s;"]*)', re.IGNORECASE)


def _weight(text: str) -> float:
    found = QUALITY.search(text)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 1.0
