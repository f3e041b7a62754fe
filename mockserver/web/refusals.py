"""Why a request is refused, for interceptors: the response says it in the format of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFUSALS = "mockserver.refusals"
"""The key of an ASGI scope with the list of reasons; without interceptors there is none."""


def note(scope: Mapping[str, Any], reason: str) -> None:
    """Add a reason to the list of the request, if anybody wants to know it."""
    noted = scope.get(REFUSALS)
    if noted is not None:
        noted.append(reason)
