"""The property of an item that holds the item's own path, as a template."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Unanswerable
from mockserver.inference.bodies.envelope import Envelopes
from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.names import plain
from mockserver.openapi import path_template
from mockserver.openapi.schemas import Schemas


def own_path(
    schemas: Schemas, envelopes: Envelopes, base: str, draft: ResourceDraft, steps: tuple[str, ...], below: str = ""
) -> dict[str, Any]:
    """The property at `steps` of an item, with the template of the item's path; empty if it cannot hold it.

    `base` is the path of the server, `below` what follows the item's path.
    """
    if not steps or draft.item is None or draft.item.query_key or steps[0] == draft.parameter:
        return {}
    path, at = draft.item.path + below, str(schemas.below(draft.properties()[steps[0]], steps[1:]))
    known = {p.name: p.schema for o in draft.item.operations.values() for p in o.parameters if p.schema}
    own = {key: "{id}" if key == draft.parameter else "{param:" + key + "}" for key in draft.node.parameters}
    try:
        sample = {key: str(envelopes.value(str(known[key]))) if key in known else "1" for key in own}
    except Unanswerable:
        return {}
    begin = base if schemas.keyword(at, "pattern") is None else ""  # a pattern says how paths begin
    fits = schemas.validator(at, "response").is_valid(begin + path_template.filled(path, [*sample.values()]))
    template: Any = begin + path_template.filled(path, [*own.values()])
    for step in reversed(steps):
        template = {step: template}
    return template if fits else {}


CONTENT = ("downloadurl", "contenturl", "fileurl", "downloaduri", "contenturi", "downloadlink", "downloadpath",
           "contentlink", "rawurl", "fileuri", "downloadhref")  # fmt: skip
"""Plain names of a property that holds the path of an item's content, the likeliest first."""


def content_path(schemas: Schemas, envelopes: Envelopes, base: str, draft: ResourceDraft) -> dict[str, Any]:
    """The property of an item with the path at which its content is read, with its template; empty without one."""
    shown = draft.action("get-content")
    sent = {name for asked in draft.request_properties(*SENDING) for name in asked}
    known = {plain(name): name for name in draft.properties() if name not in sent}
    name = next((known[each] for each in CONTENT if each in known), "")
    if shown is None or not name or draft.item is None or not shown.operation.path.startswith(draft.item.path):
        return {}
    return own_path(schemas, envelopes, base, draft, (name,), shown.operation.path.removeprefix(draft.item.path))
