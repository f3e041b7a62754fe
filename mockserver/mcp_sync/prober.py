"""What the sandbox asks a registered MCP server, and what came back.

A vendor rule describes the connection as a `Connection`; a `Prober` answers with an `Outcome`. The simulated prober
answers at once and touches no network; the live one (`mockserver.mcp_sync`) returns an awaitable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

Transport = Literal["http", "sse", "stdio"]
Status = Literal["ok", "needs-auth", "unreachable", "timeout", "error", "pending"]
AuthType = Literal["oauth", "bearer", "custom", "none"]


class McpConnection(NamedTuple):
    """How to reach one MCP server, as its registration says.

    `transport` None means: try streamable HTTP, then SSE. `headers` are sent with every request (static headers,
    tokens); they are secrets. `timeout` is in seconds for the whole exchange. `owner` names the registration
    (`basedash/org_1/mcp_9`), so that OAuth tokens obtained for it are found again. `want` names what to list: `tools`,
    `resources`, `prompts`; with `transports` every transport is tried, to say which ones work.
    """

    url: str = ""
    transport: Transport | None = None
    headers: tuple[tuple[str, str], ...] = ()
    timeout: float = 30.0
    command: str = ""
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    proxy_url: str = ""
    proxy_headers: tuple[tuple[str, str], ...] = ()
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_scope: str = ""
    owner: str = ""
    redirect_uri: str = ""
    want: frozenset[str] = frozenset({"tools"})

    def __repr__(self) -> str:
        """Its address and owner: what else it holds may be secret."""
        return f"Connection(url={self.url!r}, transport={self.transport!r}, owner={self.owner!r})"


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as an MCP server lists it (MCP `tools/list`)."""

    name: str
    description: str | None = None
    input_schema: Mapping[str, Any] = field(default_factory=dict)
    read_only_hint: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking an MCP server came to.

    `message` says in words what went wrong (None when `status` is `ok`). `transport` is the one that worked.
    `requires_auth`, `auth_type` and `authorization_url` come from the OAuth discovery (RFC 9728, RFC 8414);
    `oauth_configured` is true when a token obtained by OAuth is at hand. `pending` means: still being asked, the
    outcome follows.
    """

    status: Status
    message: str | None = None
    transport: Transport | None = None
    tools: tuple[Tool, ...] = ()
    resources: tuple[Mapping[str, Any], ...] = ()
    prompts: tuple[Mapping[str, Any], ...] = ()
    requires_auth: bool = False
    oauth_configured: bool = False
    auth_type: AuthType = "none"
    authorization_url: str | None = None
    protocol_version: str | None = None
    server_info: Mapping[str, Any] = field(default_factory=dict)
    supported_transports: tuple[Transport, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadResource:
    """The question for one resource of a server (MCP `resources/read`)."""

    connection: McpConnection
    uri: str


@dataclass(frozen=True, slots=True)
class GetPrompt:
    """The question for one prompt of a server, filled in (MCP `prompts/get`)."""

    connection: McpConnection
    name: str
    arguments: Mapping[str, str]


Question = McpConnection | ReadResource | GetPrompt
"""What a rule may ask: a whole server, one resource, or one prompt."""


class Prober(Protocol):
    """Asks MCP servers. `mode` is what `/_mock/health` shows: `simulated`, `live` or `off`.

    `reach` tells whoever starts a sandbox what it may reach.
    """

    mode: str
    reach: str

    def probe(self, connection: McpConnection) -> Outcome | Awaitable[Outcome]:
        """Connect as described, list what is wanted, and say what came of it. Never raises for a server's fault."""
        ...

    def read_resource(self, connection: McpConnection, uri: str) -> Mapping[str, Any] | Outcome | None | Awaitable[Any]:
        """The contents of one resource (MCP `resources/read`), or None where it does not exist.

        Where the server cannot be asked, the `Outcome` that says why.
        """
        ...

    def get_prompt(self, connection: McpConnection, name: str, arguments: Mapping[str, str]) -> Any:
        """One prompt filled in (MCP `prompts/get`), None where it does not exist, or an `Outcome` as above."""
        ...

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str | Awaitable[str]:
        """End an OAuth authorization with what its callback got (RFC 6749 section 4.1.2; `issuer`: RFC 9207).

        Returns the owner it was begun for, which can be probed again with the token now at hand. Raises `SyncError`
        when the state is unknown or was used before, or when the code cannot be exchanged.
        """
        ...

    def forget(self, owner: str = "") -> None:
        """Drop tokens and open authorizations of an owner and of what lies beneath it (`basedash/org_1`); '' is all."""
        ...


def ask(prober: Prober, question: Question) -> Any:
    """Put a question to a prober: its answer, or an awaitable of it."""
    if isinstance(question, McpConnection):
        return prober.probe(question)
    if isinstance(question, ReadResource):
        return prober.read_resource(question.connection, question.uri)
    return prober.get_prompt(question.connection, question.name, question.arguments)
