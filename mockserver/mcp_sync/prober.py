"""What rules ask about a registered MCP server, and the outcome.

A rule describes the connection as an `McpConnection`, and a `Prober` answers with an `Outcome`: the simulated one at
once and without any network, the live one with an awaitable.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct, field

Transport = Literal["http", "sse", "stdio"]
Status = Literal["ok", "needs-auth", "unreachable", "timeout", "error", "pending"]
AuthType = Literal["oauth", "bearer", "custom", "none"]


class McpConnection(Struct, frozen=True):
    """How to reach one MCP server, from its registration.

    Without `transport`, streamable HTTP is tried and then SSE. `headers` are sent with every request (static headers,
    tokens); they are secrets. `timeout` is in seconds for the whole exchange. `owner` is the registration
    (`basedash/org_1/mcp_9`) that OAuth tokens belong to. `want` has what to list: `tools`, `resources`, `prompts`; with
    `transports`, every transport is tried to find out which ones work.
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
        """Its address and owner. The other fields may be secret."""
        return f"McpConnection(url={self.url!r}, transport={self.transport!r}, owner={self.owner!r})"


class Tool(Struct, frozen=True):
    """One tool as an MCP server lists it (MCP `tools/list`)."""

    name: str
    description: str | None = None
    input_schema: Mapping[str, Any] = field(default_factory=dict)
    read_only_hint: bool | None = None


class Outcome(Struct, frozen=True):
    """The outcome of querying an MCP server.

    `message` says what went wrong (None if `status` is `ok`). `transport` is the one that worked. `requires_auth`,
    `auth_type` and `authorization_url` come from the OAuth discovery (RFC 9728, RFC 8414); `oauth_configured` is true
    if there is an OAuth token. The status `pending` means that the server is still being queried.
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


class ReadResource(Struct, frozen=True):
    """The question for one resource of a server (MCP `resources/read`)."""

    connection: McpConnection
    uri: str


class GetPrompt(Struct, frozen=True):
    """The question for one prompt of a server, filled in (MCP `prompts/get`)."""

    connection: McpConnection
    name: str
    arguments: Mapping[str, str]


Question = McpConnection | ReadResource | GetPrompt
"""What a rule may ask: a whole server, one resource, or one prompt."""


class Prober(Protocol):
    """Queries MCP servers. `mode` is what `/_mock/health` shows: `simulated`, `live` or `off`.

    `reach` is printed at start and says what the prober may connect to.
    """

    mode: str
    reach: str

    def probe(self, connection: McpConnection) -> Outcome | Awaitable[Outcome]:
        """Connect, list what is wanted, and return the outcome. Raises nothing for what a server does."""
        ...

    def read_resource(self, connection: McpConnection, uri: str) -> Mapping[str, Any] | Outcome | None | Awaitable[Any]:
        """The contents of one resource (MCP `resources/read`); None if it does not exist.

        If the server cannot be queried, the `Outcome` that says why.
        """
        ...

    def get_prompt(self, connection: McpConnection, name: str, arguments: Mapping[str, str]) -> Any:
        """One prompt, filled in (MCP `prompts/get`); None if it does not exist; or an `Outcome` as above."""
        ...

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str | Awaitable[str]:
        """Complete an OAuth authorization with the parameters of its callback (RFC 6749 section 4.1.2, RFC 9207).

        Returns the owner that it is for: its next probe has the token. Raises `SyncError` if the state is unknown or
        was used before, or if the code cannot be exchanged.
        """
        ...

    def forget(self, owner: str = "") -> None:
        """Drop tokens and open authorizations of an owner and of owners below it (`basedash/org_1`); '' drops all."""
        ...


def ask(prober: Prober, question: Question) -> Any:
    """The answer of a prober to a question, or an awaitable of it. Raises TypeError for another kind of question."""
    if isinstance(question, McpConnection):
        return prober.probe(question)
    if isinstance(question, ReadResource):
        return prober.read_resource(question.connection, question.uri)
    if isinstance(question, GetPrompt):
        return prober.get_prompt(question.connection, question.name, question.arguments)
    raise TypeError(f"a {type(question).__name__} is no question for an MCP server; see mockserver/mcp_sync/prober.py")
