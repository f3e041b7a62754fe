"""A small shop in plain ASGI, correct or with one bug, and its document."""

from __future__ import annotations

import json
import re
from typing import Any

NAME = {"type": "string", "minLength": 1, "maxLength": 60}
FIELDS = {"name": NAME, "price": {"type": "integer", "minimum": 0, "maximum": 9999}, "color": {"enum": ["red", "blue"]}}
INPUT = {"type": "object", "required": ["name", "price"], "properties": FIELDS}
ITEM = {"type": "object", "required": ["id", "name", "price"], "properties": {"id": {"type": "integer"}, **FIELDS}}


def _reply(text: str, schema: Any = None) -> dict[str, Any]:
    return {"description": text, **({"content": {"application/json": {"schema": schema}}} if schema else {})}


def _body() -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Input"}}}}


ONE = {"$ref": "#/components/schemas/Item"}
REFUSED, MISSING = _reply("refused"), _reply("no such item")

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/items": {
            "get": {"responses": {"200": _reply("all items", {"type": "array", "items": ONE})}},
            "post": {"requestBody": _body(), "responses": {"201": _reply("created", ONE), "422": REFUSED}},
        },
        "/items/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": _reply("one item", ONE), "404": MISSING, "422": REFUSED}},
            "put": {
                "requestBody": _body(),
                "responses": {"200": _reply("replaced", ONE), "404": MISSING, "422": REFUSED},
            },
            "delete": {"responses": {"204": _reply("deleted"), "404": MISSING, "422": REFUSED}},
        },
    },
    "components": {"schemas": {"Input": INPUT, "Item": ITEM}},
}

BUGS = {
    "put-lost": "a PUT answers what it was sent, and stores nothing",
    "put-lost-once": "the first PUT stores nothing",
    "teapot": "a missing item is answered with 418",
    "null-color": "an item without a color shows null",
    "crash": "a blue item crashes the server",
    "long-name": "a list shows names that are longer than the document allows",
    "no-price": "a list leaves out the price",
    "plain": "a list is sent as plain text",
}


class SmallShop:
    """The shop as an ASGI app, with one of BUGS or none."""

    def __init__(self, bug: str = "") -> None:
        self.bug, self.items, self.last = bug, {}, 0  # type: str, dict[int, dict[str, Any]], int
        self.puts = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _started(receive, send)
            return
        body = b""
        while (event := await receive())["type"] == "http.request":
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        status, value, allow = self._answer(scope["method"], scope["path"], dict(scope["headers"]), body)
        is_plain = self.bug == "plain" and isinstance(value, list)
        kind = b"text/plain" if is_plain else b"application/json"
        content = [] if value is None else [(b"content-type", kind)]
        headers = [*content, *([(b"allow", allow)] if allow else [])]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if value is None else json.dumps(value).encode()})

    def _answer(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> tuple[int, Any, bytes]:
        found = re.fullmatch(r"/items(?:/([^/]+))?", path)
        if found is None:
            return 404, {}, b""
        allowed = ("GET", "POST") if found[1] is None else ("GET", "PUT", "DELETE")
        if method not in allowed:
            return 405, {}, ", ".join(allowed).encode()
        if method in ("POST", "PUT") and not headers.get(b"content-type", b"").startswith(b"application/json"):
            return 415, {}, b""
        if found[1] is None:
            return (*(self._create(body) if method == "POST" else (200, self._list())), b"")
        if not re.fullmatch(r"-?\d{1,15}", found[1]):
            return 422, {}, b""
        return (*self._of_item(method, int(found[1]), body), b"")

    def _list(self) -> list[dict[str, Any]]:
        if self.bug == "long-name":
            return [{**each, "name": each["name"] * 61} for each in self.items.values()]
        hidden = {"price"} if self.bug == "no-price" else set()
        return [{key: value for key, value in each.items() if key not in hidden} for each in self.items.values()]

    def _create(self, body: bytes) -> tuple[int, Any]:
        value = _valid(body)
        if value is None:
            return 422, {}
        if self.bug == "crash" and value.get("color") == "blue":
            return 500, {"error": 'File "/srv/shop.py", line 7, in create\nKeyError: blue'}
        self.last += 1
        color = {"color": None} if self.bug == "null-color" and "color" not in value else {}
        self.items[self.last] = {"id": self.last, **value, **color}
        return 201, self.items[self.last]

    def _of_item(self, method: str, id: int, body: bytes) -> tuple[int, Any]:
        value = _valid(body) if method == "PUT" else {}
        if value is None:
            return 422, {}
        if id not in self.items:
            return 418 if self.bug == "teapot" else 404, {}
        if method == "DELETE":
            del self.items[id]
            return 204, None
        if method == "PUT":
            new = {"id": id, **value}
            self.puts += 1
            if self.bug != "put-lost" and (self.bug != "put-lost-once" or self.puts > 1):
                self.items[id] = new
            return 200, new
        return 200, self.items[id]


def _valid(body: bytes) -> dict[str, Any] | None:
    """The fields of a valid body; None for any other."""
    try:
        value = json.loads(body.decode(), parse_constant=float)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    name, price = value.get("name"), value.get("price")
    good = isinstance(name, str) and 1 <= len(name) <= 60
    good = good and isinstance(price, int | float) and not isinstance(price, bool) and price in range(10_000)
    good = good and ("color" not in value or value["color"] in ("red", "blue"))
    return {key: value[key] for key in FIELDS if key in value} if good else None


async def _started(receive: Any, send: Any) -> None:
    while (event := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{event['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
