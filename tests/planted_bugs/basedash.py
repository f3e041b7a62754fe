"""A server for Basedash's document, written by hand from the vendor's pages, that is correct but for one bug."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.planted_bugs.server import Answer, Ask, Bug, Refused, Server, elsewhere, fresh, integer

KEYS = {
    "bd_key_SandboxAdmin00000000000000000000": ("admin", None),
    "bd_key_SandboxMember0000000000000000000": ("member", None),
    "bd_key_SandboxOther00000000000000000000": ("admin", {"org_xyz789"}),
}
LIMIT, WINDOW = 600, 60
ONE = "/api/public/organizations/{org}/mcp-servers/{id}"
ALL = "/api/public/organizations/{org}/mcp-servers"
SETTABLE = ("displayName", "serverUrl", "headers", "everyoneInOrganizationCanAccess")
HIDDEN = ("headers", "everyoneInOrganizationCanAccess", "org")


class Basedash(Server):
    """List, create, get, update and delete MCP servers of an organization."""

    BUGS: ClassVar[Mapping[str, Bug]] = {
        "label-missing": Bug("shape", "items have no serverLabel"),
        "create-200": Bug("shape", "create answers 200"),
        "no-envelope": Bug("shape", "get answers the bare item"),
        "transport-spelled-otherwise": Bug("shape", "transportType is http"),
        "tools-null": Bug("shape", "tools is null in the list"),
        "created-a-number": Bug("shape", "createdAt is in Unix seconds"),
        "html-type": Bug("shape", "the list is sent as text/html"),
        "more-a-text": Bug("shape", "hasMore is the text 'true'"),
        "delete-with-body": Bug("shape", "delete answers 200 with a body"),
        "status-lowercase": Bug("shape", "lastSyncStatus is in lower case"),
        "name-121": Bug("validation", "a name of 121 characters is accepted"),
        "name-119": Bug("validation", "a name of 120 characters is refused"),
        "name-empty": Bug("validation", "an empty name is accepted"),
        "name-in-bytes": Bug("validation", "the length of a name is counted in bytes"),
        "name-a-number": Bug("validation", "a number is taken as a name"),
        "name-null": Bug("validation", "null is taken as a name"),
        "name-missing": Bug("validation", "a server without a name is accepted"),
        "url-2001": Bug("validation", "an address of 2001 characters is accepted"),
        "url-missing": Bug("validation", "a server without an address is accepted"),
        "headers-an-object": Bug("validation", "headers may be an object"),
        "headers-of-texts": Bug("validation", "headers may be texts"),
        "everyone-a-text": Bug("validation", "everyoneInOrganizationCanAccess may be a text"),
        "patch-unchecked": Bug("validation", "an update is not validated"),
        "patch-name-121": Bug("validation", "an update accepts a name of 121 characters"),
        "limit-101": Bug("validation", "limit=101 is accepted"),
        "limit-0": Bug("validation", "limit=0 is accepted"),
        "limit-text": Bug("validation", "limit=abc is taken as the default"),
        "body-an-array": Bug("validation", "an array as body is taken as an empty update"),
        "delete-kept": Bug("state", "a deleted server can still be read"),
        "delete-listed": Bug("state", "a deleted server is still listed"),
        "delete-again": Bug("state", "deleting a second time answers 204"),
        "delete-neighbour": Bug("state", "delete takes the item that was created before, too"),
        "patch-forgotten": Bug("state", "an update is answered but not kept"),
        "patch-clears": Bug("state", "an update resets the address it does not name"),
        "patch-makes": Bug("state", "updating a deleted server answers 200"),
        "patch-first": Bug("state", "an update changes the first item of the list, too"),
        "patch-half": Bug("state", "a refused update has changed the name"),
        "patch-stale-reply": Bug("state", "the update reply shows the item as it was"),
        "create-unlisted": Bug("state", "every third server is not listed"),
        "list-stale": Bug("state", "the list shows the name at creation"),
        "get-touches": Bug("state", "reading moves updatedAt"),
        "updated-still": Bug("state", "updatedAt does not move"),
        "created-moves": Bug("state", "an update moves createdAt"),
        "ids-again": Bug("state", "the id of a deleted server is used again"),
        "url-trimmed": Bug("state", "an address is kept without what follows 30 characters"),
        "url-trimmed-at-reading": Bug("state", "reading one server shows an address without its last character"),
        "refused-kept": Bug("state", "a refused create request leaves an item behind"),
        "page-short": Bug("paging", "pages have one item less than asked for"),
        "page-long": Bug("paging", "pages have one item more than asked for"),
        "cursor-inclusive": Bug("paging", "the cursor's item comes again"),
        "cursor-skips": Bug("paging", "the item after the cursor is skipped"),
        "cursor-a-number": Bug("paging", "the cursor counts items, so that new ones shift the pages"),
        "more-at-the-end": Bug("paging", "hasMore is true on a last page that is full"),
        "next-at-the-end": Bug("paging", "nextCursor is set on the last page"),
        "more-never": Bug("paging", "hasMore is always false"),
        "oldest-first": Bug("paging", "the oldest item comes first"),
        "by-name": Bug("paging", "the list is ordered by name"),
        "by-update": Bug("paging", "the list is ordered by the last update"),
        "default-20": Bug("paging", "a page has 20 items where no limit is given"),
        "most-50": Bug("paging", "pages are never larger than 50"),
        "get-open": Bug("secrets", "reading one server needs no credential"),
        "list-open": Bug("secrets", "listing needs no credential"),
        "delete-open": Bug("secrets", "deleting needs no credential"),
        "any-token": Bug("secrets", "any bearer token is accepted"),
        "any-scheme": Bug("secrets", "any scheme is accepted"),
        "key-prefix": Bug("secrets", "a key is compared without its last character"),
        "headers-created": Bug("secrets", "the create reply shows the headers"),
        "headers-read": Bug("secrets", "reading shows the headers"),
        "headers-listed": Bug("secrets", "the list shows the headers"),
        "headers-updated": Bug("secrets", "the update reply shows the headers"),
        "headers-in-errors": Bug("secrets", "a refusal repeats the body"),
        "member-lists": Bug("secrets", "members may list"),
        "member-creates": Bug("secrets", "members may create"),
        "member-deletes": Bug("secrets", "members may delete"),
        "id-given": Bug("secrets", "a client can choose the id"),
        "state-given": Bug("secrets", "a client can choose setupState"),
        "created-given": Bug("secrets", "an update can set createdAt"),
        "get-any-tenant": Bug("tenants", "a server is found by id in every organization"),
        "patch-any-tenant": Bug("tenants", "a server is updated by id in every organization"),
        "delete-any-tenant": Bug("tenants", "a server is deleted by id in every organization"),
        "list-any-tenant": Bug("tenants", "the list shows every organization's servers"),
        "enter-any": Bug("tenants", "every admin may list every organization"),
        "create-any": Bug("tenants", "every admin may create in every organization"),
        "read-any": Bug("tenants", "every admin may read in every organization"),
        "label-random": Bug("defaults", "serverLabel has nothing to do with the name"),
        "label-moves": Bug("defaults", "serverLabel changes with the name"),
        "auth-unsaid": Bug("defaults", "the create reply has no requiresAuth"),
        "label-given": Bug("defaults", "a client can choose serverLabel"),
        "created-1970": Bug("defaults", "createdAt is the beginning of 1970"),
        "updated-before": Bug("defaults", "updatedAt is a day before createdAt at first"),
        "id-plain": Bug("defaults", "ids do not begin with mcp_"),
        "unknown-kept": Bug("defaults", "unknown fields are refused"),
        "rate-599": Bug("limits", "the 600th request is refused"),
        "rate-none": Bug("limits", "there is no limit"),
        "rate-forever": Bug("limits", "who was refused once stays refused"),
        "rate-unsaid": Bug("limits", "the refusal does not say when to come again"),
        "rate-status": Bug("limits", "the refusal is a 503"),
        "shared-ids": Bug("concurrency", "creates at the same time get the same id"),
        "lost-creates": Bug("concurrency", "of creates at the same time one is kept"),
        "lost-updates": Bug("concurrency", "of updates at the same time one is kept"),
        "mixed-bodies": Bug("concurrency", "creates at the same time take each other's name"),
        "delete-race": Bug("concurrency", "deletes at the same time fail with 500"),
        "html-404": Bug("errors", "404 is an HTML page"),
        "no-detail": Bug("errors", "refusals have no detail"),
        "nameless": Bug("errors", "refusals do not name the field"),
        "json-500": Bug("errors", "broken JSON is a server error"),
        "plain-error": Bug("errors", "error is a text"),
        "allow-missing": Bug("errors", "405 does not say what is allowed"),
        "unknown-200": Bug("errors", "unknown paths are answered with 200"),
        "forbidden-403": Bug("errors", "an organization without access is a 403"),
        "invalid-422": Bug("errors", "validation answers 422"),
        "unauthorized-403": Bug("errors", "a missing credential is a 403"),
        "any-type": Bug("errors", "a body of any content type is read as JSON"),
    }

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.items: list[dict[str, Any]] = []
        self.gone: list[str] = []
        self.asked: dict[str, list[float]] = {}
        self.count, self.latest = 0, {}
        self.route(ALL, GET=self.list, POST=self.create)
        self.route(ONE, GET=self.get, PATCH=self.patch, DELETE=self.delete)

    # Refusals.

    def error(self, status: int, title: str, detail: str, **more: Any) -> Answer:
        if self.has("plain-error"):
            return Answer(status, {"error": detail})
        if status == 404 and self.has("html-404"):
            return Answer(404, "<h1>Not found</h1>", (), "text/html")
        body = {"title": title, "detail": detail, **more}
        if self.has("no-detail"):
            del body["detail"]
        return Answer(status, {"error": body})

    def refuse(self, status: int, title: str, detail: str, **more: Any) -> Refused:
        return Refused(self.error(status, title, detail, **more))

    def no_path(self, ask: Ask) -> Answer:
        if self.has("unknown-200"):
            return Answer(200, {})
        return self.error(404, "NotFound", "no such path")

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        answer = self.error(405, "BadRequest", "this method is not allowed")
        return answer if self.has("allow-missing") else Answer(405, answer.body, (("allow", ", ".join(allowed)),))

    # Who asks.

    def enter(self, ask: Ask, does: str) -> None:
        """Credential, rate, role and organization, in this order."""
        open_to_all = {"get": "get-open", "list": "list-open", "delete": "delete-open"}
        if does in open_to_all and self.has(open_to_all[does]):
            return
        role, tenants = self.principal(ask)
        self.limit(ask)
        allowed = {"list": "member-lists", "create": "member-creates", "delete": "member-deletes"}
        if role != "admin" and not (does in allowed and self.has(allowed[does])):
            raise self.refuse(404, "NotFound", "organization not found")
        org = ask.params["org"]
        entered = tenants is None if org != "org_xyz789" else tenants is not None
        ways = {"list": "enter-any", "create": "create-any", "get": "read-any"}
        if not entered and not (does in ways and self.has(ways[does])):
            status = 403 if self.has("forbidden-403") else 404
            raise self.refuse(status, "NotFound", "organization not found")

    def principal(self, ask: Ask) -> tuple[str, Any]:
        token = ask.bearer
        if self.has("any-scheme"):
            token = token or ask.headers.get("authorization", "").split(" ")[-1]
            if token:
                return KEYS.get(token, ("admin", None))
        if self.has("key-prefix"):
            token = next((key for key in KEYS if key[:-1] == token[: len(key) - 1]), "")
        if self.has("any-token") and token:
            return KEYS.get(token, ("admin", None))
        if token not in KEYS:
            raise self.refuse(
                403 if self.has("unauthorized-403") else 401, "Unauthorized", "missing or invalid API key"
            )
        return KEYS[token]

    def limit(self, ask: Ask) -> None:
        now, window = self.now(), self.asked.setdefault(ask.bearer, [])
        while window and window[0] <= now - WINDOW and not (self.has("rate-forever") and len(window) >= LIMIT):
            window.pop(0)
        if len(window) >= LIMIT - self.has("rate-599") and not self.has("rate-none"):
            more = {} if self.has("rate-unsaid") else {"retryAfterMs": int((window[0] + WINDOW - now) * 1000) + 1}
            raise self.refuse(503 if self.has("rate-status") else 429, "RateLimitExceeded", "Too many requests", **more)
        window.append(now)

    # What is asked.

    def body(self, ask: Ask) -> Any:
        kind = ask.headers.get("content-type", "").split(";")[0]
        if kind != "application/json" and not self.has("any-type"):
            raise self.refuse(415, "BadRequest", "application/json is expected")
        try:
            return json.loads(ask.raw)
        except (ValueError, RecursionError):
            if self.has("any-type") and kind != "application/json":
                return {"displayName": "x", "serverUrl": "https://x.example"}
            if self.has("json-500"):
                raise self.refuse(500, "InternalServerError", "unexpected token") from None
            raise self.refuse(400, "ValidationError", "the body is not JSON") from None

    def check(self, body: Any, *, required: bool) -> dict[str, Any]:
        if not isinstance(body, dict):
            if self.has("body-an-array") and isinstance(body, list) and not required:
                return {}
            raise self.invalid("body", "must be an object", body)
        if required and not self.has("refused-kept"):
            self.complete(body)
        if not required and self.has("patch-unchecked"):
            return body
        if "displayName" in body:
            self.check_name(body, required=required)
        if "serverUrl" in body:
            self.check_text(body, "serverUrl", 2000 + self.has("url-2001"), 1)
        self.check_rest(body)
        if self.has("unknown-kept") and set(body) - {*SETTABLE, "id", "createdAt", "setupState"}:
            raise self.invalid(min(set(body) - set(SETTABLE)), "is unknown", body)
        return body

    def complete(self, body: dict[str, Any]) -> None:
        for name, bug in (("displayName", "name-missing"), ("serverUrl", "url-missing")):
            if name not in body:
                if not self.has(bug):
                    raise self.invalid(name, "is required", body)
                body[name] = "unnamed"

    def check_name(self, body: dict[str, Any], *, required: bool) -> None:
        name = body["displayName"]
        if (self.has("name-a-number") and type(name) is int) or (self.has("name-null") and name is None):
            body["displayName"] = str(name)
        most = 120 + self.has("name-121") - self.has("name-119") + (self.has("patch-name-121") and not required)
        if self.has("name-in-bytes") and isinstance(name, str) and len(name.encode()) > most:
            raise self.invalid("displayName", "is too long", body)
        self.check_text(body, "displayName", most, 0 if self.has("name-empty") else 1)

    def check_text(self, body: dict[str, Any], name: str, most: int, least: int) -> None:
        value = body[name]
        if not isinstance(value, str):
            raise self.invalid(name, "must be a string", body)
        if not least <= len(value) <= most:
            raise self.invalid(name, f"must have {least} to {most} characters", body)

    def check_rest(self, body: dict[str, Any]) -> None:
        headers = body.get("headers", [])
        if not isinstance(headers, list) and not (self.has("headers-an-object") and isinstance(headers, dict)):
            raise self.invalid("headers", "must be an array", body)
        for entry in headers if isinstance(headers, list) else ():
            fields = [entry.get("name", ""), entry.get("value", "")] if isinstance(entry, dict) else [None]
            if not all(isinstance(f, str) for f in fields) and not (
                self.has("headers-of-texts") and not isinstance(entry, dict)
            ):
                raise self.invalid("headers", "must be objects of texts", body)
        everyone = body.get("everyoneInOrganizationCanAccess", True)
        if not isinstance(everyone, bool) and not (self.has("everyone-a-text") and isinstance(everyone, str)):
            raise self.invalid("everyoneInOrganizationCanAccess", "must be a boolean", body)

    def invalid(self, name: str, what: str, body: Any = None) -> Refused:
        status = 422 if self.has("invalid-422") else 400
        if self.has("headers-in-errors"):
            return self.refuse(status, "ValidationError", f"{name}: {what} in {json.dumps(body)}")
        return self.refuse(status, "ValidationError", what if self.has("nameless") else f"{name}: {what}")

    # What is kept.

    def find(self, ask: Ask, bug: str, *, removed: bool = False) -> dict[str, Any]:
        for item in self.items:
            there = item["org"] == ask.params["org"] or self.has(bug)
            if item["id"] == ask.params["id"] and there and (item["id"] not in self.gone or removed):
                return item
        raise self.refuse(404, "NotFound", "MCP server not found")

    def show(self, item: dict[str, Any], does: str) -> dict[str, Any]:
        secret = {
            "create": "headers-created",
            "get": "headers-read",
            "list": "headers-listed",
            "patch": "headers-updated",
        }
        shown = {k: fresh(v) for k, v in item.items() if k not in (*HIDDEN, "first")}
        if self.has(secret[does]):
            shown["headers"] = item["headers"]
        if self.has("label-missing"):
            del shown["serverLabel"]
        if self.has("transport-spelled-otherwise"):
            shown["transportType"] = "http"
        if self.has("status-lowercase"):
            shown["lastSyncStatus"] = shown["lastSyncStatus"].lower()
        if self.has("created-a-number"):
            shown["createdAt"] = 1768645800
        if does == "get" and self.has("url-trimmed-at-reading"):
            shown["serverUrl"] = shown["serverUrl"][:-1]
        if does == "list" and self.has("tools-null"):
            shown["tools"] = None
        if does == "list" and self.has("list-stale"):
            shown["displayName"] = item["first"]
        return shown

    def new_id(self) -> str:
        if self.has("ids-again") and self.gone:
            return self.gone[-1]
        return ("" if self.has("id-plain") else "mcp_") + secrets.token_hex(10)

    async def create(self, ask: Ask) -> Answer:
        self.enter(ask, "create")
        body = self.body(ask)
        if self.has("refused-kept") and isinstance(body, dict) and "serverUrl" not in body:
            self.keep(ask.params["org"], {"displayName": "x", "serverUrl": "https://x.example", **body}, self.new_id())
            raise self.invalid("serverUrl", "is required")
        body = self.check(body, required=True)
        if self.has("refused-kept"):
            self.complete(body)
        self.latest = body
        before, number = list(self.items), self.count
        if self.bug in ("mixed-bodies", "shared-ids", "lost-creates"):
            await elsewhere()
        if self.has("mixed-bodies"):
            body = body | {"displayName": self.latest["displayName"]}
        if self.has("lost-creates"):
            self.items = before
        item = self.keep(ask.params["org"], body, f"mcp_{number:020d}" if self.has("shared-ids") else self.new_id())
        shown = self.show(item, "create") | {"authUrl": None, "requiresAuth": False}
        if self.has("auth-unsaid"):
            del shown["requiresAuth"]
        return Answer(200 if self.has("create-200") else 201, {"data": shown})

    def keep(self, org: str, body: dict[str, Any], id: str) -> dict[str, Any]:
        now, label = self.stamp(), re.sub(r"[^a-z0-9]+", "-", body["displayName"].lower()).strip("-") or "item"
        item = {
            "org": org, "id": id, "displayName": body["displayName"], "first": body["displayName"],
            "serverUrl": body["serverUrl"], "serverLabel": label, "headers": body.get("headers", []),
            "everyoneInOrganizationCanAccess": body.get("everyoneInOrganizationCanAccess", True),
            "transportType": "STREAMABLE_HTTP", "setupState": "CONNECTED", "lastSyncStatus": "SUCCESS",
            "lastSyncAttemptAt": now, "lastSuccessfulSyncAt": now, "hasCompletedFirstSync": True,
            "syncErrorMessage": None, "tools": [], "createdAt": now, "updatedAt": now,
        }  # fmt: skip
        if self.has("url-trimmed"):
            item["serverUrl"] = item["serverUrl"][:30]
        if self.has("label-random"):
            item["serverLabel"] = secrets.token_hex(4)
        if self.has("created-1970"):
            item["createdAt"] = "1970-01-01T00:00:00.000Z"
        if self.has("updated-before"):
            item["updatedAt"] = "2020-01-01T00:00:00.000Z"
        given = {"id": "id-given", "setupState": "state-given", "serverLabel": "label-given"}
        for name, bug in given.items():
            if name in body and self.has(bug):
                item[name] = body[name]
        self.count += 1
        self.gone = [gone for gone in self.gone if gone != item["id"]]
        self.items = [each for each in self.items if each["id"] != item["id"]] if self.has("ids-again") else self.items
        self.items.append(item)
        return item

    async def get(self, ask: Ask) -> Answer:
        self.enter(ask, "get")
        item = self.find(ask, "get-any-tenant", removed=self.has("delete-kept"))
        if self.has("get-touches"):
            item["updatedAt"] = self.stamp()
        shown = self.show(item, "get")
        return Answer(200, shown if self.has("no-envelope") else {"data": shown})

    async def patch(self, ask: Ask) -> Answer:
        self.enter(ask, "patch")
        body = self.body(ask)
        if self.has("patch-half") and isinstance(body, dict) and isinstance(body.get("displayName"), str):
            self.find(ask, "patch-any-tenant")["displayName"] = body["displayName"]
        item = self.find(ask, "patch-any-tenant", removed=self.has("patch-makes"))
        body = self.check(body, required=False)
        before = fresh(item)
        if self.has("lost-updates"):
            await elsewhere()
            item.update({k: before[k] for k in SETTABLE})
        changed = {k: v for k, v in body.items() if k in SETTABLE}
        there = [i for i in self.items if i["org"] == item["org"] and i["id"] not in self.gone]
        for target in [item, *(there[:1] if self.has("patch-first") else [])]:
            if not self.has("patch-forgotten"):
                target.update(changed)
        if self.has("patch-clears") and "serverUrl" not in body:
            item["serverUrl"] = ""
        if self.has("created-given") and "createdAt" in body:
            item["createdAt"] = body["createdAt"]
        if self.has("label-moves"):
            item["serverLabel"] = re.sub(r"[^a-z0-9]+", "-", str(item["displayName"]).lower())
        if not self.has("updated-still"):
            item["updatedAt"] = self.stamp()
        if self.has("created-moves"):
            item["createdAt"] = self.stamp()
        shown = item | (changed if self.has("patch-forgotten") else {})
        return Answer(200, {"data": self.show(before if self.has("patch-stale-reply") else shown, "patch")})

    async def delete(self, ask: Ask) -> Answer:
        self.enter(ask, "delete")
        item = self.find(ask, "delete-any-tenant", removed=self.has("delete-again"))
        if self.has("delete-race"):
            await elsewhere()
            if item["id"] in self.gone:
                raise self.refuse(500, "InternalServerError", "no row was deleted")
        self.gone.append(item["id"])
        if self.has("delete-neighbour"):
            place = self.items.index(item)
            self.gone += [each["id"] for each in self.items[max(place - 1, 0) : place]]
        return Answer(200, {"data": {"id": item["id"]}}) if self.has("delete-with-body") else Answer(204)

    async def list(self, ask: Ask) -> Answer:
        self.enter(ask, "list")
        limit = self.size(ask)
        found = self.ordered([i for i in self.items if i["org"] == ask.params["org"] or self.has("list-any-tenant")])
        if not self.has("delete-listed"):
            found = [item for item in found if item["id"] not in self.gone]
        if self.has("create-unlisted"):
            found = [item for item in found if self.items.index(item) % 3 != 2]
        start = self.after(ask, found)
        if self.has("page-short"):
            limit = max(limit - 1, 1)
        if self.has("page-long"):
            limit += 1
        if self.has("most-50"):
            limit = min(limit, 50)
        page = found[start : start + limit]
        more = start + limit < len(found)
        following = (str(start + limit) if self.has("cursor-a-number") else page[-1]["id"]) if more else None
        if self.has("next-at-the-end") and page:
            following = page[-1]["id"]
        if self.has("more-at-the-end"):
            more, following = len(page) == limit, page[-1]["id"] if len(page) == limit else None
        shown: Any = False if self.has("more-never") else more
        if self.has("more-a-text"):
            shown = str(more).lower()
        body = {"data": [self.show(i, "list") for i in page], "pagination": {"nextCursor": following, "hasMore": shown}}
        return Answer(200, body, (), "text/html; x=json" if self.has("html-type") else "application/json")

    def ordered(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.has("oldest-first"):
            return items
        if self.has("by-name"):
            return sorted(items, key=lambda item: str(item["displayName"]))
        if self.has("by-update"):
            return sorted(items, key=lambda item: (item["updatedAt"], self.items.index(item)), reverse=True)
        return items[::-1]

    def after(self, ask: Ask, found: list[dict[str, Any]]) -> int:
        cursor = ask.query.get("cursor")
        if not cursor:
            return 0
        if self.has("cursor-a-number") and cursor.isdigit():
            return int(cursor)
        order = [item["id"] for item in self.ordered(self.items)]
        if cursor not in order:
            raise self.invalid("cursor", "is not the id of an item")
        place = order.index(cursor)
        start = sum(1 for item in found if order.index(item["id"]) <= place)
        return start - self.has("cursor-inclusive") + self.has("cursor-skips")

    def size(self, ask: Ask) -> int:
        limit = integer(ask.query.get("limit", "20" if self.has("default-20") else "50"))
        if limit is None:
            if self.has("limit-text"):
                return 50
            raise self.invalid("limit", "must be an integer")
        if not 1 - self.has("limit-0") <= limit <= 100 + self.has("limit-101"):
            raise self.invalid("limit", "must be between 1 and 100")
        return limit


RULE_BUGS = {
    "bootstrap-oauth": "auth-unsaid",
    "sync-tools": "status-lowercase",
}
"""Rule of the vendor → the bug that its check finds."""
