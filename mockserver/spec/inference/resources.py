"""The resources of a document: drafts with their owners and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mockserver.spec.document import Document
from mockserver.spec.inference import deeds
from mockserver.spec.inference.draft import Draft
from mockserver.spec.inference.message import answer, is_object, list_path
from mockserver.spec.inference.naming import noun
from mockserver.spec.inference.site import Shape, Site, sites
from mockserver.spec.schemas import Schemas

VERSION = re.compile(r"api|rest|v?\d+([._-]\d+)*(alpha\d*|beta\d*)?", re.IGNORECASE)
"""Segments of a path that say which interface it is, not what it is about."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The resource that owns another one, and the path parameter that carries its id there."""

    draft: Draft
    parameter: str


def resources(document: Document, schemas: Schemas) -> list[Draft]:
    """Everything of which the service seems to keep something, in the order of its paths, each with a name."""
    places = sites(document.operations)
    found = []
    for site in places.values():
        draft = _draft(places, site, schemas)
        if draft is not None:
            deeds.fill(draft)
            if draft.is_kept:
                found.append(draft)
    _name(found)
    return found


def _draft(places: Mapping[Shape, Site], site: Site, schemas: Schemas) -> Draft | None:
    word = site.word
    if all("{" in segment or VERSION.fullmatch(segment) for segment in site.shape):
        return None  # such as Google's `/v2/{name}`, whose one parameter is the path of anything
    if site.is_item:
        return Draft(schemas, word, item=site, collection=places.get(site.shape[:-1]))
    if (*site.shape, "{}") in places:
        return None
    if _is_single(site, schemas):
        return Draft(schemas, word, item=site, single=True)
    return Draft(schemas, word, collection=site) if {"get", "post"} <= site.operations.keys() else None


def _is_single(site: Site, schemas: Schemas) -> bool:
    """A path without an id that shows one object and that can be written or deleted."""
    if "get" not in site.operations or site.operations.keys().isdisjoint(("put", "patch", "delete")):
        return False
    found = answer(site.operations["get"], "get")
    if found is None or not found.schema or not is_object(schemas, found.schema):
        return False
    return "post" not in site.operations or list_path(schemas, found.schema, site.word) is None


def owner(draft: Draft, drafts: Mapping[Shape, Draft]) -> Owner | None:
    """The nearest resource on the path above; None where there is none."""
    shape = draft.shape[:-1] if draft.has_id else draft.shape
    for length in range(len(shape), 0, -1):
        above = drafts.get(shape[:length])
        if above is not None and above is not draft and above.has_id:
            depth = sum(segment.count("{}") for segment in shape[:length])
            return Owner(above, draft.site.parameters[depth - 1])
    return None


def _name(drafts: list[Draft]) -> None:
    """Name every resource after its path: `pet`; where that is taken, with what stands above it: `user-pet`."""
    taken: set[str] = set()
    for draft in sorted(drafts, key=lambda draft: sum("{" not in segment for segment in draft.shape)):
        draft.name = next(name for name in _names(draft) if name not in taken)
        taken.add(draft.name)


def _names(draft: Draft) -> Iterator[str]:
    fixed = [segment for segment in draft.shape if "{" not in segment and not VERSION.fullmatch(segment)] or ["item"]
    for length in range(1, len(fixed) + 1):
        yield "-".join(word for segment in fixed[-length:] for word in noun(segment)) or "item"
    base = "-".join(word for segment in fixed for word in noun(segment)) or "item"
    by = "-".join(noun(draft.parameter)) if draft.parameter else "one"
    yield f"{base}-by-{by}"
    yield from (f"{base}-{number}" for number in range(2, 10_000))
