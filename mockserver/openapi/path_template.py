"""Path templates such as `/pets/{petId}` (OpenAPI 3.1 section 4.8.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

EXPRESSION = re.compile(r"\{([^{}]*)\}")

WRITTEN = "/!$&'()*+,;=:@-._~%"
"""What may stand in the path of an address as it is (RFC 3986 section 3.3), and what begins an escape."""


def names(path: str) -> list[str]:
    """The parameters that a path names, in their order."""
    return EXPRESSION.findall(path)


def filled(path: str, values: Sequence[str]) -> str:
    """The path with these texts in the places of its parameters, in their order."""
    left = iter(values)
    return EXPRESSION.sub(lambda _: next(left), path)


def shape(path: str) -> str:
    """The path with its parameters' names left out: two paths of one shape match the same requests."""
    return EXPRESSION.sub("{}", path)


def pattern(path: str) -> str:
    """A regular expression of the paths that fit, in which each parameter has a character at least."""
    return "[^/]+".join(map(re.escape, EXPRESSION.split(path)[::2]))
