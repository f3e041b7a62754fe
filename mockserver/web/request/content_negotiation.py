"""Content negotiation: the media types that an `Accept` header accepts and prefers (RFC 9110 section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import MediaRange, is_json, parse
from mockserver.openapi.sequences import is_sequence

RANGE = lazy_pattern(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
"""One range of an `Accept` header. A quoted parameter may contain commas."""


def accepts(header: str, media_type: str) -> bool:
    """Does the header accept the media type, with a weight above 0?"""
    return best_match(header, [media_type]) is not None


def best_match(header: str, media_types: Sequence[str]) -> int | None:
    """The index of the media type with the highest weight, the first of equal ones; None when none is accepted."""
    ranges = [(parse(text), _weight(text)) for text in RANGE.findall(header)]
    weights = [_weight_of(parse(name), ranges) for name in media_types]
    best = max(weights, default=0.0)
    return weights.index(best) if best > 0 else None


def _weight_of(offered: MediaRange, ranges: Sequence[tuple[MediaRange, float]]) -> float:
    """The weight of the most specific range that matches a media type; 0 when none does.

    The media type may be a range of the document such as `image/*`: it matches every type of the header in it.
    """
    best, found = (-1, 0), 0.0
    for accepted, weight in ranges:
        rank = _rank(accepted, offered)
        if rank > best:
            best, found = rank, weight
    return found


def _rank(accepted: MediaRange, offered: MediaRange) -> tuple[int, int]:
    """How specific a range is for a media type, by its type and by its parameters; (-1, 0) when it does not match."""
    shared = accepted.parameters.keys() & offered.parameters.keys()
    if any(accepted.parameters[name] != offered.parameters[name] for name in shared):
        return -1, 0
    return _type_rank(accepted.kind, offered.kind), len(shared)


def _type_rank(accepted: str, offered: str) -> int:
    family = offered.partition("/")[0]
    if accepted == offered:
        return 2
    if "*" in offered and (family == "*" or accepted.startswith(f"{family}/")):
        return 2
    return {f"{family}/*": 1, "*/*": 0}.get(accepted, -1)


QUALITY = lazy_pattern(r';\s*q\s*=\s*"?([^\s;"]*)', re.IGNORECASE)


def _weight(text: str) -> float:
    found = QUALITY.search(text)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 1.0


def stream_of(operation: Operation) -> str:
    """The media type of the stream that an operation answers with, where it answers in one piece too; else empty."""
    success = operation.success()
    offered = [media.name for media in success.content] if success is not None else []
    return next((name for name in offered if is_sequence(name)), "") if any(map(is_json, offered)) else ""


def accepted(headers: Mapping[str, str], body: Any, stream: str) -> str:
    """What a client accepts: the `stream`, if the body asks for it by `stream: true`, else what its header says.

    Clients that ask so get events whether their `Accept` says so or not.
    """
    is_asked = stream and isinstance(body, dict) and body.get("stream") is True
    return stream if is_asked else headers.get("accept", "*/*")
