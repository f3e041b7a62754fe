"""The middleware that serves the admin API below `/_mock/`, by the same engine as the services."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from mockserver import contract as contracts
from mockserver.behaviour.statements import Behaviour, ErrorBody, Errors, OperationBehaviour, ServiceStatements
from mockserver.contract import Contract
from mockserver.messages import Call
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Validator
from mockserver.state.transaction import Transaction
from mockserver.state.world import World
from mockserver.web.admin.admin_request import STREAM, AdminFunction
from mockserver.web.admin.agent_endpoint import NAME, AgentEndpoint
from mockserver.web.admin.all_workers import MERGED, PACKED, AllWorkers, Merge, packed_entries
from mockserver.web.admin.functions import FUNCTIONS
from mockserver.web.admin.own_examples import with_examples
from mockserver.web.admin.shared_requests import shared_reply
from mockserver.web.ask_again import ask_again
from mockserver.web.control.control import Control
from mockserver.web.endpoint import Endpoint
from mockserver.web.middleware import document_pages
from mockserver.web.middleware.admin_guard import PREFIX, refusal
from mockserver.web.middleware.index_page import dashboard
from mockserver.web.operation_handlers import OperationHandler
from mockserver.web.request.router import raw_path
from mockserver.web.service import Service, ServiceSettings
from mockserver.web.serving.response_writer import write
from mockserver.web.trace import note
from mockserver.web.workers.question import FROM_WORKER

PUBLIC = ("health", "openapi.json", "docs", "dashboard")
"""What needs no token. The dashboard asks for it."""

NOT_CACHED = {"cache-control": "no-store"}

MOST_BYTES = 256 * 1024 * 1024
"""The largest body of a request to the admin API: a snapshot of about a million items."""

FOR_SERVICES = (b"prefer", b"mock-at")
"""Header fields that choose responses of services; the admin API ignores them."""


class AdminApi:
    """Answers requests to the admin API; its document is read at the first one."""

    def __init__(self, control: Control, agents: AgentEndpoint) -> None:
        self.control, self.agents = control, agents

    @cached_property
    def service(self) -> Service:
        """The admin API as a service of its own, without stored items."""
        settings = ServiceSettings(authenticate=False, strict_query=True, max_body=MOST_BYTES)
        service = Service(_contract(), World(), self.control.outside, settings)
        service.connect(self._handler)
        return service

    def _handler(self, operation: Operation) -> OperationHandler:
        return _AdminHandler(self.control, operation.operation_id, FUNCTIONS[operation.operation_id])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request below `/_mock/`; 404 and 405 included. Of several workers, ask all that know something."""
        service, path = self.service, "/" + raw_path(scope)[len(PREFIX) :]
        match = service.find(path)
        endpoint = service.endpoint(scope, match) if match is not None else None
        if match is None:
            await write(service.not_found_reply(scope, raw_path(scope)), (), scope, send)
        elif endpoint is None:
            await write(service.no_endpoint_reply(scope, match), (), scope, send)
        elif (merge := self._merge(endpoint, scope)) is not None and self.control.worker is not None:
            await AllWorkers(self.control, self.control.worker, self)(merge, scope, receive, send)
        else:
            streams: list[AsyncIterator[bytes]] = []
            own = {STREAM: streams, "headers": [each for each in scope["headers"] if each[0] not in FOR_SERVICES]}
            reply, limits, _ = await endpoint({**scope, **own}, receive, match[1])
            if streams and scope["method"] != "HEAD":
                stream = StreamingResponse(streams[0], reply.status, media_type=reply.media_type, headers=NOT_CACHED)
                await stream(scope, receive, send)
            else:
                await write(reply, limits, scope, send)

    def _merge(self, endpoint: Endpoint, scope: Any) -> Merge | None:
        """How the answers of several workers become one; None if this one answers alone."""
        is_alone = self.control.worker is None or FROM_WORKER in scope
        return None if is_alone else MERGED.get(endpoint.operation.operation_id)

    async def answer_worker(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the question of another worker, by what this one knows."""
        await (packed_entries(self.control) if scope["method"] == PACKED else self)(scope, receive, send)


class _AdminHandler:
    """Calls the function of an operation."""

    name, needs_task = "the admin API's", False

    def __init__(self, control: Control, operation: str, function: AdminFunction) -> None:
        self._control, self._operation, self._function = control, operation, function

    def reply(self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes) -> Any:
        """The reply of the function, at once or later."""
        return shared_reply(self._control, self._operation, self._function, call, scope)


class AdminApiMiddleware:
    """Passes requests below `/_mock/` to the admin API if they may use it (see admin_guard.py).

    With a `token`, all but health and the document needs `Authorization: Bearer TOKEN`; it is also good for any host.
    """

    def __init__(self, next_app: Any, *, api: AdminApi, token: str | None, hosts: Sequence[str] | None = None) -> None:
        self._next, self._api, self._token, self._hosts = next_app, api, token, hosts
        self._pages = api.control.outside.pages()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._next(scope, receive, send)
            return
        request = Request(scope, receive)
        response = self._refused(request) or self._unauthorized(request) or await self._page(request)
        await (response or self._app(request))(scope, receive, send)

    def _app(self, request: Request) -> Any:
        if request.url.path == PREFIX + NAME:
            return self._api.agents
        return self._next if document_pages.is_asset(request.url.path) else self._api

    async def _page(self, request: Request) -> Response | None:
        """A page of the outside service, or of the admin API's own document."""
        name, control = request.url.path[len(PREFIX) :], self._api.control
        page = self._pages.get(name)
        if page is not None:
            again = partial(ask_again, control.services, control.namespaces)
            reply = await page(request.query_params, again)
            return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)
        if request.method in ("GET", "HEAD") and name == "openapi.json":
            own = self._token is None or self._has_token(request)
            return document_pages.document(request, "", self._api.service, self._with_examples if own else None)
        if request.method in ("GET", "HEAD") and name == "dashboard":
            return dashboard()
        if request.method in ("GET", "HEAD") and name == "docs":
            return document_pages.docs(request, PREFIX.rstrip("/"), self._api.service)
        return None

    def _with_examples(self, document: dict[str, Any]) -> dict[str, Any]:
        return with_examples(document, self._api.control)

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
        """The 401 for a request that needs the token and does not have it."""
        name = request.url.path[len(PREFIX) :]
        is_public = name in PUBLIC or name in self._pages or document_pages.is_asset(request.url.path)
        if self._token is None or is_public or self._has_token(request):
            return None
        wrong = "this is not the token of this sandbox: " if "authorization" in request.headers else ""
        detail = (
            f"{wrong}send `Authorization: Bearer TOKEN`, with the token that `--admin-token` or MOCKSERVER_ADMIN_TOKEN "
            "gave the sandbox; without either, the one that it printed when it started"
        )
        note(request.scope, detail)
        return _problem(401, detail, {"WWW-Authenticate": "Bearer"})


@lru_cache(maxsize=1)
def _contract() -> Contract:
    """The document of the admin API, without behaviour: functions answer its operations.

    Only `verify` says how it refuses a condition that cannot be compared: its 422 means that requests were not sent.
    """
    read = contracts.load("admin", Path(__file__).with_name("openapi.yaml"))
    verify = OperationBehaviour(errors=Errors(invalid=BAD_CONDITION))
    operations = {("/verify", "post"): verify}
    return replace(read, behaviour=Behaviour(service=ServiceStatements(), resources={}, operations=operations))


BAD_CONDITION = ErrorBody(
    evidence="assumed",
    status=400,
    media_type="application/problem+json",
    body={
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "{message}",
        "errors": [{"$each": "faults", "in": "{location}", "field": "{field}", "detail": "{message}"}],
    },
)


def admin_document() -> Mapping[str, Any]:
    """The document of the admin API in normal form."""
    return _contract().document.root


def override_schema() -> Validator:
    """The validator of the schema `Override`, for overrides that do not come by HTTP."""
    return _contract().schemas.validator("/components/schemas/Override", "request")


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"status": status, "detail": detail}, status, headers, "application/problem+json")
