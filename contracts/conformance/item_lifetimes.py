"""What Schemathesis says about items that are created and deleted: where it counts."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import EnsureResourceAvailability, UseAfterFree

from contracts.client.request_headers import is_idempotency_key
from contracts.model.resources import CheckedResource, checked_resources, name_of
from contracts.model.restoring_operations import restoring_operation
from mockserver.contract import Contract
from mockserver.openapi.document import Operation


def has_unknown_lifetime(
    contract: Contract, operation: Operation, case: Any, failure: Failure, referring: Container[str] = ()
) -> bool:
    """Is it about an item that may not exist?

    An echo, or a service whose items no request makes, may find what was deleted, and so does one whose DELETE is said
    to archive, and one that restores items: Schemathesis may have asked for that meanwhile. An id that is empty names
    nothing, and an idempotency key that is sent again may show an item that is deleted since. A new poll has no vote.
    The body of an operation in `referring` may name another item that is missing.
    """
    if isinstance(failure, UseAfterFree):
        known = _resources_of(contract, operation)
        is_kept = any(each.can("delete") and _tells_new_ids(contract, each) for each in known)
        return not is_kept or restoring_operation(contract, operation.path) is not None
    if not isinstance(failure, EnsureResourceAvailability):
        return False
    is_empty = any(value == "" for value in (case.path_parameters or {}).values())
    return (
        is_empty
        or name_of(operation) in referring
        or _may_be_missing(contract, operation)
        or _may_be_repeated(contract, failure.created_with)
    )


def _may_be_missing(contract: Contract, operation: Operation) -> bool:
    """Is it about a single thing of an item, such as `GET /polls/{id}/vote`, that has a 404 of its own?"""
    stated = contract.behaviour.operations.get((operation.path, operation.method))
    is_list = stated is not None and stated.action is not None and stated.action.does == "list"
    has_404 = any(response.status == "404" for response in operation.responses)
    return has_404 and not is_list and "{" in operation.path and not operation.path.endswith("}")


def _may_be_repeated(contract: Contract, create: str) -> bool:
    """May the reply of a create (`POST /orders`) be one that the service repeats, of an item that is deleted since?

    Schemathesis sends an idempotency key again as it does any other value.
    """
    op = next((each for each in contract.document.operations if name_of(each) == create), None)
    return op is not None and any(p.location == "header" and is_idempotency_key(p.name) for p in op.parameters)


def _resources_of(contract: Contract, operation: Operation) -> list[CheckedResource]:
    name = name_of(operation)
    return [r for r in checked_resources(contract).values() if any(op.name == name for op in r.operations.values())]


def _tells_new_ids(contract: Contract, resource: CheckedResource) -> bool:
    """Does the document say which id a created item has: in the path of a PUT, or in the reply or its `Location`?"""
    create = resource.operations.get("create")
    if create is None or resource.is_put:
        return create is not None
    response, path = create.operation.success(), create.reply_path("item")
    if response is None or path is None:
        return create.reply_path("id") is not None
    items = [contract.schemas.below(media.schema, path) for media in response.content if media.schema]
    named = {name for pointer in items if pointer for name in contract.schemas.properties(pointer)}
    return resource.behaviour.identity.field in named or "location" in {each.name.lower() for each in response.headers}
