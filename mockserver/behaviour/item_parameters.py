"""Which query parameter of an operation names the item that it is about."""

from __future__ import annotations

from mockserver.behaviour.statements import CONTENTS, Action, Resource
from mockserver.openapi.document import Operation

ABOUT_ONE = frozenset(("get", "update", "replace", "delete", *CONTENTS))
"""The actions on one item."""


def query_key(resource: Resource, action: Action | None, operation: Operation) -> str:
    """The parameter outside of its path that names the item of an operation; empty if it is not about one."""
    identity = resource.identity
    if identity.location == "path" or action is None or action.does not in ABOUT_ONE:
        return ""
    names = {each.name for each in operation.parameters if each.location == identity.location}
    return identity.parameter if identity.parameter in names else ""
