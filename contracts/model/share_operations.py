"""Operations that share an item with another user, and those that take this back: `PUT /notes/{id}/shares/{user}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from contracts.client.request_builder import MISSING
from contracts.model.resources import CheckedResource, ResourceOperation, resource_operations
from mockserver.contract import Contract
from mockserver.inference.names import singular, words
from mockserver.openapi import path_template

SHARES = frozenset(("share", "sharing", "reader", "viewer", "collaborator", "grant", "access", "permission", "guest"))
"""Words in the path of what an item is shared with."""

USERS = frozenset(
    ("user", "username", "login", "reader", "viewer", "collaborator", "person", "member", "guest", "account")
)
"""Words in the name of a parameter or a field that says with whom."""

TAKES_BACK = re.compile(r"\b(?:takes?|revokes?|withdraws?|removes?|ends?|stops?|no longer)\b", re.IGNORECASE)
"""What the description of an operation says that takes a share back."""


class ItemSharing(NamedTuple):
    """`share` lets another user read an item, and `unshare` takes it back.

    The path parameter `parameter` says who it is or, if that is empty, the field `field` of the body. `key` is
    the path parameter of `unshare`.
    """

    share: ResourceOperation
    unshare: ResourceOperation | None
    parameter: str
    field: str
    key: str

    def arguments(self, path: Mapping[str, Any], name: Any) -> dict[str, Any]:
        """The path and the body of a request that shares the item at `path` with the user called `name`."""
        if self.parameter:
            return {"path": {**path, self.parameter: name}}
        return {"path": path, "body": {self.field: name} if self.field else MISSING}


def sharings(contract: Contract, resource: CheckedResource) -> Iterator[ItemSharing]:
    """The operations below an item that share it with one user."""
    get = resource.operations["get"].operation.path.rstrip("/")
    operations = resource_operations(contract)
    for op in operations:
        path = op.operation.path.rstrip("/")
        rest = path.removeprefix(get + "/").split("/") if path.startswith(get + "/") else []
        if not rest or op.operation.method not in ("put", "post") or not _is_share(rest[0]):
            continue
        parameter = rest[1][1:-1] if len(rest) == 2 and rest[1].startswith("{") and _is_user(rest[1]) else ""
        field = _field(contract, op) if len(rest) == 1 and op.operation.method == "post" else ""
        if not parameter and not field:
            continue
        below = f"{get}/{rest[0]}/{{"
        unshare = next((o for o in operations if o.operation.method == "delete" and _is_one_below(o, below)), None)
        key = path_template.names(unshare.operation.path)[-1] if unshare is not None else ""
        yield ItemSharing(op, unshare, parameter, field, key)


def _is_one_below(op: ResourceOperation, start: str) -> bool:
    path = op.operation.path.rstrip("/")
    return path.startswith(start) and path.endswith("}") and "/" not in path[len(start) :]


def _is_share(step: str) -> bool:
    return bool({singular(word) for word in words(step)} & SHARES)


def _is_user(name: str) -> bool:
    return bool({singular(word) for word in words(name)} & USERS)


def _field(contract: Contract, op: ResourceOperation) -> str:
    """The one field that a body needs, if it names a user."""
    pointer = op.body_schema(contract.schemas)
    needed = contract.schemas.required(pointer) if pointer is not None else set()
    return next(iter(needed)) if len(needed) == 1 and all(map(_is_user, needed)) else ""
