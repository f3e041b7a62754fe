"""The overrides of one operation, so that those are found fast whose conditions have a value that the request sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mockserver.web.control.conditions import as_text
from mockserver.web.control.overrides.matched_request import MatchedRequest
from mockserver.web.control.overrides.override import Override

GROUPS = ("path_parameters", "query", "headers")
"""The parts of a condition with values by name that a request is looked up by."""

Named = tuple[str, str]
"""A group, and the name of a value in it."""


class OverrideBucket:
    """Overrides, by the first value that their condition names; those without one are compared for each request."""

    def __init__(self) -> None:
        self._by_value: dict[Named, dict[str, list[Override]]] = {}
        self._others: list[Override] = []

    def add(self, override: Override) -> None:
        """Add an override."""
        found = next(_values(override.wanted.get("when", {})), None)
        if found is None:
            self._others.append(override)
        else:
            named, text = found
            self._by_value.setdefault(named, {}).setdefault(text, []).append(override)

    def candidates(self, request: MatchedRequest) -> Iterator[Override]:
        """The overrides that may apply to a request, in any order."""
        yield from self._others
        for (group, name), by_text in self._by_value.items():
            sent: Iterable[str] = getattr(request, group).get(name, ())
            for text in dict.fromkeys(sent):
                yield from by_text.get(text, ())


def _values(when: dict[str, Any]) -> Iterator[tuple[Named, str]]:
    """The values that a request must send for a condition to match."""
    for group in GROUPS:
        for name, value in when.get(group, {}).items():
            if isinstance(value, str | int | float):
                yield (group, name.lower() if group == "headers" else name), as_text(value)
