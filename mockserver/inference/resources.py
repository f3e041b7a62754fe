"""The resources of a document: drafts with their owners and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from mockserver.inference import actions
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.messages import is_object, list_path, reply_body
from mockserver.inference.names import noun
from mockserver.inference.path_tree import PathNode, Shape, path_nodes, shape_of
from mockserver.openapi.document import Document
from mockserver.openapi.path_template import names
from mockserver.openapi.schemas import Schemas

VERSION = re.compile(r"api|rest|v?\d+([._-]\d+)*(alpha\d*|beta\d*)?", re.IGNORECASE)
"""Segments of a path that say which interface it is, not what it is about."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The resource that owns another one, and the path parameter that carries its id there.

    `kept` is the field in which an item remembers that id whose own path is not below the owner's.
    """

    draft: ResourceDraft
    parameter: str
    kept: str = ""


def resources(document: Document, schemas: Schemas) -> list[ResourceDraft]:
    """Everything of which the service seems to keep something, in the order of its paths, each with a name."""
    places = path_nodes(document.operations)
    drafts = [draft for site in places.values() for draft in _draft(places, site, schemas)]
    for draft in drafts:
        actions.begin(draft)
    taken = _adopt(drafts, places)
    for draft in drafts:
        actions.finish(draft)
    found = [draft for draft in drafts if draft.is_kept and draft.site.shape not in taken]
    _name(found)
    return found


def _adopt(drafts: list[ResourceDraft], places: Mapping[Shape, PathNode]) -> set[Shape]:
    """Give items the collections that stand elsewhere: `/users/{userId}/posts` where an item is `/posts/{id}`.

    Returns the places that were given away.
    """
    by_noun: dict[tuple[str, ...], list[ResourceDraft]] = {}
    for draft in drafts:
        if draft.has_id:
            by_noun.setdefault(noun(draft.word), []).append(draft)
    taken: dict[Shape, tuple[ResourceDraft, PathNode]] = {}
    singles = {draft.shape for draft in drafts if draft.single}
    for shape, site in places.items():
        is_free = not site.is_item and (*shape, "{}") not in places and shape not in singles
        if is_free and "post" in site.operations:
            likeliest = _likeliest(by_noun.get(noun(site.word), []), site)
            if likeliest is not None:
                taken[shape] = likeliest, site
    found = [(draft, actions.made_at(draft, site), actions.listed_at(draft, site)) for draft, site in taken.values()]
    for draft, made, listed in found:
        draft.deeds += [deed for deed in (made, listed) if deed is not None]
    return set(taken)


def _likeliest(drafts: list[ResourceDraft], site: PathNode) -> ResourceDraft | None:
    """The resource whose items are made at a place, by the schema that is shown there; None where it is not clear."""
    made = [(draft, deed) for draft in drafts if (deed := actions.made_at(draft, site)) is not None]
    exact = [draft for draft, deed in made if actions.is_exactly(draft, str(deed.shows))]
    if exact:
        return max(exact, key=lambda draft: _common(draft.shape, site.shape))
    return made[0][0] if len(made) == 1 else None


def _common(one: Shape, other: Shape) -> int:
    """How many segments two paths begin with together."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _draft(places: Mapping[Shape, PathNode], site: PathNode, schemas: Schemas) -> Iterator[ResourceDraft]:
    word = site.word
    if all("{" in segment or VERSION.fullmatch(segment) for segment in site.shape):
        return  # such as Google's `/v2/{name}`, whose one parameter is the path of anything
    if site.is_item:
        yield ResourceDraft(schemas, word, item=site, collection=places.get(site.shape[:-1]))
    elif (*site.shape, "{}") in places:
        return
    elif _is_single(site, schemas):
        yield ResourceDraft(schemas, word, item=site, single=True)
    elif {"get", "post"} <= site.operations.keys():
        yield ResourceDraft(schemas, word, collection=site)


def _is_single(site: PathNode, schemas: Schemas) -> bool:
    """A path without an id that shows one object and that can be written or deleted."""
    if "get" not in site.operations or site.operations.keys().isdisjoint(("put", "patch", "delete")):
        return False
    found = reply_body(site.operations["get"], "get")
    if found is None or not found.schema or not is_object(schemas, found.schema):
        return False
    return "post" not in site.operations or list_path(schemas, found.schema, site.word) is None


def owner(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft]) -> Owner | None:
    """The nearest resource on the path above, or on the path of another one's items where new ones are made."""
    found, seen = _likely_owner(draft, drafts), [draft]
    above = found
    while found is not None and found.kept and above is not None and all(one is not above.draft for one in seen):
        seen.append(above.draft)
        above = _likely_owner(above.draft, drafts)
        if above is not None and above.draft is draft:  # two that are each made below the other own nothing
            return _on_path(draft, drafts)
    return found


def _likely_owner(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft]) -> Owner | None:
    made = next((deed for deed in draft.deeds if deed.does == "create" and deed.keeps), None)
    kept = _nearest(draft, shape_of(made.operation.path), names(made.operation.path), drafts) if made else None
    if made is not None and kept is not None and kept.draft.is_created and kept.parameter in made.keeps:
        return Owner(kept.draft, kept.parameter, made.keeps[kept.parameter])
    return _on_path(draft, drafts)


def _on_path(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft]) -> Owner | None:
    return _nearest(draft, draft.shape[:-1] if draft.has_id else draft.shape, draft.site.parameters, drafts)


def _nearest(
    draft: ResourceDraft, shape: Shape, parameters: list[str], drafts: Mapping[Shape, ResourceDraft]
) -> Owner | None:
    """The resource whose item stands lowest on a path of this shape; None where there is none."""
    for length in range(len(shape), 0, -1):
        above = drafts.get(shape[:length])
        if above is not None and above is not draft and above.has_id:
            depth = sum(segment.count("{}") for segment in shape[:length])
            return Owner(above, parameters[depth - 1])
    return None


def _name(drafts: list[ResourceDraft]) -> None:
    """Name every resource after its path: `pet`; where that is taken, with what stands above it: `user-pet`."""
    taken: set[str] = set()
    for draft in sorted(drafts, key=lambda draft: sum("{" not in segment for segment in draft.shape)):
        draft.name = next(name for name in _names(draft) if name not in taken)
        taken.add(draft.name)


def _names(draft: ResourceDraft) -> Iterator[str]:
    fixed = [segment for segment in draft.shape if "{" not in segment and not VERSION.fullmatch(segment)] or ["item"]
    for length in range(1, len(fixed) + 1):
        yield "-".join(word for segment in fixed[-length:] for word in noun(segment)) or "item"
    base = "-".join(word for segment in fixed for word in noun(segment)) or "item"
    by = "-".join(noun(draft.parameter)) if draft.parameter else "one"
    yield f"{base}-by-{by}"
    yield from (f"{base}-{number}" for number in range(2, 10_000))
