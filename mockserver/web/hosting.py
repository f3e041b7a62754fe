"""The Connexion app for documents that are already validated, and the handlers that its resolver finds."""

from __future__ import annotations

from functools import partial
from typing import Any

from connexion import AsyncApp
from connexion.apps.asynchronous import AsyncApi
from connexion.middleware.main import API
from connexion.operations import AbstractOperation
from connexion.resolver import Resolver

from mockserver.openapi.document import Operation
from mockserver.web.connexion_document import HostedSpecification
from mockserver.web.operation_handlers import MockHandler, OperationHandler
from mockserver.web.service import Service
from mockserver.web.user_handler import UserHandler


class HostApp(AsyncApp):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Connexion's app; its `add_api` takes a specification instead of a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__("mockserver", **options)
        self._middleware_app.api_cls = _UnroutedApi

    def add_api(self, specification: HostedSpecification, *, resolver: Resolver, **options: Any) -> None:
        """Add a specification, as Connexion does after it has read, copied and validated a file."""
        chosen = self.middleware.options.replace(resolver=resolver)
        self.middleware.apis.append(API(specification, **vars(chosen), **options))


class _UnroutedApi(AsyncApi):  # type: ignore[misc]  # as above
    """The innermost layer. It needs no operations: OperationsMiddleware answers their requests."""

    def add_paths(self) -> None:
        """Make no operations."""


class HostedOperations:
    """The operations of one document as Connexion's, each made and resolved when it is first needed."""

    def __init__(self, specification: HostedSpecification, resolver: Resolver, service: Service) -> None:
        self._specification, self._resolver, self._service = specification, resolver, service

    def operation(self, operation: Operation) -> AbstractOperation:
        """Connexion's operation object for an operation."""
        kind = self._specification.operation_cls
        place = {"path": operation.path, "method": operation.method}
        return kind.from_spec(self._specification, **place, resolver=self._resolver)

    def handler(self, operation: Operation) -> OperationHandler:
        """The handler that the resolver finds for an operation. Raises HandlerError."""
        made = self.operation(operation)
        owner = getattr(made.function, "__self__", None)
        if isinstance(owner, MockHandler):
            return owner
        return UserHandler(made, operation, partial(self._service.items, operation))
