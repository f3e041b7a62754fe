"""References that links of responses tell: a link names the property with the id of another item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.relations.references import EACH, FoundReference, ReferredResource, Steps
from mockserver.openapi import path_template
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document
from mockserver.openapi.links import DocumentedLink, documented_links

BODY = "$response.body#/"
"""How an expression begins that names a value of the response."""


def linked_references(
    drafts: Sequence[ResourceDraft], targets: Mapping[str, ReferredResource], document: Document
) -> dict[str, list[FoundReference]]:
    """The references of each resource's items that a link of a response tells, by the name of the resource."""
    items = [draft for draft in drafts if draft.item is not None and draft.has_id and not draft.item.query_key]
    of_path = {draft.node.path: targets[draft.name] for draft in items}
    found = {
        draft.name: [one for action in draft.actions for one in _of_action(action, draft, of_path, targets, document)]
        for draft in drafts
    }
    return {name: list({one.steps: one for one in told}.values()) for name, told in found.items() if told}


def _of_action(
    action: DraftAction,
    draft: ResourceDraft,
    of_path: Mapping[str, ReferredResource],
    targets: Mapping[str, ReferredResource],
    document: Document,
) -> Iterator[FoundReference]:
    for link in documented_links(action.operation, document):
        target = of_path.get(link.target.path)
        steps = _steps(link, action) if target is not None else ()
        if target is not None and steps and steps != (targets[draft.name].field,):
            reason = f"the link {link.name} of {action.operation.http_method} {action.operation.path} leads to it"
            yield FoundReference(steps, target.name, target.field, reason)


def _steps(link: DocumentedLink, action: DraftAction) -> Steps:
    """Where in an item the id is that a link takes for the item in the path of its target; empty if it is not there."""
    parameter = path_template.names(link.target.path)[-1]
    written = link.parameters.get(("path", parameter))
    if not isinstance(written, str) or not written.startswith(BODY) or action.item_schema is None:
        return ()
    keys, above = json_pointer.split(written.removeprefix(BODY[:-1])), list(action.item_path)
    if keys[: len(above)] != above:
        return ()
    return _in_item(keys[len(above) :], is_list=action.does == "list")


def _in_item(keys: Iterable[str], *, is_list: bool) -> Steps:
    """The steps below an item: an index means each value of a list."""
    steps = tuple(EACH if key.isdecimal() else key for key in keys)
    if is_list:
        steps = steps[1:] if steps[:1] == (EACH,) else ()
    return steps
