"""A small API of recipes and their steps in plain ASGI, without the mock. Subclasses plant one bug each.

The document is ordinary: no behaviour file, and nothing in it that only this project reads.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import jsonschema

from tests.contracts.asgi_app import live

Send = Callable[[dict[str, Any]], Awaitable[None]]

RECIPE_FIELDS: dict[str, Any] = {
    "title": {"type": "string", "minLength": 1, "maxLength": 80},
    "servings": {"type": "integer", "minimum": 0, "maximum": 100, "default": 4},
    "difficulty": {"type": "string", "enum": ["easy", "medium", "hard"]},
    "rating": {"type": ["number", "null"]},
    "vegan": {"type": "boolean", "default": False},
    "notes": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 8},
    "source": {
        "type": "object",
        "properties": {"author": {"type": "string"}, "year": {"type": "integer"}, "printed": {"type": "boolean"}},
        "required": ["author"],
    },
}
STEP_FIELDS: dict[str, Any] = {
    "text": {"type": "string", "minLength": 1, "maxLength": 200},
    "minutes": {"type": "integer", "minimum": 0, "maximum": 600},
}
DEFAULTS = {"servings": 4, "vegan": False, "rating": None, "notes": "", "tags": []}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


SCHEMAS: dict[str, Any] = {
    "RecipeCreate": _object(RECIPE_FIELDS, "title", "difficulty"),
    "RecipeReplace": _object(RECIPE_FIELDS, *RECIPE_FIELDS),
    "RecipeUpdate": _object(RECIPE_FIELDS),
    "Recipe": _object(
        {"id": {"type": "integer", "readOnly": True}, **RECIPE_FIELDS}, "id", "title", "difficulty", "servings", "vegan"
    ),
    "StepCreate": _object(STEP_FIELDS, "text"),
    "Step": _object({"id": {"type": "integer"}, **STEP_FIELDS}, "id", "text"),
    "Problem": {"type": "object", "properties": {"detail": {"type": "string"}}},
}


def _content(name: str, *, many: bool = False) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"content": {"application/json": {"schema": {"type": "array", "items": schema} if many else schema}}}


def _operation(
    status: int, shows: str = "", takes: str = "", *, many: bool = False, extra: Any = None
) -> dict[str, Any]:
    ok = {"description": "ok", **(_content(shows, many=many) if shows else {})}
    refused = {code: {"description": "refused", **_content("Problem")} for code in ("404", "422")}
    body = {"requestBody": {"required": True, **_content(takes)}} if takes else {}
    return {"responses": {str(status): ok, **refused}, **body}


def _path(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "integer"}} for name in names]


def document() -> dict[str, Any]:
    """The OpenAPI document of the service."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Recipes", "version": "1"},
        "paths": {
            "/recipes": {
                "get": _operation(200, "Recipe", many=True),
                "post": _operation(201, "Recipe", "RecipeCreate"),
            },
            "/recipes/{recipeId}": {
                "parameters": _path("recipeId"),
                "get": _operation(200, "Recipe"),
                "put": _operation(200, "Recipe", "RecipeReplace"),
                "patch": _operation(200, "Recipe", "RecipeUpdate"),
                "delete": _operation(204),
            },
            "/recipes/{recipeId}/steps": {
                "parameters": _path("recipeId"),
                "get": _operation(200, "Step", many=True),
                "post": _operation(201, "Step", "StepCreate"),
            },
            "/recipes/{recipeId}/steps/{stepId}": {
                "parameters": _path("recipeId", "stepId"),
                "get": _operation(200, "Step"),
                "delete": _operation(204),
            },
        },
        "components": {"schemas": copy.deepcopy(SCHEMAS)},
    }


class Refused(Exception):
    """A request that is refused with this status."""


class Recipes:
    """The service. Each method answers one operation with a status and a JSON value."""

    def __init__(self) -> None:
        self.recipes: dict[int, dict[str, Any]] = {}
        self.steps: dict[int, dict[int, dict[str, Any]]] = {}
        self.numbers = itertools.count(1)

    def document(self) -> dict[str, Any]:
        return document()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        raw = (await receive()).get("body", b"")
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        try:
            status, value, extra = await self.answer(scope["method"], scope["path"], raw, headers, query)
        except Refused as refused:
            status, value, extra = refused.args[0], {"detail": "refused"}, {}
        await _respond(send, status, value, extra)

    async def answer(
        self, method: str, path: str, raw: bytes, headers: dict[str, str], query: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        """Route one request."""
        parts = path.strip("/").split("/")
        if parts[0] != "recipes" or len(parts) > 4 or (len(parts) > 2 and parts[2] != "steps"):
            raise Refused(404)
        ids = [_number(part) for part in parts[1::2]]
        names = {(1, "GET"): "list", (1, "POST"): "create", (2, "GET"): "get", (2, "PUT"): "put", (2, "PATCH"): "patch",
                 (2, "DELETE"): "delete", (3, "GET"): "list_steps", (3, "POST"): "create_step", (4, "GET"): "get_step",
                 (4, "DELETE"): "delete_step"}  # fmt: skip
        name = names.get((len(parts), method))
        if name is None:
            allowed = {verb for length, verb in names if length == len(parts)}
            return 405, {"detail": "no such method"}, {"allow": ", ".join(sorted(allowed))}
        self.headers, self.query = headers, query
        body = _json(raw, headers) if method in ("POST", "PUT", "PATCH") else None
        status, value = await self.run(name, ids, body)
        return status, value, self.reply_headers(name, value)

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        """Do what an operation does."""
        given = (body,) if name in ("create", "put", "patch", "create_step") else ()
        status, value = getattr(self, name)(*ids, *given)
        return status, copy.deepcopy(value)

    def reply_headers(self, name: str, value: Any) -> dict[str, str]:
        return {}

    def check(self, body: Any, schema: str) -> None:
        if not jsonschema.Draft202012Validator(self.document()["components"]["schemas"][schema]).is_valid(body):
            raise Refused(422)

    def found(self, number: int) -> dict[str, Any]:
        if number not in self.recipes:
            raise Refused(404)
        return self.recipes[number]

    def list(self) -> tuple[int, Any]:
        return 200, list(self.recipes.values())

    def create(self, body: Any) -> tuple[int, Any]:
        self.check(body, "RecipeCreate")
        number = self.number()
        self.recipes[number] = {"id": number, **copy.deepcopy(DEFAULTS), **body}
        self.steps[number] = {}
        return 201, self.recipes[number]

    def number(self) -> int:
        return next(self.numbers)

    def get(self, number: int) -> tuple[int, Any]:
        return 200, self.found(number)

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        self.found(number)
        self.check(body, "RecipeReplace")
        self.recipes[number] = {"id": number, **body}
        return 200, self.recipes[number]

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        recipe = self.found(number)
        self.check(body, "RecipeUpdate")
        recipe.update(body)
        return 200, recipe

    def delete(self, number: int) -> tuple[int, Any]:
        self.found(number)
        del self.recipes[number], self.steps[number]
        return 204, None

    def list_steps(self, number: int) -> tuple[int, Any]:
        self.found(number)
        return 200, list(self.steps[number].values())

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        self.found(number)
        self.check(body, "StepCreate")
        step = self.number()
        self.steps[number][step] = {"id": step, **body}
        return 201, self.steps[number][step]

    def get_step(self, number: int, step: int) -> tuple[int, Any]:
        self.found(number)
        if step not in self.steps[number]:
            raise Refused(404)
        return 200, self.steps[number][step]

    def delete_step(self, number: int, step: int) -> tuple[int, Any]:
        self.get_step(number, step)
        del self.steps[number][step]
        return 204, None


def etag_of(value: Any) -> str:
    """A strong entity tag of a JSON value (RFC 9110 section 8.8.3)."""
    return '"' + hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16] + '"'


def _number(part: str) -> int:
    if not part.isdecimal():
        raise Refused(422)
    return int(part)


def _json(raw: bytes, headers: dict[str, str]) -> Any:
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(422) from None


def encoded(status: int, value: Any) -> bytes:
    """The body of a response."""
    return b"" if status in (204, 304) else json.dumps(value).encode()


async def _respond(send: Send, status: int, value: Any, extra: dict[str, str]) -> None:
    body = encoded(status, value)
    headers = {**({"content-type": "application/json"} if body else {}), **extra}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
