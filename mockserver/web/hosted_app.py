"""The Connexion app that hosts the operations of all services: each document by `add_api`."""

from __future__ import annotations

import logging
from functools import partial

from mockserver.web.connexion_document import HostedSpecification
from mockserver.web.handler_functions import HandlerFunctions
from mockserver.web.hosting import HostApp
from mockserver.web.mounted_operations import MountedOperations
from mockserver.web.operations import OperationsMiddleware
from mockserver.web.resolver import HostedResolver


def hosted_app(served: MountedOperations, functions: HandlerFunctions) -> HostApp:
    """The app, ready for requests. Raises HandlerError for a wrong function."""
    app = HostApp(middlewares=[partial(OperationsMiddleware, served=served)])
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
