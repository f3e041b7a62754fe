"""The references to other items in what a client writes."""

from __future__ import annotations

from mockserver.behaviour.statements import Reference
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.refusals.documented_refusals import REFUSING, documented_refusal
from mockserver.handlers.relations.joining import UnknownReferenceError
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record

NO_NAMES: frozenset[str] = frozenset()


def show_references(
    context: RequestContext, record: Record, sent: frozenset[str], kept: frozenset[str] = NO_NAMES
) -> None:
    """Show in an item the other items whose ids a client sent; fields that were `kept` name the same items as before.

    Raises Invalid, Missing or Conflict for an id that no item has, if all items are known or the document says that it
    is refused, and the operation documents the status.
    """
    source, plan = context.transaction.store.source, context.bound.resource
    if source is None:
        return
    try:
        record.fields = source.written(plan.name, context.tenant, plan.owner(context.call.path), record, sent, kept)
    except UnknownReferenceError as fault:
        refusal = documented_refusal(context.bound.operation, str(fault), fault.resource, (fault.name,), REFUSING)
        if fault.is_refused and refusal is not None:
            raise refusal.because(_reference_of(plan, fault.name)) from None
        record.fields = fault.fields


def _reference_of(plan: ResourcePlan, name: str) -> Reference | None:
    return next(
        (each for each in plan.statements.references if each.field.partition(".")[0].removesuffix("[]") == name), None
    )
