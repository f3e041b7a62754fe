"""A service for tickets with two users, as an ASGI app. Its flaws can be switched on one by one."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.asgi_app import body_of, live

USERS = {"ann-secret-token-1": "ann", "bob-secret-token-2": "bob"}
TEXT = {"type": "string", "minLength": 1, "maxLength": 80}
NEW = {
    "type": "object",
    "required": ["title"],
    "additionalProperties": False,
    "properties": {"title": TEXT, "note": TEXT},
}
CHANGE = {**NEW, "required": []}
TICKET = {
    "type": "object",
    "required": ["id", "title", "note", "state"],
    "properties": {"id": {"type": "string"}, "title": TEXT, "note": TEXT, "state": {"enum": ["open", "closed"]}},
}
COMMENT = {"type": "object", "required": ["id", "title"], "properties": {"id": {"type": "string"}, "title": TEXT}}
ID = {"name": "ticket_id", "in": "path", "required": True, "schema": {"type": "string"}}
PAGE = {
    "type": "object",
    "required": ["items", "total"],
    "properties": {"items": {"type": "array", "items": TICKET}, "total": {"type": "integer"}},
}


def _shows(schema: Any) -> dict[str, Any]:
    return {"description": "done", "content": {"application/json": {"schema": schema}}}


def _takes(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


NOT_FOUND = {"404": {"description": "no such ticket"}}
REFUSED = {"422": {"description": "invalid"}}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tickets", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/tickets": {
            "get": {
                "parameters": [{"name": each, "in": "query", "schema": {"type": "string"}} for each in ("title", "q")],
                "responses": {"200": _shows(PAGE)},
            },
            "post": {"requestBody": _takes(NEW), "responses": {"201": _shows(TICKET), **REFUSED}},
        },
        "/tickets/{ticket_id}": {
            "parameters": [ID],
            "get": {"responses": {"200": _shows(TICKET), **NOT_FOUND}},
            "patch": {"requestBody": _takes(CHANGE), "responses": {"200": _shows(TICKET), **NOT_FOUND, **REFUSED}},
            "put": {"requestBody": _takes(NEW), "responses": {"200": _shows(TICKET), **NOT_FOUND, **REFUSED}},
            "delete": {"responses": {"204": {"description": "gone"}, **NOT_FOUND}},
        },
        "/tickets/{ticket_id}/close": {
            "parameters": [ID],
            "post": {"responses": {"200": _shows(TICKET), **NOT_FOUND}},
        },
        "/tickets/{ticket_id}/comments": {
            "parameters": [ID],
            "get": {"responses": {"200": _shows({"type": "array", "items": COMMENT}), **NOT_FOUND}},
            "post": {"requestBody": _takes(NEW), "responses": {"201": _shows(COMMENT), **NOT_FOUND, **REFUSED}},
        },
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}

ACTS = {
    ("GET", ""): "read", ("PATCH", ""): "update", ("PUT", ""): "replace", ("DELETE", ""): "delete",
    ("POST", "/close"): "close", ("GET", "/comments"): "comments", ("POST", "/comments"): "comment",
}  # fmt: skip
"""What the flaws are called: an act that others may do, too. There are `list`, `filter`, `search` and `total`, too."""

Answer = tuple[int, Any]
Hook = Callable[[str, str, dict[str, str], bytes], "Answer | None"]


@dataclass
class Tickets:
    """The service. `flaws` are acts that are open to everyone; `hook` may answer a request otherwise.

    Bytes in an answer are sent as text. Without `challenges` a 401 has no WWW-Authenticate. With `shared`, all
    users see all tickets. `admin` is a user who may do everything.
    """

    flaws: frozenset[str] = frozenset()
    shared: bool = False
    admin: str = ""
    hook: Hook | None = None
    challenges: bool = True
    items: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    comments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        body = await body_of(receive)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        headers["query"] = scope["query_string"].decode()
        status, value = self.answer(scope["method"], scope["path"], headers, body)
        content = value if isinstance(value, bytes) else b"" if value is None else json.dumps(value).encode()
        kind = b"text/plain" if isinstance(value, bytes) else b"application/json"
        fields = [(b"content-type", kind)] if value is not None else []
        fields += [(b"www-authenticate", b"Bearer")] if status == 401 and self.challenges else []
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": content})

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """The response to a request."""
        special = self.hook(method, path, headers, body) if self.hook else None
        if special is not None:
            return special
        scheme, _, token = headers.get("authorization", "").partition(" ")
        user = USERS.get(token) if scheme.lower() == "bearer" else None
        place = re.fullmatch(r"/tickets(?:/([\w-]+)(/comments|/close)?)?", path)
        if place is None:
            return 404, {}
        if user is None:
            return 401, {}
        if place[1] is None:
            return self._collection(user, method, headers["query"], body)
        return self._item(user, method, place[1], place[2] or "", body)

    def _mine(self, user: str, owner: str, act: str) -> bool:
        return self.shared or user in (owner, self.admin) or act in self.flaws

    def _collection(self, user: str, method: str, query: str, body: bytes) -> Answer:
        if method == "POST":
            return self._created(user, _valid(body, {"title"}))
        mine = [item for owner, item in self.items.values() if self._mine(user, owner, "list")]
        if query.startswith("title="):
            wanted = query.removeprefix("title=")
            every = [item for owner, item in self.items.values() if self._mine(user, owner, "filter")]
            mine = [item for item in every if item["title"] == wanted]
        if query.startswith("q="):
            wanted = query.removeprefix("q=")
            every = [item for owner, item in self.items.values() if self._mine(user, owner, "search")]
            mine = [item for item in every if wanted in item["title"] + item["note"]]
        return 200, {"items": mine, "total": len(self.items) if "total" in self.flaws else len(mine)}

    def _created(self, user: str, data: dict[str, Any] | None) -> Answer:
        if data is None:
            return 422, {}
        item = {"id": f"t-{next(self.numbers)}", "title": "", "note": "-", "state": "open", **data}
        self.items[item["id"]] = user, item
        return 201, item

    def _item(self, user: str, method: str, id: str, below: str, body: bytes) -> Answer:
        act = ACTS.get((method, below))
        owner, item = self.items.get(id, ("", {}))
        if act is None:
            return 405, {}
        if not item or not self._mine(user, owner, act):
            return 404, {}
        if act == "delete":
            del self.items[id]
            return 204, None
        if act in ("update", "replace"):
            return self._changed(item, _valid(body, {"title"} if act == "replace" else set()), act)
        if act == "close":
            item["state"] = "closed"
        if below == "/comments":
            return self._comments(id, method, body)
        return 200, item

    def _changed(self, item: dict[str, Any], data: dict[str, Any] | None, act: str) -> Answer:
        if data is None:
            return 422, {}
        item.update({"note": "-"} | data if act == "replace" else data)
        return 200, item

    def _comments(self, id: str, method: str, body: bytes) -> Answer:
        found = self.comments.setdefault(id, [])
        if method == "GET":
            return 200, found
        data = _valid(body, {"title"})
        if data is None:
            return 422, {}
        found.append({"id": f"c-{next(self.numbers)}", "title": data["title"]})
        return 201, found[-1]


def _valid(body: bytes, required: set[str]) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not required <= data.keys() <= {"title", "note"}:
        return None
    return data if all(isinstance(v, str) and 1 <= len(v) <= 80 for v in data.values()) else None


def changed(**words: str) -> dict[str, Any]:
    """The document with a description of operations by `method_path` (`get_tickets`, `get_tickets_ticket_id`)."""
    document = copy.deepcopy(DOCUMENT)
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            name = method + re.sub(r"\W+", "_", path).rstrip("_")
            if name in words:
                item[method]["description"] = words[name]
    return document


def checked(folder: Path, app: Tickets, *only: str, document: dict[str, Any] = DOCUMENT, users: int = 2) -> CheckResult:
    """The result of the checks of the service, with the first of its users."""
    (folder / "tickets.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    contract = contracts.of(str(folder / "tickets.yaml"))
    known = [user_with_secret(contract, name, secret) for secret, name in [*USERS.items()][:users]]
    with Target.asgi(app, known) as target:
        return run_checks(contract, target, only=only)
