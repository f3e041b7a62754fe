"""An implementation of petstore.yaml with one bug, for the README: the list ignores the parameter `kind`."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PETS: dict[int, dict[str, Any]] = {}
IDS = count(1)


def error(code: int, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, code)


class Pets(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        try:
            limit, offset = int(request.query_params.get("limit", 20)), int(request.query_params.get("offset", 0))
        except ValueError:
            return error(400, "`limit` and `offset` must be integers")
        if not 1 <= limit <= 100 or offset < 0:
            return error(400, "`limit` must be from 1 to 100, `offset` not negative")
        return JSONResponse({"pets": list(PETS.values())[offset : offset + limit], "total": len(PETS)})

    async def post(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return error(415, "the body must be JSON")
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            return error(400, "the body is not JSON")
        name, kind = (body.get("name"), body.get("kind")) if isinstance(body, dict) else (None, None)
        if not isinstance(name, str) or not 1 <= len(name) <= 40 or kind not in ("cat", "dog", "parrot"):
            return error(400, "`name` or `kind` is missing or invalid")
        id = next(IDS)
        PETS[id] = {"id": id, "name": name, "kind": kind, "created_at": datetime.now(UTC).isoformat()}
        return JSONResponse(PETS[id], 201, {"Location": f"/pets/{id}"})


class Pet(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        pet = PETS.get(request.path_params["id"])
        return JSONResponse(pet) if pet else error(404, "no such pet")

    async def delete(self, request: Request) -> Response:
        pet = PETS.pop(request.path_params["id"], None)
        return Response(status_code=204) if pet else error(404, "no such pet")


def missing(request: Request, exception: Exception) -> Response:
    return error(404, "no such path")


app = Starlette(routes=[Route("/pets", Pets), Route("/pets/{id:int}", Pet)], exception_handlers={404: missing})
