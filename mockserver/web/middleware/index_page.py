"""The index at `/`: the dashboard for browsers, and what is served as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from mockserver.dashboard import page_files
from mockserver.web.middleware.admin_guard import ASSETS
from mockserver.web.request.content_negotiation import best_match
from mockserver.web.service import Service

DASHBOARD = "dashboard/"
"""What the names of the dashboard's files begin with, below those of all pages."""


def index(request: Request, services: Mapping[str, Service]) -> Response:
    """The services with their links: the dashboard if the client prefers HTML to JSON."""
    base = f"{request.url.scheme}://{request.url.netloc}"
    offered = ["application/json", "text/html"]
    if best_match(request.headers.get("accept", "*/*"), offered) == 1:
        return dashboard()
    return JSONResponse(dict(_entries(base, services)), headers={"Vary": "Accept"})


def dashboard() -> Response:
    """The page of the dashboard. What it shows comes from the admin API."""
    return HTMLResponse(page_files.page(ASSETS + DASHBOARD), headers={**page_files.PAGE_HEADERS, "Vary": "Accept"})


def _entries(base: str, services: Mapping[str, Service]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in services.items():
        is_secured = any(endpoint.operation.security for endpoint in service.endpoints.values())
        yield (
            name,
            {
                "title": service.contract.document.title,
                "base_url": f"{base}/{name}{service.contract.document.base_path}",
                "credential": service.keyring.printed if is_secured else None,
                "operations": len(service.endpoints),
                "docs": f"{base}/{name}/docs",
                "openapi": f"{base}/{name}/openapi.json",
                "state": f"{base}/_mock/state?service={name}",
            },
        )
