"""Running the rules that ask an outside service again, for an item that exists."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import Missing
from mockserver.handlers.actions import create
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.outside import ask_again as asking_rules
from mockserver.handlers.outside import finish
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import ANONYMOUS, Call
from mockserver.state.record import UNCHECKED, Record
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction
from mockserver.web.control.namespaces import DEFAULT, Namespaces
from mockserver.web.service import Service


async def ask_again(services: Mapping[str, Service], namespaces: Namespaces, owner: str) -> bool:
    """Run the asking rules of the create again for an item; False when there is no such item.

    `owner` is `service/tenant/id`, in a namespace `service@namespace/tenant/id`.
    """
    label, _, rest = owner.partition("/")
    name, _, namespace = label.partition("@")
    tenant, _, id = rest.rpartition("/")
    service, held = services.get(name), namespaces.known(namespace or DEFAULT)
    if service is None or held is None:
        return False
    store = held.store(service)
    found = _created(service, store, tenant, id)
    if found is None:
        return False
    bound, record = found
    stated = bound.resource.statements.tenant
    path = {stated.name: tenant} if stated.by == "path" else {}
    call = Call("POST", "/_mock/", path, {}, {}, {}, None, "", ANONYMOUS, tenant)
    context = RequestContext(call, bound, Transaction(store))
    try:
        await finish(asking_rules(context, record), context, service.outside)
    except Missing:  # the item was deleted while the outside service was being asked
        return False
    context.transaction.commit()
    return True


def _created(service: Service, store: Store, tenant: str, id: str) -> tuple[BoundOperation, Record] | None:
    """The item, and the operation with rules that creates items of its resource.

    None for an unchecked item, too: it may lack what the rules need.
    """
    for endpoint in service.endpoints.values():
        bound = endpoint.bound
        if bound is not None and bound.handler.begin is create and bound.rules:
            record = store.collection(bound.resource.name, tenant).by_id.get(id)
            if record is not None and UNCHECKED not in record.hidden:
                return bound, record
    return None
