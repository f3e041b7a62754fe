"""Content negotiation: does an `Accept` header take a media type (RFC 9110 section 12.5.1)?"""

from __future__ import annotations


def accepts(header: str, media_type: str) -> bool:
    """Is `media_type` among the ranges of the header with a weight above 0? The most specific range decides."""
    name = media_type.partition(";")[0].strip().lower()
    kind = name.partition("/")[0]
    best, weight = -1, 0.0
    for written in header.split(","):
        value, _, rest = written.partition(";")
        rank = {name: 2, f"{kind}/*": 1, "*/*": 0}.get(value.strip().lower(), -1)
        if rank > best:
            best, weight = rank, _weight(rest)
    return best >= 0 and weight > 0


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 1.0
    return 1.0
