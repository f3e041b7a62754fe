"""Security requirements that name their scheme by a URI (OpenAPI 3.2 section 4.30), rewritten to name it as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.errors import InvalidDocument
from mockserver.openapi.object_positions import find

SCHEMES = "#/components/securitySchemes/"


def names(node: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each requirement of a document or an operation with each name in it."""
    listed = node.get("security")
    for requirement in listed if type(listed) is list else ():
        for name in list(requirement) if type(requirement) is dict else ():
            yield requirement, name


def is_uri(name: str) -> bool:
    """May the name of a scheme be a URI? A name that is declared is none."""
    return "/" in name or "#" in name


def rewrite(node: dict[str, Any], declared: frozenset[str], local: Callable[[str], str]) -> None:
    """Replace the URIs in a document's or an operation's requirements by what `local` makes of them."""
    for requirement, name in names(node):
        if is_uri(name) and name not in declared:
            try:
                _rename(requirement, name, local(name))
            except InvalidDocument:
                continue  # `lint_rules` reports a scheme that is not declared


def target(document: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The Security Scheme Object at a URI in `document`; None if there is none."""
    found = find(document, name)[0] if name[:2] == "#/" else None
    return found if type(found) is dict else None


def by_name(document: dict[str, Any], node: dict[str, Any]) -> None:
    """Name the schemes in the requirements of `node` as `components` does; one from elsewhere is added there."""
    for requirement, uri in names(node):
        components = document.setdefault("components", {})
        schemes = components.setdefault("securitySchemes", {}) if type(components) is dict else {}
        scheme = None if uri in schemes else target(document, uri)
        if scheme is not None:
            name = uri.removeprefix(SCHEMES) if uri.startswith(SCHEMES) else _free(uri, scheme, schemes)
            schemes.setdefault(name, scheme)
            _rename(requirement, uri, name)


def _free(uri: str, scheme: dict[str, Any], schemes: dict[str, Any]) -> str:
    """The name that a scheme of another file gets: its own, or the whole URI where another scheme has that one."""
    name = uri.rpartition("/")[2]
    return name if schemes.get(name, scheme) is scheme else uri


def _rename(requirement: dict[str, Any], old: str, new: str) -> None:
    requirement[new] = requirement.pop(old)
