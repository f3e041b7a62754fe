"""Check of items that are deleted and restored: they come back as they were."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import as_json, documented, unchangeable
from contracts.checks.valid_bodies import is_reference
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.model.restoring_operations import restoring_operation
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


def restored_item(context: CheckContext, resource: CheckedResource, restore: ResourceOperation) -> None:
    """An item that is deleted and restored shows the texts and numbers that it had before."""
    get, schemas = resource.operations["get"], context.contract.schemas
    made = context.create(resource, context.body(resource, full=True))
    before = context.item(get, context.get(made))
    removed = context.delete(made)
    back = context.send(restore, user=made.user, path=made.path, may_be_refused=True)
    if removed.status >= 300 or back.status >= 300:
        raise CannotBuildRequest(f"{restore.name} answers {back.status} after a DELETE with {removed.status}")
    response = context.get(made)
    after = context.item(get, response)
    known = documented(context.contract, get)
    for name in sorted(before.keys() & known.keys() & made.sent.keys() - resource.write_only_fields):
        is_plain = schemas.types(known[name]) - {"null"} <= {"string", "number", "integer"}
        if not is_plain or schemas.keyword(known[name], "enum") or name in unchangeable(resource):
            continue  # a state may be another one, and a flag, too
        if before[name] is not None and not is_reference(context, name):
            context.expect(
                after.get(name) == before[name],
                f"{name} is {as_json(before[name])} after the item is restored, as before",
                as_json(after.get(name)),
                made.exchange,
                removed,
                back,
                response,
                about=name,
            )


def _places(contract: Contract) -> Iterator[Place]:
    operations = {(each.operation.path, each.operation.method): each for each in resource_operations(contract)}
    for resource in checked_resources(contract).values():
        if not resource.can("create", "get", "delete") or resource.is_put:
            continue
        found = restoring_operation(contract, resource.operations["get"].operation.path)
        op = operations.get((found.path, found.method)) if found is not None else None
        if op is not None and op.media_type is None:
            text = "An item that is restored is as it was."
            source = f"the path {op.operation.path}"
            yield op.name, StatementRef(op.name, "soft-delete", "implied", source, text), (resource, op)


CHECKS = (Check("restored", ("soft-delete",), _places, restored_item, exclusive=False),)
