"""The mock in a Connexion app that does its own routing, security and validation."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from connexion.context import scope as current_scope
from connexion.decorators.parameter import pythonic, sanitized
from connexion.frameworks.starlette import Starlette
from connexion.lifecycle import ConnexionResponse
from connexion.operations import AbstractOperation
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from mockserver import contract as contracts
from mockserver import sandbox
from mockserver.contract import Contract
from mockserver.errors import Refusal
from mockserver.messages import ANONYMOUS, Call, Reply
from mockserver.openapi import path_template
from mockserver.state.transaction import Transaction
from mockserver.state.world import World
from mockserver.vendors import default_outside
from mockserver.web.endpoint import Endpoint, Headers, ReadBody
from mockserver.web.handler_functions import Function
from mockserver.web.response.encoding import encode
from mockserver.web.service import Service
from mockserver.web.stock_document import document_of


class StockService:
    """Makes handlers for the operations of one document, as functions for Connexion, on the same stored items.

    Without a `document` it is restored from Connexion's operations at the first request.
    """

    def __init__(self, document: str | Path | None, behaviour: Sequence[str | Path], seed: int | None) -> None:
        self._contract = _without_security(contracts.of(document, behaviour)) if document is not None else None
        self._world = World(seed)
        self._seen: dict[tuple[str, str], AbstractOperation] = {}
        self._service: Service | None = None
        self._endpoints: dict[tuple[str, str], Endpoint] = {}

    def mocked(self, operation: AbstractOperation) -> Function:
        """The mock's handler of an operation, as a function for Connexion."""
        self._seen.setdefault(_key(operation), operation)

        async def answer(**arguments: Any) -> Response:
            body = await _body(operation, arguments)
            raw = tuple(quote(value, safe="") for value in _path_values(operation))
            reply, limits, _ = await self._endpoint(operation)(current_scope, body, raw)
            return _response(reply, limits)

        return answer

    def with_items(self, function: Function, operation: AbstractOperation) -> Function:
        """A function of the user, which can use `mockserver.sandbox`."""
        self._seen.setdefault(_key(operation), operation)

        @functools.wraps(function)
        async def answer(**arguments: Any) -> Any:
            endpoint = self._endpoint(operation)
            items = self.service().items(endpoint.operation, _call(operation), self.service().store)
            try:
                with sandbox.opened(items):
                    result = await _called(function, arguments)
                _keep(result, items.transaction.apply, Transaction(self.service().store))
            except Refusal as refusal:
                method = endpoint.operation.http_method
                return _response(endpoint.refused(refusal, method, current_scope["path"]), ())
            return result

        return answer

    def service(self) -> Service:
        """The service of the document, made once."""
        if self._service is None:
            read = self._contract or contracts.from_raw("api", document_of(self._seen.values()))
            self._service = Service(read, self._world, default_outside())
            mock = self._service.mock_handler
            self._service.connect(lambda each: mock(each.operation_id))
            found = self._service.endpoints.values()
            self._endpoints = {(each.operation.path, each.operation.method): each for each in found}
        return self._service

    def _endpoint(self, operation: AbstractOperation) -> Endpoint:
        self.service()
        return self._endpoints[_key(operation)]


def _key(operation: AbstractOperation) -> tuple[str, str]:
    return operation.path, operation.method.lower()


def _without_security(contract: Contract) -> Contract:
    """The contract without security, which Connexion checks before it calls a handler."""
    operations = tuple(replace(each, security=()) for each in contract.document.operations)
    return replace(contract, document=replace(contract.document, operations=operations))


def _path_values(operation: AbstractOperation) -> list[str]:
    """The values in the path, in the order of the template; Starlette has no hyphens in their names."""
    values = current_scope["path_params"]
    return [str(values[name.replace("-", "_")]) for name in path_template.names(operation.path)]


def _call(operation: AbstractOperation) -> Call:
    """The parts of the request that finding items needs."""
    scope, path = current_scope, dict(zip(path_template.names(operation.path), _path_values(operation), strict=True))
    return Call(scope["method"], scope["path"], path, {}, {}, {}, None, "", ANONYMOUS, "")


async def _body(operation: AbstractOperation, arguments: Mapping[str, Any]) -> ReadBody:
    """The body, from the arguments that Connexion passes."""
    sent = dict(current_scope["headers"]).get(b"content-type", b"").decode("latin-1")
    if not sent or not operation.is_request_body_defined:
        return ReadBody(None, "")
    name, fields = operation.body_name(sent), operation.body_schema(sent).get("properties", {})
    given = _argument(arguments, name)
    if given is None and any(each["in"] == "formData" for each in operation.parameters):
        given = {field: _argument(arguments, field) for field in fields if _argument(arguments, field) is not None}
    files = {field: _argument(arguments, field) for field in fields}
    texts = {field: await _text(value) for field, value in files.items() if isinstance(value, UploadFile)}
    return ReadBody({**given, **texts} if texts else given, sent.partition(";")[0].strip().lower())


def _argument(arguments: Mapping[str, Any], name: str) -> Any:
    """The argument for a name of the document, in either style of names."""
    return arguments.get(sanitized(name), arguments.get(pythonic(name)))


async def _text(file: UploadFile) -> str:
    return (await file.read()).decode("utf-8", "replace")


async def _called(function: Function, arguments: Mapping[str, Any]) -> Any:
    """The result of a function, run in a thread unless it is a coroutine function, as Connexion does."""
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    return await run_in_threadpool(function, **arguments)


def _keep(result: Any, apply: Any, transaction: Transaction) -> None:
    """Commit the changes of a function if its result is a success."""
    if _status(result) >= 400:
        return
    try:
        apply(transaction)
    except BaseException:
        transaction.rollback()
        raise
    transaction.commit()


def _status(result: Any) -> int:
    if isinstance(result, ConnexionResponse) or Starlette.is_framework_response(result):
        return int(result.status_code)
    second = result[1] if isinstance(result, tuple) and len(result) > 1 else None
    return int(second) if isinstance(second, int) else 200


def _response(reply: Reply, limits: Headers) -> Response:
    content = encode(reply) if reply.status not in (204, 304) else b""
    response = Response(content, reply.status, media_type=reply.media_type if content else None)
    for name, value in (*reply.headers, *limits):
        response.headers.append(name, value)
    return response
