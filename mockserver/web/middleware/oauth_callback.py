"""Where OAuth comes back to (RFC 6749 section 4.1.2): the code is exchanged and the registration synced again."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from html import escape

from starlette.responses import HTMLResponse, Response

from mockserver.errors import Missing, SyncError
from mockserver.handlers.actions import create
from mockserver.handlers.request_context import BoundOperation, RequestContext
from mockserver.messages import ANONYMOUS, Call
from mockserver.state.record import Record
from mockserver.state.transaction import Transaction
from mockserver.web.service import Service

PATH = "oauth/callback"
"""The path below `/_mock/`."""


async def complete(services: Mapping[str, Service], query: Mapping[str, str]) -> Response:
    """Take an authorization response: `state` and `code`, or `error`; answers with a page for the person."""
    if "error" in query:
        return _page(400, f"The authorization was refused: {query.get('error_description') or query['error']}")
    asking = next(iter(services.values())).asking
    try:
        owner = asking.prober.complete(query.get("state", ""), query.get("code", ""), issuer=query.get("iss"))
        if isinstance(owner, Awaitable):
            owner = await owner
    except SyncError as fault:
        return _page(400, str(fault))
    synced = await _sync(services, owner)
    return _page(200, "Authorized. The server was asked for its tools again." if synced else "Authorized.")


async def _sync(services: Mapping[str, Service], owner: str) -> bool:
    """Sync the registration `service/tenant/id` again; False when it is no longer there."""
    name, _, rest = owner.partition("/")
    tenant, _, id = rest.rpartition("/")
    service = services.get(name)
    found = _registration(service, tenant, id) if service is not None else None
    if service is None or found is None:
        return False
    bound, record = found
    stated = bound.resource.statements.tenant
    path = {stated.name: tenant} if stated.by == "path" else {}
    call = Call("POST", f"/_mock/{PATH}", path, {}, {}, {}, None, "", ANONYMOUS, tenant)
    context = RequestContext(call, bound, Transaction(service.store), service.world)
    try:
        await service.asking.again(context, record)
    except Missing:  # it was deleted while its server was being asked
        return False
    return True


def _registration(service: Service, tenant: str, id: str) -> tuple[BoundOperation, Record] | None:
    for endpoint in service.endpoints.values():
        bound = endpoint.bound
        if bound is not None and bound.handler.begin is create and bound.rules:
            record = service.store.collection(bound.resource.name, tenant).by_id.get(id)
            if record is not None:
                return bound, record
    return None


def _page(status: int, text: str) -> Response:
    return HTMLResponse(f"<!doctype html><title>Sandbox</title><p>{escape(text)}</p>", status)
