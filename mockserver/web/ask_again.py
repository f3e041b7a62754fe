"""Running the rules that ask an outside service again, for an item that exists."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import Missing
from mockserver.handlers.actions import create
from mockserver.handlers.outside import ask_again as asking_rules
from mockserver.handlers.outside import finish
from mockserver.handlers.request_context import BoundOperation, RequestContext
from mockserver.messages import ANONYMOUS, Call
from mockserver.state.record import Record
from mockserver.state.transaction import Transaction
from mockserver.web.service import Service


async def ask_again(services: Mapping[str, Service], owner: str) -> bool:
    """Run the asking rules of the create again for the item `service/tenant/id`; False when there is no such item."""
    name, _, rest = owner.partition("/")
    tenant, _, id = rest.rpartition("/")
    service = services.get(name)
    found = _created(service, tenant, id) if service is not None else None
    if service is None or found is None:
        return False
    bound, record = found
    stated = bound.resource.statements.tenant
    path = {stated.name: tenant} if stated.by == "path" else {}
    call = Call("POST", "/_mock/", path, {}, {}, {}, None, "", ANONYMOUS, tenant)
    context = RequestContext(call, bound, Transaction(service.store), service.world)
    try:
        await finish(asking_rules(context, record), context, service.outside)
    except Missing:  # the item was deleted while the outside service was being asked
        return False
    context.transaction.commit()
    return True


def _created(service: Service, tenant: str, id: str) -> tuple[BoundOperation, Record] | None:
    """The item, and the operation with rules that creates items of its resource."""
    for endpoint in service.endpoints.values():
        bound = endpoint.bound
        if bound is not None and bound.handler.begin is create and bound.rules:
            record = service.store.collection(bound.resource.name, tenant).by_id.get(id)
            if record is not None:
                return bound, record
    return None
