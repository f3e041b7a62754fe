"""A correct service for things, written with Starlette, and the check of it. Tests answer some requests otherwise."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.cli.check import check

ERROR = {"description": "refused"}
THING = {"type": "object", "required": ["id", "name"], "additionalProperties": False,
         "properties": {"id": {"type": "integer", "readOnly": True},
                        "name": {"type": "string", "minLength": 1, "maxLength": 80}}}  # fmt: skip
ID = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "integer"}}


def document(**more: Any) -> dict[str, Any]:
    """The OpenAPI document of the service; `more` are further keys of it."""
    one: dict[str, Any] = {"$ref": "#/components/schemas/Thing"}
    body = {"required": True, "content": {"application/json": {"schema": one}}}

    def shows(schema: dict[str, Any]) -> dict[str, Any]:
        return {"description": "fine", "content": {"application/json": {"schema": schema}}}

    components = {"schemas": {"Thing": THING}, **more.pop("components", {})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/things": {
                "get": {"responses": {"200": shows({"type": "array", "items": one})}},
                "post": {"requestBody": body, "responses": {"201": shows(one), "422": ERROR}},
            },
            "/things/{thingId}": {
                "parameters": [ID],
                "get": {"responses": {"200": shows(one), "404": ERROR}},
                "put": {"requestBody": body, "responses": {"200": shows(one), "404": ERROR, "422": ERROR}},
                "delete": {"responses": {"204": {"description": "gone"}, "404": ERROR}},
            },
        },
        "components": components,
        **more,
    }


Hook = Callable[[Request], Response | None]


class Things:
    """The service as an ASGI app. `before` may answer a request instead, or raise; `requests` are all of them.

    Requests to one thing with a method in `hanging` get no response for five seconds."""

    def __init__(self, before: Hook = lambda request: None, prefix: str = "") -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self.requests: list[Request] = []
        self.hanging: tuple[str, ...] = ()
        self._before, self._ids = before, iter(range(1, 1_000_000))
        routes = [
            Route(f"{prefix}/things", self.things, methods=["GET", "POST"]),
            Route(f"{prefix}/things/{{id}}", self.thing, methods=["GET", "PUT", "DELETE"]),
        ]
        self._app = Starlette(routes=routes)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)

    async def things(self, request: Request) -> Response:
        return self._answer(request, await request.body(), self._list_or_create)

    async def thing(self, request: Request) -> Response:
        if request.method in self.hanging:
            self.requests.append(request)
            await asyncio.sleep(5)
        return self._answer(request, await request.body(), self._one)

    def _answer(self, request: Request, body: bytes, act: Callable[[Request, Any], Response]) -> Response:
        self.requests.append(request)
        other = self._before(request)
        return other if other is not None else act(request, body)

    def _list_or_create(self, request: Request, body: bytes) -> Response:
        if request.method in ("GET", "HEAD"):
            return JSONResponse(list(self.items.values()))
        name = read_name(request, body)
        if isinstance(name, Response):
            return name
        id = next(self._ids)
        self.items[id] = {"id": id, "name": name}
        return JSONResponse(self.items[id], 201)

    def _one(self, request: Request, body: bytes) -> Response:
        written = request.path_params["id"]
        id = int(written) if re.fullmatch("[0-9]{1,9}", written) else -1
        if id not in self.items:
            return JSONResponse({"error": "no such thing"}, 404)
        if request.method == "DELETE":
            del self.items[id]
            return Response(status_code=204)
        if request.method == "PUT":
            name = read_name(request, body)
            if isinstance(name, Response):
                return name
            self.items[id] = {"id": id, "name": name}
        return JSONResponse(self.items[id])


def read_name(request: Request, body: bytes) -> str | Response:
    """The name in a valid body, or the refusal of another one."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return JSONResponse({"error": "send JSON"}, 415)
    try:
        read = json.loads(body)
        name = read["name"]
        "".join(name).encode()
    except (ValueError, KeyError, TypeError, UnicodeEncodeError, RecursionError):
        return JSONResponse({"error": "name is required"}, 422)
    if not isinstance(name, str) or not 1 <= len(name) <= 80 or set(read) - {"id", "name"}:
        return JSONResponse({"error": "name has 1 to 80 characters"}, 422)
    return name


def checked(url: str, folder: Path, *options: str, written: dict[str, Any] | None = None) -> Result:
    """`mockserver check` of the service at a URL. `written` is its document, unless it is the one of all tests."""
    path = folder / "things.yaml"
    path.write_text(yaml.safe_dump(written or document()))
    arguments = [str(path), "--url", url, "--quick", "--report", str(folder / "reports")]
    return CliRunner().invoke(check, [*arguments, *options])
