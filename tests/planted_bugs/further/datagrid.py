"""Further bugs for the Datagrid server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tests.planted_bugs.datagrid import KEYS, MOST, Datagrid
from tests.planted_bugs.server import Answer, Ask, Bug, elsewhere

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FURTHER = {
    "length-in-utf16": Bug("validation", "a name of 255 emoji is refused, because they are counted as pairs"),
    "blank-name": Bug("validation", "a name of spaces is refused"),
    "url-space": Bug("validation", "an address with a space in it is accepted"),
    "charset-refused": Bug("validation", "application/json; charset=utf-8 is refused"),
    "secret-limit-0": Bug("validation", "limit=0 lists no secrets, and is not refused"),
    "secret-name-number": Bug("validation", "a number is taken as a secret's name"),
    "not-a-uuid": Bug("errors", "an id that is no UUID is a server error"),
    "huge-limit": Bug("errors", "a limit above 2**63 is a server error"),
    "same-secret-name": Bug("errors", "a second secret of the same name is a server error"),
    "error-not-json": Bug("errors", "refusals are JSON sent as text/plain"),
    "not-utf8": Bug("errors", "a body that is not UTF-8 is a server error"),
    "transport-cleared": Bug("state", "transport null in an update is kept"),
    "icon-emptied": Bug("state", "icon_url null in an update makes it empty"),
    "first-field-only": Bug("state", "of an update's fields the first is kept"),
    "name-by-put": Bug("state", "names are cut to 64 characters"),
    "same-name": Bug("limits", "a second server of the same name is a conflict"),
    "same-url": Bug("limits", "a second server of the same address is the first one again, with 201"),
    "capacity-of-user": Bug("limits", "the limit counts all teamspaces of the key together"),
    "rate-of-all": Bug("limits", "the requests of all teamspaces are counted together"),
    "rate-all-paths": Bug("limits", "the requests of all paths are counted together"),
    "retry-in-ms": Bug("limits", "Retry-After is in milliseconds"),
    "refused-takes-room": Bug("limits", "a refused create request counts toward the limit"),
    "touched-first": Bug("paging", "an updated server moves to the top of the list"),
    "before-backwards": Bug("paging", "pages before an object come in the other order"),
    "last-alone": Bug("paging", "a secret that would be alone on the last page is never shown"),
    "secret-shuffled": Bug("paging", "secrets are ordered by their id"),
    "identity-open": Bug("secrets", "identity needs no credential"),
    "delete-open": Bug("secrets", "deleting a server needs no credential"),
    "secret-delete-open": Bug("secrets", "deleting a secret needs no credential"),
    "shown-after-rotation": Bug("secrets", "the list shows the authorization of servers that were updated"),
    "value-as-name": Bug("secrets", "the managed secret is named after the authorization"),
    "any-jwt": Bug("secrets", "any three words with points between them are a credential"),
    "foreign-secret": Bug("tenants", "a server can refer to another teamspace's secret"),
    "foreign-delete-204": Bug("tenants", "deleting another teamspace's server answers 204 and does nothing"),
    "elsewhere-403": Bug("tenants", "another teamspace's server is a 403, one that is nowhere a 404"),
    "created-elsewhere": Bug("tenants", "what is created with a teamspace header goes to the key's first teamspace"),
    "update-collides": Bug("concurrency", "updates at the same time fail with 500"),
    "seconds-late": Bug("defaults", "created_at differs between the create reply and reading"),
    "status-null": Bug("defaults", "status is null in the list"),
}


class FurtherDatagrid(Datagrid):
    """The same server; each method asks for its bugs and goes on as before."""

    BUGS: ClassVar[Mapping[str, Bug]] = Datagrid.BUGS | FURTHER

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.refused: dict[str, int] = {}
        self.busy = False

    async def answer(self, ask: Ask) -> Answer:
        last = ask.path.rsplit("/", 1)[-1]
        crashes = {
            "not-a-uuid": bool(re.search("(mcp-servers|secrets)/[^/]+$", ask.path)) and not re.fullmatch(UUID, last),
            "huge-limit": len(ask.query.get("limit", "")) > 18,
            "not-utf8": "�" in ask.raw.decode("utf-8", "replace"),
        }
        if crashes.get(self.bug):
            return self.error(500, "internal_error", "unexpected")
        answer = await super().answer(ask)
        if self.has("error-not-json") and answer.status >= 400:
            return replace(answer, media_type="text/plain; x=json")
        return answer

    def enter(self, ask: Ask, *, open_by: str = "") -> str:
        bugs = {("identity", "GET"): "identity-open", ("mcp-servers", "DELETE"): "delete-open",
                ("secrets", "DELETE"): "secret-delete-open"}  # fmt: skip
        found = next((bug for (path, method), bug in bugs.items() if path in ask.path and method == ask.method), "")
        if self.has("any-jwt") and ask.bearer.count(".") == 2 and ask.bearer not in KEYS:
            ask.headers["authorization"] = f"Bearer {next(iter(KEYS))}"
        teamspace = super().enter(ask, open_by=open_by or found)
        if self.has("created-elsewhere") and ask.method == "POST" and ask.bearer in KEYS:
            return KEYS[ask.bearer][2][0]
        return teamspace

    def limit(self, ask: Ask, teamspace: str) -> None:
        asked = replace(ask, path="/") if self.has("rate-all-paths") else ask
        try:
            super().limit(asked, "all" if self.has("rate-of-all") else teamspace)
        finally:
            limits = getattr(asked, "limits", ())
            if self.has("retry-in-ms"):
                limits = tuple((n, v + "000") if n == "Retry-After" else (n, v) for n, v in limits)
            ask.limits = limits  # type: ignore[attr-defined]

    def body(self, ask: Ask) -> Any:
        if self.has("charset-refused") and ";" in ask.headers.get("content-type", ""):
            raise self.refuse(415, "unsupported_media_type", "application/json is expected")
        body = super().body(ask)
        if self.has("secret-name-number") and isinstance(body, dict) and type(body.get("name")) in (int, float):
            body["name"] = str(body["name"])
        return body

    def check(self, body: Any, *, required: bool) -> dict[str, Any]:
        if isinstance(body, dict) and isinstance(body.get("name"), str):
            name = body["name"]
            if self.has("length-in-utf16") and len(name.encode("utf-16-le")) // 2 > 255:
                raise self.invalid("name", "is too long", body)
            if self.has("blank-name") and not name.strip():
                raise self.invalid("name", "is blank", body)
            if self.has("name-by-put"):
                body["name"] = name[:64] if len(name) <= 255 else name
        checked = super().check(body, required=required)
        if self.has("first-field-only") and not required:
            return dict(list(checked.items())[:1])
        return checked

    def check_address(self, value: str, body: dict[str, Any], *, required: bool) -> None:
        super().check_address(value.replace(" ", "%20") if self.has("url-space") else value, body, required=required)

    def make_room(self, teamspace: str) -> None:
        if self.has("capacity-of-user"):
            mine = next((spaces for _, _, spaces in KEYS.values() if teamspace in spaces), ())
            held = [s for s in self.servers if s["teamspace"] in mine and s["id"] not in self.gone]
            if len(held) >= MOST:
                raise self.refuse(409, "conflict", "a teamspace has at most 30 MCP servers")
        if self.has("refused-takes-room"):
            held = [s for s in self.servers if s["teamspace"] == teamspace and s["id"] not in self.gone]
            if len(held) + self.refused.get(teamspace, 0) >= MOST:
                raise self.refuse(409, "conflict", "a teamspace has at most 30 MCP servers")
        super().make_room(teamspace)

    async def create(self, ask: Ask) -> Answer:
        if self.bug in ("same-name", "same-url", "refused-takes-room"):
            again = self.seen_before(ask)
            if again is not None:
                return again
        answer = await super().create(ask)
        if self.has("seconds-late"):
            self.servers[-1]["created_at"] = self.servers[-1]["created_at"][:-5] + "Z"
        return answer

    def seen_before(self, ask: Ask) -> Answer | None:
        teamspace, body = self.enter(ask), self.body(ask)
        if self.has("refused-takes-room") and not (isinstance(body, dict) and {"name", "base_url"} <= body.keys()):
            self.refused[teamspace] = self.refused.get(teamspace, 0) + 1
        body = self.check(body, required=True)
        for item in self.servers:
            if item["teamspace"] == teamspace and item["id"] not in self.gone:
                if self.has("same-name") and item["name"] == body["name"]:
                    raise self.refuse(409, "conflict", "there is a server of this name")
                if self.has("same-url") and item["base_url"] == body["base_url"]:
                    return Answer(201, self.show(item, "create"))
        return None

    def show(self, item: dict[str, Any], does: str = "") -> dict[str, Any]:
        shown = super().show({name: value for name, value in item.items() if name != "touched"}, does)
        if self.has("shown-after-rotation") and does == "list" and item.get("touched"):
            shown["authorization"] = item["raw"]
        if self.has("status-null") and does == "list":
            shown["status"] = None
        return shown

    def find(self, ask: Ask, teamspace: str, bug: str, gone: str = "") -> dict[str, Any]:
        foreign = any(s["id"] == ask.params["id"] and s["teamspace"] != teamspace for s in self.servers)
        if foreign and self.has("elsewhere-403"):
            raise self.refuse(403, "forbidden", "this server is another teamspace's")
        if foreign and self.has("foreign-delete-204") and ask.method == "DELETE":
            return {"id": "", "authorization_secret_id": None, "teamspace": teamspace}
        return super().find(ask, teamspace, bug, gone)

    def settle(self, item: dict[str, Any], body: dict[str, Any], teamspace: str) -> None:
        own = [secret["teamspace"] for secret in self.secrets]
        for secret in self.secrets if self.has("foreign-secret") else ():
            secret["teamspace"] = teamspace
        try:
            super().settle(item, body, teamspace)
        finally:
            for secret, teamspace_of_it in zip(self.secrets, own, strict=False):
                if self.has("foreign-secret"):
                    secret["teamspace"] = teamspace_of_it

    async def update(self, ask: Ask) -> Answer:
        if self.has("update-collides"):
            if self.busy:
                self.enter(ask)
                return self.error(500, "internal_error", "could not serialize access")
            self.busy = True
            await elsewhere()
            self.busy = False
        answer = await super().update(ask)
        if answer.status == 200:
            item = self.find(ask, self.enter(ask, open_by="update-open"), "update-any", "update-gone")
            item["touched"] = True
            if self.has("transport-cleared") and b'"transport":null' in ask.raw.replace(b": ", b":"):
                item["transport"] = answer.body["transport"] = None
            if self.has("icon-emptied") and item["icon_url"] is None:
                item["icon_url"] = answer.body["icon_url"] = ""
            if self.has("touched-first"):
                self.servers.remove(item)
                self.servers.append(item)
        return answer

    def keep(self, teamspace: str, name: str, value: str, server: str = "") -> str:
        if self.has("value-as-name") and server:
            name = value[:300]
        if self.has("same-secret-name") and not server and any(s["name"] == name for s in self.secrets):
            raise self.refuse(500, "internal_error", "duplicate key value violates unique constraint")
        return super().keep(teamspace, name, value, server)

    async def list_secrets(self, ask: Ask) -> Answer:
        if self.has("secret-shuffled"):
            self.secrets.sort(key=lambda secret: str(secret["id"]))
        answer = await super().list_secrets(ask)
        shown = answer.body["data"]
        if self.has("before-backwards") and "before" in ask.query:
            shown.reverse()
        if self.has("last-alone") and answer.body["has_more"]:
            own = self.enter(ask)
            there = [s for s in self.secrets if s["teamspace"] == own and not s["server"] and s["id"] not in self.gone]
            answer.body["has_more"] = not (len(there) > 1 and shown and shown[-1]["id"] == there[1]["id"])
        return answer

    def size(self, ask: Ask) -> int:
        if self.has("secret-limit-0") and ask.query.get("limit") == "0":
            return 0
        return super().size(ask)
