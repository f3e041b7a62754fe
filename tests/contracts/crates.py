"""A small server with two users whose document says in words what its figures, tags and keys do."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
USERS = {"ada-secret": "ada", "bob-secret": "bob"}

ZIP: Node = {"type": "string", "pattern": "^[0-9]{4}$"}
SENDER: Node = {
    "type": "object",
    "required": ["name", "zip"],
    "additionalProperties": False,
    "properties": {"name": TEXT, "zip": ZIP},
}
CODE = "No two crates have the same code; upper and lower case make no difference."
WRITTEN: Node = {
    "label": {"type": "string", "minLength": 1, "maxLength": 60},
    "code": {"type": "string", "minLength": 1, "maxLength": 60, "description": CODE},
    "weight": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "kind": {"type": "string", "enum": ["dry", "cold"]},
    "sender": SENDER,
    "marks": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{1,20}$"}},
}
SET: Node = {
    "id": NUMBER,
    "seal": NUMBER,
    "fee": {"type": "integer", "description": "2 for each unit of weight, and 50 more for a cold kind."},
    "signature_count": NUMBER,
}
NEW: Node = {"type": "object", "required": list(WRITTEN), "additionalProperties": False, "properties": WRITTEN}
CRATE: Node = {"type": "object", "required": [*WRITTEN, *SET], "properties": {**WRITTEN, **SET}}
SIGNATURE: Node = {"type": "object", "required": ["note"], "properties": {"note": TEXT}}
PAGE: Node = {
    "type": "object",
    "required": ["items", "total"],
    "properties": {"items": {"type": "array", "items": CRATE}, "total": NUMBER},
}
LINK = 'A page has a link with `rel="next"` only if there are more crates.'
KEYS = "Keys of requests count for each user separately."
REFUSED: Node = {"400": NO, "401": NO, "404": NO, "409": NO}


def crate_document() -> Node:
    """The paths of the document, and what else it has."""
    tag: Node = {"headers": {"ETag": {"schema": TEXT}}}
    shown = answers(CRATE)
    shown["200"] |= tag
    listed = answers(PAGE)
    listed["200"] |= {"headers": {"Link": {"schema": TEXT}}}
    queries = [
        {"name": "q", "in": "query", "schema": TEXT},
        {"name": "mark", "in": "query", "schema": TEXT, "description": "Only crates with exactly this mark."},
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
        {
            "name": "per_page",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
        },
    ]
    one = [path_parameter("id", NUMBER)]
    return {
        "/crates": {
            "get": {"description": LINK, "parameters": queries, "responses": listed | {"400": NO, "401": NO}},
            "post": {
                "description": f"Each crate gets a seal that no other crate ever has. {KEYS}",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": TEXT}],
                "requestBody": takes(NEW),
                "responses": answers(CRATE, "201") | REFUSED,
            },
        },
        "/crates/{id}": {
            "parameters": one,
            "get": {"responses": shown | {"401": NO, "404": NO}},
            "patch": {
                "description": "Changes the fields that are sent. The fee is calculated anew.",
                "requestBody": takes({"type": "object", "properties": WRITTEN}),
                "responses": answers(CRATE) | REFUSED,
            },
            "delete": {"responses": {"204": NO, "401": NO, "404": NO}},
        },
        "/crates/{id}/signatures": {
            "parameters": one,
            "post": {
                "description": "Every user, the owner too, can sign a crate once.",
                "requestBody": takes(SIGNATURE),
                "responses": answers(SIGNATURE, "201") | REFUSED,
            },
        },
    }


def is_valid(name: str, value: Any) -> bool:
    """Is a value valid by the document?"""
    if name == "weight":
        return type(value) is int and 1 <= value <= 10_000
    if name == "sender":
        is_whole = isinstance(value, dict) and value.keys() == {"name", "zip"} and isinstance(value["name"], str)
        return is_whole and isinstance(value["zip"], str) and bool(re.fullmatch("[0-9]{4}", value["zip"]))
    if name == "marks":
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return is_list and all(re.fullmatch("[a-z]{1,20}", each) for each in value)
    if name == "kind":
        return value in ("dry", "cold")
    return isinstance(value, str) and 1 <= len(value) <= 60


class Crates(Server):
    """Each user has crates of their own. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        super().__init__()
        self.broken, self.last, self.seal = broken, 0, 0
        self.crates: dict[int, Node] = {}
        self.keys: dict[tuple[str, str], tuple[Any, Node]] = {}

    async def answer(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        if user is None:
            return Answer(401, headers=(("www-authenticate", "Bearer"),))
        if ask.path == "/crates":
            if ask.method == "GET":
                return self._list(user, ask)
            return await self._create(user, ask) if ask.method == "POST" else Answer(405)
        match = re.fullmatch(r"/crates/(\d+)(/signatures)?", ask.path)
        crate = self.crates.get(int(match[1])) if match else None
        if match is None or crate is None or crate["owner"] != user:
            return Answer(404)
        if match[2]:
            return await self._sign(crate, user, ask) if ask.method == "POST" else Answer(405)
        if ask.method == "DELETE":
            del self.crates[crate["id"]]
            return Answer(204)
        if ask.method == "PATCH":
            return self._change(crate, sent(ask)) if ask.raw.lstrip().startswith(b"{") else Answer(400)
        return self._get(crate) if ask.method == "GET" else Answer(405)

    @staticmethod
    def _shown(crate: Node) -> Node:
        shown = {name: crate[name] for name in (*WRITTEN, "id", "seal", "fee")}
        return {**shown, "signature_count": len(crate["signed"])}

    def _get(self, crate: Node) -> Answer:
        tag = f'"{crate["version"]}"'
        return Answer(200, self._shown(crate), headers=(("etag", tag),))

    def _list(self, user: str, ask: Ask) -> Answer:
        try:
            page, size = int(ask.query.get("page", "1")), int(ask.query.get("per_page", "20"))
        except ValueError:
            return Answer(400)
        if page < 1 or not 1 <= size <= 50:
            return Answer(400)
        own = [each for each in self.crates.values() if each["owner"] == user]
        mark, word = ask.query.get("mark"), ask.query.get("q", "").lower()
        if mark is not None and self.broken == "part of a mark":
            own = [each for each in own if any(mark in one for one in each["marks"])]
        elif mark is not None:
            own = [each for each in own if mark in each["marks"]]
        total = len(own)
        own = [each for each in own if word in each["label"].lower() or word in each["code"].lower()]
        total = total if self.broken == "total without q" else len(own)
        found = own[(page - 1) * size : page * size]
        is_more = len(found) == size if self.broken == "next after a full page" else page * size < len(own)
        query = "".join(f"&{name}={value}" for name, value in (("mark", mark), ("q", ask.query.get("q"))) if value)
        link = (("link", f'</crates?page={page + 1}&per_page={size}{query}>; rel="next"'),) if is_more else ()
        return Answer(200, {"items": [self._shown(each) for each in found], "total": total}, headers=link)

    def _has_code(self, user: str, code: str, but: Node | None, *, exact: bool = False) -> bool:
        others = (each["code"] for each in self.crates.values() if each is not but and each["owner"] == user)
        return code in others if exact else code.lower() in [each.lower() for each in others]

    async def _create(self, user: str, ask: Ask) -> Answer:
        body = sent(ask)
        if body.keys() != WRITTEN.keys() or not all(is_valid(name, value) for name, value in body.items()):
            return Answer(400)
        key = ask.headers.get("idempotency-key")
        place = ("" if self.broken == "keys of all users" else user, key or "")
        if key and place in self.keys:
            known, reply = self.keys[place]
            return Answer(201, reply) if known == body else Answer(409)
        if self._has_code(user, body["code"], None):
            return Answer(409)
        seal = self.seal + 1
        if self.broken == "seal twice":
            await asyncio.sleep(0.002)
        self.seal, self.last = seal, self.last + 1
        crate: Node = {"id": self.last, **body, "seal": seal, "owner": user, "signed": [], "version": 1}
        crate["fee"] = 2 * crate["weight"] + 50 * (crate["kind"] == "cold")
        self.crates[self.last] = crate
        if key:
            self.keys[place] = (json.loads(ask.raw), self._shown(crate))
        return Answer(201, self._shown(crate))

    def _change(self, crate: Node, body: Node) -> Answer:
        is_loose = self.broken == "nested by PATCH"
        loose = {"sender"} if is_loose and isinstance(body.get("sender"), dict) else set()
        if not all(is_valid(name, value) or name in loose for name, value in body.items()):
            return Answer(400)
        if not body.keys() <= WRITTEN.keys():
            return Answer(400)
        exact = self.broken == "case by PATCH"
        if "code" in body and self._has_code(crate["owner"], body["code"], crate, exact=exact):
            return Answer(409)
        before = crate["fee"]
        crate |= {name: value for name, value in body.items() if name not in loose or is_valid(name, value)}
        crate["fee"] = 2 * crate["weight"] + 50 * (crate["kind"] == "cold")
        if self.broken == "old fee" and "weight" not in body:
            crate["fee"] = before
        crate["version"] += 1
        return Answer(200, self._shown(crate))

    async def _sign(self, crate: Node, user: str, ask: Ask) -> Answer:
        body = sent(ask)
        if not isinstance(body.get("note"), str):
            return Answer(400)
        if user in crate["signed"]:
            return Answer(409)
        if self.broken == "signed twice":
            await asyncio.sleep(0.002)
        crate["signed"].append(user)
        crate["version"] += self.broken != "same tag"
        return Answer(201, {"note": body["note"]})
