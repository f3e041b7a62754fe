"""Simulated MCP servers: no network, no waiting, and the same answer every time.

Every URL is a healthy server with tools of its own. A host name under `mcp.example` (reserved, RFC 2606) or a query
parameter `sandbox` selects another outcome; `outcomes()` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from msgspec import Struct, structs
from msgspec.structs import replace

from mockserver.errors import SyncError
from mockserver.mcp_sync import simulated_tools
from mockserver.mcp_sync.prober import McpConnection, Outcome, Transport

DOMAIN = ".mcp.example"
MOST_TOOLS = 1000
MOST_REMEMBERED = 10_000
PROTOCOL_VERSION = "2025-11-25"


class Marker(Struct, frozen=True):
    """An outcome that a URL can select: by `name` as host (`<name>.mcp.example`) or as `?sandbox=<name>`."""

    name: str
    does: str
    answer: Callable[[SimulatedProber, McpConnection], Outcome]


class SimulatedProber:
    """Answers at once from the URL of a server, and opens no socket.

    It stores only which owners are authorized (`complete`), as a token store would.
    """

    mode = "simulated"
    reach = "no network"

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._authorized: set[str] = set()

    def probe(self, connection: McpConnection) -> Outcome:
        """The outcome that the URL selects, by host or marker; otherwise `ok` with the tools of that URL."""
        if connection.proxy_url:
            proxy = _marker(connection.proxy_url)
            if proxy.answer is not _ok:
                return proxy.answer(self, connection)
        return _marker(connection.url).answer(self, connection)

    def read_resource(self, connection: McpConnection, uri: str) -> Mapping[str, Any] | Outcome | None:
        """The contents of a resource that `probe` lists, or None; the outcome if the server cannot be queried."""
        listed = self.probe(structs.replace(connection, want=frozenset({"resources"})))
        if listed.status != "ok":
            return listed
        found = next((resource for resource in listed.resources if resource["uri"] == uri), None)
        return found and {"contents": [{"uri": uri, "mimeType": "text/plain", "text": found["description"]}]}

    def get_prompt(
        self, connection: McpConnection, name: str, arguments: Mapping[str, str]
    ) -> Mapping[str, Any] | Outcome | None:
        """One prompt that `probe` lists, filled in, or None; the outcome if the server cannot be queried."""
        listed = self.probe(structs.replace(connection, want=frozenset({"prompts"})))
        if listed.status != "ok":
            return listed
        found = next((prompt for prompt in listed.prompts if prompt["name"] == name), None)
        if found is None:
            return None
        text = " ".join([found["description"], *(f"{key}: {value}" for key, value in sorted(arguments.items()))])
        message = {"role": "user", "content": {"type": "text", "text": text}}
        return {"description": found["description"], "messages": [message]}

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> str:
        """Complete a simulated authorization, with any code, and return the owner that it is for.

        Raises:
            SyncError: no authorization with this state is under way.
        """
        if not code or state not in self._owners:
            raise SyncError("No OAuth authorization with this state is under way.")
        owner = self._owners.pop(state)
        self._authorized.add(owner)
        return owner

    def forget(self, owner: str = "") -> None:
        """Drop the authorizations of an owner and of owners below it (`basedash/org_1`); '' drops all."""
        self._authorized = {name for name in self._authorized if not _beneath(name, owner)}
        self._owners = {state: name for state, name in self._owners.items() if not _beneath(name, owner)}

    def kept(self, owner: str) -> dict[str, dict[str, str]]:
        """The authorized owners below an owner, and the authorizations under way, without the name of that owner."""
        start = owner + "/"
        waiting = {state: name[len(start) :] for state, name in self._owners.items() if name.startswith(start)}
        authorized = sorted(name[len(start) :] for name in self._authorized if name.startswith(start))
        return {"waiting": waiting, "authorized": dict.fromkeys(authorized, "")}

    def keep(self, owner: str, kept: Mapping[str, Mapping[str, str]]) -> None:
        """Take back what `kept` told. A state that belongs to another owner by now stays that owner's."""
        for state, name in kept.get("waiting", {}).items():
            if state not in self._owners:
                self.remember(state, f"{owner}/{name}")
        self._authorized |= {f"{owner}/{name}" for name in kept.get("authorized", {})}

    def authorized(self, owner: str) -> bool:
        """Was `complete` called for this owner?"""
        return owner in self._authorized

    def remember(self, state: str, owner: str) -> None:
        """Store the owner of a new authorization; beyond a limit the oldest is dropped."""
        self._owners[state] = owner
        if len(self._owners) > MOST_REMEMBERED:
            del self._owners[next(iter(self._owners))]


def _beneath(name: str, owner: str) -> bool:
    return not owner or name == owner or name.startswith(owner + "/")


def _ok(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return _listed(connection)


def _oauth(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    if prober.authorized(connection.owner):
        return replace(_listed(connection), requires_auth=True, oauth_configured=True, auth_type="oauth")
    if _has_authorization(connection):
        return _listed(connection)
    url = _authorization_url(prober, connection)
    return Outcome(
        "needs-auth",
        "The server asks for OAuth authorization.",
        requires_auth=True,
        auth_type="oauth",
        authorization_url=url,
    )


def _authorization_url(prober: SimulatedProber, connection: McpConnection) -> str:
    """The URL of a real flow (RFC 6749 section 4.1.1, RFC 7636, RFC 8707); it depends on owner and URL only."""
    state = sha256(f"{connection.owner} {connection.url}".encode()).hexdigest()[:32]
    prober.remember(state, connection.owner)
    host = urlsplit(connection.url).hostname
    query = {
        "response_type": "code",
        "client_id": connection.oauth_client_id or f"client-{state[:8]}",
        "redirect_uri": connection.redirect_uri,
        "state": state,
        "code_challenge": sha256(state.encode()).hexdigest()[:43],
        "code_challenge_method": "S256",
        "resource": connection.url,
        **({"scope": connection.oauth_scope} if connection.oauth_scope else {}),
    }
    return f"https://{host}/authorize?{urlencode(query)}"


def _has_authorization(connection: McpConnection) -> bool:
    return any(name.lower() == "authorization" and value for name, value in connection.headers)


def _bearer(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    if _has_authorization(connection):
        return _listed(connection)
    message = "The server answered 401 Unauthorized and asks for a bearer token."
    return Outcome("needs-auth", message, requires_auth=True, auth_type="bearer")


def _custom(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    if connection.headers:
        return _listed(connection)
    message = "The server answered 401 Unauthorized and does not say which credential it wants."
    return Outcome("needs-auth", message, requires_auth=True, auth_type="custom")


def _unreachable(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return Outcome("unreachable", f"No connection to {_address(connection)}: connection refused.")


def _timeout(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return Outcome("timeout", f"{_address(connection)} did not answer within {connection.timeout:g} seconds.")


def _error(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return Outcome("error", "The server answered 500 Internal Server Error.")


def _pending(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return Outcome("pending", "The server is still being asked.")


def _sse(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    if connection.transport not in (None, "sse"):
        return Outcome("error", "The server speaks SSE only.", supported_transports=("sse",))
    return _listed(structs.replace(connection, transport="sse"))


def _address(connection: McpConnection) -> str:
    return urlsplit(connection.url).netloc.rpartition("@")[2] or connection.command or "the server"


def _sized(count: int) -> Callable[[SimulatedProber, McpConnection], Outcome]:
    def answer(prober: SimulatedProber, connection: McpConnection) -> Outcome:
        return _listing(_key(connection), connection.transport, connection.want, count)

    return answer


MARKERS: dict[str, Marker] = {
    marker.name: marker
    for marker in (
        Marker("ok", "answers at once with three to nine tools, chosen by the URL; so does every other host", _ok),
        Marker(
            "oauth",
            "asks for OAuth: `needs-auth` with an authorization URL, until the callback completes it or an "
            "`Authorization` header is given",
            _oauth,
        ),
        Marker("bearer", "asks for a bearer token: `needs-auth` until an `Authorization` header is given", _bearer),
        Marker("custom", "asks for some credential: `needs-auth` until any header is given", _custom),
        Marker("unreachable", "refuses the connection", _unreachable),
        Marker("timeout", "never answers: reported at once, without the wait", _timeout),
        Marker("error", "answers 500", _error),
        Marker("pending", "is still being asked, and stays so", _pending),
        Marker("sse", "speaks SSE and not streamable HTTP", _sse),
        Marker("many", "has 250 tools", _sized(250)),
        Marker("empty", "has no tools", _sized(0)),
    )
}
"""Every simulated outcome by its name."""


def outcomes() -> tuple[tuple[str, str], ...]:
    """Every name that works as `<name>.mcp.example` and as `?sandbox=<name>`, with what such a server does."""
    return tuple((marker.name, marker.does) for marker in MARKERS.values())


@lru_cache(maxsize=4096)
def _marker(url: str) -> Marker:
    parts = _split(url)
    if parts is None:
        return Marker("", "", _unreadable_url)
    query, host = dict(parse_qsl(parts.query)), parts.hostname or ""
    named = MARKERS.get(query.get("sandbox", "")) or MARKERS.get(host.removesuffix(DOMAIN) if DOMAIN in host else "ok")
    return named or MARKERS["ok"]


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _unreadable_url(prober: SimulatedProber, connection: McpConnection) -> Outcome:
    return Outcome("error", "The URL cannot be read.")


def _listed(connection: McpConnection) -> Outcome:
    return _listing(_key(connection), connection.transport, connection.want, None)


def _key(connection: McpConnection) -> str:
    return connection.url or " ".join(("stdio:", connection.command, *connection.args))


@lru_cache(maxsize=4096)
def _listing(url: str, transport: Transport | None, want: frozenset[str], count: int | None) -> Outcome:
    """The lists of a healthy server. Markers do not belong to its identity, so `?tools=` changes an existing server."""
    key, asked = _identity(url)
    worked = transport or ("stdio" if url.startswith("stdio:") else "sse" if key.endswith("/sse") else "http")
    return Outcome(
        "ok",
        transport=worked,
        tools=simulated_tools.tools(key, asked if asked is not None else count) if "tools" in want else (),
        resources=simulated_tools.resources(key) if "resources" in want else (),
        prompts=simulated_tools.prompts(key) if "prompts" in want else (),
        protocol_version=PROTOCOL_VERSION,
        server_info={"name": (urlsplit(url).hostname or "simulated") + " (simulated)", "version": "1.0.0"},
        supported_transports=(worked,),
    )


def _identity(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    count = dict(query).get("tools", "")
    kept = urlencode([(key, value) for key, value in query if key not in ("tools", "sandbox")])
    asked = min(int(count), MOST_TOOLS) if count.isascii() and count.isdigit() and len(count) < 10 else None
    return parts._replace(query=kept, fragment="").geturl(), asked
