"""Operations on single items, by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from mockserver.errors import Malformed, Missing
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.item_check import ItemCheck
from mockserver.handlers.item_editor import ItemEditor
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Call, Reply
from mockserver.state.collection import Key
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction
from mockserver.web.admin.admin_request import AdminRequest, no_resource
from mockserver.web.admin.tenants import known_tenants, no_tenant
from mockserver.web.service import Service

T = TypeVar("T")

MOST_NAMED = 20
"""How many tenants or owners an error lists."""


def listed(request: AdminRequest) -> Reply:
    """The items of a resource, or some of them. Raises Missing for an unknown service, resource or owner."""
    first, most = request.query.get("offset", 0), request.query.get("limit")
    last = None if most is None else first + most
    return Reply(200, _edited(request, lambda editor: editor.items(first, last)))


def got(request: AdminRequest) -> Reply:
    """One item. Raises Missing."""
    return Reply(200, _edited(request, lambda editor: editor.item(request.path["id"])))


def added(request: AdminRequest) -> Reply:
    """A new item. Raises Missing, Invalid and Conflict."""
    return Reply(201, _edited(request, lambda editor: editor.add(request.body)))


def put(request: AdminRequest) -> Reply:
    """An item with these fields, which may be new. Raises Missing, Invalid and Conflict."""
    fields, is_new = _edited(request, lambda editor: editor.set(request.path["id"], request.body))
    return Reply(201 if is_new else 200, fields)


def changed(request: AdminRequest) -> Reply:
    """An item after a merge patch. Raises Missing, Invalid and Conflict."""
    return Reply(200, _edited(request, lambda editor: editor.change(request.path["id"], request.body)))


def removed(request: AdminRequest) -> Reply:
    """Delete an item. Raises Missing."""
    service = request.service(request.path["service"])
    context = _context(request, service)
    record = _applied(context, lambda: _editor(request, service, context).remove(request.path["id"]))
    service.outside.forget(f"{context.transaction.store.label}/{context.tenant}/{record.id}")
    return Reply(204)


def owner_key(request: AdminRequest, service: Service) -> Key:
    """The key of the collection that a request is about: resource, tenant and owner. Raises Missing and Malformed."""
    context = _context(request, service)
    return context.collection().key


def _edited(request: AdminRequest, edit: Callable[[ItemEditor], T]) -> T:
    service = request.service(request.path["service"])
    context = _context(request, service)
    try:
        return _applied(context, lambda: edit(_editor(request, service, context)))
    except Missing as refusal:
        raise _with_tenant(refusal, service, context) from None


def _with_tenant(refusal: Missing, service: Service, context: RequestContext) -> Missing:
    """The refusal, which says more where nothing is known of the tenant."""
    tenant, known = context.tenant, known_tenants(service, context.transaction.store)
    if not tenant or tenant in known:
        return refusal
    return Missing(f"{refusal.message}; {no_tenant(tenant, known)}", resource="item")


def _applied(context: RequestContext, step: Callable[[], T]) -> T:
    """The result of a step, whose changes happen wholly or not at all."""
    try:
        done = step()
    except BaseException:
        context.transaction.rollback()
        raise
    context.transaction.commit()
    return done


def _editor(request: AdminRequest, service: Service, context: RequestContext) -> ItemEditor:
    context.owner()  # raises Missing for a parent that does not exist
    check = ItemCheck(service.contract, context.bound.resource)
    return ItemEditor(context, check, is_checked=not request.query.get("invalid"))


def _context(request: AdminRequest, service: Service) -> RequestContext:
    """A context for the resource, tenant and owner of a request. Raises Missing and Malformed."""
    bound, store = _bound(service, request.path["resource"]), request.namespace.store(service)
    plan = bound.resource
    tenant = _tenant(request.query.get("tenant"), service, store, plan)
    path = _path(request.query.get("owner", ""), bound, store, tenant)
    if plan.statements.tenant.by == "path":
        path[plan.statements.tenant.name] = tenant
    client = service.keyring.client_of(tenant)
    call = Call(request.call.method, request.call.url, path, {}, {}, {}, None, "", client, tenant)
    return RequestContext(call, bound, Transaction(store))


def _bound(service: Service, resource: str) -> BoundOperation:
    found = service.bound(resource)
    if found is None:
        raise no_resource(service, resource, [name for name in service.plans if service.bound(name) is not None])
    return replace(found, path_names={}, across=False, by="")


def _tenant(given: str | None, service: Service, store: Store, plan: ResourcePlan) -> str:
    """The tenant that the request names; without one the only one that there is. Raises Malformed."""
    if plan.statements.tenant.by == "none":
        if given:
            raise Malformed(f"tenant: the items of {plan.name} belong to no tenant; leave out `tenant`")
        return ""
    known = store.tenants() or service.keyring.tenants
    if given is None and len(known) != 1:
        raise Malformed(f"tenant: say whose {plan.name} it is with ?tenant=; there are: {_named(known)}")
    return known[0] if given is None else given


def _path(owner: str, bound: BoundOperation, store: Store, tenant: str) -> dict[str, Any]:
    """The parameters above an item, as its path would have them. Raises Malformed for too few or too many."""
    plan = bound.resource
    names, ids = plan.parent_parameters, owner.split("/") if owner else []
    if len(names) != len(ids):
        raise Malformed(_about_owner(plan, store, tenant))
    path: dict[str, Any] = dict(zip(names, ids, strict=True))
    for resource, parameters in bound.above:
        above = store.collection(resource, tenant, _joined(parameters[:-1], path)).get(path[parameters[-1]])
        if above is not None:
            path[parameters[-1]] = above.id  # a number, where the document has numbers
    return path


def _about_owner(plan: ResourcePlan, store: Store, tenant: str) -> str:
    if not plan.parent_parameters:
        return f"owner: the items of {plan.name} are not below others; leave out `owner`"
    known = sorted({above for name, above, held in store.items(tenant) if name == plan.name and len(held)})
    wanted = "/".join(plan.parent_parameters)
    return f"owner: the items of {plan.name} are below others; give ?owner={wanted}; there are: {_named(known)}"


def _joined(parameters: tuple[str, ...], path: Mapping[str, Any]) -> str:
    return "/".join(str(path[name]) for name in parameters)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(map(repr, names[:MOST_NAMED])) + more if names else "none"
