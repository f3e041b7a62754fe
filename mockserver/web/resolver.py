"""The Connexion resolvers: they find a function of the user for an operation, or the mock's handler."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver

from mockserver.web.handler_functions import Function, HandlerFunctions, Handlers, resolved
from mockserver.web.service import Service
from mockserver.web.stock_service import StockService


class StatefulResolver(Resolver):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Gives each operation without a function an in-memory stateful handler, for a Connexion app of your own.

        AsyncApp(__name__).add_api("openapi.yaml", resolver=mockserver.StatefulResolver())

    Connexion does the routing, security and validation. An operationId with dots that names a function is answered by
    it, and so is one of `handlers` (a module, its name, or a mapping from operationIds). Name the `document` again for
    what Connexion does not tell of it: its `x-` statements, and overlays with `behaviour`. A `seed` makes ids, time and
    chance repeatable. Raises HandlerError for a module that cannot be imported.
    """

    def __init__(
        self,
        document: str | Path | None = None,
        *,
        handlers: Handlers | None = None,
        behaviour: Sequence[str | Path] = (),
        seed: int | None = None,
    ) -> None:
        super().__init__(resolved)
        self._functions = HandlerFunctions(handlers)
        self._stock = StockService(document, behaviour, seed)

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """The handler of an operation, and the id by which Connexion's layers know it."""
        id = operation.operation_id or f"{operation.method.lower()} {operation.path}"
        return Resolution(self.own(operation) or self.mocked(operation), id)

    def own(self, operation: AbstractOperation) -> Function | None:
        """The function of the user; None if there is none."""
        name = self.resolve_operation_id(operation) or ""
        named = resolved(name) if "." in name else None
        found = self._functions.find(operation) or (named if callable(named) else None)
        return self._stock.with_items(found, operation) if found is not None else None

    def mocked(self, operation: AbstractOperation) -> Function:
        """The mock's handler as a function for Connexion."""
        return self._stock.mocked(operation)


class HostedResolver(StatefulResolver):
    """The resolver for a document that `mockserver` serves itself."""

    def __init__(self, functions: HandlerFunctions, service: Service) -> None:
        Resolver.__init__(self, resolved)
        self._functions, self._service = functions, service

    @property
    def has_functions(self) -> bool:
        """Has the user named functions?"""
        return self._functions.are_given

    def own(self, operation: AbstractOperation) -> Function | None:
        """The function of the user. A document alone cannot name one: it may be from anywhere."""
        return self._functions.find(operation)

    def mocked(self, operation: AbstractOperation) -> Function:
        """The `reply` method of the mock's handler."""
        return self._service.mock_handler(operation.operation_id).reply
