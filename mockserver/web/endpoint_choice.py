"""Chooses among operations of one method and one path by what a document puts behind the path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.openapi.path_conditions import PathCondition
from mockserver.web.endpoint import Endpoint


class EndpointChoice:
    """Chooses among the endpoints of one method and path, by the query and the headers of a request."""

    __slots__ = ("_by_first", "_default", "endpoints")

    def __init__(self, alternatives: Iterable[tuple[tuple[PathCondition, ...], Endpoint]]) -> None:
        """The alternatives, each with its conditions. The first one without any answers all other requests."""
        alternatives = list(alternatives)
        self.endpoints = [chosen for _, chosen in alternatives]
        self._default: Endpoint | None = None
        self._by_first: dict[tuple[str, str], dict[str | None, list[tuple[tuple[PathCondition, ...], Endpoint]]]] = {}
        for wanted, chosen in alternatives:
            if wanted:
                by_value = self._by_first.setdefault((wanted[0].location, wanted[0].name), {})
                by_value.setdefault(wanted[0].value, []).append((wanted, chosen))
            elif self._default is None:
                self._default = chosen

    def of(self, scope: Mapping[str, Any]) -> Endpoint | None:
        """The endpoint for a request: of those whose conditions it meets, the one with the most of them; or None."""
        sent: dict[tuple[str, str], list[str]] = {}
        for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            sent.setdefault(("query", name), []).append(value)
        for name, value in scope["headers"]:
            sent.setdefault(("header", name.decode("latin-1")), []).append(value.decode("latin-1"))
        found, most = self._default, 0
        for place, by_value in self._by_first.items():
            for value in (*sent.get(place, ()), None):
                for wanted, chosen in by_value.get(value, ()):
                    if len(wanted) > most and all(each.holds(sent) for each in wanted):
                        found, most = chosen, len(wanted)
        return found

    def __str__(self) -> str:
        """Some of what requests may have, for a message: `op=a, op=b`."""
        listed = [wanted for by_value in self._by_first.values() for each in by_value.values() for wanted, _ in each]
        shown = ["&".join(map(str, wanted)) for wanted in listed[:SHOWN]]
        return ", ".join(shown) + (f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else "")


SHOWN = 10
"""How many conditions a message lists."""
