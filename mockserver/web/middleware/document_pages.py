"""The pages: `/<name>/openapi.json`, `/<name>/docs` (Swagger UI), and at `/` the dashboard, or an index for programs.

The dashboard is at `/_mock/dashboard` too, for a service that has an operation at `/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mockserver.dashboard import page_files
from mockserver.openapi import json_codec
from mockserver.web.exchange import UNRECORDED
from mockserver.web.middleware import swagger_ui
from mockserver.web.middleware.admin_guard import ASSETS
from mockserver.web.middleware.index_page import DASHBOARD, index
from mockserver.web.mounted_operations import is_root_taken
from mockserver.web.service import Service


class DocumentPagesMiddleware:
    """Serves the document pages of each service below `/<name>`, and those of the only service below `/` too."""

    def __init__(self, next_app: Any, *, services: Mapping[str, Service], prefixes: Mapping[str, Service]) -> None:
        self._next, self._services = next_app, services
        self._pages: dict[str, tuple[str, Service, Render]] = {}
        self._pages |= {f"{prefix}/openapi.json": (prefix, service, document) for prefix, service in prefixes.items()}
        self._pages |= {f"{prefix}/docs": (prefix, service, docs) for prefix, service in prefixes.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = self._answer(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (response or self._next)(scope, receive, send)

    def _answer(self, scope: Any) -> Response | None:
        path = scope["path"]
        page = self._pages.get(path)
        if page is not None:
            prefix, service, render = page
            return render(Request(scope), prefix, service)
        if path.startswith(ASSETS):
            return _asset(path[len(ASSETS) :])
        if path == "/" and not is_root_taken(self._services):
            response = index(Request(scope), self._services)
            if response.media_type == "text/html":
                scope[UNRECORDED] = True  # a person looks at the journal, which is no request of a client
            return response
        return None


Change = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes another document of one."""


def document(request: Request, prefix: str, service: Service, change: Change | None = None) -> Response:
    """The document as published, with the URL of this mock as its server, and changed."""
    content = published(service, request.url.scheme, request.url.netloc, prefix, change)
    return Response(content, media_type="application/json")


Render = Callable[[Request, str, Service], Response]
"""Makes a page of a service below a prefix."""


def published(
    service: Service,
    scheme: str = "http",
    host: str = "127.0.0.1",
    prefix: str = "",
    change: Change | None = None,
) -> bytes:
    """The document of a service as JSON, with that address as its server."""
    document = service.contract.document
    body = dict(document.published) if change is None else change(dict(document.published))
    if "swagger" in body:
        body |= {"host": host, "basePath": prefix + document.base_path, "schemes": [scheme]}
    else:
        address = f"{scheme}://{host}{prefix}{document.base_path}"
        body["servers"] = [{"url": address, "description": "This sandbox"}]
    return json_codec.write(body, orjson.OPT_NON_STR_KEYS)


def docs(request: Request, prefix: str, service: Service) -> Response:
    """The HTML page that renders the document."""
    return HTMLResponse(swagger_ui.page(service.contract.document.title, f"{prefix}/openapi.json"))


def is_asset(path: str) -> bool:
    """Is it the path of a file that pages need?"""
    return path.startswith(ASSETS)


def _asset(name: str) -> Response | None:
    """A file of Swagger UI, or one of the dashboard."""
    own = page_files.asset(name.removeprefix(DASHBOARD)) if name.startswith(DASHBOARD) else None
    if own is not None:
        return Response(own[0], media_type=own[1], headers=page_files.KEPT)
    found = swagger_ui.asset(name)
    if found is None:
        return None
    return Response(found[0], media_type=found[1], headers={"Cache-Control": "max-age=86400"})
