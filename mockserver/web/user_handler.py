"""Calls a function of the user that answers an operation, by Connexion's conventions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson
from connexion.decorators import StarletteDecorator
from connexion.decorators.response import AsyncResponseDecorator
from connexion.exceptions import ProblemException
from connexion.frameworks.starlette import Starlette
from connexion.http_facts import HTTP_STATUS_CODES
from connexion.jsonifier import Jsonifier
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.context import ContextOperation
from connexion.middleware.security import SecurityOperation
from connexion.operations import AbstractOperation
from connexion.problem import problem
from connexion.security import SecurityHandlerFactory
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from mockserver import sandbox
from mockserver.errors import Unanswerable
from mockserver.handlers.item_collection import RequestItems
from mockserver.messages import ANONYMOUS, Call, Principal, Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import Operation
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction
from mockserver.web import handler_arguments
from mockserver.web.handler_functions import Function, full_name
from mockserver.web.operation_handlers import OURS, RaisedResponse

log = logging.getLogger("mockserver")

CALL = "mockserver.call"
"""The ASGI extension that holds the parsed request."""

CONTEXT = "connexion_context"
"""The ASGI extension that holds Connexion's context: `user` and `token_info`."""


class UserHandler:
    """Calls a function with the parsed request, and turns its result into a reply.

    The function runs in a thread unless it is a coroutine function. When it returns a success, its changes of items are
    applied to the transaction of the request. Raises HandlerError if the function cannot take the parameters.
    """

    needs_task = True

    def __init__(
        self, operation: AbstractOperation, documented: Operation, items: Callable[[Call, Store], RequestItems]
    ) -> None:
        function: Function = operation.function
        name = full_name(function)
        self.name = f"{name}'s"
        style = handler_arguments.chosen(function, operation, name)
        self._items, self._is_secured = items, bool(operation.security)
        self._call = _HandlerDecorator(documented, pythonic_params=style.pythonic).decorate(function)
        self._app = _secured(ContextOperation(self._respond, operation=operation), operation)

    async def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply:
        """The function's reply, not validated yet. Raises RaisedResponse, and what else the function raises."""
        items, sent = self._items(call, transaction.store), _SentResponse()
        with sandbox.opened(items):
            try:
                await self._app(self._scope(call, scope), _repeated(content), sent)
            except HTTPException as fault:
                if fault.status_code >= 500:
                    log.error("%s problem: %r", self.name, fault)  # noqa: TRY400  # Connexion raises it, the trace is its
                raise RaisedResponse(await _problem(fault)) from fault
        if sent.status < 400:
            items.transaction.apply(transaction)
        return sent.reply(self.name)

    async def _respond(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI app that Connexion's layers call: it calls the function and sends its response."""
        request = _ParsedRequest(scope, receive)
        try:
            response = await self._call(request)
        finally:
            await request.close()
        await response(scope, _never, send)

    def _scope(self, call: Call, scope: Mapping[str, Any]) -> dict[str, Any]:
        context = _who(call.principal) if self._is_secured else {}
        return {**scope, "extensions": {CALL: call, CONTEXT: context}}


class _ParsedRequest(ConnexionRequest):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Connexion's request with the parameters and the body that the endpoint has parsed and validated."""

    def __init__(self, scope: Any, receive: Any) -> None:
        super().__init__(scope, receive)
        self._parsed: Call = scope["extensions"][CALL]
        self._path_params = {name.replace("-", "_"): value for name, value in self._parsed.path.items()}
        self._query_params = dict(self._parsed.query)

    async def get_body(self) -> Any:
        """The body, without files if it is a form."""
        body, files = self._parsed.body, await self.files()
        return {name: value for name, value in body.items() if name not in files} if files else body

    async def files(self) -> dict[str, list[UploadFile]]:
        """The files of a multipart body, by the names of their fields."""
        found: dict[str, list[UploadFile]] = {}
        if self.mimetype == "multipart/form-data":
            for name, value in (await self.form()).multi_items():
                if isinstance(value, UploadFile):
                    found.setdefault(name, []).append(value)
        return found

    async def form(self) -> Any:
        return await self._starlette_request.form()


class _HandlerDecorator(StarletteDecorator):  # type: ignore[misc]  # as above
    """Connexion's decorators: they pass the arguments, use a thread if needed, and read the result."""

    def __init__(self, documented: Operation, **options: Any) -> None:
        super().__init__(jsonifier=Jsonifier(), **options)
        self._documented = documented

    @property
    def _response_decorator_cls(self) -> Any:
        return partial(_ResultDecorator, self._documented)


class _ResultDecorator(AsyncResponseDecorator):  # type: ignore[misc]  # as above
    """Makes a response of a result as Connexion does, with the media type that its own status documents.

    Connexion takes the media types of all responses together: it refuses every result of an operation whose errors have
    another media type than its successes.
    """

    def __init__(self, documented: Operation, **options: Any) -> None:
        super().__init__(**options)
        self._documented = documented

    def build_framework_response(self, handler_response: Any) -> Any:
        """The response for what a function returned."""
        data, status, headers = self._unpack_handler_response(handler_response)
        if not any(name.lower() == "content-type" for name in headers):
            chosen = self._media_type(data, status or self._infer_status_code(data))
            headers = {**headers, **({"Content-Type": chosen} if chosen else {})}
        return super().build_framework_response((data, status, headers))

    def _media_type(self, data: Any, status: int) -> str:
        """The documented media type of a result; empty if there is not exactly one that fits."""
        response = self._documented.response(status)
        names = [media.name for media in response.content if "*" not in media.name] if response else []
        if len(names) > 1:
            wanted = ("text/plain",) if isinstance(data, str) else ("application/json",)
            names = [name for name in names if name.partition(";")[0] in wanted]
        return names[0] if len(names) == 1 and data is not None else ""


class _SentResponse:
    """An ASGI `send` that collects the response."""

    def __init__(self) -> None:
        self.status, self.content = 0, b""
        self.headers: list[tuple[str, str]] = []

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in message["headers"]]
        else:
            self.content += message.get("body", b"")

    def reply(self, name: str) -> Reply:
        """The response as a reply, its body parsed if it is JSON. Raises Unanswerable for invalid JSON."""
        media_type = dict(self.headers).get("content-type", "application/octet-stream")
        headers = tuple(pair for pair in self.headers if pair[0] not in ("content-type", "content-length"))
        body: Any = self.content
        if "json" in media_type and self.content:
            try:
                body = json_codec.read(self.content)
            except orjson.JSONDecodeError as fault:
                raise Unanswerable(f"{name} reply is not valid JSON: {fault}") from None
        return Reply(self.status, body, headers, media_type, self.content)


def _secured(app: Any, operation: AbstractOperation) -> Any:
    """The app behind the functions that the document names to check credentials (`x-bearerInfoFunc` and others)."""
    schemes = [operation.security_schemes.get(name, {}) for needed in operation.security for name in needed]
    if not schemes or not all(any(key.startswith("x-") and key.endswith("Func") for key in s) for s in schemes):
        return app
    return SecurityOperation.from_operation(operation, next_app=app, security_handler_factory=SecurityHandlerFactory())


def _who(principal: Principal) -> dict[str, Any]:
    """`user` and `token_info` for a credential that the mock accepted."""
    if principal is ANONYMOUS:
        return {"user": None, "token_info": None}
    user = principal.user or principal.name
    return {"user": user, "token_info": {"sub": user, "role": principal.role, "token": principal.credential}}


def _repeated(content: bytes) -> Any:
    """An ASGI `receive` that returns the whole body each time: Connexion and the function may both read it."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


async def _never() -> dict[str, Any]:
    """An ASGI `receive` that waits forever: a streaming response uses it to notice a disconnect."""
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def _problem(fault: HTTPException) -> Reply:
    """The response of Connexion to an HTTP exception (RFC 9457)."""
    made: ConnexionResponse = (
        fault.to_problem()
        if isinstance(fault, ProblemException)
        else problem(fault.status_code, HTTP_STATUS_CODES.get(fault.status_code), fault.detail, headers=fault.headers)
    )
    sent = _SentResponse()
    await Starlette.connexion_to_framework_response(made)({"type": "http"}, None, sent)
    return sent.reply(OURS)
