"""A check of references: a request is refused that names an item which does not exist, where the document says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.state.deleted_items import unknown_ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.sentences.unknown_item_sentences import says_unknown

WRITES = ("create", "update", "replace")


def unknown_reference(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, reference: Reference
) -> None:
    """A request is refused whose body names an item that does not exist, if the document says so."""
    referred = context.shared.resources[reference.resource]
    known = context.create_plentiful(referred)
    full = context.body(resource, full=True)
    made = context.create(resource, _naming(context, resource.operations["create"], full, reference, known.id))
    unknown, before = unknown_id(context, known)
    what = f"a {op.operation.http_method} whose {reference.field} names no {referred.name} is refused"
    history: tuple[RecordedExchange, ...] = (made.exchange, *before)
    if op == resource.operations["create"]:
        body = _naming(context, op, full, reference, unknown)
        exchange, _ = context.try_create(resource, body, may_conflict=True)
    else:
        body = {name: value for name, value in made.sent.items() if name in context.bodies.properties(op)}
        exchange = context.send(op, path=made.path, body=referring(body, reference.field, unknown))
    context.expect_status(400 <= exchange.status < 500, what, *history, exchange, about=reference.field)


def _naming(context: CheckContext, op: ResourceOperation, body: dict[str, Any], reference: Reference, key: Any) -> Any:
    """The body with the reference. Raises CannotBuildRequest if the document does not allow it."""
    made = referring(body, reference.field, key)
    if not context.bodies.accepts(op, made):
        raise CannotBuildRequest(f"no valid body of {op.name} has a {reference.field}")
    return made


def unknown_id(context: CheckContext, known: CreatedItem) -> tuple[Any, tuple[RecordedExchange, ...]]:
    """An id that no item has: of an item that was deleted, or one like that of an item; and how it came about."""
    referred = known.resource
    if referred.can("delete"):
        gone = context.create_plentiful(referred)
        removed = context.delete(gone)
        if 200 <= removed.status < 300 and removed.status != 202 and gone.id != known.id:
            return gone.id, (gone.exchange, removed)
    unknown = next(unknown_ids(context, known), None)
    if unknown is None:
        raise CannotBuildRequest(f"no unknown id of a {referred.name} can be made")
    return unknown, ()


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        if not resource.can("create"):
            continue
        for op in dict.fromkeys(resource.operations[name].name for name in WRITES if resource.can(name)):
            yield from _at(contract, known, resource, next(o for o in resource.operations.values() if o.name == op))


def _at(
    contract: Contract, known: dict[str, CheckedResource], resource: CheckedResource, op: ResourceOperation
) -> Iterator[Place]:
    for each in body_references(contract.schemas, resource, op):
        other = known.get(each.resource)
        if other is None or not other.can("create") or each.key != other.behaviour.identity.field:
            continue
        body = op.body_schema(contract.schemas)
        said = says_unknown(contract.schemas, op.operation, body, each.resource, each.field)
        if said is not None and other.behaviour.parent is None:
            text = f"A request that names an unknown {other.name} is refused."
            yield op.name, StatementRef(op.name, "references", "described", said.source, text), (resource, op, each)


CHECKS = (Check("unknown-reference", ("references",), _places, unknown_reference, exclusive=False),)
