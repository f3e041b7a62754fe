"""Loading a state file at start: a snapshot, or items that the create operations of the services create.

Such a file (YAML or JSON) maps service → tenant → resource → a list of bodies for create requests. The service and the
tenant can be left out where there is only one. docs/state.md describes it for users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from mockserver.behaviour.statements import Tenant
from mockserver.errors import Invalid, StateError
from mockserver.handlers.actions import create
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.messages import Reply
from mockserver.openapi import json_codec, path_template, source
from mockserver.openapi.pointer import join
from mockserver.openapi.size_limits import SizeLimits
from mockserver.web.admin.api import MOST_BYTES
from mockserver.web.app import Sandbox
from mockserver.web.control import snapshots
from mockserver.web.endpoint import Endpoint
from mockserver.web.example_credential import authorization
from mockserver.web.response.encoding import encode
from mockserver.web.service import Service

BOUNDS = SizeLimits(bytes=MOST_BYTES)
"""How large a file may be: as large as a snapshot that is sent."""

OWNER = "_owner"
"""The key of an item with the ids of the items above it, as `GET /_mock/state` shows it."""

LONGEST = 1000
"""How many characters of an error response are printed."""


async def load(path: Path, sandbox: Sandbox) -> int:
    """Restore a snapshot, or create the items of a file; returns their number.

    Raises StateError with the entry that is wrong, and InvalidDocument for what is no JSON or YAML.
    """
    data = source.read_data(path, bounds=BOUNDS)
    if snapshots.is_snapshot(data):
        return _restored(data, path.name, sandbox)
    return await _created(data, path.name, sandbox.services)


def _restored(data: Any, file: str, sandbox: Sandbox) -> int:
    try:
        return snapshots.restore(data, sandbox.namespaces.default, sandbox.services)
    except Invalid as refusal:
        lines = [f"{file}#{fault.field}: {fault.message}" for fault in refusal.faults]
        raise StateError("\n".join(lines)) from None


async def _created(data: Any, file: str, services: Mapping[str, Service]) -> int:
    loaded = 0
    for place, service, tenant, resource, body in _entries(data, services, file):
        endpoint, plan = _create_endpoint(service, resource, place)
        above, fields = _above(endpoint, plan, body, place)
        reply = await _send(service, endpoint, plan.statements.tenant, tenant, above, fields, place)
        if reply.status >= 300:
            told = encode(reply).decode("utf-8", "replace")[:LONGEST]
            raise StateError(f"{place}: the create request gets {reply.status}: {told}")
        loaded += 1
    return loaded


class _Listed(NamedTuple):
    """A list of a state file, and its place. `tenant` is None where the file names none."""

    service: Service
    tenant: str | None
    resource: str
    bodies: Any
    place: str


def _entries(data: Any, services: Mapping[str, Service], file: str) -> list[tuple[str, Service, str, str, Any]]:
    found = []
    for service, named, resource, bodies, place in _lists(data, services, file):
        _refuse_unknown(service, resource, place)
        if not isinstance(bodies, list):
            raise StateError(f"{place}: {_no_list(bodies)}")
        tenant = named if named is not None else _only_tenant(service, resource, place)
        found += [(f"{place}/{i}", service, tenant, resource, body) for i, body in enumerate(bodies)]
    return found


def _lists(data: Any, services: Mapping[str, Service], file: str) -> Iterator[_Listed]:
    """The lists of a file. A list belongs to the key before it, which is a resource: what is above it is left out."""
    for name, tenants in _mapping(data, file, "services").items():
        at = f"{file}#{join('', name)}"
        if isinstance(tenants, list):
            yield _Listed(_only_service(services, at), None, name, tenants, at)
        elif name not in services:
            is_resource = any(name in each.plans for each in services.values())
            wrong = f"unknown service; choose from {', '.join(services)}"
            raise StateError(f"{at}: {_no_list(tenants) if is_resource else wrong}")
        else:
            yield from _of_service(services[name], tenants, at)


def _of_service(service: Service, tenants: Any, at: str) -> Iterator[_Listed]:
    for tenant, resources in _mapping(tenants, at, "tenants").items():
        below = join(at, tenant)
        if isinstance(resources, list):
            yield _Listed(service, None, tenant, resources, below)
        else:
            for resource, bodies in _mapping(resources, below, "resources").items():
                yield _Listed(service, tenant, resource, bodies, join(below, resource))


def _only_service(services: Mapping[str, Service], place: str) -> Service:
    if len(services) != 1:
        raise StateError(f"{place}: say in which service it is, in a key above it; choose from {', '.join(services)}")
    return next(iter(services.values()))


def _only_tenant(service: Service, resource: str, place: str) -> str:
    """The tenant of items without one in the file. Raises StateError where there may be several."""
    by, known = service.plans[resource].statements.tenant.by, service.keyring.tenants
    if by == "none" or (by != "path" and not known):
        return ""
    if by == "path" or len(known) > 1:
        named = f", for example {', '.join(known)}" if known else ""
        raise StateError(f"{place}: say whose items they are, in a key above: a tenant{named}")
    return known[0]


def _mapping(value: Any, place: str, keys: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise StateError(f"{place}: expected an object whose keys are {keys}, not {_called(value)}")
    return value


def _no_list(value: Any) -> str:
    return f"expected a list of items, not {_called(value)}"


def _called(value: Any) -> str:
    return {list: "a list", dict: "an object", type(None): "null"}.get(
        type(value), json_codec.write(value).decode()[:40]
    )


def _refuse_unknown(service: Service, resource: str, place: str) -> None:
    if resource not in service.plans:
        raise StateError(f"{place}: unknown resource; choose from {', '.join(service.plans) or 'none'}")


def _create_endpoint(service: Service, resource: str, place: str) -> tuple[Endpoint, ResourcePlan]:
    for endpoint in service.endpoints.values():
        bound = endpoint.bound
        if bound and bound.plan and bound.plan.name == resource and bound.handler.begin is create:
            return endpoint, bound.plan
    raise StateError(f"{place}: no operation creates a {resource}")


def _above(endpoint: Endpoint, plan: ResourcePlan, body: Any, place: str) -> tuple[dict[str, str], Any]:
    """The ids of the items above a new one, by path parameter, and its fields. `_owner` has them, joined by slashes.

    Raises StateError for an owner that is none.
    """
    if not isinstance(body, Mapping) or OWNER not in body:
        return {}, body
    names, ids = plan.parent_parameters, str(body[OWNER]).split("/")
    if len(names) != len(ids):
        wanted = f"give {'/'.join(names)}" if names else f"a {plan.name} is below no other item; leave it out"
        raise StateError(f"{place}/{OWNER}: {wanted}")
    above, own = dict(zip(names, ids, strict=True)), endpoint.bound.path_names if endpoint.bound is not None else {}
    known = [(name, own.get(name, name)) for name in path_template.names(endpoint.operation.path)]
    written = {name: above[parameter] for name, parameter in known if parameter in above}
    return written, {name: value for name, value in body.items() if name != OWNER}


async def _send(
    service: Service,
    endpoint: Endpoint,
    stated: Tenant,
    tenant: str,
    above: dict[str, str],
    body: Any,
    place: str,
) -> Reply:
    """The reply to a create request of a client with access to the tenant. Raises StateError without an id above."""
    operation = endpoint.operation
    values = {p.name: str(_sample(service, p.pointer)) for p in operation.parameters if p.location == "path"} | above
    if stated.by == "path":
        values[stated.name] = tenant
    sent = authorization(service, operation, _credential(service, tenant, place))
    headers = {"content-type": "application/json", **{name.lower(): value for name, value in sent.headers.items()}}
    if stated.by == "header":
        headers[stated.name.lower()] = tenant
    scope = {
        "type": "http",
        "method": operation.http_method,
        "path": operation.path,
        "query_string": sent.query,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    unknown = [name for name in path_template.names(operation.path) if not values[name]]
    if unknown:
        raise StateError(f"{place}: which item is it below? Give its id beside the fields, as `{OWNER}: {unknown[0]}`")
    content = json_codec.write(body)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    raw = tuple(quote(values[name], safe="") for name in path_template.names(operation.path))
    reply, _, _ = await endpoint(scope, receive, raw)
    return reply


def _sample(service: Service, pointer: str) -> Any:
    from_document = service.contract.schemas.resolve(pointer)[0]
    return from_document.get("example", "")


def _credential(service: Service, tenant: str, place: str) -> str:
    listed = service.contract.behaviour.service.credentials
    for entry in listed:
        principal = service.keyring.principal(entry.value)
        if principal is not None and tenant in {principal.home, *(entry.tenants or ())}:
            return entry.value
    for entry in listed:
        principal = service.keyring.principal(entry.value)
        if principal is not None and principal.may_enter(tenant):
            return entry.value
    if not listed:
        return tenant or service.keyring.printed
    raise StateError(f"{place}: no listed credential has access to the tenant {tenant!r}")
