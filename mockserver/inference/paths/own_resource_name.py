"""Whether items show their resource name, and the query parameters about it (AIP-122, AIP-133, AIP-134)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import noun, plain, singular
from mockserver.inference.paths.resource_names import said_in
from mockserver.openapi.document import Operation

NAME = "name"
"""The property that holds the resource name of an item (AIP-122)."""


def resource_name(draft: ResourceDraft, properties: Mapping[str, str]) -> str:
    """The template of the resource name that items show in `name`; empty if they show none."""
    shown = properties.get(NAME)
    if shown is None or not draft.schemas.types(shown) <= {"string", "null"} or draft.item is None:
        return ""
    place = ("path", draft.parameter)
    found = (p for operation in draft.item.operations.values() for p in operation.parameters)
    known = next((p.resource_name for p in found if (p.location, p.name) == place and p.resource_name), "")
    return known or _described_name(draft, shown)


def _described_name(draft: ResourceDraft, shown: str) -> str:
    """The end of an item's path that its `name` has by its description: "Format: shelves/{shelf}/books/{book}"."""
    said = said_in(draft.schemas.keyword(shown, "description"))
    segments = draft.item.path.strip("/").split("/") if draft.item is not None else []
    for form in said:
        end = segments[-len(form) :]
        is_alike = all(
            "{" in here if not each.text else here == each.text for each, here in zip(form, end, strict=False)
        )
        if len(end) == len(form) and is_alike and not form[-1].text:
            return "/".join(end)
    return ""


def name_below(draft: ResourceDraft, properties: Mapping[str, str]) -> str:
    """The template of the resource names of items that have no paths of their own, by that of their parent."""
    shown, node = properties.get(NAME), draft.collection
    if shown is None or node is None or not draft.schemas.types(shown) <= {"string", "null"}:
        return ""
    found = (p for operation in node.operations.values() for p in operation.parameters)
    above = next((p.resource_name for p in found if p.resource_name and f"{{{p.name}}}" in node.path), "")
    is_right_below = bool(above) and node.shape[-2:-1] == ("{}",)
    return f"{above}/{node.word}/{{{singular(node.word)}}}" if is_right_below else ""


def chosen_by(draft: ResourceDraft) -> str:
    """The query parameter of the create that chooses the id: `bookId` or `book_id` of books; empty without one."""
    creation, wanted = draft.action("create"), "".join(noun(draft.word)) + "id"
    parameters = creation.operation.parameters if creation is not None else ()
    return next((p.name for p in parameters if p.location == "query" and plain(p.name) == wanted), "")


def update_mask(operation: Operation) -> str:
    """The query parameter of an update that names the fields to change: `updateMask`; empty without one."""
    return next((p.name for p in operation.parameters if p.location == "query" and plain(p.name) == "updatemask"), "")
