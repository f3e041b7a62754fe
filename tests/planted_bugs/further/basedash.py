"""Further bugs for the Basedash server."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.server import Answer, Ask, Bug, elsewhere, fresh

FURTHER = {
    "charset-refused": Bug("validation", "application/json; charset=utf-8 is refused"),
    "null-is-absent": Bug("validation", "null for the name of an update is taken as if it were left out"),
    "patch-url-empty": Bug("validation", "an update accepts an empty address"),
    "limit-negative": Bug("validation", "limit=-1 lists everything"),
    "limit-fraction": Bug("validation", "limit=1.5 is cut to 1"),
    "emoji-refused": Bug("errors", "an emoji in the name is a server error"),
    "nul-refused": Bug("errors", "a NUL in the name is a server error"),
    "huge-body": Bug("errors", "a body of more than 64 kB is a server error"),
    "deep-body": Bug("errors", "a body nested a thousand deep is a server error"),
    "empty-body": Bug("errors", "an empty body is a server error"),
    "scalar-body": Bug("errors", "a body that is null, a number or a text is a server error"),
    "huge-limit": Bug("errors", "a limit above 2**63 is a server error"),
    "odd-cursor": Bug("errors", "a cursor with other characters than an id is a server error"),
    "odd-id": Bug("errors", "an id that is none by its looks is a server error"),
    "head-fails": Bug("errors", "HEAD is a server error"),
    "mangled": Bug("state", "names lose what is not ASCII"),
    "trimmed": Bug("state", "names lose the space around them"),
    "escaped": Bug("state", "names are kept escaped for HTML"),
    "id-case": Bug("state", "ids are found in capitals, too"),
    "page-cached": Bug("state", "a page that was asked for with a limit is cached until the next create"),
    "removed-late": Bug("state", "the first listing after a delete still shows the server"),
    "revived": Bug("concurrency", "an update at the same time as a delete brings the server back"),
    "last-alone": Bug("paging", "an item that would be alone on the last page is never shown"),
    "shuffled": Bug("paging", "what was created within one second comes in the order of ids"),
    "cursor-deleted": Bug("paging", "after a cursor whose server was deleted nothing follows"),
    "list-after-update": Bug("secrets", "the list shows the headers of servers whose headers were updated"),
    "cached-for-all": Bug("secrets", "what was read once with a key is read without one"),
    "scheme-case": Bug("secrets", "the scheme bearer is refused in lower case"),
    "looked-up-first": Bug("secrets", "without a key, 404 tells which servers do not exist"),
    "member-updates": Bug("secrets", "members may update"),
    "elsewhere-403": Bug("tenants", "a server of another organization is a 403, one that is nowhere a 404"),
    "foreign-delete-204": Bug("tenants", "deleting another organization's server answers 204 and does nothing"),
    "rate-shared": Bug("limits", "the requests of all keys are counted together"),
    "hour-ahead": Bug("defaults", "createdAt is local time, an hour ahead, and says it is UTC"),
    "updated-cut": Bug("defaults", "updatedAt is cut to seconds, and lies before createdAt"),
}


class FurtherBasedash(Basedash):
    """The same server; each method asks for its bugs and goes on as before."""

    BUGS: ClassVar[Mapping[str, Bug]] = Basedash.BUGS | FURTHER

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.pages: dict[tuple[str, ...], Answer] = {}
        self.read: dict[str, Answer] = {}
        self.late: list[str] = []

    async def answer(self, ask: Ask) -> Answer:
        crashes = {
            "emoji-refused": any(ord(c) > 0xFFFF for c in text_of(ask.raw)),
            "nul-refused": "\0" in text_of(ask.raw),
            "huge-body": len(ask.raw) > 64_000,
            "deep-body": ask.raw.count(b"[") > 500 or ask.raw.count(b"{") > 500,
            "empty-body": ask.method in ("POST", "PATCH") and not ask.raw,
            "scalar-body": ask.raw[:1] in (b"n", b'"', *(str(digit).encode() for digit in range(10))),
            "huge-limit": len(ask.query.get("limit", "")) > 18,
            "odd-cursor": not ask.query.get("cursor", "mcp_").startswith("mcp_"),
            "odd-id": "/mcp-servers/" in ask.path and "/mcp-servers/mcp_" not in ask.path,
            "head-fails": ask.method == "HEAD",
        }
        if crashes.get(self.bug):
            return self.error(500, "InternalServerError", "unexpected")
        if self.has("cached-for-all") and ask.method == "GET":
            answer = await super().answer(ask)
            if answer.status == 200:
                self.read[ask.path + str(ask.query)] = answer
            return self.read.get(ask.path + str(ask.query), answer) if answer.status == 401 else answer
        return await super().answer(ask)

    def body(self, ask: Ask) -> Any:
        if self.has("charset-refused") and ";" in ask.headers.get("content-type", ""):
            raise self.refuse(415, "BadRequest", "application/json is expected")
        body = super().body(ask)
        if isinstance(body, dict) and isinstance(body.get("displayName"), str):
            name = body["displayName"]
            if self.has("trimmed"):
                body["displayName"] = name.strip() or name
            if self.has("escaped"):
                body["displayName"] = html.escape(name)
            if self.has("mangled"):
                body["displayName"] = name.encode("ascii", "replace").decode()
        return body

    def check(self, body: Any, *, required: bool) -> dict[str, Any]:
        if self.has("null-is-absent") and not required and isinstance(body, dict):
            body = {name: value for name, value in body.items() if value is not None}
        if self.has("patch-url-empty") and not required and isinstance(body, dict) and body.get("serverUrl") == "":
            return super().check(body | {"serverUrl": "https://x.example"}, required=False) | {"serverUrl": ""}
        return super().check(body, required=required)

    def size(self, ask: Ask) -> int:
        if self.has("limit-negative") and ask.query.get("limit", "").startswith("-"):
            return 10**6
        if self.has("limit-fraction") and "." in ask.query.get("limit", ""):
            ask.query["limit"] = ask.query["limit"].split(".")[0]
        return super().size(ask)

    def find(self, ask: Ask, bug: str, *, removed: bool = False) -> dict[str, Any]:
        if self.has("id-case"):
            ask.params["id"] = ask.params["id"].lower()
        if self.has("elsewhere-403") and any(
            i["id"] == ask.params["id"] and i["org"] != ask.params["org"] for i in self.items
        ):
            raise self.refuse(403, "Forbidden", "this server is another organization's")
        return super().find(ask, bug, removed=removed)

    def enter(self, ask: Ask, does: str) -> None:
        ids = {item["id"] for item in self.items} - set(self.gone)
        if self.has("looked-up-first") and "id" in ask.params and ask.params["id"] not in ids:
            raise self.refuse(404, "NotFound", "MCP server not found")
        if self.has("scheme-case") and not ask.headers.get("authorization", "Bearer").startswith("Bearer"):
            raise self.refuse(401, "Unauthorized", "missing or invalid API key")
        super().enter(ask, does)

    def principal(self, ask: Ask) -> tuple[str, Any]:
        role, tenants = super().principal(ask)
        return ("admin" if self.has("member-updates") and ask.method == "PATCH" else role), tenants

    def limit(self, ask: Ask) -> None:
        if self.has("rate-shared"):
            ask = replace(ask, headers=ask.headers | {"authorization": "Bearer everybody"})
        super().limit(ask)

    def keep(self, org: str, body: dict[str, Any], id: str) -> dict[str, Any]:
        item = super().keep(org, body, id)
        self.pages.clear()
        if self.has("hour-ahead"):
            self.skew += 3600
            item["createdAt"] = item["updatedAt"] = self.stamp()
            self.skew -= 3600
        if self.has("updated-cut"):
            item["updatedAt"] = item["updatedAt"][:-5] + "Z"
        return item

    def show(self, item: dict[str, Any], does: str) -> dict[str, Any]:
        shown = super().show({name: value for name, value in item.items() if name != "touched"}, does)
        if self.has("list-after-update") and does == "list" and item.get("touched"):
            shown["headers"] = fresh(item["headers"])
        return shown

    async def patch(self, ask: Ask) -> Answer:
        answer = await super().patch(ask)
        item = self.find(ask, "patch-any-tenant", removed=self.has("patch-makes"))
        item["touched"] = item.get("touched") or b"headers" in ask.raw
        if self.has("revived"):
            await elsewhere()
            await elsewhere()
            self.gone = [gone for gone in self.gone if gone != item["id"]]
        return answer

    async def delete(self, ask: Ask) -> Answer:
        if self.has("foreign-delete-204") and any(
            i["id"] == ask.params["id"] and i["org"] != ask.params["org"] for i in self.items
        ):
            self.enter(ask, "delete")
            return Answer(204)
        answer = await super().delete(ask)
        self.late.append(ask.params["id"])
        return answer

    async def list(self, ask: Ask) -> Answer:
        key = (ask.params["org"], *(f"{name}={value}" for name, value in sorted(ask.query.items())))
        if self.has("page-cached") and "limit" in ask.query and key in self.pages:
            self.enter(ask, "list")
            return self.pages[key]
        back, self.late = self.late if self.has("removed-late") else [], []
        self.gone = [gone for gone in self.gone if gone not in back]
        answer = await super().list(ask)
        self.gone += back
        if self.has("last-alone"):
            answer = self.without_last(ask, answer)
        self.pages[key] = answer
        return answer

    def without_last(self, ask: Ask, answer: Answer) -> Answer:
        """The page as it is where one item remains behind it."""
        there = [i for i in self.items if i["org"] == ask.params["org"] and i["id"] not in self.gone]
        shown = answer.body["data"]
        if shown and there and answer.body["pagination"]["hasMore"] and shown[-1]["id"] == there[1]["id"]:
            return Answer(200, {"data": shown, "pagination": {"nextCursor": None, "hasMore": False}})
        return answer

    def ordered(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.has("shuffled"):
            return sorted(items, key=lambda item: (item["createdAt"][:19], item["id"]), reverse=True)
        return super().ordered(items)

    def after(self, ask: Ask, found: list[dict[str, Any]]) -> int:
        if self.has("cursor-deleted") and ask.query.get("cursor") in self.gone:
            return len(found)
        return super().after(ask, found)


def text_of(raw: bytes) -> str:
    """What the body says, its escapes undone; nothing where it is not JSON."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False).replace("\\u0000", "\0")
    except (ValueError, RecursionError):
        return ""
