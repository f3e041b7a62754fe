"""Feature flags as a bare ASGI application: see `QUIRKS`."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

QUIRKS = {
    "capacity": "the ninth flag gets 409, and one is there from the start",
    "ids": "ids are 12 hexadecimal digits",
    "order": "flags are listed by name",
    "delete": "DELETE answers `{}`",
    "constant": "`kind` is always `boolean`",
    "version": "`version` is 1 at first and grows with each change",
    "default": "a flag is disabled, at 100 percent",
    "absent": "`description` is absent unless it was sent",
    "time": "`updated` is seconds since 1970",
    "unique": "a name that exists gets 409",
    "action": "enable and disable of a missing flag get 404",
    "create status": "create answers 200",
}

LIMITS = {"name": (1, 40), "description": (0, 100)}


class Flags:
    """The application. `flags` are the stored ones, by id."""

    def __init__(self) -> None:
        self.flags: dict[str, dict[str, Any]] = {}
        self._add({"name": "maintenance", "description": "Shows the maintenance page"})

    def new_id(self) -> str:
        """An id that no flag has."""
        return secrets.token_hex(6)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, answer = self._answer(scope["method"], scope["path"].strip("/").split("/"), body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: list[str], body: bytes) -> tuple[int, Any]:
        match (method, path):
            case ("GET", ["flags"]):
                return 200, {"flags": sorted(self.flags.values(), key=lambda flag: flag["name"])}
            case ("POST", ["flags"]):
                return self._create(body)
            case (_, ["flags", _]) | ("POST", ["flags", _, "enable" | "disable"]):
                return self._of_flag(method, path, body)
        return _error(404, "not_found", "No such page")

    def _of_flag(self, method: str, path: list[str], body: bytes) -> tuple[int, Any]:
        if not (flag := self.flags.get(path[1])):
            return _error(404, "not_found", "No such flag")
        if method == "PATCH":
            return self._change(flag, body)
        if method == "DELETE":
            del self.flags[flag["id"]]
            return 200, {}
        if method == "POST":
            return 200, _touched(flag, {"enabled": path[2] == "enable"})
        return (200, flag) if method == "GET" else _error(405, "method", "Not here")

    def _create(self, body: bytes) -> tuple[int, Any]:
        sent = _read(body)
        if sent is None or "name" not in sent:
            return _error(400, "invalid", "name is needed")
        if len(self.flags) >= 8:
            return _error(409, "full", "There are too many flags")
        if self._named(sent["name"]):
            return _error(409, "exists", "There is a flag of that name")
        return 200, self._add(sent)

    def _change(self, flag: dict[str, Any], body: bytes) -> tuple[int, Any]:
        if (sent := _read(body)) is None:
            return _error(400, "invalid", "The body is wrong")
        if self._named(sent.get("name")) not in {None, flag["id"]}:
            return _error(409, "exists", "There is a flag of that name")
        return 200, _touched(flag, sent)

    def _named(self, name: Any) -> str | None:
        return next((flag["id"] for flag in self.flags.values() if flag["name"] == name), None)

    def _add(self, sent: dict[str, Any]) -> dict[str, Any]:
        flag = {"id": self.new_id(), "kind": "boolean", "version": 1, "enabled": False, "percentage": 100}
        self.flags[flag["id"]] = flag | sent | {"updated": int(time.time())}  # type: ignore[index]
        return self.flags[flag["id"]]  # type: ignore[index]


def _read(body: bytes) -> dict[str, Any] | None:
    """The known fields of a body. None if it is wrong."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, dict) or not all(_fits(sent[name], *LIMITS[name]) for name in LIMITS if name in sent):
        return None
    percentage = sent.get("percentage", 0)
    if not isinstance(percentage, int) or isinstance(percentage, bool) or not 0 <= percentage <= 100:
        return None
    return {name: sent[name] for name in ("name", "description", "percentage") if name in sent}


def _fits(value: Any, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


def _touched(flag: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    flag |= {**changes, "version": flag["version"] + 1, "updated": int(time.time())}
    return flag


def _error(status: int, code: str, text: str) -> tuple[int, Any]:
    return status, {"code": code, "text": text}
