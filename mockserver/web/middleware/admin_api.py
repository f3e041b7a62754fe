"""The admin API below `/_mock/`: health, stored items, reset to the start state and clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mockserver.handlers.outside import OutsideService
from mockserver.state.clock import SteppingClock
from mockserver.state.store import Store
from mockserver.state.world import World
from mockserver.web.ask_again import ask_again
from mockserver.web.middleware.admin_guard import PREFIX, refusal
from mockserver.web.refusals import note
from mockserver.web.service import Service

MASK = "********"


class AdminApiMiddleware:
    """Answers requests below `/_mock/`, from its own origin and by names in `hosts` only (see admin_guard.py).

    With a `token`, state, reset and clock need `Authorization: Bearer TOKEN`; it is also good for any host.
    """

    def __init__(
        self,
        next_app: Any,
        *,
        services: Mapping[str, Service],
        world: World,
        token: str | None,
        outside: OutsideService,
        hosts: Sequence[str] | None = None,
    ) -> None:
        self._next, self._services, self._world, self._token = next_app, services, world, token
        self._hosts = hosts
        self._outside, self._pages = outside, outside.pages()
        self._routes: dict[tuple[str, str], Callable[[Mapping[str, str]], Response]] = {
            ("GET", "health"): self._health,
            ("GET", "state"): self._state,
            ("POST", "reset"): self._reset,
            ("POST", "clock"): self._clock,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = None
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            request = Request(scope, receive)
            response = self._refused(request) or self._unauthorized(request)
            page = self._pages.get(request.url.path[len(PREFIX) :]) if response is None else None
            response = response or self._answer(request)
            if page is not None:
                reply = await page(request.query_params, partial(ask_again, self._services))
                response = Response(reply.body, reply.status, dict(reply.headers), reply.media_type)
        await (response or self._next)(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        name = request.url.path[len(PREFIX) :]
        methods = [method for method, known in self._routes if known == name]
        if not methods:
            return None
        if request.method not in methods:
            return _problem(405, f"use {methods[0]}", {"Allow": ", ".join(methods)})
        return self._routes[request.method, name](request.query_params)

    def _refused(self, request: Request) -> Response | None:
        """The 403 for a request of a foreign origin, or by a name that is not known here."""
        detail = refusal(request, None if self._has_token(request) else self._hosts)
        if not detail:
            return None
        note(request.scope, detail)
        return _problem(403, detail)

    def _has_token(self, request: Request) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._token is not None and secrets.compare_digest(token.encode(), self._token.encode())

    def _unauthorized(self, request: Request) -> Response | None:
        """The 401 for a request that needs the token and does not have it; health and assets are public."""
        if self._token is None or request.url.path[len(PREFIX) :] not in ("state", "reset", "clock"):
            return None
        if self._has_token(request):
            return None
        return _problem(401, "the control token is printed when the sandbox starts", {"WWW-Authenticate": "Bearer"})

    def _health(self, query: Mapping[str, str]) -> Response:
        services = {
            name: {"title": s.contract.document.title, "operations": len(s.endpoints), "sync": self._outside.mode}
            for name, s in self._services.items()
        }
        return JSONResponse({"status": "ok", "services": services, "seed": self._world.seed})

    def _state(self, query: Mapping[str, str]) -> Response:
        chosen = self._chosen(query)
        if isinstance(chosen, Response):
            return chosen
        return JSONResponse({name: state(service, query.get("tenant")) for name, service in chosen.items()})

    def _reset(self, query: Mapping[str, str]) -> Response:
        chosen = self._chosen(query)
        if isinstance(chosen, Response):
            return chosen
        for service in chosen.values():
            service.clear(query.get("tenant"))
            self._outside.forget("/".join(part for part in (service.name, query.get("tenant")) if part))
        return JSONResponse({"reset": sorted(chosen), "tenant": query.get("tenant")})

    def _clock(self, query: Mapping[str, str]) -> Response:
        if not isinstance(self._world.clock, SteppingClock):
            return _problem(409, "the clock is the machine's; start with --seed for one that can be advanced")
        try:
            self._world.clock.advance(max(float(query.get("advance", "")), 0.0))
        except ValueError:
            return _problem(400, "advance: a number of seconds is needed, as in ?advance=60")
        return JSONResponse({"now": self._world.clock.now()})

    def _chosen(self, query: Mapping[str, str]) -> dict[str, Service] | Response:
        unknown = set(query) - {"service", "tenant", "advance"}
        if unknown:
            return _problem(400, f"unknown parameter {min(unknown)!r}; there are service and tenant")
        name = query.get("service")
        if name is not None and name not in self._services:
            return _problem(404, f"no service {name!r}; there are {', '.join(self._services)}")
        return {key: service for key, service in self._services.items() if name in (None, key)}


def state(service: Service, tenant: str | None = None) -> dict[str, Any]:
    """The stored items and facts of a service by tenant, with masked secrets."""
    return {
        owner: _tenant_state(service, service.store, owner)
        for owner in service.store.tenants()
        if tenant in (None, owner)
    }


def _tenant_state(service: Service, store: Store, tenant: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for resource, owner, collection in store.items(tenant):
        secret = service.plans[resource].secrets
        items = [{k: MASK if k in secret and v is not None else v for k, v in r.fields.items()} for r in collection]
        if items:
            shown.setdefault(resource, []).extend(items if not owner else [{"_owner": owner, **i} for i in items])
    facts = store.facts.get(tenant)
    return shown | ({"facts": facts} if facts else {})


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"status": status, "detail": detail}, status, headers, "application/problem+json")
