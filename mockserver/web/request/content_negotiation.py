"""Content negotiation: does an `Accept` header take a media type, and which does it like best (RFC 9110, 12.5.1)?"""

from __future__ import annotations

from collections.abc import Sequence


def accepts(header: str, media_type: str) -> bool:
    """Is `media_type` among the ranges of the header with a weight above 0?"""
    return weight(header, media_type) > 0


def favourite(header: str, media_types: Sequence[str]) -> int | None:
    """The position of the media type that the header likes best, the first of equals; None when it takes none."""
    weights = [weight(header, name) for name in media_types]
    best = max(weights, default=0.0)
    return weights.index(best) if best > 0 else None


def weight(header: str, media_type: str) -> float:
    """The weight that the header gives `media_type`, 0 where it is not taken. The most specific range decides.

    A documented range such as `image/*` is offered as whatever the client takes of it.
    """
    name = media_type.partition(";")[0].strip().lower()
    best, found = -1, 0.0
    for written in header.split(","):
        value, _, rest = written.partition(";")
        rank = _rank(value.strip().lower(), name)
        if rank > best:
            best, found = rank, _weight(rest)
    return found


def _rank(accepted: str, offered: str) -> int:
    """How specifically a range of the header speaks of what is offered; -1 when it does not."""
    kind = offered.partition("/")[0]
    if accepted == offered:
        return 2
    if "*" in offered and (kind == "*" or accepted.startswith(f"{kind}/")):
        return 2
    return {f"{kind}/*": 1, "*/*": 0}.get(accepted, -1)


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 1.0
    return 1.0
