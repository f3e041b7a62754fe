"""Paths that lead to where an item says: `GET /r/{code}` answers 302 with the `url` of the link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.inference.bodies.messages import ReplyBody
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.openapi.document import Operation

STATUSES = ("302", "301", "307", "308", "303")

TARGETS = (
    "targeturl", "destinationurl", "longurl", "originalurl", "fullurl", "redirecturl", "redirectto", "url", "target",
    "destination", "link", "href", "uri",
)  # fmt: skip
"""Names of the property with the address that an item leads to, the likeliest first."""


def add_redirects(drafts: Iterable[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add to each resource the GETs that only redirect, to the address that a client gave an item of it."""
    stored = [draft for draft in drafts if draft.has_id and draft.action("create") is not None]
    for node in nodes.values():
        operation = node.operations.get("get")
        reply = _redirection(operation) if operation is not None else None
        found = [draft for draft in stored if _names_item(draft, node) and _target(draft)] if reply is not None else []
        if operation is not None and reply is not None and len(found) == 1:
            name = _target(found[0])
            reason = f"it only redirects, and {name} is where an item leads to"
            found[0].actions.append(DraftAction(operation, "get", reply, reason, leads_to=name))


def is_redirect(operation: Operation) -> bool:
    """Does the document describe no success of an operation but a redirection, as of `GET /r/{code}`?"""
    return _redirection(operation) is not None


def _redirection(operation: Operation) -> ReplyBody | None:
    """The reply of an operation that documents no success but a redirection."""
    described = {response.status: response for response in operation.responses}
    status = next((each for each in STATUSES if each in described), "")
    is_sure = status and not any(each.startswith("2") for each in described)
    return ReplyBody(described[status], int(status), None) if is_sure else None


def _names_item(draft: ResourceDraft, node: PathNode) -> bool:
    """Does a path end with what names an item, or continue its path by one segment?"""
    if draft.parent_parameters or len(node.parameters) != 1:
        return False
    is_alone = node.is_item and plain(node.parameters[-1]) == plain(draft.parameter)
    return is_alone or node.shape[:-1] == draft.shape


def _target(draft: ResourceDraft) -> str:
    """The property with the address that clients give an item; empty if there is none."""
    sent = {plain(name): name for asked in draft.request_properties("create") for name in asked}
    return next((sent[each] for each in TARGETS if each in sent and sent[each] in draft.properties()), "")
