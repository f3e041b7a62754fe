"""Items that are versions of the item above: `/documents/{id}/versions`, `/pages/{id}/revisions/{number}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import noun, plain, words
from mockserver.inference.paths.path_tree import Shape

VERSIONS = frozenset(("version", "revision"))
"""Last words of paths below which an item has versions."""

NUMBERS = ("version", "versionnumber", "number", "revision", "revisionnumber", "versionno", "rev", "no")
"""Plain names of the property with the number of a version, the likeliest first."""

CURRENT = ("current", "latest", "newest", "last", "head")
"""First words of the property of an item with the number of its newest version; it may have none of them."""


def is_version(draft: ResourceDraft) -> bool:
    """Are the items of a path versions of an item above, by the name of the path?"""
    return bool(draft.parent_parameters) and not draft.single and noun(draft.word)[-1] in VERSIONS


def are_kept(draft: ResourceDraft, drafts: Mapping[Shape, ResourceDraft]) -> bool:
    """Are the items of a path versions that changes of the item above leave? `drafts` are those by their shapes."""
    item = drafts.get(draft.shape[: -2 if draft.has_id else -1]) if is_version(draft) else None
    return item is not None and item.is_created and _are_kept(draft, item)


def add_versions(
    drafts: Sequence[ResourceDraft], above: Mapping[str, ResourceDraft], resources: Mapping[str, Statement]
) -> None:
    """Add `versions` to the statements about `resources` that have some. `above` has the draft above each by name."""
    for draft in drafts:
        item = above.get(draft.name)
        if item is None or not is_version(draft) or not item.is_created or "parent" not in resources[draft.name]:
            continue
        if not _are_kept(draft, item):
            continue
        number, current = _number(draft), _current(item)
        note = f"the path of {draft.name} is that of the versions of {item.name}"
        told = {"number": number, "current": current}
        stated = inferred(note, resource=draft.name, **{key: name for key, name in told.items() if name})
        resources[item.name]["versions"] = stated


def _are_kept(draft: ResourceDraft, item: ResourceDraft) -> bool:
    """Does each change of an item leave a version? Uploads at both paths, or a version of what only changes make.

    Where a request describes a version that is no file, it is a thing of its own, such as a release of an app.
    """
    if any(action.content for action in draft.actions):
        return any(action.content for action in item.actions)
    sent = {name for each in item.request_properties(*SENDING) for name in each}
    is_read = draft.action("get", "list") is not None and not draft.is_created
    return is_read and item.action("update", "replace") is not None and bool(draft.properties().keys() & sent)


def _number(draft: ResourceDraft) -> str:
    known = {plain(name): name for name, at in draft.properties().items() if draft.schemas.types(at) == {"integer"}}
    return next((known[name] for name in NUMBERS if name in known), "")


def _current(item: ResourceDraft) -> str:
    """The property of an item that has the number of its newest version; empty if it has none."""
    sent = {name for each in item.request_properties(*SENDING) for name in each}
    for name, at in item.properties().items():
        *before, last = words(name)[: -1 if words(name)[-1:] in (("number",), ("no",)) else None] or ("",)
        is_number = name not in sent and item.schemas.types(at) - {"null"} == {"integer"}
        if is_number and last in VERSIONS and (not before or before[0] in CURRENT):
            return name
    return ""
