"""The middlewares around a sandbox. Only an operation of a document needs the Connexion app behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from mockserver.openapi.document import Operation
from mockserver.web.admin.api import AdminApi, AdminApiMiddleware
from mockserver.web.lazy_app import App
from mockserver.web.middleware.cors import CorsMiddleware
from mockserver.web.middleware.document_pages import DocumentPagesMiddleware
from mockserver.web.middleware.not_found import NotFoundMiddleware
from mockserver.web.middleware.oauth_endpoints import OAuthEndpointsMiddleware
from mockserver.web.mounted_operations import MountedOperations
from mockserver.web.service import Service


def layered(
    services: Mapping[str, Service],
    served: MountedOperations,
    operations: App,
    admin: AdminApi,
    token: str | None,
    *,
    origins: Sequence[str] | None,
    hosts: Sequence[str] | None,
) -> App:
    """The app that lets `operations` answer what the documents have, and answers the rest: admin API, pages, 404."""
    pages: App = NotFoundMiddleware(operations, prefixes=served.prefixes)
    pages = OAuthEndpointsMiddleware(pages, prefixes=served.prefixes)
    pages = DocumentPagesMiddleware(pages, services=services, prefixes=served.prefixes)
    pages = AdminApiMiddleware(pages, api=admin, token=token, hosts=hosts)
    split = OperationsOrPages(served, operations, ProxyHeadersMiddleware(pages))
    control = admin.control
    return CorsMiddleware(split, origins=origins, real=control.outside.is_real, is_numbered=control.is_numbered)


class OperationsOrPages:
    """Passes requests for the paths of documents to one app, and all others to another."""

    def __init__(self, served: MountedOperations, operations: App, pages: App) -> None:
        self._served, self._operations, self._pages = served, operations, pages

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        return (self._pages if self._served.find(scope) is None else self._operations)(scope, receive, send)

    def locate(self, scope: Any) -> tuple[str | None, Operation | None]:
        """The name of the service and the operation of a request; None for each that there is not."""
        return self._served.locate(scope)
