"""Other paths that show the items of a resource: `/users/search`, `/user/repos`, `/repositories/{id}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mockserver.inference import actions, identity
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.messages import list_path, reply_body
from mockserver.inference.path_tree import PathNode, Shape
from mockserver.openapi.schemas import Schemas


def with_aliases(drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> list[ResourceDraft]:
    """The resources, each with the GETs at other paths whose replies have the schema of its items.

    What could only be read there is no resource of its own any longer.
    """
    mains: dict[str, ResourceDraft] = {}
    for draft in sorted(drafts, key=_rank):
        for view in draft.reply_schemas()[:1] if draft.has_id else ():
            mains.setdefault(view, draft)
    kept: list[ResourceDraft] = []
    for draft in drafts:
        main = next((mains[view] for view in draft.reply_schemas()[:1] if view in mains), draft)
        if main is draft or draft.is_resource:
            kept.append(draft)
        else:
            main.actions += [_alias(main, draft, action) for action in draft.actions if action.does in ("get", "list")]
    _add_lists(kept, mains, nodes)
    return kept


def _rank(draft: ResourceDraft) -> tuple[bool, int]:
    """Resources whose items can be written come first, then those with the fewest path parameters above them.

    A PUT without a body only links an item that is elsewhere: `/repos/{repo}/reviewers/{user}`.
    """
    writes = (a for a in draft.actions if a.does in ("create", "update", "replace"))
    return (all(action.operation.request_body is None for action in writes), len(draft.parent_parameters))


def _alias(main: ResourceDraft, draft: ResourceDraft, action: DraftAction) -> DraftAction:
    reason = f"{action.reason}, with the schema of {main.word}"
    if action.does == "list":
        return replace(action, across=True, reason=reason)
    schema = draft.parameter_schema
    types = main.schemas.types(schema) if schema else frozenset[str]()
    field, _ = identity.field(main.schemas, main.properties(), draft.parameter, draft.word, types)
    return replace(action, across=True, by=field, reason=reason)


def _add_lists(
    drafts: Iterable[ResourceDraft], mains: Mapping[str, ResourceDraft], nodes: Mapping[Shape, PathNode]
) -> None:
    """Add the GETs that belong to no resource and list items of one."""
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    for node in nodes.values():
        operation = node.operations.get("get")
        if operation is None or operation.operation_id in used:
            continue
        for main in _listed(node, mains, next(iter(mains.values())).schemas if mains else None):
            listed = actions.listing(main, operation)
            if listed is not None:
                reason = f"{listed.reason}, with the schema of {main.word}"
                main.actions.append(replace(listed, across=True, reason=reason))


def _listed(node: PathNode, mains: Mapping[str, ResourceDraft], schemas: Schemas | None) -> Iterator[ResourceDraft]:
    """The resource whose items a GET lists, if there is one."""
    found = reply_body(node.operations["get"], "list")
    if found is None or not found.schema or schemas is None:
        return
    path = list_path(schemas, found.schema, node.word)
    array = schemas.below(found.schema, path) if path is not None else None
    entries = schemas.items(array) if array is not None else None
    if entries is not None and schemas.resolve(entries)[1] in mains:
        yield mains[schemas.resolve(entries)[1]]
