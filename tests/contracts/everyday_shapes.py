"""A correct server of everyday shapes that checks have misjudged, as an ASGI app for `everyday_shapes.yaml`.

Bodies refer to other items; a parameter above has the name that ids have below; numbers begin at 0; texts in a query
look like numbers; a PUT changes what it is given; one field takes precedence over another; an unknown method is 501.
"""

from __future__ import annotations

import json
import re
from itertools import count
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs

import jsonschema_rs
import yaml

from tests.contracts.asgi_app import body_of, live

DOCUMENT = Path(__file__).with_suffix(".yaml")


class Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Workshop:
    """The server."""

    def __init__(self) -> None:
        components = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["components"]
        self._validators = {
            name: jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})
            for name in components["schemas"]
        }
        self._items: dict[str, dict[Any, dict[str, Any]]] = {}
        self._numbers = count(0)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        raw = await body_of(receive)
        try:
            status, value = self._answer(scope, raw)
        except Refused as refusal:
            status, value = refusal.status, {"error": str(refusal)}
        content = b"" if value is None else json.dumps(value).encode()
        headers = [(b"content-type", b"application/json")] if content else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Any, raw: bytes) -> tuple[int, Any]:
        method, (_, kind, *rest) = scope["method"], scope["path"].split("/")
        sent = (scope, raw)
        match (kind, *rest):
            case ("search",) if method == "GET":
                return self._found(scope)
            case ("members", owner, "groups", *id):
                return self._grouped(method, _number(owner), [_number(each) for each in id], sent)
            case ("templates" | "machines" | "disks" | "volumes" | "members",):
                return self._collection(method, kind, sent)
            case ("templates" | "machines" | "disks", id):
                return self._one(method, kind, id, sent)
            case ("volumes" | "members", id):
                return self._one(method, kind, _number(id), sent)
            case ("search",):
                not_implemented()
        raise Refused(404, "no such page")

    def _found(self, scope: Any) -> tuple[int, Any]:
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("q", [None])[-1]
        if query is not None and len(query) > 40:
            raise Refused(400, "q is too long")
        return 200, {"query": query, "found": []}

    def _collection(self, method: str, kind: str, sent: tuple[Any, bytes]) -> tuple[int, Any]:
        items = self._of(kind)
        if method == "GET":
            return 200, [_shown(each) for each in items.values()]
        if method != "POST":
            not_implemented()
        body = self._body(sent, "Disk" if kind == "disks" else f"New{kind[:-1].title()}")
        self._refuse(kind, body)
        id = body["name"] if kind == "disks" else self._new_id(kind)
        items[id] = body if kind == "disks" else {"id": id, **({"size": "small"} if kind == "machines" else {}), **body}
        return 201, _shown(items[id])

    def _refuse(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "machines" and body["templateId"] not in self._of("templates"):
            raise Refused(404, "no such template")
        if kind == "volumes" and any(name not in self._of("disks") for name in body["disks"]):
            raise Refused(422, "no such disk")
        if kind == "disks" and body["name"] in self._of("disks"):
            raise Refused(409, "there is a disk of that name")

    def _new_id(self, kind: str) -> Any:
        number = next(self._numbers)
        return number if kind in ("volumes", "members") else f"{kind[:3]}_{number:06}"

    def _one(self, method: str, kind: str, id: Any, sent: tuple[Any, bytes]) -> tuple[int, Any]:
        if (method, kind) not in ONE and method != "GET":
            not_implemented()
        change = self._body(sent, "MemberChange") if method == "PUT" else {}
        item = self._existing(kind, id)
        item |= change
        if method != "DELETE":
            return 200, _shown(item)
        del self._of(kind)[id]
        self._items.pop(f"groups of {id}" if kind == "members" else "", None)
        return 204, None

    def _grouped(self, method: str, owner: int, id: list[int], sent: tuple[Any, bytes]) -> tuple[int, Any]:
        if method not in ("GET", "DELETE" if id else "POST"):
            not_implemented()
        self._existing("members", owner)
        kind = f"groups of {owner}"
        if id and method == "GET":
            return 200, self._existing(kind, id[0])
        if id:
            self._existing(kind, id[0])
            del self._of(kind)[id[0]]
            return 204, None
        if method == "GET":
            return 200, list(self._of(kind).values())
        body, number = self._body(sent, "NewGroup"), next(self._numbers)
        self._of(kind)[number] = {"id": number, **body}
        return 201, self._of(kind)[number]

    def _of(self, kind: str) -> dict[Any, dict[str, Any]]:
        return self._items.setdefault(kind, {})

    def _existing(self, kind: str, id: Any) -> dict[str, Any]:
        if id not in self._of(kind):
            raise Refused(404, f"there is no {id} in {kind}")
        return self._of(kind)[id]

    def _body(self, sent: tuple[Any, bytes], schema: str) -> Any:
        scope, raw = sent
        media_type = dict(scope["headers"]).get(b"content-type", b"").partition(b";")[0].strip().lower()
        try:
            value = json.loads(raw.decode())
        except (ValueError, RecursionError):
            raise Refused(400, "the body is no JSON") from None
        if media_type != b"application/json" or not self._validators[schema].is_valid(value):
            raise Refused(400, "the body is invalid")
        return value


ONE = {("DELETE", "machines"), ("DELETE", "members"), ("PUT", "members")}
"""What can be done with one item, besides getting it."""


def not_implemented() -> NoReturn:
    raise Refused(501, "not implemented")


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise Refused(400, f"{text[:40]} is no number")
    return int(text)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "display_name": item["nickname"]} if "nickname" in item else item
