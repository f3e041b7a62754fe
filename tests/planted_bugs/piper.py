"""A server for Piper's document, in FastAPI, as the vendor seems to have it, that is correct but for one bug."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.routing import Match

from tests.planted_bugs.server import Bug, elsewhere

Person = tuple[str, str, str]
ELSEWHERE = "a3f1c2d4-6b58-4e7f-8a90-1b2c3d4e5f60"
TOKENS: dict[str, Person] = {
    "pat_sandbox_admin": ("admin", "9b2d7f1e-55c3-4e0a-9c54-6a1c2c1b7d20", ""),
    "pat_sandbox_editor": ("editor", "0c7d3a58-8f2b-4a67-9d31-52e6b1f4c083", ""),
    "pat_sandbox_viewer": ("viewer", "e41f6b92-27c5-4d8e-b0a3-96d87f5c1e2a", ""),
    "pat_sandbox_other_admin": ("admin", "5d8e9f0a-1b2c-4d3e-8f4a-6b7c8d9e0f12", ELSEWHERE),
}
"""Token → role, user, and the one organization it is for (none named: every other one)."""

SHOWN = ("id", "organization_id", "created_by_user_id", "name", "description", "url", "transport", "auth_type",
         "auth_header_name", "tool_prefix", "timeout_seconds", "is_active", "created_at", "updated_at")  # fmt: skip


def whole(value: Any) -> Any:
    """30.0 is an integer in JSON Schema, which Pydantic's strict mode refuses."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Name = Annotated[str, Field(min_length=1, max_length=255)]
Url = Annotated[str, Field(max_length=2048)]
Description = Annotated[str | None, Field(max_length=5000)]
AuthType = Annotated[str | None, Field(pattern="^(bearer|header)$")]
Header = Annotated[str | None, Field(max_length=255)]
Token = Annotated[str | None, Field(min_length=1)]
Prefix = Annotated[str | None, Field(max_length=50)]
Timeout = Annotated[int, BeforeValidator(whole), Field(ge=1, le=300)]


async def credential(request: Request) -> Person | None:
    """Whose token it is, if it is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return TOKENS.get(token) if scheme.lower() == "bearer" else None


async def json_only(request: Request) -> None:
    """Refuses a body of another type; FastAPI itself would complain that it is not an object."""
    if request.url.path.endswith("test") and request.method != "POST":
        raise HTTPException(405, "Method Not Allowed")  # which FastAPI takes for a server called test
    if request.headers.get("content-type", "application/json").split(";")[0] != "application/json":
        raise HTTPException(415, "Unsupported media type")


Reader = Annotated[Person | None, Depends(credential)]


class Strict(BaseModel):
    """FastAPI's habit of taking "30" for 30 is not in the document."""

    model_config = ConfigDict(strict=True)


class Create(Strict):
    name: Name
    url: Url
    description: Description = None
    auth_type: AuthType = None
    auth_header_name: Header = None
    auth_token: Token = None
    tool_prefix: Prefix = None
    timeout_seconds: Timeout = 30
    is_active: bool = True


class Update(Strict):
    name: Name = ""
    url: Url = ""
    description: Description = None
    auth_type: str | None = None
    auth_header_name: Header = None
    auth_token: Token = None
    tool_prefix: Prefix = None
    timeout_seconds: Timeout = 30
    is_active: bool = True


class Trial(Strict):
    url: Url
    auth_type: AuthType = None
    auth_header_name: Header = None
    auth_token: Token = None
    tool_prefix: Prefix = None
    timeout_seconds: Timeout = 30
    server_id: Annotated[uuid.UUID | None, Field(strict=False)] = None


class Assigned(Strict):
    server_id: Annotated[uuid.UUID, Field(strict=False)]
    is_enabled: bool = True


class Assignment(Strict):
    servers: Annotated[list[Assigned], Field(max_length=50)]


class LooseTrial(Trial):
    auth_type: str | None = None


class LongAssignment(Strict):
    servers: list[Assigned]


class LaxCreate(Create):
    model_config = ConfigDict(strict=False)


class LooseCreate(Create):
    """Without any bounds."""

    name: str
    description: str | None = None
    auth_type: str | None = None
    tool_prefix: str | None = None
    timeout_seconds: int = 30
    auth_token: str | None = None


class NullableUpdate(Update):
    name: Name | None = None  # type: ignore[assignment]


class Piper:
    """MCP servers of organizations, and which of them an agent has."""

    BUGS: ClassVar[Mapping[str, Bug]] = {
        "naive-time": Bug("shape", "times have no zone"),
        "has-auth-missing": Bug("shape", "items have no has_auth"),
        "list-bare": Bug("shape", "the list is a bare array"),
        "camel-schema": Bug("shape", "a tool's schema is called inputSchema"),
        "delete-200": Bug("shape", "delete answers 200 with null"),
        "tools-null": Bug("shape", "tools is null where there are none"),
        "lax": Bug("validation", "texts are taken for numbers and booleans, as Pydantic does"),
        "no-bounds": Bug("validation", "no length, range or pattern is checked"),
        "limit-501": Bug("validation", "limit=501 is cut to 500"),
        "offset-negative": Bug("validation", "offset=-1 is taken as 0"),
        "name-null": Bug("validation", "an update may set the name to null"),
        "inline-unchecked": Bug("validation", "a test takes any auth_type"),
        "agent-51": Bug("validation", "an agent can have more than 50 servers"),
        "put-replaces": Bug("state", "an update sets what it leaves out to its default"),
        "null-ignored": Bug("state", "null in an update changes nothing"),
        "delete-kept": Bug("state", "a deleted server can still be read"),
        "soft-delete": Bug("state", "deleted servers are listed with include_inactive"),
        "updated-still": Bug("state", "updated_at does not move"),
        "inactive-hidden": Bug("state", "an inactive server cannot be read"),
        "url-slash": Bug("state", "an address without a path gets a slash"),
        "stale-reply": Bug("state", "the update reply shows the item as it was"),
        "assign-adds": Bug("state", "an agent's list is added to, not replaced"),
        "assign-forgotten": Bug("state", "an agent's list is answered but not kept"),
        "agent-keeps": Bug("state", "a deleted server stays with its agents"),
        "enabled-forgotten": Bug("state", "is_enabled is true whatever was said"),
        "offset-pages": Bug("paging", "offset counts pages"),
        "total-of-page": Bug("paging", "total counts the page"),
        "total-with-inactive": Bug("paging", "total counts inactive servers, too"),
        "inactive-listed": Bug("paging", "inactive servers are listed without being asked for"),
        "inactive-never": Bug("paging", "include_inactive is ignored"),
        "inactive-only": Bug("paging", "include_inactive lists the inactive servers alone"),
        "filter-after-page": Bug("paging", "inactive servers are taken out of the page, which is shorter then"),
        "by-id": Bug("paging", "servers are ordered by id"),
        "limit-50": Bug("paging", "a page has 50 servers where no limit is given"),
        "token-created": Bug("secrets", "the create reply shows the token"),
        "token-listed": Bug("secrets", "the list shows tokens"),
        "token-in-422": Bug("secrets", "a refusal shows what was given, as Pydantic does"),
        "test-open": Bug("secrets", "a test of a saved server needs no credential"),
        "delete-open": Bug("secrets", "deleting needs no credential"),
        "any-pat": Bug("secrets", "any token is accepted"),
        "viewer-creates": Bug("secrets", "viewers may create"),
        "viewer-updates": Bug("secrets", "viewers may update"),
        "viewer-assigns": Bug("secrets", "viewers may change an agent's list"),
        "id-given": Bug("secrets", "a client can choose the id"),
        "author-given": Bug("secrets", "a client can choose created_by_user_id"),
        "get-any": Bug("tenants", "servers are found by id in every organization"),
        "update-any": Bug("tenants", "servers are updated by id in every organization"),
        "delete-any": Bug("tenants", "servers are deleted by id in every organization"),
        "test-any": Bug("tenants", "a server of any organization can be tested"),
        "list-any": Bug("tenants", "the list shows every organization's servers"),
        "enter-any": Bug("tenants", "a token of one organization is taken in every other"),
        "timeout-default": Bug("defaults", "timeout_seconds is 60 where it is left out"),
        "active-default": Bug("defaults", "is_active is false where it is left out"),
        "auth-stale": Bug("defaults", "has_auth stays true when the token is cleared"),
        "auth-always": Bug("defaults", "has_auth is true for a type without a token"),
        "prefix-empty": Bug("defaults", "tool_prefix is empty where it is left out"),
        "hour-behind": Bug("defaults", "times are an hour behind"),
        "lost-updates": Bug("concurrency", "of updates at the same time one is kept"),
        "lost-creates": Bug("concurrency", "of creates at the same time one is kept"),
        "html-500": Bug("errors", "what is not there is an HTML page"),
        "error-word": Bug("errors", "refusals have error in place of detail"),
        "bad-request": Bug("errors", "validation answers 400"),
        "slash-404": Bug("errors", "the address without a slash is unknown"),
        "slash-301": Bug("errors", "the address without a slash is a 301, which turns POST into GET"),
        "null-404": Bug("errors", "what is not there is 200 with null"),
        "test-saves": Bug("state", "a test of unsaved values saves them"),
        "test-500": Bug("errors", "a test of what cannot be reached is a 500"),
    }

    def __init__(self, bug: str = "") -> None:
        if bug and bug not in self.BUGS:
            raise KeyError(bug)
        self.bug = bug
        self.servers: list[dict[str, Any]] = []
        self.agents: dict[tuple[str, str], list[Assigned]] = {}
        self.app = FastAPI(openapi_url=None, redirect_slashes=bug not in ("slash-404", "slash-301"))
        self.app.add_exception_handler(RequestValidationError, self.invalid)
        self.app.add_exception_handler(400, self.refused)
        self.app.add_exception_handler(404, self.refused)
        self.app.add_exception_handler(405, self.refused)
        self.app.add_exception_handler(HTTPException, self.refused)
        router = self.router()
        self.routes: list[Any] = router.routes
        self.app.include_router(router)

    def has(self, bug: str) -> bool:
        assert bug in self.BUGS, bug
        return self.bug == bug

    def advance(self, seconds: float) -> None:
        """Nothing here depends on time passing."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    def router(self) -> APIRouter:
        """Every operation of the document."""
        router = APIRouter(prefix="/v1/orgs/{org_id}", dependencies=[Depends(json_only)])
        self.offer_servers(router)
        self.offer_tests(router)
        self.offer_items(router)
        self.offer_agents(router)
        return router

    def offer_servers(self, router: APIRouter) -> None:
        create = LaxCreate if self.has("lax") else LooseCreate if self.has("no-bounds") else Create
        pages = Query(ge=1, le=None if self.has("limit-501") else 500)
        skip = Query(ge=None if self.has("offset-negative") else 0)

        @router.get("/mcp-servers/")
        async def list_servers(request: Request, who: Reader, org_id: uuid.UUID, include_inactive: bool = False,
                               limit: Annotated[int, pages] = 50 if self.has("limit-50") else 100,
                               offset: Annotated[int, skip] = 0) -> Any:  # fmt: skip
            self.enter(request, who, org_id)
            return self.page(str(org_id), include_inactive, min(limit, 500), max(offset, 0))

        @router.post("/mcp-servers/", status_code=201)
        async def create_server(request: Request, who: Reader, org_id: uuid.UUID, body: create) -> Any:  # type: ignore[valid-type]
            self.enter(request, who, org_id, writes="viewer-creates")
            return await self.create(request, who, str(org_id), body)

        if self.has("slash-301"):

            @router.api_route("/mcp-servers", methods=["GET", "POST"])
            async def moved(request: Request) -> Response:
                return RedirectResponse(request.url.path + "/", 301)

    def offer_tests(self, router: APIRouter) -> None:
        trial = LooseTrial if self.has("inline-unchecked") else Trial

        @router.post("/mcp-servers/test")
        async def test_inline(request: Request, who: Reader, org_id: uuid.UUID, body: trial) -> Any:
            self.enter(request, who, org_id, writes="-")
            if self.has("test-saves"):
                await self.create(request, who, str(org_id), Create(name="saved", url=body.url))
            if body.server_id and body.auth_token is None:
                self.find(str(org_id), body.server_id, "-")
            return self.tools(body.url, body.tool_prefix)

        @router.post("/mcp-servers/{server_id}:test")
        async def test_saved(request: Request, who: Reader, org_id: uuid.UUID, server_id: uuid.UUID) -> Any:
            self.enter(request, who, org_id)
            item = self.find(str(org_id), server_id, "test-any")
            return self.tools(item["url"], item["tool_prefix"])

    def offer_items(self, router: APIRouter) -> None:
        update = NullableUpdate if self.has("name-null") else Update

        @router.get("/mcp-servers/{server_id}")
        async def get_server(request: Request, who: Reader, org_id: uuid.UUID, server_id: uuid.UUID) -> Any:
            self.enter(request, who, org_id)
            return self.show(self.find(str(org_id), server_id, "get-any", deleted="delete-kept"))

        @router.put("/mcp-servers/{server_id}")
        async def update_server(
            request: Request,
            who: Reader,
            org_id: uuid.UUID,
            server_id: uuid.UUID,
            body: update,  # type: ignore[valid-type]
        ) -> Any:
            self.enter(request, who, org_id, writes="viewer-updates")
            return await self.update(self.find(str(org_id), server_id, "update-any"), body)

        @router.delete("/mcp-servers/{server_id}", status_code=204)
        async def delete_server(request: Request, who: Reader, org_id: uuid.UUID, server_id: uuid.UUID) -> Response:
            self.enter(request, who, org_id, writes="-")
            item = self.find(str(org_id), server_id, "delete-any")
            item["deleted"], item["is_active"] = True, False
            for assigned in () if self.has("agent-keeps") else self.agents.values():
                assigned[:] = [each for each in assigned if each.server_id != server_id]
            return JSONResponse(None) if self.has("delete-200") else Response(status_code=204)

    def offer_agents(self, router: APIRouter) -> None:
        assignment = LongAssignment if self.has("agent-51") else Assignment

        @router.get("/agents/{agent_id}/mcp-servers")
        async def list_assigned(request: Request, who: Reader, org_id: uuid.UUID, agent_id: uuid.UUID) -> Any:
            self.enter(request, who, org_id)
            return self.assigned(str(org_id), self.agents.get((str(org_id), str(agent_id)), []))

        @router.put("/agents/{agent_id}/mcp-servers")
        async def assign(
            request: Request, who: Reader, org_id: uuid.UUID, agent_id: uuid.UUID, body: assignment
        ) -> Any:
            self.enter(request, who, org_id, writes="viewer-assigns")
            for each in body.servers:
                self.find(str(org_id), each.server_id, "-")
            key = (str(org_id), str(agent_id))
            kept = {each.server_id: each for each in (self.agents.get(key, []) if self.has("assign-adds") else [])}
            kept |= {each.server_id: each for each in body.servers}
            if not self.has("assign-forgotten"):
                self.agents[key] = list(kept.values())
            return self.assigned(str(org_id), list(kept.values()))

    # Refusals.

    async def invalid(self, request: Request, problem: Any) -> Response:
        told = problem.errors()
        if not self.has("token-in-422"):
            told = [{name: each[name] for name in ("type", "loc", "msg")} for each in told]
        status = 400 if self.has("bad-request") else 422
        return JSONResponse(jsonable_encoder({"detail": told}), status)

    async def refused(self, request: Request, problem: Any) -> Response:
        detail = {"detail": getattr(problem, "detail", "Not Found")}
        if problem.status_code == 404 and self.has("html-500"):
            return HTMLResponse("<h1>Not Found</h1>", 404)
        if problem.status_code == 404 and self.has("null-404") and detail["detail"] != "Not Found":
            return JSONResponse(None)
        if self.has("error-word"):
            detail = {"error": detail["detail"]}
        headers = problem.headers
        if problem.status_code == 400:  # what FastAPI says of a body that is not UTF-8
            fault = {"type": "json_invalid", "loc": ["body", 0], "msg": "JSON decode error"}
            return JSONResponse({"detail": [fault]}, 422)
        if problem.status_code == 405:
            headers = {"allow": ", ".join(sorted(self.methods(request)))}
        return JSONResponse(detail, problem.status_code, headers)

    def methods(self, request: Request) -> set[str]:
        """What the path can do; FastAPI itself names the methods of the first route only."""
        if request.url.path.endswith("test"):
            return {"POST"}
        found = (route for route in self.routes if route.matches(request.scope)[0] is not Match.NONE)
        return {method for route in found for method in route.methods}

    # Who asks.

    def enter(self, request: Request, who: Person | None, org: uuid.UUID, *, writes: str = "") -> None:
        """Credential, organization and role, in this order."""
        path = request.url.path
        if (self.has("test-open") and path.endswith(":test")) or (
            self.has("delete-open") and request.method == "DELETE"
        ):
            return
        if who is None and self.has("any-pat") and request.headers.get("authorization", "").startswith("Bearer "):
            return
        if who is None:
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
        if (str(org) == ELSEWHERE) != (who[2] == ELSEWHERE) and not self.has("enter-any"):
            raise HTTPException(403, "Not enough permissions")
        if writes and who[0] == "viewer" and not (writes != "-" and self.has(writes)):
            raise HTTPException(403, "Not enough permissions")

    # What is kept.

    def find(self, org: str, id: uuid.UUID, bug: str, *, deleted: str = "") -> dict[str, Any]:
        for item in self.servers:
            there = not item["deleted"] or (deleted and self.has(deleted))
            if self.has("inactive-hidden") and not item["is_active"] and deleted:
                there = False
            mine = item["organization_id"] == org or (bug != "-" and self.has(bug))
            if item["id"] == str(id) and there and mine:
                return item
        raise HTTPException(404, "MCP server not found")

    def show(self, item: dict[str, Any], bug: str = "") -> dict[str, Any]:
        has_auth = item["auth_token"] is not None
        if self.has("auth-stale"):
            has_auth = has_auth or item["had_token"]
        if self.has("auth-always"):
            has_auth = has_auth or item["auth_type"] is not None
        shown = {name: item[name] for name in SHOWN} | {"has_auth": has_auth}
        if bug and self.has(bug):
            shown["auth_token"] = item["auth_token"]
        if self.has("has-auth-missing"):
            del shown["has_auth"]
        return shown

    def now(self) -> str:
        now = datetime.now(UTC) - timedelta(hours=1 if self.has("hour-behind") else 0)
        return now.isoformat().removesuffix("+00:00") + ("" if self.has("naive-time") else "Z")

    async def create(self, request: Request, who: Person | None, org: str, body: Any) -> dict[str, Any]:
        before = list(self.servers)
        if self.has("lost-creates"):
            await elsewhere()
            self.servers = before
        now = self.now()
        item = body.model_dump() | {
            "id": str(uuid.uuid4()), "organization_id": org, "created_by_user_id": who[1] if who else None,
            "transport": "streamable_http", "created_at": now, "updated_at": now, "deleted": False,
            "had_token": body.auth_token is not None,
        }  # fmt: skip
        given = await request.json()
        defaults = {"timeout-default": ("timeout_seconds", 60), "active-default": ("is_active", False),
                    "prefix-empty": ("tool_prefix", "")}  # fmt: skip
        for bug, (name, value) in defaults.items():
            if self.has(bug) and name not in given:
                item[name] = value
        for bug, name in (("id-given", "id"), ("author-given", "created_by_user_id")):
            if self.has(bug) and isinstance(given.get(name), str):
                item[name] = given[name]
        self.spoil(item)
        self.servers.append(item)
        return self.show(item, "token-created")

    def spoil(self, item: dict[str, Any]) -> None:
        if self.has("url-slash") and item["url"].count("/") == 2:
            item["url"] += "/"

    async def update(self, item: dict[str, Any], body: Any) -> dict[str, Any]:
        changed = body.model_dump(exclude_unset=not self.has("put-replaces"), exclude_none=self.has("null-ignored"))
        if self.has("put-replaces"):
            changed = {name: value for name, value in changed.items() if value != ""}
        if changed.get("name", "") is None:
            changed["name"] = "None"
        before = dict(item)
        if self.has("lost-updates"):
            await elsewhere()
            item.update(before)
        item.update(changed)
        self.spoil(item)
        item["had_token"] = item["had_token"] or item["auth_token"] is not None
        if not self.has("updated-still"):
            item["updated_at"] = self.now()
        return self.show(before if self.has("stale-reply") else item)

    def page(self, org: str, inactive: bool, limit: int, offset: int) -> Any:
        def there(item: dict[str, Any]) -> bool:
            return not item["deleted"] or (self.has("soft-delete") and inactive)

        def wanted(item: dict[str, Any]) -> bool:
            if self.has("inactive-only") and inactive:
                return not item["is_active"]
            every = (inactive and not self.has("inactive-never")) or self.has("inactive-listed")
            return bool(item["is_active"] or every)

        own = [i for i in self.servers if there(i) and (i["organization_id"] == org or self.has("list-any"))]
        found = own if self.has("filter-after-page") else [item for item in own if wanted(item)]
        if self.has("by-id"):
            found = sorted(found, key=lambda item: str(item["id"]))
        start = offset * limit if self.has("offset-pages") else offset
        cut = [item for item in found[start : start + limit] if wanted(item)]
        total = len(found)
        if self.has("filter-after-page"):
            total = sum(wanted(item) for item in own)
        if self.has("total-with-inactive"):
            total = len(own)
        if self.has("total-of-page"):
            total = len(cut)
        shown = [self.show(item, "token-listed") for item in cut]
        return shown if self.has("list-bare") else {"servers": shown, "total": total}

    def tools(self, url: str, prefix: str | None) -> Any:
        if "unreachable" in url or ".invalid" in url:
            raise HTTPException(500 if self.has("test-500") else 502, "The MCP server could not be reached")
        if self.has("tools-null"):
            return {"tools": None}
        name = f"{prefix}_search" if prefix else "search"
        schema = "inputSchema" if self.has("camel-schema") else "input_schema"
        return {"tools": [{"name": name, "description": "Search", schema: {"type": "object"}}]}

    def assigned(self, org: str, entries: list[Assigned]) -> Any:
        found = {item["id"]: item for item in self.servers if item["organization_id"] == org}
        shown = [
            {
                "server": self.show(found[str(each.server_id)]),
                "is_enabled": True if self.has("enabled-forgotten") else each.is_enabled,
            }
            for each in entries
        ]
        return {"servers": shown}


RULE_BUGS = {
    "test-saved": "null-404",
    "test-inline": "test-saves",
    "assign": "assign-adds",
}
"""Rule of the vendor → the bug that its check finds."""
