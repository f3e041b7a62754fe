"""What no statement can say about GAIA: valid configurations, and connecting to MCP servers (SPEC, CODE)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from mockserver.errors import Invalid, Missing
from mockserver.handlers.request_context import Asking, RequestContext
from mockserver.mcp_sync.prober import GetPrompt, McpConnection, Outcome, Question, ReadResource, Transport
from mockserver.messages import Reply
from mockserver.rules import rule

TRANSPORTS: Mapping[str, Transport] = {"http": "http", "sse": "sse", "stdio": "stdio"}
EVERYTHING = frozenset({"tools", "resources", "prompts"})
TOTAL = 60_000
"""Milliseconds a connection may take without `maxTotalTimeout` (CODE)."""

Fields = Mapping[str, Any]


@rule("check-configuration", refuses=("invalid",))
def check_configuration(context: RequestContext) -> None:
    """Refuse a configuration that can never connect. Raises Invalid with all problems, joined as in the code."""
    found = list(complaints(context.item.fields))
    if found:
        raise Invalid(", ".join(found))


@rule("require-proxy-url", refuses=("invalid",))
def require_proxy_url(context: RequestContext) -> None:
    """Refuse a proxy connection without `proxyUrl`. The code does; the documentation's example has none."""
    fields = context.item.fields
    if fields.get("connectionType", "proxy") == "proxy" and not fields.get("proxyUrl"):
        raise Invalid("Proxy URL is required for proxy connection")


@rule("validate")
def validate(context: RequestContext) -> Asking:
    """Connect with the configuration in the body, and return the outcome."""
    given = context.call.body
    found = list(complaints(given))
    if found:
        return _verdict(Outcome("error", ", ".join(found)))
    outcome: Outcome = yield connection(given, context.name_of("unsaved"))
    return _verdict(outcome)


@rule("detect-auth", unchecked="needs a server of known authentication")
def detect_auth(context: RequestContext) -> Asking:
    """Connect without a credential, and return which authentication the server requires."""
    outcome: Outcome = yield McpConnection(url=context.call.body["url"])
    reached = outcome.status in ("ok", "needs-auth")
    context.extras |= {
        "success": reached,
        "isAuthenticated": outcome.status == "ok",
        "authType": outcome.auth_type,
        "requiresAuth": outcome.requires_auth,
        "error": None if reached else reason(outcome),
    }
    return None


@rule("detect-transport", unchecked="needs a server of known transport")
def detect_transport(context: RequestContext) -> Asking:
    """Try the transports in turn, and return those that work."""
    outcome: Outcome = yield McpConnection(url=context.call.body["url"])
    known = outcome.supported_transports or ((outcome.transport,) if outcome.transport else ())
    context.extras |= {
        "success": bool(known),
        "message": "Transport detected" if known else reason(outcome),
        "supportedTypes": list(known),
        "recommended": outcome.transport or next(iter(known), None),
    }
    return None


@rule("connect", refuses=("missing",))
def connect(context: RequestContext) -> Asking:
    """Open the connection. A connected server stays as it is. The reply for a slow server is assumed."""
    fields = named(context)
    if fields["status"] == "connected":
        return Reply(200, {"success": True, "message": "Already connected", "capabilities": fields["capabilities"]})
    outcome = yield from connecting(context)
    if outcome.status == "pending":
        return Reply(200, {"success": False, "message": "Still connecting"})
    if outcome.status != "ok":
        return failed(outcome)
    capabilities = context.item.fields["capabilities"]
    return Reply(200, {"success": True, "message": "Connected successfully", "capabilities": capabilities})


@rule("disconnect", refuses=("missing",))
def disconnect(context: RequestContext) -> None:
    """Close the connection, if there is one."""
    named(context)
    enter(context, status="disconnected")
    context.extras["success"] = True


@rule("list-tools", refuses=("missing",), unchecked="needs a server of known tools")
def list_tools(context: RequestContext) -> Asking:
    """The server's tools, as MCP writes them."""
    named(context)
    outcome = yield from connecting(context)
    tools = [{"name": t.name, "description": t.description, "inputSchema": dict(t.input_schema)} for t in outcome.tools]
    return succeeded(tools=tools) if outcome.status == "ok" else failed(outcome)


@rule("list-resources", refuses=("missing",), unchecked="needs a server of known resources")
def list_resources(context: RequestContext) -> Asking:
    """The server's resources."""
    named(context)
    outcome = yield from connecting(context)
    return succeeded(resources=list(outcome.resources)) if outcome.status == "ok" else failed(outcome)


@rule("list-prompts", refuses=("missing",), unchecked="needs a server of known prompts")
def list_prompts(context: RequestContext) -> Asking:
    """The server's prompts."""
    named(context)
    outcome = yield from connecting(context)
    return succeeded(prompts=list(outcome.prompts)) if outcome.status == "ok" else failed(outcome)


@rule("read-resource", refuses=("missing",), unchecked="needs a server of known resources")
def read_resource(context: RequestContext) -> Asking:
    """The contents of one resource. Raises Missing if the server does not have it."""
    named(context)
    outcome = yield from connecting(context)
    if outcome.status != "ok":
        return failed(outcome)
    answer = yield ReadResource(stored(context), context.call.query["uri"])
    return _contents(answer, "Resource not found")


@rule("get-prompt", refuses=("missing",), unchecked="needs a server of known prompts")
def get_prompt(context: RequestContext) -> Asking:
    """One prompt, filled in. Raises Missing if the server does not have it."""
    named(context)
    outcome = yield from connecting(context)
    if outcome.status != "ok":
        return failed(outcome)
    given = context.call.body
    answer = yield GetPrompt(stored(context), given["promptName"], given.get("args") or {})
    return _contents(answer, "Prompt not found")


def named(context: RequestContext) -> dict[str, Any]:
    """The fields of the server in the query or the body, open for changes. Raises Missing."""
    id = context.call.query.get("id") or (context.call.body or {}).get("id")
    record = context.collection().by_id.get(id)
    if record is None:
        raise Missing("Server not found", resource="server")
    context.edit(record)
    return context.item.fields


def connecting(context: RequestContext) -> Generator[Question, Any, Outcome]:
    """Query the server for everything, and set the state that the outcome leads to."""
    if context.item.fields["status"] != "connected":
        enter(context, status="connecting")
    outcome: Outcome = yield stored(context)
    if outcome.status == "ok":
        connected(context, outcome)
    elif outcome.status != "pending":
        enter(context, status="error", lastError=reason(outcome))
    return outcome


def connected(context: RequestContext, outcome: Outcome) -> None:
    """Set the state connected. The time of the connection stays if the server was connected before."""
    now = enter(context, capabilities=capabilities(outcome), serverImplementation=dict(outcome.server_info))
    if context.item.fields["status"] != "connected":
        context.item.fields |= {"status": "connected", "lastConnectedAt": now, "lastError": None}


def enter(context: RequestContext, **fields: Any) -> Any:
    """Write changed fields and the time. Returns the time as it is written."""
    plan, item = context.bound.resource, context.item.fields
    if all(item.get(name) == value for name, value in fields.items()):
        return context.now()
    item |= fields
    return plan.stamp(item, context.moment, created=False)


def capabilities(outcome: Outcome) -> dict[str, bool]:
    """Which kinds a server has, in the form of the documentation (DV; the code lists names and counts)."""
    return {"tools": bool(outcome.tools), "resources": bool(outcome.resources), "prompts": bool(outcome.prompts)}


def stored(context: RequestContext) -> McpConnection:
    """The connection to the server of this request."""
    return connection(context.item.fields, context.name_of(context.item.id))


def connection(fields: Fields, owner: str) -> McpConnection:
    """The connection to a server. A proxy connection without `proxyUrl` is a direct one (assumed)."""
    proxied = fields.get("connectionType", "proxy") == "proxy"
    return McpConnection(
        url=fields.get("url") or "",
        transport=TRANSPORTS[fields["transportType"]],
        headers=tuple((entry["key"], entry["value"]) for entry in fields.get("customHeaders") or () if entry["key"]),
        timeout=_milliseconds(fields.get("maxTotalTimeout")) / 1000,
        command=fields.get("command") or "",
        args=tuple((fields.get("args") or "").split()),
        env=tuple((fields.get("env") or {}).items()),
        proxy_url=(fields.get("proxyUrl") or "") if proxied else "",
        proxy_headers=_proxy_headers(fields) if proxied else (),
        oauth_client_id=fields.get("oauthClientId") or "",
        oauth_client_secret=fields.get("oauthClientSecret") or "",
        oauth_scope=fields.get("oauthScope") or "",
        owner=owner,
        want=EVERYTHING,
    )


def complaints(fields: Fields) -> Iterator[str]:
    """The problems of a configuration, with the messages of the code."""
    if fields["transportType"] == "stdio":
        if not fields.get("command"):
            yield "Command is required for STDIO transport"
        if fields.get("connectionType") == "direct":
            yield "STDIO transport requires proxy connection"
    elif not fields.get("url"):
        yield "URL is required for SSE and HTTP transports"
    for number, header in enumerate(fields.get("customHeaders") or (), 1):
        yield from header_complaints(number, header)


def header_complaints(number: int, header: Mapping[str, str]) -> Iterator[str]:
    """The problems of a custom header. Counting from 1 and the last message are assumed."""
    if not header["key"]:
        yield f"Header {number}: Name is required"
    if not header["value"]:
        yield f"Header {number}: Value is required"
    if header["key"].lower() == "authorization" and header["value"].strip().lower() == "bearer":
        yield f"Header {number}: Authorization needs a token after Bearer"


def reason(outcome: Outcome) -> str:
    """The reason why there is no connection."""
    return outcome.message or "The server is still being asked."


def succeeded(**contents: Any) -> Reply:
    """The success envelope with these contents."""
    return Reply(200, {"success": True, **contents})


def failed(outcome: Outcome) -> Reply:
    """The reply to a failed connection (SPEC). It is no refusal, because a refusal would undo the new state."""
    return Reply(500, {"success": False, "message": "Connection failed", "error": reason(outcome)})


def _verdict(outcome: Outcome) -> Reply:
    valid = outcome.status == "ok"
    return Reply(
        200,
        {
            "valid": valid,
            "message": "Connection successful" if valid else reason(outcome),
            "status": VERDICTS.get(outcome.status, "error"),
            "capabilities": capabilities(outcome) if valid else None,
            "serverInfo": dict(outcome.server_info) if valid else None,
        },
    )


VERDICTS = {"ok": "ok", "timeout": "timeout", "pending": "timeout"}
"""The name that validate gives an outcome; all others are `error`. The meaning of `timeout` is not documented."""


def _contents(answer: Mapping[str, Any] | Outcome | None, missing: str) -> Reply:
    if answer is None:
        raise Missing(missing)
    return failed(answer) if isinstance(answer, Outcome) else succeeded(result=dict(answer))


def _milliseconds(given: float | None) -> float:
    return given if given is not None and given > 0 else TOTAL


def _proxy_headers(fields: Fields) -> tuple[tuple[str, str], ...]:
    token = fields.get("proxyAuthToken")
    return ((fields.get("proxyAuthHeader") or "Authorization", f"Bearer {token}"),) if token else ()
