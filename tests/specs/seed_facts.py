"""The facts that the five seeds state.

`S000` to `S004` are the pages that the documents of the four vendors were first written from. A field that a page
shows in an example only has its presence and type here; whether it is required is then not the seed's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.specs.facts import ABSENT, AMONG, HAS, SUCCESS, Fact, Part, Path

JSON: Path = ("content", "application/json", "schema")
TEXT_OR_NULL = ["string", "null"]
TIMES: dict[str, Any] = {"type": "string", "format": "date-time"}
TIMES_OR_NULL: dict[str, Any] = {"type": TEXT_OR_NULL, "format": "date-time"}


def operation(seed: str, vendor: str, method: str, path: str, server: str, scheme: str) -> Iterator[Fact]:
    """The address of an operation, and that it takes a bearer token."""
    document = Part(seed, vendor, "document", ())
    yield document.within(f" {path}", "paths", path).fact(method, rule=HAS)
    yield document.within(" server", "servers", 0).fact("url", server)
    yield from document.within(f" {scheme}", "components", "securitySchemes", scheme).facts(
        type="http", scheme="bearer"
    )


def body_and_response(seed: str, vendor: str, path: str) -> tuple[Part, Part]:
    """The JSON body and the JSON of the success response of the create operation at `path`."""
    post = Part(seed, vendor, "", ("paths", path, "post"))
    return post.within("body", "requestBody", *JSON), post.within("response", "responses", SUCCESS, *JSON)


def s000() -> Iterator[Fact]:
    """Basedash, create: the page."""
    path = "/api/public/organizations/{orgId}/mcp-servers"
    body, response = body_and_response("S000", "basedash", path)
    post = Part("S000", "basedash", "operation", ("paths", path, "post"))
    yield from operation("S000", "basedash", "post", path, "https://charts.basedash.com", "bearerAuth")
    yield post.fact("security", [{"bearerAuth": []}])
    yield post.fact("summary", "Create an MCP server")
    yield from path_parameter(post, "orgId", type="string")

    yield from body.field("displayName", required=True, type="string", minLength=1, maxLength=120)
    yield from body.field("serverUrl", required=True, type="string", minLength=1, maxLength=2000, format=ABSENT)
    yield from body.field("headers", required=False, type="array", default=ABSENT)
    yield from body.property("headers").within("[]", "items").facts(type="object")
    yield from body.field("everyoneInOrganizationCanAccess", required=False, type="boolean", default=True)

    yield from response.field("data", required=True, type="object")
    data = response.property("data")
    for name in ("id", "displayName", "serverUrl", "serverLabel"):
        yield from data.field(name, type="string")
    for name in ("lastSyncAttemptAt", "lastSuccessfulSyncAt"):
        yield from admits(data, name, "string", format="date-time")
    for name in ("syncErrorMessage", "authUrl"):
        yield from admits(data, name, "string")
    for name in ("hasCompletedFirstSync", "requiresAuth"):
        yield from data.field(name, type="boolean")
    for name in ("createdAt", "updatedAt"):
        yield from data.field(name, **TIMES)
    yield from data.field("tools", type="array")
    tool = data.property("tools").within("[]", "items")
    for name in ("id", "name"):
        yield from tool.field(name, type="string")
    yield from admits(tool, "description", "string")
    yield from admits(tool, "readOnlyHint", "boolean")
    yield from tool.field("foundInServer", type="boolean")


def s001() -> Iterator[Fact]:
    """Basedash, list: the page with its OpenAPI fragment, which is complete for this operation."""
    path = "/api/public/organizations/{orgId}/mcp-servers"
    get = Part("S001", "basedash", "operation", ("paths", path, "get"))
    document = Part("S001", "basedash", "document", ())
    yield from operation("S001", "basedash", "get", path, "https://charts.basedash.com", "bearerAuth")
    yield from document.facts(openapi="3.1.0", security=[])
    yield from document.within(" info", "info").facts(title="Basedash Public API", version="0.0.0")
    yield from get.facts(security=[{"bearerAuth": []}], summary="List MCP servers")
    yield get.fact("tags", "MCP servers", AMONG)
    yield from path_parameter(get, "orgId", type="string")
    yield from query_parameter(get, "limit", type="integer", minimum=1, maximum=100, default=50)
    yield from query_parameter(get, "cursor", type="string")

    page = get.within(" 200", "responses", "200", *JSON)
    yield page.fact("type", "object")
    yield from page.field("data", required=True, type="array")
    yield from page.field("pagination", required=True, type="object")
    pagination = page.property("pagination")
    yield from pagination.field("nextCursor", required=True, type=TEXT_OR_NULL)
    yield from pagination.field("hasMore", required=True, type="boolean")
    yield from listed_server(page.property("data").within("[]", "items"))
    for status in ("401", "404", "500"):
        yield from api_error(get, status)
    yield from api_error(get, "429")
    error = get.within(" 429", "responses", "429", *JSON, "properties", "error")
    yield from error.field("title", enum=["RateLimitExceeded"])
    yield from error.field("retryAfterMs", required=True, type="number")


def listed_server(server: Part) -> Iterator[Fact]:
    """An item of the list, with its tools."""
    yield server.fact("type", "object")
    for name in ("id", "displayName", "serverUrl", "serverLabel"):
        yield from server.field(name, required=True, type="string")
    yield from server.field("transportType", required=True, type=TEXT_OR_NULL, enum=["STREAMABLE_HTTP", "SSE", None])
    yield from server.field("setupState", required=True, type="string", enum=["INCOMPLETE", "CONNECTED", "BROKEN"])
    yield from server.field("lastSyncStatus", required=True)
    for number, state in enumerate(("PENDING", "SUCCESS", "FAILED", "NEVER_SYNCED")):
        yield from (
            server.property("lastSyncStatus").within(f" {number}", "anyOf", number).facts(type="string", enum=[state])
        )
    for name in ("lastSyncAttemptAt", "lastSuccessfulSyncAt"):
        yield from server.field(name, required=True, **TIMES_OR_NULL)
    yield from server.field("hasCompletedFirstSync", required=True, type="boolean")
    yield from server.field("syncErrorMessage", required=True, type=TEXT_OR_NULL)
    for name in ("createdAt", "updatedAt"):
        yield from server.field(name, required=True, **TIMES)
    yield from server.field("tools", required=True, type="array")
    tool = server.property("tools").within("[]", "items")
    yield tool.fact("type", "object")
    for name in ("id", "name"):
        yield from tool.field(name, required=True, type="string")
    yield from tool.field("description", required=True, type=TEXT_OR_NULL)
    yield from tool.field("readOnlyHint", required=True, type=["boolean", "null"])
    yield from tool.field(
        "accessMode", required=True, type="string", enum=["ALWAYS_ALLOW", "NEEDS_APPROVAL", "BLOCKED"]
    )
    yield from tool.field("foundInServer", required=True, type="boolean")


def api_error(get: Part, status: str) -> Iterator[Fact]:
    """An error body with its title and detail."""
    answer = get.within(f" {status}", "responses", status, *JSON)
    yield answer.fact("type", "object")
    yield from answer.field("error", required=True)
    error = answer.property("error")
    yield error.fact("type", "object")
    for name in ("title", "detail"):
        yield from error.field(name, required=True, type="string")


def s002() -> Iterator[Fact]:
    """Datagrid, create: the page."""
    path = "/organization/mcp-servers"
    body, response = body_and_response("S002", "datagrid", path)
    post = Part("S002", "datagrid", "operation", ("paths", path, "post"))
    yield from operation("S002", "datagrid", "post", path, "https://api.datagrid.com/v1", "BearerAuth")
    yield Part("S002", "datagrid", "document", ()).fact("security", [{"BearerAuth": []}])
    yield post.fact("security", rule=ABSENT)
    yield post.below("responses").fact("409", rule=HAS)
    yield from post.within(" Datagrid-Teamspace", "parameters", "Datagrid-Teamspace").facts(**{"in": "header"})

    plain = {"type": "string", "nullable": ABSENT}
    nullable = {"type": "string", "nullable": True}
    yield from body.field("name", required=True, **plain, maxLength=255)
    yield from body.field("base_url", required=True, **plain, format="uri")
    choice = {"enum": ["http", None], "default": "http", "maxLength": 64}
    yield from body.field("transport", required=False, **nullable, **choice)
    yield from body.field("icon_url", required=False, **nullable, maxLength=1024)
    yield from body.field("protocol_version", required=False, **nullable, maxLength=32)
    yield from body.field("authorization_secret_id", required=False, **nullable)
    yield from body.field("authorization", required=False, **nullable, maxLength=64000)

    yield from response.field("object", required=True, **plain, enum=["mcp_server"])
    for name in ("id", "name", "transport", "status"):
        yield from response.field(name, required=True, **plain, enum=ABSENT)
    for name in ("icon_url", "protocol_version", "authorization_secret_id"):
        yield from response.field(name, required=True, **nullable)
    yield from response.field("base_url", required=True, **plain, format="uri")
    for name in ("created_at", "updated_at"):
        yield from response.field(name, required=True, **TIMES, nullable=ABSENT)
    yield from response.field("metadata", required=True, type="object")
    metadata = response.property("metadata")
    for name in ("requires_oauth", "oauth_configured"):
        yield from metadata.field(name, type="boolean")
    yield from metadata.field("tool_count", type="integer")
    yield from metadata.field("last_synced_at", type="string")


def s003() -> Iterator[Fact]:
    """GAIA, create: the page."""
    path = "/api/mcp/servers"
    body, response = body_and_response("S003", "gaia", path)
    yield from operation("S003", "gaia", "post", path, "https://api.example.com", "bearerAuth")
    yield Part("S003", "gaia", "document", ()).fact("security", [{"bearerAuth": []}])
    yield Part("S003", "gaia", "operation", ("paths", path, "post")).fact("security", rule=ABSENT)

    yield from body.field("projectId", required=True, type="string")
    yield from body.field("name", required=True, type="string", minLength=1)
    yield from body.field("transportType", required=True, type="string", enum=["stdio", "http", "sse"])
    yield from body.field("connectionType", required=False, type="string", enum=["direct", "proxy"], default="proxy")
    yield from body.field("proxyAuthHeader", required=False, type="string", default="Authorization")
    texts = ("description", "url", "command", "args", "oauthClientId", "oauthClientSecret", "oauthScope", "proxyUrl")
    for name in (*texts, "proxyAuthToken"):
        yield from body.field(name, required=False, type="string", default=ABSENT)
    yield from body.field("env", required=False, type="object")
    yield from body.field("customHeaders", required=False, type="array")
    for name in ("requestTimeout", "maxTotalTimeout"):
        yield from body.field(name, required=False, type="number", default=ABSENT)

    yield from response.field("success", type="boolean")
    for name in ("message", "serverId"):
        yield from response.field(name, type="string")


def s004() -> Iterator[Fact]:
    """Piper, create: the page."""
    path = "/v1/orgs/{org_id}/mcp-servers/"
    body, response = body_and_response("S004", "piper", path)
    post = Part("S004", "piper", "operation", ("paths", path, "post"))
    yield from operation("S004", "piper", "post", path, "https://api.letpiper.com", "HTTPBearer")
    yield Part("S004", "piper", "document", ()).fact("security", [{"HTTPBearer": []}])
    yield post.fact("security", rule=ABSENT)
    yield post.fact("summary", "Create Mcp Server")
    yield from path_parameter(post, "org_id", type="string", format="uuid")

    yield from body.field("name", required=True, type="string", minLength=1, maxLength=255)
    yield from body.field("url", required=True, type="string", maxLength=2048, minLength=ABSENT, format=ABSENT)
    yield from body.field("description", required=False, type=TEXT_OR_NULL, maxLength=5000)
    yield from body.field("auth_type", required=False, type=TEXT_OR_NULL, pattern="^(bearer|header)$")
    yield from body.field("auth_header_name", required=False, type=TEXT_OR_NULL, maxLength=255)
    yield from body.field("auth_token", required=False, type=TEXT_OR_NULL, minLength=1)
    yield from body.field("tool_prefix", required=False, type=TEXT_OR_NULL, maxLength=50)
    yield from body.field("timeout_seconds", required=False, type="integer", minimum=1, maximum=300, default=30)
    yield from body.field("is_active", required=False, type="boolean", default=True)

    for name in ("id", "organization_id"):
        yield from response.field(name, required=True, type="string", format="uuid")
    yield from response.field("created_by_user_id", required=True, type=TEXT_OR_NULL, format="uuid")
    for name in ("name", "url", "transport"):
        yield from response.field(name, required=True, type="string")
    for name in ("description", "auth_type", "auth_header_name", "tool_prefix"):
        yield from response.field(name, required=True, type=TEXT_OR_NULL)
    for name in ("has_auth", "is_active"):
        yield from response.field(name, required=True, type="boolean")
    yield from response.field("timeout_seconds", required=True, type="integer")
    for name in ("created_at", "updated_at"):
        yield from response.field(name, required=True, **TIMES)
    yield response.below("properties").fact("auth_token", rule=ABSENT)


def admits(part: Part, name: str, kind: str, **keywords: Any) -> Iterator[Fact]:
    """A field that the page shows with a value of `kind`; another page may allow null too."""
    yield from part.field(name, **keywords)
    yield part.property(name).fact("type", kind, AMONG)


def path_parameter(operation_part: Part, name: str, **schema: object) -> Iterator[Fact]:
    """A required parameter of the path."""
    parameter = operation_part.within(f" path {name}", "parameters", name)
    yield from parameter.facts(**{"in": "path", "required": True})
    yield from parameter.below("schema").facts(**schema)


def query_parameter(operation_part: Part, name: str, **schema: object) -> Iterator[Fact]:
    """An optional parameter of the query."""
    parameter = operation_part.within(f" query {name}", "parameters", name)
    yield from parameter.facts(**{"in": "query", "required": False})
    yield from parameter.below("schema").facts(**schema)


SEEDS = {"S000": s000, "S001": s001, "S002": s002, "S003": s003, "S004": s004}
FACTS = [fact for facts in SEEDS.values() for fact in facts()]
