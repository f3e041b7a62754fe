"""Resources whose items are those of another one: the members of a group are users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.inference.draft import CREATING, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import plain
from mockserver.inference.relations.references import ReferredResource
from mockserver.inference.values import identity
from mockserver.openapi.schemas import Schemas


def members(
    schemas: Schemas, drafts: Iterable[ResourceDraft], targets: Mapping[str, ReferredResource]
) -> dict[str, ReferredResource]:
    """For each resource whose items are those of another one, the other one.

    Replies show both by one schema, the other one has a path with fewer parameters above it, and what adds an item here
    sends no more of it than its id: `POST /groups/{id}/members` with `user_id`, or `PUT /groups/{id}/members/{userId}`.
    The other one is itself no such list, as `PUT /following/{userId}` is.
    """
    by_schema: dict[str, list[ReferredResource]] = {}
    whole = [draft for draft in drafts if _is_whole(schemas, draft, targets[draft.name])]
    for draft in sorted(whole, key=lambda draft: len(draft.parent_parameters)):
        for view in targets[draft.name].schemas[:1]:
            by_schema.setdefault(view, []).append(targets[draft.name])
    found: dict[str, ReferredResource] = {}
    for draft in drafts:
        for other in by_schema.get(next(iter(targets[draft.name].schemas), ""), ()):
            is_above = set(other.parents) < set(draft.parent_parameters)
            if is_above and other.field == targets[draft.name].field and _adds_by_id(schemas, draft, other):
                found[draft.name] = other
                break
    return {name: other for name, other in found.items() if other.name not in found}


def member_reference(other: ReferredResource | None) -> list[Statement]:
    """The statement that the items are those of the other resource; nothing without one."""
    if other is None:
        return []
    reason = f"the items are shown as those of {other.name}, and only their ids are sent"
    return [inferred(reason, field=other.field, resource=other.name, key=other.field)]


def _is_whole(schemas: Schemas, draft: ResourceDraft, own: ReferredResource) -> bool:
    """Can a client create items with more than an id, and read them?"""
    is_read = draft.has_id and draft.action("get", "list") is not None
    return is_read and draft.is_created and not _adds_by_id(schemas, draft, own)


def _adds_by_id(schemas: Schemas, draft: ResourceDraft, other: ReferredResource) -> bool:
    """Does every request that adds an item send its id, and nothing else that replies show?"""
    shown, sent = draft.properties(), list(_sent(schemas, draft))
    has_ids = any(action.by_id and action.creates for action in draft.actions)
    for asked, has_path in sent:
        name = id_name(draft, other, asked)
        if (not name and not has_path) or any(each in shown and each != name for each in asked):
            return False
    return bool(sent) or has_ids


def _sent(schemas: Schemas, draft: ResourceDraft) -> Iterator[tuple[Mapping[str, str], bool]]:
    """The properties that each request has which adds an item, and whether its path has the id."""
    for action in draft.actions:
        if action.by_id:
            continue
        if action.does in CREATING or (action.does in ("replace", "update") and action.upsert):
            at = item_schema_of_request(schemas, action)
            yield schemas.properties(at) if at else {}, action.does not in CREATING


def id_name(draft: ResourceDraft, other: ReferredResource, asked: Mapping[str, str]) -> str:
    """The property of a request that has the id of the other resource's item: `user_id`; empty if there is none."""
    word = "".join(other.words)
    names = draft.id_names | identity.id_names(other.parameter, other.name) | {f"{word}id", word}
    return next((name for name in asked if plain(name) in names), "")
