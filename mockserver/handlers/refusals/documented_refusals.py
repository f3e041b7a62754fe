"""Refusals of what a document says is refused, with a status that the operation documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.errors import Conflict, Fault, Forbidden, Invalid, Missing, Refusal
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.sentences.unknown_item_sentences import is_said_unknown
from mockserver.openapi.document import Operation
from mockserver.state.record import Record

REFUSING = (422, 400, 404, 409)
"""The statuses by which a service may refuse an id that no item has, the likeliest first."""

HOLDING = (409, 422, 400, 403)
"""The statuses by which a service may refuse to delete an item that others need."""

REFUSALS: Mapping[int, type[Refusal]] = {
    400: Invalid,
    402: Invalid,
    403: Forbidden,
    404: Missing,
    409: Conflict,
    422: Invalid,
}


def documented_refusal(
    operation: Operation, message: str, resource: str, field: tuple[str, ...], statuses: Sequence[int]
) -> Refusal | None:
    """The refusal with the first of the statuses that an operation documents; None if it documents none.

    It is about an item of `resource`. `field` is what of the body is refused; empty if it is not about the body. For
    that a status comes first whose description says that there is no such item.
    """
    found = [(each, response) for each in statuses if (response := operation.response(each)) is not None]
    if not found:
        return None
    said = (each for each, response in found if field and is_said_unknown(response.description, resource))
    status = next(said, found[0][0])
    faults = (Fault("body", field, message, "reference"),) if field else ()
    refusal = REFUSALS[status](message, faults=faults, resource=resource.replace("-", " "))
    refusal.documented = status
    return refusal


def refuse_held(context: RequestContext, plan: ResourcePlan, record: Record) -> None:
    """Raise Conflict, Invalid or Forbidden for an item that others keep from being deleted."""
    owner = plan.owner(context.call.path)
    path = f"{owner}/{record.id}" if owner else str(record.id)
    holder = plan.cascade.holder(context.transaction.store, context.tenant, path)
    if holder:
        message = f"the {plan.name} still has {holder} items".replace("-", " ")
        refusal = documented_refusal(context.bound.operation, message, plan.name, (), HOLDING)
        if refusal is not None:
            stated = context.bound.plans[holder].statements
            named = (one for one in stated.references if (one.resource, one.on_delete) == (plan.name, "refuse"))
            raise refusal.because(next(named, stated.parent))


def refuse_unknown(known: frozenset[str], body: dict[str, Any]) -> None:
    """Raises Invalid with a fault for every property that the document does not name."""
    faults = tuple(
        Fault("body", (name,), f"property {name} should not exist", "additionalProperties")
        for name in body
        if name not in known
    )
    if faults:
        raise Invalid(faults[0].message, faults=faults)
