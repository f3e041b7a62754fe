"""The Connexion app that hosts all services: a list of middlewares, and each document by `add_api`."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from mockserver.web.admin.api import AdminApi, AdminApiMiddleware
from mockserver.web.connexion_document import HostedSpecification
from mockserver.web.handler_functions import HandlerFunctions
from mockserver.web.hosting import HostApp
from mockserver.web.middleware.cors import CorsMiddleware
from mockserver.web.middleware.document_pages import DocumentPagesMiddleware
from mockserver.web.middleware.not_found import NotFoundMiddleware
from mockserver.web.mounted_operations import MountedOperations
from mockserver.web.operations import OperationsMiddleware
from mockserver.web.resolver import HostedResolver
from mockserver.web.service import Service


def hosted_app(
    services: Mapping[str, Service],
    served: MountedOperations,
    functions: HandlerFunctions,
    admin: AdminApi,
    token: str | None,
    *,
    origins: Sequence[str] | None,
    hosts: Sequence[str] | None,
) -> HostApp:
    """The app with its middlewares, ready for requests. Raises HandlerError for a wrong function."""
    prefixes = served.prefixes
    app = HostApp(
        middlewares=[
            partial(CorsMiddleware, origins=origins, real=admin.control.outside.is_real),
            partial(OperationsMiddleware, served=served),
            ProxyHeadersMiddleware,
            partial(AdminApiMiddleware, api=admin, token=token, hosts=hosts),
            partial(DocumentPagesMiddleware, services=services, prefixes=prefixes),
            partial(NotFoundMiddleware, prefixes=prefixes),
        ],
    )
    for base_path, service in served.roots:
        app.add_api(
            HostedSpecification(service.contract, base_path),
            base_path=base_path,
            name=base_path or "/",
            resolver=HostedResolver(functions, service),
            service=service,
        )
    # Connexion builds its middlewares at the first request. An error in them should stop the start instead.
    middleware = app.middleware
    middleware.app, middleware.middleware_stack = middleware._build_middleware_stack()  # noqa: SLF001
    return app


logging.getLogger("connexion").setLevel(logging.ERROR)
