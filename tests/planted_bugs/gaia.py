"""A server for GAIA's document, written by hand from the vendor's pages, that is correct but for one bug."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from tests.planted_bugs.server import Answer, Ask, Bug, Refused, Server, elsewhere, fresh

KEYS = {
    "gaia_sandbox_developer": "developer",
    "gaia_sandbox_other": "other",
    "YOUR_API_KEY": "documentation",
}
BASE = "/api/mcp"
TEXTS = ("projectId", "name", "description", "url", "command", "args", "oauthClientId", "oauthClientSecret",
         "oauthScope", "proxyUrl", "proxyAuthToken", "proxyAuthHeader")  # fmt: skip
NUMBERS = ("requestTimeout", "maxTotalTimeout")
OBJECTS = ("capabilities", "serverImplementation", "env")
CHOICES = {
    "transportType": ("stdio", "http", "sse"),
    "connectionType": ("direct", "proxy"),
    "status": ("connecting", "connected", "disconnected", "error"),
}
SECRET = ("oauthClientSecret", "proxyAuthToken", "env", "customHeaders")
LISTED = ("id", "projectId", "name", "description", "transportType", "url", "connectionType", "status", "capabilities",
          "lastConnectedAt", "createdAt", "updatedAt")  # fmt: skip
DETAIL = (*LISTED, "command", "args", "serverImplementation", "lastError")
CHANGEABLE = ("name", "description", "url", "customHeaders", "oauthClientId", "oauthClientSecret", "oauthScope",
              "proxyUrl", "proxyAuthToken", "status", "capabilities", "serverImplementation")  # fmt: skip
ABLE = {"tools": True, "resources": True, "prompts": True}
CONTENTS: dict[str, list[dict[str, Any]]] = {
    "tools": [{"name": "search", "description": "Search", "inputSchema": {"type": "object"}}],
    "resources": [{"uri": "file:///readme.md", "name": "readme"}],
    "prompts": [{"name": "summarize", "description": "Summarize", "arguments": []}],
}


class Gaia(Server):
    """MCP servers of projects, their connections and contents."""

    BUGS: ClassVar[Mapping[str, Bug]] = {
        "create-201": Bug("shape", "create answers 201"),
        "success-a-text": Bug("shape", "success is the text 'true'"),
        "id-called-id": Bug("shape", "the create reply has id in place of serverId"),
        "error-undetailed": Bug("shape", "get has no lastError"),
        "url-missing": Bug("shape", "url is left out where it is null"),
        "tools-an-object": Bug("shape", "tools is an object by name"),
        "project-missing": Bug("validation", "a server without projectId is accepted"),
        "name-empty": Bug("validation", "an empty name is accepted"),
        "stdio-without-command": Bug("validation", "a stdio server without command is accepted"),
        "http-without-url": Bug("validation", "an http server without url is accepted"),
        "transport-any": Bug("validation", "any transportType is accepted"),
        "timeout-a-text": Bug("validation", "a text is taken as requestTimeout"),
        "header-nameless": Bug("validation", "a custom header without a name is accepted"),
        "list-all-projects": Bug("validation", "the list needs no projectId"),
        "status-any": Bug("validation", "an update takes any status"),
        "patch-forgotten": Bug("state", "an update is answered but not kept"),
        "patch-resets": Bug("state", "an update empties the description it does not name"),
        "patch-of-nothing": Bug("state", "updating what is not there answers success"),
        "delete-of-nothing": Bug("state", "deleting what is not there answers success"),
        "delete-kept": Bug("state", "a deleted server can still be read"),
        "delete-listed": Bug("state", "a deleted server is still listed"),
        "stays-connecting": Bug("state", "a connected server is shown as connecting"),
        "stays-connected": Bug("state", "a disconnected server is shown as connected"),
        "capabilities-lost": Bug("state", "a connected server shows no capabilities"),
        "validate-lies": Bug("state", "valid is true where the status is error"),
        "tools-of-nothing": Bug("state", "tools of a deleted server are listed"),
        "updated-still": Bug("state", "updatedAt does not move"),
        "args-lost": Bug("state", "args are not kept"),
        "project-ignored": Bug("paging", "projectId is passed over"),
        "project-prefix": Bug("paging", "projectId may be the beginning of a project's name"),
        "newest-first": Bug("paging", "the newest server comes first"),
        "list-20": Bug("paging", "at most 20 servers are listed"),
        "list-open": Bug("secrets", "listing needs no key"),
        "connect-open": Bug("secrets", "connecting needs no key"),
        "tools-open": Bug("secrets", "listing tools needs no key"),
        "any-key": Bug("secrets", "any bearer token is accepted"),
        "secrets-read": Bug("secrets", "reading shows what is write-only"),
        "env-listed": Bug("secrets", "the list shows env"),
        "secret-in-error": Bug("secrets", "a refusal repeats the body"),
        "id-given": Bug("secrets", "a client can choose the id"),
        "transport-changed": Bug("secrets", "an update can set createdAt"),
        "read-any": Bug("tenants", "any key reads every server"),
        "list-any": Bug("tenants", "any key lists every server"),
        "delete-any": Bug("tenants", "any key deletes every server"),
        "connect-any": Bug("tenants", "any key connects every server"),
        "direct": Bug("defaults", "connectionType is direct where it is left out"),
        "status-disconnected": Bug("defaults", "a new server is disconnected"),
        "description-empty": Bug("defaults", "description is empty where it is left out"),
        "created-null": Bug("defaults", "lastConnectedAt is the time of creation"),
        "lost-creates": Bug("concurrency", "of creates at the same time one is kept"),
        "shared-ids": Bug("concurrency", "creates at the same time get the same id"),
        "missing-200": Bug("errors", "what is not there is 200 with success false"),
        "failed-200": Bug("errors", "a refused create is 200 with success false"),
        "message-missing": Bug("errors", "refusals have no message"),
        "tools-unlisted": Bug("errors", "a 404 of tools has no empty list"),
        "valid-missing": Bug("errors", "validate refuses without saying valid"),
        "json-500": Bug("errors", "broken JSON is a server error"),
        "route-html": Bug("errors", "unknown paths are answered in HTML"),
    }

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.servers: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.route(BASE + "/servers", GET=self.list, POST=self.create)
        self.route(BASE + "/servers/{id}", GET=self.get, PATCH=self.patch, DELETE=self.delete)
        for name, handler in (("validate", self.validate), ("detect-auth", self.detect_auth),
                              ("detect-transport", self.detect_transport), ("connect", self.connect),
                              ("disconnect", self.disconnect), ("resources/read", self.read),
                              ("prompts/get", self.prompt)):  # fmt: skip
            self.route(f"{BASE}/{name}", POST=handler)
        for name in CONTENTS:
            self.route(f"{BASE}/{name}", GET=self.contents)

    # Refusals.

    def refuse(self, ask: Ask, status: int, message: str, **more: Any) -> Refused:
        validating = ask.path.endswith("/mcp/validate") and status != 405 and not self.has("valid-missing")
        body: dict[str, Any] = {"valid": False, "status": "error"} if validating else {"success": False}
        body |= {"message": message} | more
        if self.has("message-missing"):
            del body["message"]
        return Refused(Answer(status, body))

    def no_path(self, ask: Ask) -> Answer:
        if self.has("route-html"):
            return Answer(404, "<h1>Not found</h1>", (), "text/html")
        return Answer(404, {"error": "Route not found", "path": ask.path})

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        answer = self.refuse(ask, 405, "Method not allowed").answer
        return Answer(405, answer.body, (("allow", ", ".join(allowed)),))

    def enter(self, ask: Ask, open_by: str = "") -> str:
        if ask.bearer in KEYS:
            return KEYS[ask.bearer]
        if (self.has("any-key") and ask.bearer) or (open_by and self.has(open_by)):
            return "developer"
        raise self.refuse(ask, 401, "Unauthorized")

    # What is asked.

    def body(self, ask: Ask) -> dict[str, Any]:
        if ask.headers.get("content-type", "").split(";")[0] != "application/json":
            raise self.refuse(ask, 415, "application/json is expected")
        try:
            found = json.loads(ask.raw)
        except (ValueError, RecursionError):
            status = 500 if self.has("json-500") else 400
            raise self.refuse(ask, status, "Invalid parameters: the body is not JSON") from None
        if not isinstance(found, dict):
            if ask.path.endswith("/servers"):
                raise self.refuse(ask, 400, "Invalid server configuration", error="the body is not an object")
            raise self.refuse(ask, 400, "Invalid parameters: the body is not an object")
        return found

    def faults(self, body: dict[str, Any], known: tuple[str, ...]) -> list[str]:
        found = [f"{name}: must be a string" for name in TEXTS if not isinstance(body.get(name, ""), str)]
        for name in NUMBERS:
            value = body.get(name, 1)
            lax = self.has("timeout-a-text") and isinstance(value, str)
            if isinstance(value, bool) or (not isinstance(value, int | float) and not lax):
                found.append(f"{name}: must be a number")
        found += [f"{name}: must be an object" for name in OBJECTS if not isinstance(body.get(name, {}), dict)]
        if any(not isinstance(value, str) for value in body["env"].values()) if not found and "env" in body else False:
            found.append("env: must be texts")
        for name, choices in CHOICES.items():
            lax = self.has({"transportType": "transport-any", "status": "status-any"}.get(name, "any-key"))
            lax = lax and isinstance(body.get(name), str) and name != "connectionType"
            if name in body and name in known and body[name] not in choices and not lax:
                found.append(f"{name}: must be one of {', '.join(choices)}")
        return found + self.header_faults(body.get("customHeaders", []))

    def header_faults(self, headers: Any) -> list[str]:
        if not isinstance(headers, list) or not all(isinstance(each, dict) for each in headers):
            return ["customHeaders: must be an array of objects"]
        found = []
        for number, each in enumerate(headers, 1):
            for name, word in (("key", "Name"), ("value", "Value")):
                lax = self.has("header-nameless") and name == "key"
                if name not in each and not lax:
                    found.append(f"Header {number}: {word} is required")
                elif not isinstance(each.get(name, ""), str):
                    found.append(f"customHeaders.{number}.{name}: must be a string")
        return found

    def configuration_faults(self, body: dict[str, Any]) -> list[str]:
        """What is wrong with a configuration beyond the types of its fields."""
        found = []
        transport = body.get("transportType")
        if transport == "stdio":
            if not body.get("command") and not self.has("stdio-without-command"):
                found.append("Command is required for STDIO transport")
            if body.get("connectionType") == "direct":
                found.append("STDIO transport requires proxy connection")
        if transport in ("http", "sse") and not body.get("url") and not self.has("http-without-url"):
            found.append("URL is required for SSE and HTTP transports")
        for number, each in enumerate(body.get("customHeaders") or [], 1):
            found += [f"Header {number}: {word} is required" for name, word in (("key", "Name"), ("value", "Value"))
                      if not each.get(name) and not (self.has("header-nameless") and name == "key")]  # fmt: skip
            if each.get("value", "").strip().lower() == "bearer":
                found.append(f"Header {number}: Bearer token is required")
        return found

    # Servers.

    def find(self, ask: Ask, tenant: str, id: Any, bug: str, message: str = "MCP server not found",
             gone: str = "") -> dict[str, Any]:  # fmt: skip
        for server in self.servers:
            there = server["id"] not in self.gone or (gone and self.has(gone))
            if server["id"] == id and there and (server["tenant"] == tenant or (bug and self.has(bug))):
                return server
        name = ask.path.rsplit("/", 1)[-1]
        more = {name: []} if name in CONTENTS and not self.has("tools-unlisted") else {}
        raise self.refuse(ask, 200 if self.has("missing-200") else 404, message, **more)

    def show(self, server: dict[str, Any], does: str) -> dict[str, Any]:
        shown = {name: fresh(server[name]) for name in (DETAIL if does == "get" else LISTED)}
        if does == "get" and self.has("error-undetailed"):
            del shown["lastError"]
        if self.has("url-missing") and shown["url"] is None:
            del shown["url"]
        if does == "get" and self.has("secrets-read"):
            shown |= {name: server[name] for name in SECRET if server.get(name) is not None}
        if does == "list" and self.has("env-listed"):
            shown["env"] = server.get("env")
        return shown

    def success(self, **more: Any) -> Answer:
        return Answer(200, {"success": "true" if self.has("success-a-text") else True, **more})

    async def create(self, ask: Ask) -> Answer:
        tenant = self.enter(ask)
        body = self.body(ask)
        if self.has("project-missing"):
            body.setdefault("projectId", "none")
        faults = [f"{name}: is required" for name in ("projectId", "name", "transportType") if name not in body]
        if body.get("name") == "" and not self.has("name-empty"):
            faults.append("name: must not be empty")
        faults += self.faults(body, ("transportType", "connectionType")) or self.configuration_faults(body)
        if faults:
            told = "; ".join(faults) + (json.dumps(body) if self.has("secret-in-error") else "")
            raise self.refuse(ask, 200 if self.has("failed-200") else 400, "Invalid server configuration", error=told)
        before, number = list(self.servers), len(self.servers)
        if self.bug in ("lost-creates", "shared-ids"):
            await elsewhere()
        if self.has("lost-creates"):
            self.servers = before
        id = f"mcp_{number:012d}" if self.has("shared-ids") else f"mcp_{secrets.token_hex(6)}"
        server = self.build(body, id, tenant)
        self.servers.append(server)
        told = {"id" if self.has("id-called-id") else "serverId": server["id"]}
        answer = self.success(message="MCP server created successfully", **told)
        return Answer(201, answer.body) if self.has("create-201") else answer

    def build(self, body: dict[str, Any], id: str, tenant: str) -> dict[str, Any]:
        now = self.stamp()[:-5] + "Z"
        server: dict[str, Any] = dict.fromkeys((*DETAIL, *CHANGEABLE, *SECRET))
        server |= {"connectionType": "direct" if self.has("direct") else "proxy", "status": "connecting"}
        server |= {name: value for name, value in body.items() if name in (*TEXTS, *NUMBERS, "env", "customHeaders",
                                                                           "transportType", "connectionType")}  # fmt: skip
        server |= {"id": id, "tenant": tenant, "createdAt": now, "updatedAt": now, "lastConnectedAt": None}
        if self.has("status-disconnected"):
            server["status"] = "disconnected"
        if self.has("description-empty") and server["description"] is None:
            server["description"] = ""
        if self.has("created-null"):
            server["lastConnectedAt"] = now
        if self.has("args-lost"):
            server["args"] = None
        if self.has("id-given") and isinstance(body.get("id"), str):
            server["id"] = body["id"]
        return server

    async def get(self, ask: Ask) -> Answer:
        server = self.find(ask, self.enter(ask), ask.params["id"], "read-any", gone="delete-kept")
        return self.success(server=self.show(server, "get"))

    async def patch(self, ask: Ask) -> Answer:
        tenant = self.enter(ask)
        body = self.body(ask)
        if self.has("patch-of-nothing") and ask.params["id"] not in {s["id"] for s in self.servers} - self.gone:
            return self.success()
        server = self.find(ask, tenant, ask.params["id"], "")
        given = {name: value for name, value in body.items() if name in CHANGEABLE}
        faults = self.faults(given, ("status",))
        if faults:
            raise self.refuse(ask, 400, "Invalid parameters: " + "; ".join(faults))
        if not self.has("patch-forgotten"):
            server.update(given)
        if self.has("patch-resets") and "description" not in given:
            server["description"] = None
        if self.has("transport-changed") and "createdAt" in body:
            server["createdAt"] = body["createdAt"]
        if not self.has("updated-still"):
            server["updatedAt"] = self.stamp()[:-5] + "Z"
        return self.success()

    async def delete(self, ask: Ask) -> Answer:
        tenant = self.enter(ask)
        if self.has("delete-of-nothing") and ask.params["id"] not in {s["id"] for s in self.servers} - self.gone:
            return self.success()
        self.gone.add(self.find(ask, tenant, ask.params["id"], "delete-any")["id"])
        return self.success()

    async def list(self, ask: Ask) -> Answer:
        tenant = self.enter(ask, "list-open")
        project = ask.query.get("projectId")
        if project is None and not self.has("list-all-projects"):
            raise self.refuse(ask, 400, "Invalid parameters: projectId: is required")
        found = []
        for server in self.servers:
            there = server["id"] not in self.gone or self.has("delete-listed")
            named = server["projectId"] == project or project is None or self.has("project-ignored")
            named = named or (self.has("project-prefix") and server["projectId"].startswith(project))
            if there and named and (server["tenant"] == tenant or self.has("list-any")):
                found.append(server)
        found = found[::-1] if self.has("newest-first") else found
        found = found[:20] if self.has("list-20") else found
        return self.success(servers=[self.show(server, "list") for server in found])

    # Connections.

    async def validate(self, ask: Ask) -> Answer:
        self.enter(ask)
        body = self.body(ask)
        faults = self.faults(body, ("transportType", "connectionType"))
        if "transportType" not in body:
            faults.append("transportType: is required")
        if faults:
            raise self.refuse(ask, 400, "Invalid parameters: " + "; ".join(faults))
        if self.has("validate-lies"):
            return Answer(200, {"valid": True, "message": "No", "status": "error"})
        wrong = self.configuration_faults(body)
        if wrong or not reachable(body.get("url", "")):
            message = ", ".join(wrong) or "The server cannot be reached"
            return Answer(200, {"valid": False, "message": message, "status": "error"})
        return Answer(200, {"valid": True, "message": "Connection successful", "status": "ok", "capabilities": ABLE})

    def address(self, ask: Ask) -> str:
        self.enter(ask)
        url = self.body(ask).get("url")
        if not isinstance(url, str) or ":" not in url or " " in url:
            raise self.refuse(ask, 400, "Invalid parameters: url: must be a URI")
        return url

    async def detect_auth(self, ask: Ask) -> Answer:
        if not reachable(self.address(ask)):
            return Answer(200, {"success": False, "error": "The server cannot be reached"})
        return self.success(isAuthenticated=True, authType="none", requiresAuth=False, error=None)

    async def detect_transport(self, ask: Ask) -> Answer:
        if not reachable(self.address(ask)):
            return Answer(200, {"success": False, "message": "No", "supportedTypes": [], "recommended": None})
        return self.success(message="Transport detected", supportedTypes=["http"], recommended="http")

    def named(self, ask: Ask, open_by: str, bug: str = "") -> dict[str, Any]:
        tenant = self.enter(ask, open_by)
        body = ask.query if ask.method == "GET" or ask.path.endswith("/read") else self.body(ask)
        if not isinstance(body.get("id"), str):
            raise self.refuse(ask, 400, "Invalid parameters: id: must be a string")
        bugs = "tools-of-nothing" if ask.path.endswith("/tools") else ""
        return self.find(ask, tenant, body["id"], bug, "Server not found", gone=bugs)

    def opened(self, ask: Ask, server: dict[str, Any]) -> None:
        now = self.stamp()[:-5] + "Z"
        if not reachable(server["url"] or "") or not reachable(server.get("proxyUrl") or ""):
            server |= {"status": "error", "lastError": "The server cannot be reached", "updatedAt": now}
            raise self.refuse(ask, 500, "Connection failed", error="The server cannot be reached")
        state = "connecting" if self.has("stays-connecting") else "connected"
        server |= {"status": state, "lastConnectedAt": now, "lastError": None, "updatedAt": now}
        server |= {"capabilities": None if self.has("capabilities-lost") else ABLE, "serverImplementation": {}}

    async def connect(self, ask: Ask) -> Answer:
        server = self.named(ask, "connect-open", "connect-any")
        if server["status"] == "connected":
            return self.success(message="Already connected", capabilities=server["capabilities"])
        self.opened(ask, server)
        return self.success(message="Connected successfully", capabilities=ABLE)

    async def disconnect(self, ask: Ask) -> Answer:
        server = self.named(ask, "any-key")
        if not self.has("stays-connected"):
            server["status"] = "disconnected"
        return self.success()

    async def contents(self, ask: Ask) -> Answer:
        server = self.named(ask, "tools-open")
        if server["status"] != "connected":
            self.opened(ask, server)
        name = ask.path.rsplit("/", 1)[-1]
        shown: Any = CONTENTS[name]
        if self.has("tools-an-object") and name == "tools":
            shown = {each["name"]: each for each in shown}
        return self.success(**{name: shown})

    async def read(self, ask: Ask) -> Answer:
        server = self.named(ask, "any-key")
        uri = ask.query.get("uri")
        if uri is None:
            raise self.refuse(ask, 400, "Invalid parameters: uri: is required")
        self.opened(ask, server)
        if uri not in [each["uri"] for each in CONTENTS["resources"]]:
            raise self.refuse(ask, 404, "Resource not found")
        return self.success(result={"contents": [{"uri": uri, "text": "Read me"}]})

    async def prompt(self, ask: Ask) -> Answer:
        server = self.named(ask, "any-key")
        body = self.body(ask)
        arguments = body.get("args", {})
        sound = isinstance(arguments, dict) and all(isinstance(value, str) for value in arguments.values())
        if not isinstance(body.get("promptName"), str) or not sound:
            raise self.refuse(ask, 400, "Invalid parameters: promptName and args must be texts")
        self.opened(ask, server)
        if body["promptName"] not in [each["name"] for each in CONTENTS["prompts"]]:
            raise self.refuse(ask, 404, "Prompt not found")
        return self.success(result={"messages": []})


def reachable(url: str) -> bool:
    """Whether anything answers there."""
    return "unreachable" not in url and ".invalid" not in url


RULE_BUGS = {
    "check-configuration": "stdio-without-command",
    "connect": "stays-connecting",
    "disconnect": "stays-connected",
    "validate": "validate-lies",
}
"""Rule of the vendor → the bug that its check finds."""
