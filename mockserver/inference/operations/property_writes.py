"""Operations at a path that is named after a property of the item above: `PUT /tasks/{id}/status` sets the status."""

from __future__ import annotations

from mockserver.inference.bodies.messages import ReplyBody, request_schema
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import SCALAR, plain, words
from mockserver.inference.values.state_values import STATES
from mockserver.openapi.document import Operation

VALUES = frozenset(("value", "new", "to", "target", "newvalue"))
"""Plain names of what a request sends for the property that the path names."""

AROUND = ("new", "target", "next", "updated")
"""Words before the name of the property in a request: `newStatus`."""


def property_write(draft: ResourceDraft, operation: Operation, name: str, found: ReplyBody) -> DraftAction | None:
    """The update of the one property that the path names; None if it names none, or the request does not send it.

    A POST may add something of that name, so only that of a state counts.
    """
    known = {plain(each): each for each in draft.properties()}
    field = known.get(plain(name), "")
    is_state = not STATES.isdisjoint(words(name)[-1:])
    is_write = operation.method in ("put", "patch") or (operation.method == "post" and is_state)
    if not field or not is_write or plain(name) in draft.id_names or found.status == 201:
        return None
    types = draft.schemas.types(draft.properties()[field]) - {"null"}
    if not types or not types <= SCALAR | {"boolean"}:
        return None
    shown = _shown(draft, found)
    reason = f"the path ends with the property {field}, which it sets"
    asked = request_schema(operation.request_body)
    if asked is not None and not draft.schemas.properties(asked):
        is_value = bool(draft.schemas.types(asked) & types)
        sets = {field: "{sent:}"}
        return DraftAction(operation, "update", found, reason, (), shown, sets=sets) if is_value else None
    sent = _sent_as(draft, operation, field, asked)
    if not sent:
        return None
    return DraftAction(operation, "update", found, reason, (), shown, takes={sent: field})


def _sent_as(draft: ResourceDraft, operation: Operation, field: str, asked: str | None) -> str:
    """The name under which a request sends a property, in its body or else in its query; empty if it does not."""
    schemas = draft.schemas
    offered = schemas.properties(asked) if asked else {}
    if operation.request_body is None:
        offered = {each.name: each.schema for each in operation.parameters if each.location == "query" and each.schema}
    types = schemas.types(draft.properties()[field])
    fitting = [name for name, at in offered.items() if schemas.types(at) & types]
    exact = [name for name in fitting if plain(name) == plain(field)]
    named = [name for name in fitting if plain(name) in {word + plain(field) for word in AROUND}]
    only = [name for name in fitting if len(offered) == 1 and plain(name) in VALUES]
    return next(iter([*exact, *named, *only]), "")


def _shown(draft: ResourceDraft, found: ReplyBody) -> str | None:
    """The schema of a reply that shows nothing but properties of the item; None for another one."""
    names = draft.schemas.properties(found.schema).keys() if found.schema else set[str]()
    return found.schema if names and names <= draft.properties().keys() else None
