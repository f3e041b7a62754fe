"""A small API of orders with lines and two actions, in plain ASGI; `bug` plants one."""

from __future__ import annotations

import json
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from tests.contracts.asgi_app import body_of, live

LINE = {
    "type": "object",
    "required": ["product", "pieces"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "product": {"type": "string", "minLength": 1},
        "pieces": {"type": "integer", "minimum": 1, "maximum": 99},
    },
}
ORDER = {
    "type": "object",
    "required": ["customer"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "customer": {"type": "string", "minLength": 1},
        "due": {"type": "string", "enum": ["today", "tomorrow"]},
        "status": {"type": "string", "enum": ["open", "packed", "sent"], "readOnly": True},
        "line_count": {"type": "integer", "readOnly": True},
        "stars": {"type": "integer", "readOnly": True},
    },
}


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _operation(status: str, schema: Any, *, body: Any = None, parameters: Any = ()) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    responses = {status: {"description": "done", **content}, "400": {"description": "invalid"}}
    responses |= {"404": {"description": "not found"}, "409": {"description": "not possible now"}}
    request = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    return {"parameters": list(parameters), "responses": responses, **request}


def _many(schema: Any) -> dict[str, Any]:
    return {"type": "array", "items": schema}


ID, LINE_ID = (_parameter(name, "path", {"type": "integer"}) for name in ("orderId", "lineId"))
QUERY = [
    _parameter("status", "query", {"type": "string", "enum": ["open", "packed", "sent"]}),
    _parameter("sort", "query", {"type": "string", "enum": ["customer", "due"]}),
]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {
            "get": _operation("200", _many(ORDER), parameters=QUERY),
            "post": _operation("201", ORDER, body=ORDER),
        },
        "/orders/{orderId}": {
            "parameters": [ID],
            "get": _operation("200", ORDER),
            "put": _operation("200", ORDER, body=ORDER),
            "delete": _operation("204", None),
        },
        "/orders/{orderId}/star": {"parameters": [ID], "put": _operation("200", ORDER)},
        "/orders/{orderId}/pack": {"parameters": [ID], "post": _operation("200", ORDER)},
        "/orders/{orderId}/send": {"parameters": [ID], "post": _operation("200", ORDER)},
        "/orders/{orderId}/lines": {
            "parameters": [ID],
            "get": _operation("200", _many(LINE)),
            "post": _operation("201", LINE, body=LINE),
        },
        "/orders/{orderId}/lines/{lineId}": {
            "parameters": [ID, LINE_ID],
            "get": _operation("200", LINE),
            "delete": _operation("204", None),
        },
    },
}


class Orders:
    """The server. Packing needs a line, sending a packed order."""

    def __init__(self, bug: str = "") -> None:
        self._bug, self._numbers = bug, count(1)
        self._orders: dict[int, dict[str, Any]] = {}
        self._lines: dict[int, dict[int, dict[str, Any]]] = {}
        self._shown: dict[int, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        raw = await body_of(receive)
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, value = self._answer(scope["method"], scope["path"].split("/")[2:], query, raw)
        content = b"" if value is None else json.dumps(value).encode()
        headers = [(b"content-type", b"application/json")] if content else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: list[str], query: dict[str, str], raw: bytes) -> tuple[int, Any]:
        if any(not step.isdigit() for step in path[::2]):
            return 404, None
        order = self._orders.get(int(path[0])) if path else None
        match (method, *path[1::2]):
            case ("GET",) if not path:
                return 200, self._list(query)
            case ("POST",) if not path:
                return self._create(raw)
            case _ if order is None:
                return 404, None
            case ("GET" | "DELETE" | "PUT",):
                return self._one(method, order, raw)
            case ("PUT", "star") | ("POST", "pack" | "send"):
                return self._act(order, path[1])
            case (_, "lines"):
                return self._line(method, order, path[2:], raw)
        return 405, None

    def _list(self, query: dict[str, str]) -> list[dict[str, Any]]:
        found = list(self._orders.values())
        if "status" in query:
            shown = self._shown if self._bug == "stale-filter" else {}
            found = [each for each in found if shown.get(each["id"], each["status"]) == query["status"]]
        if query.get("sort") == "due" and self._bug == "sort-drops":
            found = [each for each in found if "due" in each]
        return sorted(found, key=lambda each: str(each.get(query["sort"], ""))) if "sort" in query else found

    def _create(self, raw: bytes) -> tuple[int, Any]:
        body = _read(raw, {"customer": str, "due": str}, "customer")
        if body is None or body.get("due", "today") not in ("today", "tomorrow"):
            return 400, None
        number = next(self._numbers)
        self._orders[number] = {"id": number, "status": "open", "line_count": 0, "stars": 0, **body}
        self._shown[number] = "open"
        return 201, self._orders[number]

    def _one(self, method: str, order: dict[str, Any], raw: bytes) -> tuple[int, Any]:
        if method == "PUT":
            return self._replace(order, raw)
        if method == "DELETE":
            del self._orders[order["id"]]
        return (200, order) if method == "GET" else (204, None)

    def _replace(self, order: dict[str, Any], raw: bytes) -> tuple[int, Any]:
        body = _read(raw, {"customer": str, "due": str}, "customer")
        if body is None or body.get("due", "today") not in ("today", "tomorrow"):
            return 400, None
        order.pop("due", None)
        order |= body
        if self._bug == "lines-lost":
            self._lines.pop(order["id"], None)
        return 200, order

    def _act(self, order: dict[str, Any], action: str) -> tuple[int, Any]:
        if action == "star":
            order["stars"] = order["stars"] + 1 if self._bug == "counts-again" else 1
            return 200, order
        needed = order["status"] == "open" and order["line_count"] if action == "pack" else order["status"] == "packed"
        if not needed:
            return 409, None
        order["status"] = "packed" if action == "pack" else "sent"
        return 200, order

    def _line(self, method: str, order: dict[str, Any], rest: list[str], raw: bytes) -> tuple[int, Any]:
        lines = self._lines.setdefault(order["id"], {})
        if not rest and method == "GET":
            return 200, list(lines.values())
        if not rest and method == "POST":
            body = _read(raw, {"product": str, "pieces": int}, "product", "pieces")
            if body is not None and 1 <= body["pieces"] <= 99:
                number = next(self._numbers)
                lines[number] = {"id": number, **body}
                order["line_count"] += 1
                return 201, lines[number]
            order["line_count"] += self._bug == "refused-counted"
            return 400, None
        if not rest or int(rest[0]) not in lines or method not in ("GET", "DELETE"):
            return (404, None) if method in ("GET", "DELETE") else (405, None)
        if method == "GET":
            return 200, lines[int(rest[0])]
        del lines[int(rest[0])]
        order["line_count"] -= self._bug != "count-stays"
        return 204, None


def _read(raw: bytes, types: dict[str, type], *required: str) -> dict[str, Any] | None:
    """The fields of a body; None if it is invalid."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or not all(name in body for name in required):
        return None
    found = {name: body[name] for name in types if name in body}
    return found if all(type(value) is types[name] and value != "" for name, value in found.items()) else None
