"""Path templates such as `/pets/{petId}` (OpenAPI 3.1 section 4.8.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

EXPRESSION = re.compile(r"\{([^{}]*)\}")

WRITTEN = "/!$&'()*+,;=:@-._~%"
"""The characters of a URL's path that are not percent-encoded (RFC 3986 section 3.3), and `%` itself."""


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
