"""Procedures whose request names the item, and not their path: `POST /users.update` with `{"user": "U1"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.openapi import path_template
from mockserver.openapi.schemas import Schemas


def id_name(op: ResourceOperation, resource: CheckedResource | None) -> str:
    """Under which name a request sends the id of the item; empty if its path says it, or it is about none."""
    action = op.behaviour.action
    if action is None or resource is None or action.does in ("create", "list"):
        return ""
    identity = resource.behaviour.identity
    if identity.location != "path" or identity.parameter in path_template.names(op.operation.path):
        return ""
    return next((sent for sent, field in action.takes.items() if field == identity.field), "")


def _required_id(op: ResourceOperation, resource: CheckedResource, schemas: Schemas, pointer: str) -> str:
    """The name of the id in a body that has to repeat it, as in JSON:API; empty if it need not."""
    action, identity = op.behaviour.action, resource.behaviour.identity
    is_named = identity.parameter in path_template.names(op.operation.path)
    is_changed = action is not None and action.does in ("update", "replace") and not resource.is_put
    return identity.field if is_named and is_changed and identity.field in schemas.required(pointer) else ""


def with_id_of_item(
    op: ResourceOperation,
    resource: CheckedResource | None,
    schemas: Schemas,
    path: Mapping[str, Any],
    body: Any,
    missing: Any,
) -> Any:
    """The body with the id of the item that `path` names. No body is the value `missing`, which is returned as it is.

    A body that is invalid stays as it is: a check wants it refused.
    """
    pointer = op.body_schema(schemas)
    key = resource.behaviour.identity.parameter if resource is not None else ""
    if resource is None or key not in path or pointer is None:
        return body
    name = id_name(op, resource)
    if body is missing:
        return {name: path[key]} if name and name in schemas.properties(pointer) else body
    name = name or _required_id(op, resource, schemas, pointer)
    if not name or not isinstance(body, dict) or name not in body:
        return body
    valid, named = schemas.validator(pointer, "request").is_valid, {**body, name: path[key]}
    return named if valid(body) and valid(named) else body
