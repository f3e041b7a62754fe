"""The object in a request that is the item, where it is wrapped: `{"task": {"title": "…"}}`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.likeness import held_properties
from mockserver.inference.bodies.messages import Path
from mockserver.inference.bodies.raw_bodies import files
from mockserver.inference.draft import ResourceDraft


def request_envelope(draft: ResourceDraft, asked: str | None) -> tuple[Path, bool]:
    """Where a request contains the item, and whether the object there looks like one."""
    if asked is None:
        return (), False
    known, own = set(draft.properties()), draft.schemas.properties(asked)
    if not known or not own:
        return (), True
    known |= held_properties(draft)
    name = wrapper_of(draft, known, asked)
    if name:
        inner = set(draft.schemas.properties(own[name]))
        return (name,), 2 * len(inner & known) >= min(len(inner), len(known))
    return (), 2 * len(known & set(own)) >= min(len(known), len(own))


def wrapper_of(draft: ResourceDraft, known: AbstractSet[str], asked: str) -> str:
    """The property of a request with the item in it; empty if there is none. A single one may have any name.

    `known` are the properties of an item.
    """
    own = draft.schemas.properties(asked)
    if beside := _beside_file(draft, known, asked):
        return beside
    for name, at in own.items() if known.isdisjoint(own) else ():
        inner = draft.schemas.properties(at)
        if not known.isdisjoint(inner) and (messages.is_wrapper(name, draft.word) or len(own) == 1):
            return name
    return ""


def _beside_file(draft: ResourceDraft, known: AbstractSet[str], asked: str) -> str:
    """The only object beside the file of a form, if most of it are properties of an item: `metadata`; else empty."""
    own = draft.schemas.properties(asked)
    objects = [name for name, at in own.items() if name not in known and messages.is_object(draft.schemas, at)]
    if len(objects) != 1 or len(files(draft.schemas, asked)) != 1:
        return ""
    inner = draft.schemas.properties(own[objects[0]]).keys()
    return objects[0] if inner and 2 * len(inner & known) >= len(inner) else ""
