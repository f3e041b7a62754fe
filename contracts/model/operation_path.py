"""Paths of operations: that of a request below the server, and the names of a parameter in several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.openapi import path_template
from mockserver.openapi.document import Document
from mockserver.openapi.server_paths import relocated


def below_server(url: str, base: str, document: Document) -> str:
    """The path of a URL with its query, as it is in the document; a URL of another place is returned whole.

    `base` is the address below which the document's paths begin. Operations with own servers are below other ones.
    """
    own = {relocated(base, document.base_path, path) for path in document.own_base_paths}
    bases = sorted({base, *own}, key=len, reverse=True)
    return next((url[len(each) :] for each in bases if url.startswith(f"{each}/")), url.removeprefix(base))


def names_in(parameter: str, paths: Iterable[str], by_place: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """All names of a parameter in these paths; `by_place` are the names that each place in a path has."""
    for path in paths:
        if parameter in path_template.names(path):
            yield from by_place.get(path_template.place(path, parameter), ())
