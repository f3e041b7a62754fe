"""A server for Datagrid's document, written by hand from the vendor's pages, that is correct but for one bug."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.planted_bugs.server import Answer, Ask, Bug, Refused, Server, elsewhere, fresh, integer

ORG, OTHER = "11111111-1111-4111-8111-111111111111", "99999999-9999-4999-8999-999999999999"
FIRST, SECOND = "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"
KEYS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "dg_live_SandboxOrganization": ("user_owner", "owner", (ORG,)),
    "dg_live_SandboxOtherOrganization": ("user_other", "owner", (OTHER,)),
    "dg_live_SandboxAccount": ("user_admin", "admin", (FIRST, SECOND)),
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyX21lbWJlciJ9.sandbox": ("user_member", "member", (ORG, FIRST)),
}
LIMIT, WINDOW, MOST = 200, 60, 30
TEXTS = {"name": 255, "icon_url": 1024, "protocol_version": 32, "authorization": 64000}
FIELDS = ("name", "base_url", "transport", "icon_url", "protocol_version", "authorization_secret_id", "authorization")
NULLABLE = frozenset(FIELDS) - {"name", "base_url"}


class Datagrid(Server):
    """Registered MCP servers, at most 30 a teamspace, and the secrets behind them."""

    BUGS: ClassVar[Mapping[str, Bug]] = {
        "object-missing": Bug("shape", "items have no object"),
        "create-200": Bug("shape", "create answers 200"),
        "metadata-a-list": Bug("shape", "metadata is an array"),
        "list-bare": Bug("shape", "the list is a bare array"),
        "updated-missing": Bug("shape", "the list shows no updated_at"),
        "icon-missing": Bug("shape", "icon_url is left out where it is null"),
        "delete-200": Bug("shape", "delete answers 200 with the item"),
        "secret-object": Bug("shape", "a secret's object is managed_secret"),
        "rate-header-missing": Bug("shape", "the list has no X-RateLimit-Limit"),
        "name-256": Bug("validation", "a name of 256 characters is accepted"),
        "name-254": Bug("validation", "a name of 255 characters is refused"),
        "name-a-number": Bug("validation", "a number is taken as a name"),
        "name-null": Bug("validation", "an update may set the name to null"),
        "name-missing": Bug("validation", "a server without a name is accepted"),
        "url-http": Bug("validation", "an http address is accepted"),
        "url-any": Bug("validation", "any text is accepted as an address in an update"),
        "url-missing": Bug("validation", "a server without an address is accepted"),
        "transport-any": Bug("validation", "any transport is accepted"),
        "transport-case": Bug("validation", "HTTP is accepted as a transport"),
        "icon-1025": Bug("validation", "an icon of 1025 characters is accepted"),
        "version-33": Bug("validation", "a protocol version of 33 characters is accepted"),
        "version-31": Bug("validation", "a protocol version of 32 characters is refused"),
        "version-cut": Bug("validation", "a protocol version is cut to 16 characters"),
        "authorization-64001": Bug("validation", "an authorization of 64001 characters is accepted"),
        "icon-null-refused": Bug("validation", "null is refused as an icon"),
        "unknown-accepted": Bug("validation", "an unknown field is accepted"),
        "unknown-in-update": Bug("validation", "an unknown field of an update is accepted"),
        "secret-name-301": Bug("validation", "a secret's name of 301 characters is accepted"),
        "secret-limit-101": Bug("validation", "limit=101 is accepted for secrets"),
        "empty-update-refused": Bug("validation", "an empty update is refused"),
        "unreachable-refused": Bug("state", "a server that cannot be reached is not registered"),
        "delete-kept": Bug("state", "a deleted server can still be read"),
        "delete-listed": Bug("state", "a deleted server is still listed"),
        "delete-again": Bug("state", "deleting a second time answers 204"),
        "delete-all": Bug("state", "delete removes the newest server, too"),
        "update-forgotten": Bug("state", "an update is answered but not kept"),
        "update-replaces": Bug("state", "an update sets what it leaves out to null"),
        "update-null-ignored": Bug("state", "null in an update changes nothing"),
        "update-stale-reply": Bug("state", "the update reply shows the item as it was"),
        "update-gone": Bug("state", "a deleted server can be updated"),
        "update-shared": Bug("state", "an update changes every server of that name prefix"),
        "name-lower": Bug("state", "names are kept in lower case"),
        "url-slash": Bug("state", "a slash is put behind the address"),
        "updated-still": Bug("state", "updated_at does not move"),
        "created-moves": Bug("state", "an update moves created_at"),
        "read-moves": Bug("state", "listing moves updated_at"),
        "secret-delete-kept": Bug("state", "a deleted secret can still be read"),
        "ids-count": Bug("state", "the id is the number of servers, so that ids come again"),
        "half-update": Bug("state", "a refused update has changed the name"),
        "oldest-first": Bug("paging", "the oldest server comes first"),
        "by-name": Bug("paging", "servers are listed by name"),
        "list-cut": Bug("paging", "at most 20 servers are listed"),
        "secrets-oldest-first": Bug("paging", "the oldest secret comes first"),
        "after-inclusive": Bug("paging", "the object of after comes again"),
        "after-skips": Bug("paging", "the object behind after is skipped"),
        "before-first": Bug("paging", "before gives the first objects of all, not those just before"),
        "more-always": Bug("paging", "has_more is always true"),
        "more-exact": Bug("paging", "has_more is true on a last page that is full"),
        "secrets-short": Bug("paging", "pages have one secret less than asked for"),
        "secrets-10": Bug("paging", "a page has 10 secrets where no limit is given"),
        "limit-ignored": Bug("paging", "limit is ignored"),
        "list-open": Bug("secrets", "listing needs no credential"),
        "read-open": Bug("secrets", "reading needs no credential"),
        "update-open": Bug("secrets", "updating needs no credential"),
        "secret-open": Bug("secrets", "reading a secret needs no credential"),
        "any-token": Bug("secrets", "any bearer token is accepted"),
        "basic-too": Bug("secrets", "Basic is taken for Bearer"),
        "authorization-created": Bug("secrets", "the create reply shows the authorization"),
        "authorization-read": Bug("secrets", "reading shows the authorization"),
        "authorization-listed": Bug("secrets", "the list shows the authorization"),
        "authorization-in-error": Bug("secrets", "a refusal repeats the body"),
        "value-created": Bug("secrets", "the reply to a new secret shows its value"),
        "value-read": Bug("secrets", "reading a secret shows its value"),
        "value-listed": Bug("secrets", "the list of secrets shows their values"),
        "managed-listed": Bug("secrets", "managed secrets are listed"),
        "managed-kept-at-rotation": Bug("secrets", "rotation leaves the old secret"),
        "managed-kept-at-clearing": Bug("secrets", "clearing leaves the secret"),
        "managed-same": Bug("secrets", "no managed secret is made"),
        "own-removed": Bug("secrets", "clearing removes the caller's own secret"),
        "own-removed-with-server": Bug("secrets", "the caller's own secret goes with the server"),
        "reference-wins": Bug("secrets", "authorization_secret_id wins over authorization"),
        "read-any": Bug("tenants", "servers are found by id in every teamspace"),
        "update-any": Bug("tenants", "servers are updated by id in every teamspace"),
        "delete-any": Bug("tenants", "servers are deleted by id in every teamspace"),
        "list-any": Bug("tenants", "the list shows every teamspace's servers"),
        "identity-elsewhere": Bug("tenants", "identity tells another teamspace"),
        "header-rules": Bug("tenants", "the teamspace header is followed for every user"),
        "secret-read-any": Bug("tenants", "secrets are found by id in every teamspace"),
        "secret-delete-any": Bug("tenants", "secrets are deleted by id in every teamspace"),
        "secrets-list-any": Bug("tenants", "the list shows every teamspace's secrets"),
        "transport-null": Bug("defaults", "transport is null where it is left out"),
        "icon-given": Bug("defaults", "a given icon_url is overruled"),
        "icon-default": Bug("defaults", "icon_url is empty where it is left out"),
        "id-given": Bug("defaults", "a client can set created_at in an update"),
        "created-zone": Bug("defaults", "created_at has no zone"),
        "capacity-29": Bug("limits", "the 30th server is refused"),
        "capacity-31": Bug("limits", "a 31st server is accepted"),
        "capacity-none": Bug("limits", "there is no limit"),
        "capacity-forever": Bug("limits", "deleting makes no room"),
        "capacity-shared": Bug("limits", "the limit counts all teamspaces together"),
        "capacity-400": Bug("limits", "the limit answers 400"),
        "rate-199": Bug("limits", "the 200th request is refused"),
        "rate-none": Bug("limits", "there is no rate limit"),
        "remaining-off": Bug("limits", "X-RateLimit-Remaining is one too high"),
        "reset-in-ms": Bug("limits", "X-RateLimit-Reset is a date"),
        "retry-after-missing": Bug("limits", "a 429 has no Retry-After"),
        "race-capacity": Bug("concurrency", "creates at the same time get over the limit"),
        "race-ids": Bug("concurrency", "creates at the same time get the same id"),
        "race-lost": Bug("concurrency", "of creates at the same time one is kept"),
        "race-update": Bug("concurrency", "of updates at the same time one is kept"),
        "race-delete": Bug("concurrency", "deletes at the same time fail with 500"),
        "status-code-missing": Bug("errors", "refusals have no status_code"),
        "retryable-text": Bug("errors", "retryable is a text"),
        "no-field": Bug("errors", "refusals do not name the field"),
        "json-500": Bug("errors", "broken JSON is a server error"),
        "missing-400": Bug("errors", "what is not there is a 400"),
        "unauthorized-body": Bug("errors", "401 has the error unauthorized"),
        "missing-html": Bug("errors", "unknown paths are answered in HTML"),
        "conflict-word": Bug("errors", "the limit's error is limit_reached"),
        "limited-word": Bug("errors", "the 429's error is too_many"),
        "any-type": Bug("errors", "a body of any content type is read as JSON"),
    }

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.servers: list[dict[str, Any]] = []
        self.secrets: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.asked: dict[tuple[str, ...], list[float]] = {}
        self.made = 0
        base = "/v1"
        self.route(base + "/organization/mcp-servers", GET=self.list, POST=self.create)
        self.route(base + "/organization/mcp-servers/{id}", GET=self.get, PATCH=self.update, DELETE=self.delete)
        self.route(base + "/secrets", GET=self.list_secrets, POST=self.create_secret)
        self.route(base + "/secrets/{id}", GET=self.get_secret, DELETE=self.delete_secret)
        self.route(base + "/identity", GET=self.identity)

    # Refusals, and the headers of every reply.

    def error(self, status: int, error: str, message: str, **more: Any) -> Answer:
        body = {"status_code": status, "error": error, "message": message, "retryable": False, **more}
        if self.has("status-code-missing"):
            del body["status_code"]
        if self.has("retryable-text"):
            body["retryable"] = "no"
        return Answer(status, body)

    def refuse(self, status: int, error: str, message: str, **more: Any) -> Refused:
        return Refused(self.error(status, error, message, **more))

    def invalid(self, field: str, what: str, body: Any = None) -> Refused:
        message = what if self.has("no-field") else f"{field}: {what}"
        if self.has("authorization-in-error"):
            message += f" in {json.dumps(body)}"
        pointer = "" if self.has("no-field") else field
        entry = {"pointer": pointer, "code": "invalid", "message": message}
        return self.refuse(400, "validation_failed", message, details={"errors": [entry]})

    def missing(self) -> Refused:
        return self.refuse(400 if self.has("missing-400") else 404, "resource_not_found", "not found")

    def no_path(self, ask: Ask) -> Answer:
        if self.has("missing-html"):
            return Answer(404, "<h1>Not found</h1>", (), "text/html")
        return self.error(404, "resource_not_found", "no such path")

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        answer = self.error(405, "method_not_allowed", "this method is not allowed")
        return Answer(405, answer.body, (("allow", ", ".join(allowed)),))

    async def answer(self, ask: Ask) -> Answer:
        given = await super().answer(ask)
        headers = getattr(ask, "limits", ())
        if self.has("rate-header-missing") and ask.method == "GET":
            headers = tuple(h for h in headers if h[0] != "X-RateLimit-Limit")
        return Answer(given.status, given.body, (*given.headers, *headers), given.media_type)

    # Who asks.

    def enter(self, ask: Ask, *, open_by: str = "") -> str:
        """The teamspace of a request whose credential and rate are in order."""
        token = ask.bearer
        if self.has("basic-too"):
            token = token or (next(iter(KEYS)) if ask.headers.get("authorization") else "")
        if token not in KEYS and ((self.has("any-token") and token) or (open_by and self.has(open_by))):
            token = next(iter(KEYS))
        if token not in KEYS:
            word = "unauthorized" if self.has("unauthorized-body") else "no_authentication"
            raise self.refuse(401, word, "missing or invalid API key")
        tenants = KEYS[token][2]
        wanted = ask.headers.get("datagrid-teamspace", "")
        teamspace = wanted if wanted in tenants or (self.has("header-rules") and wanted) else tenants[0]
        self.limit(ask, teamspace)
        return teamspace

    def limit(self, ask: Ask, teamspace: str) -> None:
        now, key = self.now(), (teamspace, ask.path, ask.method)
        window = self.asked.setdefault(key, [])
        while window and window[0] <= now - WINDOW:
            window.pop(0)
        full = len(window) >= LIMIT - self.has("rate-199") and not self.has("rate-none")
        if not full:
            window.append(now)
        left = max(LIMIT - len(window), 0) + (1 if self.has("remaining-off") else 0)
        reset = "Fri, 17 Jan 2026 10:30:00 GMT" if self.has("reset-in-ms") else str(int(window[0] + WINDOW) + 1)
        wait = (("Retry-After", str(int(window[0] + WINDOW - now) + 1)),) if full or not left else ()
        ask.limits = (  # type: ignore[attr-defined]
            ("X-RateLimit-Limit", str(LIMIT)), ("X-RateLimit-Remaining", str(0 if full else left)),
            ("X-RateLimit-Reset", reset), *(() if self.has("retry-after-missing") else wait),
        )  # fmt: skip
        if full:
            word = "too_many" if self.has("limited-word") else "rate_limit_exceeded"
            answer = Answer(
                429,
                {
                    "status_code": 429,
                    "statusCode": 429,
                    "error": word,
                    "message": "Rate limit exceeded",
                    "retryable": True,
                    "mitigation": "Wait for the seconds that Retry-After names, then try again.",
                    "details": {"reason": "200"},
                },
            )
            raise Refused(answer)

    # What is asked.

    def body(self, ask: Ask) -> Any:
        kind = ask.headers.get("content-type", "").split(";")[0]
        if kind != "application/json":
            if self.has("any-type"):
                return {"name": "x", "base_url": "https://x.example"}
            raise self.refuse(415, "unsupported_media_type", "application/json is expected")
        try:
            return json.loads(ask.raw)
        except (ValueError, RecursionError):
            if self.has("json-500"):
                raise self.refuse(500, "internal_error", "unexpected token") from None
            raise self.refuse(400, "validation_failed", "the body is not JSON") from None

    def check(self, body: Any, *, required: bool) -> dict[str, Any]:
        if not isinstance(body, dict):
            raise self.invalid("body", "must be an object")
        for name, bug in (("name", "name-missing"), ("base_url", "url-missing")) if required else ():
            if name not in body:
                if not self.has(bug):
                    raise self.invalid(name, "is required", body)
                body[name] = "https://unnamed.example"
        lax = self.has("unknown-accepted") or (self.has("unknown-in-update") and not required)
        for name in body.keys() - set(FIELDS):
            if not lax and not (self.has("id-given") and name == "created_at"):
                raise self.invalid(name, "should not exist", body)
        if not body and not required and self.has("empty-update-refused"):
            raise self.invalid("body", "must not be empty", body)
        for name, value in body.items():
            self.check_field(name, value, body, required=required)
        return body

    def check_field(self, name: str, value: Any, body: dict[str, Any], *, required: bool) -> None:
        if name not in FIELDS:
            return
        if value is None and name in NULLABLE:
            if name == "icon_url" and self.has("icon-null-refused"):
                raise self.invalid(name, "must be a string", body)
            return
        if name == "name" and value is None and self.has("name-null") and not required:
            body["name"] = "null"
            return
        if name == "name" and isinstance(value, int) and not isinstance(value, bool) and self.has("name-a-number"):
            body["name"] = value = str(value)
        if not isinstance(value, str):
            raise self.invalid(name, "must be a string", body)
        more = {"name": self.has("name-256") - self.has("name-254"), "icon_url": self.has("icon-1025"),
                "protocol_version": self.has("version-33") - self.has("version-31"),
                "authorization": self.has("authorization-64001")}  # fmt: skip
        if name in TEXTS and len(value) > TEXTS[name] + int(more[name]):
            raise self.invalid(name, "is too long", body)
        if name == "base_url":
            self.check_address(value, body, required=required)
        lax = self.has("transport-any") or (self.has("transport-case") and value.lower() == "http")
        if name == "transport" and value != "http" and not lax:
            raise self.invalid(name, "must be http", body)

    def check_address(self, value: str, body: dict[str, Any], *, required: bool) -> None:
        if self.has("url-any") and not required:
            return
        if not value.startswith("https://") and not (self.has("url-http") and value.startswith("http://")):
            raise self.invalid("base_url", "must begin with https://", body)
        if not re.fullmatch(r"[!#-;=?-\[\]_a-z~]+", value):
            raise self.invalid("base_url", "must be a URI", body)

    # MCP servers.

    def find(self, ask: Ask, teamspace: str, bug: str, gone: str = "") -> dict[str, Any]:
        for item in self.servers:
            there = item["id"] not in self.gone or (gone and self.has(gone))
            if item["id"] == ask.params["id"] and there and (item["teamspace"] == teamspace or self.has(bug)):
                return item
        raise self.missing()

    def show(self, item: dict[str, Any], does: str = "") -> dict[str, Any]:
        shown = {k: fresh(v) for k, v in item.items() if k not in ("teamspace", "raw")}
        if does and self.has({"create": "authorization-created", "get": "authorization-read",
                              "list": "authorization-listed"}[does]):  # fmt: skip
            shown["authorization"] = item["raw"]
        if self.has("object-missing"):
            del shown["object"]
        if self.has("metadata-a-list"):
            shown["metadata"] = []
        if self.has("updated-missing") and does == "list":
            del shown["updated_at"]
        if self.has("icon-missing") and shown["icon_url"] is None:
            del shown["icon_url"]
        return shown

    async def create(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask)
        body = self.check(self.body(ask), required=True)
        self.make_room(teamspace)
        if self.has("unreachable-refused") and ".invalid" in body["base_url"]:
            raise self.refuse(400, "validation_failed", "base_url: cannot be reached")
        before, number = list(self.servers), self.made
        if self.bug.startswith("race-"):
            await elsewhere()
        if self.has("race-lost"):
            self.servers = before
        id = f"00000000-0000-4000-8000-{number:012d}" if self.has("race-ids") else str(uuid.uuid4())
        if self.has("ids-count"):
            id = f"00000000-0000-4000-8000-{len([s for s in self.servers if s['id'] not in self.gone]):012d}"
            self.gone.discard(id)
            self.servers = [s for s in self.servers if s["id"] != id]
        self.made += 1
        now = self.stamp()
        item: dict[str, Any] = {
            "object": "mcp_server",
            "id": id,
            "teamspace": teamspace,
            "raw": None,
            "name": body["name"],
            "icon_url": None
            if self.has("icon-given")
            else body.get("icon_url", "" if self.has("icon-default") else None),
            "base_url": body["base_url"],
            "transport": body.get("transport") or (None if self.has("transport-null") else "http"),
            "protocol_version": body.get("protocol_version"),
            "authorization_secret_id": None,
            "status": "connected",
            "metadata": {"tool_count": 0},
            "created_at": now[:-1] if self.has("created-zone") else now,
            "updated_at": now,
        }
        self.settle(item, body, teamspace)
        self.spoil(item)
        self.servers.append(item)
        return Answer(200 if self.has("create-200") else 201, self.show(item, "create"))

    def make_room(self, teamspace: str) -> None:
        held = [s for s in self.servers if s["teamspace"] == teamspace or self.has("capacity-shared")]
        if not self.has("capacity-forever"):
            held = [s for s in held if s["id"] not in self.gone]
        most = MOST - self.has("capacity-29") + self.has("capacity-31")
        if len(held) >= most and not self.has("capacity-none"):
            word = "limit_reached" if self.has("conflict-word") else "conflict"
            raise self.refuse(400 if self.has("capacity-400") else 409, word, "a teamspace has at most 30 MCP servers")

    def spoil(self, item: dict[str, Any]) -> None:
        if self.has("name-lower"):
            item["name"] = item["name"].upper()
        if self.has("url-slash"):
            item["base_url"] = item["base_url"].rstrip("/") + "/"
        if self.has("version-cut") and item["protocol_version"]:
            item["protocol_version"] = item["protocol_version"][:16]

    def settle(self, item: dict[str, Any], body: dict[str, Any], teamspace: str) -> None:
        """What the body says of the credential: a raw one becomes a managed secret and wins over a reference."""
        raw, reference, present = (
            body.get("authorization"),
            body.get("authorization_secret_id"),
            item["authorization_secret_id"],
        )
        if reference is not None and self.has("reference-wins"):
            raw = None
        if raw is not None:
            item["raw"] = raw
            if not self.has("managed-same"):
                item["authorization_secret_id"] = self.keep(teamspace, "managed", raw, item["id"])
        elif reference is not None:
            if not any(s["id"] == reference and s["teamspace"] == teamspace for s in self.secrets):
                raise self.refuse(404, "resource_not_found", "authorization_secret_id: there is no such secret")
            item["authorization_secret_id"] = reference
        elif "authorization_secret_id" in body or ("authorization" in body and self.managed(present, item)):
            item["authorization_secret_id"] = None
        self.release(item, present)

    def release(self, item: dict[str, Any], before: str | None) -> None:
        now = item["authorization_secret_id"]
        if before is None or before == now:
            return
        bug = "managed-kept-at-clearing" if now is None else "managed-kept-at-rotation"
        if (self.managed(before, item) and not self.has(bug)) or self.has("own-removed"):
            self.secrets = [s for s in self.secrets if s["id"] != before]

    def managed(self, id: str | None, item: dict[str, Any]) -> bool:
        return any(s["id"] == id and s["server"] == item["id"] for s in self.secrets)

    async def get(self, ask: Ask) -> Answer:
        item = self.find(ask, self.enter(ask, open_by="read-open"), "read-any", "delete-kept")
        return Answer(200, self.show(item, "get"))

    async def update(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask, open_by="update-open")
        body = self.body(ask)
        item = self.find(ask, teamspace, "update-any", "update-gone")
        if self.has("half-update") and isinstance(body, dict) and isinstance(body.get("name"), str):
            item["name"] = body["name"]
        body = self.check(body, required=False)
        before = fresh(item)
        if self.has("race-update"):
            await elsewhere()
            item.update(before)
        if self.has("update-replaces"):
            item.update({"icon_url": None, "protocol_version": None})
        if self.has("update-null-ignored"):
            body = {k: v for k, v in body.items() if v is not None}
        changed = {k: v for k, v in body.items() if k in FIELDS[:5] and not (k == "transport" and v is None)}
        after = item | changed
        targets = (
            [s for s in self.servers if s["name"][:16] == item["name"][:16]] if self.has("update-shared") else [item]
        )
        for target in targets if not self.has("update-forgotten") else ():
            target.update(changed)
        self.settle(item, body, item["teamspace"])
        if not self.has("updated-still"):
            item["updated_at"] = self.stamp()
        if self.has("created-moves"):
            item["created_at"] = self.stamp()
        if self.has("id-given") and "created_at" in body:
            item["created_at"] = body["created_at"]
        if self.bug in ("url-slash", "version-cut"):
            self.spoil(item)
        return Answer(200, self.show(before if self.has("update-stale-reply") else
                                     after if self.has("update-forgotten") else item))  # fmt: skip

    async def delete(self, ask: Ask) -> Answer:
        item = self.find(ask, self.enter(ask), "delete-any", "delete-again")
        if self.has("race-delete"):
            await elsewhere()
            if item["id"] in self.gone:
                raise self.refuse(500, "internal_error", "no row was deleted")
        self.gone.add(item["id"])
        mine = item["authorization_secret_id"]
        self.secrets = [s for s in self.secrets if s["server"] != item["id"]
                        and not (self.has("own-removed-with-server") and s["id"] == mine)]  # fmt: skip
        if self.has("delete-all"):
            self.gone |= {s["id"] for s in self.servers if s["teamspace"] == item["teamspace"]}
        return Answer(200, self.show(item)) if self.has("delete-200") else Answer(204)

    async def list(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask, open_by="list-open")
        found = [s for s in self.servers if (s["teamspace"] == teamspace or self.has("list-any"))
                 and (s["id"] not in self.gone or self.has("delete-listed"))]  # fmt: skip
        if self.has("read-moves"):
            for item in found:
                item["updated_at"] = self.stamp()
        found = found if self.has("oldest-first") else found[::-1]
        if self.has("by-name"):
            found = sorted(found, key=lambda s: str(s["name"]))
        found = found[:20] if self.has("list-cut") else found
        data = [self.show(item, "list") for item in found]
        return Answer(200, data if self.has("list-bare") else {"object": "list", "data": data})

    # Secrets.

    def keep(self, teamspace: str, name: str, value: str, server: str = "") -> str:
        secret = {
            "object": "managed_secret" if self.has("secret-object") else "secret",
            "id": str(uuid.uuid4()),
            "name": name,
            "created_at": self.stamp(),
            "teamspace": teamspace,
            "value": value,
            "server": server,
        }
        self.secrets.append(secret)
        return str(secret["id"])

    def show_secret(self, secret: dict[str, Any], bug: str) -> dict[str, Any]:
        shown = ("object", "id", "name", "created_at", *(["value"] if self.has(bug) else []))
        return {name: secret[name] for name in shown}

    def find_secret(self, ask: Ask, teamspace: str, bug: str) -> dict[str, Any]:
        for secret in self.secrets:
            mine = secret["teamspace"] == teamspace or self.has(bug)
            there = secret["id"] not in self.gone or self.has("secret-delete-kept")
            if secret["id"] == ask.params["id"] and mine and there:
                return secret
        raise self.missing()

    async def create_secret(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask)
        body = self.body(ask)
        if not isinstance(body, dict):
            raise self.invalid("body", "must be an object")
        for name in ("name", "value"):
            if not isinstance(body.get(name), str):
                raise self.invalid(name, "must be a string", body)
        if len(body["name"]) > 300 + self.has("secret-name-301"):
            raise self.invalid("name", "is too long", body)
        if body.keys() - {"name", "value"} and not self.has("unknown-accepted"):
            raise self.invalid(min(body.keys() - {"name", "value"}), "should not exist", body)
        self.keep(teamspace, body["name"], body["value"])
        return Answer(201, self.show_secret(self.secrets[-1], "value-created"))

    async def get_secret(self, ask: Ask) -> Answer:
        secret = self.find_secret(ask, self.enter(ask, open_by="secret-open"), "secret-read-any")
        return Answer(200, self.show_secret(secret, "value-read"))

    async def delete_secret(self, ask: Ask) -> Answer:
        secret = self.find_secret(ask, self.enter(ask), "secret-delete-any")
        self.gone.add(secret["id"])
        return Answer(204)

    async def list_secrets(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask)
        limit = self.size(ask)
        found = [s for s in self.secrets if (s["teamspace"] == teamspace or self.has("secrets-list-any"))
                 and (not s["server"] or self.has("managed-listed")) and s["id"] not in self.gone]  # fmt: skip
        found = found if self.has("secrets-oldest-first") else found[::-1]
        start, end = self.window(ask, found, limit)
        page = found[start:end]
        more = self.has("more-always") or end < len(found) or (self.has("more-exact") and len(page) == limit)
        data = [self.show_secret(s, "value-listed") for s in page]
        return Answer(200, {"object": "list", "data": data, "has_more": more})

    def window(self, ask: Ask, found: list[dict[str, Any]], limit: int) -> tuple[int, int]:
        order = [s["id"] for s in found]
        for name in ("after", "before"):
            if name in ask.query and ask.query[name] not in order:
                raise self.missing()
        if "before" in ask.query:
            end = order.index(ask.query["before"])
            return (0, min(limit, end)) if self.has("before-first") else (max(end - limit, 0), end)
        start = 0
        if "after" in ask.query:
            start = order.index(ask.query["after"]) + 1 - self.has("after-inclusive") + self.has("after-skips")
        if self.has("secrets-short"):
            limit = max(limit - 1, 1)
        return start, start + (1000 if self.has("limit-ignored") else limit)

    def size(self, ask: Ask) -> int:
        limit = integer(ask.query.get("limit", "10" if self.has("secrets-10") else "20"))
        if limit is None or not 1 <= limit <= 100 + self.has("secret-limit-101"):
            raise self.invalid("limit", "must be a number from 1 to 100")
        return limit

    async def identity(self, ask: Ask) -> Answer:
        teamspace = self.enter(ask)
        if self.has("identity-elsewhere"):
            teamspace = OTHER
        user, role, tenants = KEYS.get(ask.bearer, next(iter(KEYS.values())))
        spaces = [{"teamspace_id": each, "permissions": {"role": role}} for each in tenants]
        return Answer(
            200, {"object": "identity", "user_id": user, "current_teamspace_id": teamspace, "teamspaces": spaces}
        )


RULE_BUGS = {
    "keep-authorization": "managed-kept-at-rotation",
    "sync-tools": "unreachable-refused",
    "identify": "identity-elsewhere",
}
"""Rule of the vendor → the bug that its check finds."""
