"""Requests to the four vendors that are shipped, and to the paths of the sandbox itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from tests.replies.caller import Caller, Entry, authorized, shown, sound
from tests.replies.request import Learn, Request

HOSTS = (*("mcp.example.com",) * 10, "oauth.mcp.example", "oauth.mcp.example", "bearer.mcp.example",
         "custom.mcp.example", "unreachable.mcp.example", "timeout.mcp.example", "error.mcp.example",
         "pending.mcp.example", "sse.mcp.example", "many.mcp.example", "empty.mcp.example")  # fmt: skip
ENDS = (*("/mcp",) * 6, "/sse", "/mcp?tools=5", "/mcp?tools=2", "/mcp?sandbox=oauth", "/mcp?sandbox=error")

STRAY = ("mcp_nobody", "a%2Fb", "00000000-0000-4000-8000-000000000000", "%20", "x" * 300)


class Vendor(Caller):
    """A vendor's document. `secrets` are credentials, the most usual ones more than once."""

    app = "vendors"
    secrets: tuple[str, ...] = ()

    def sent(self, request: Request) -> Request:
        if request.target.startswith("/_mock/"):
            return request
        return authorized(request, self.chance.choice(self.secrets))

    def address(self) -> str:
        """The URL of an MCP server; its host and query say what comes of asking it."""
        return f"https://{self.chance.choice(HOSTS)}{self.chance.choice(ENDS)}"


class Basedash(Vendor):
    """Pages by cursor, OAuth that a person completes."""

    secrets = ("bd_key_SandboxAdmin00000000000000000000",) * 16 + (
        "bd_key_SandboxMember0000000000000000000", "bd_key_SandboxOther00000000000000000000", "bd_key_" + "z" * 32,
    )  # fmt: skip
    moves = (
        ("create", 10), ("list", 7), ("get", 5), ("change", 5), ("delete", 3), ("consent", 2),
    )  # fmt: skip
    organizations = ("org_abc123",) * 6 + ("org_2", "org_xyz789")

    def opening(self) -> Iterator[Request]:
        """A user registers a server that asks for OAuth, and consents."""
        server = {"displayName": "Notion", "serverUrl": "https://oauth.mcp.example/mcp"}
        place = self.at("org_abc123")
        yield authorized(sound("POST", place, server, self.created("org_abc123")), self.secrets[0])
        yield self.consenting("abc")
        yield authorized(Request("GET", place), self.secrets[0])

    def at(self, organization: str) -> str:
        return f"/basedash/api/public/organizations/{organization}/mcp-servers"

    def server(self) -> Entry:
        return self.pick("server", *(("org_abc123", id) for id in STRAY), ("org_2", "mcp_1"))

    def create(self) -> Request:
        organization = self.chance.choice(self.organizations)
        more = self.some(
            headers=([], [{"name": "X-Key", "value": "hush"}], [{"name": "Authorization", "value": "Bearer s"}]),
            everyoneInOrganizationCanAccess=(True, False),
        )
        body = {"displayName": self.name(), "serverUrl": self.address(), **more}
        return self.json("POST", self.at(organization), body, self.created(organization))

    def created(self, organization: str) -> Learn:
        keep = self.keep("server", "data", "id", above=(organization,))

        def learn(response: httpx.Response) -> None:
            keep(response)
            state = parse_qs(urlsplit(shown(response, "data", "authUrl") or "").query).get("state")
            if state:
                self.known.setdefault("state", []).append((state[0],))

        return learn

    def list(self) -> Request:
        cursor = self.pick("server", ("", "lost"))[-1]
        target = self.at(self.chance.choice(self.organizations))
        return Request("GET", self.query(target, {"limit": (0, 101, "x")}, limit=(1, 2, 3, 100), cursor=(cursor,)))

    def get(self) -> Request:
        organization, id = self.server()
        return Request("GET", f"{self.at(organization)}/{id}")

    def change(self) -> Request:
        organization, id = self.server()
        body = self.some(displayName=(self.name(),), serverUrl=(self.address(),), headers=([],),
                         everyoneInOrganizationCanAccess=(False,))  # fmt: skip
        return self.json("PATCH", f"{self.at(organization)}/{id}", body)

    def delete(self) -> Request:
        organization, id = entry = self.server()
        return Request("DELETE", f"{self.at(organization)}/{id}", learn=self.drop("server", entry))

    def consent(self) -> Request:
        wrong = ("error=access_denied", "error=access_denied&error_description=%3Cno%3E", "state=&code=", "")
        if self.chance.random() < 0.2:
            return Request("GET", f"/_mock/oauth/callback?{self.chance.choice(wrong)}")
        return self.consenting("abc")

    def consenting(self, code: str) -> Request:
        """Consent as a browser is sent back with it; the last state that was seen is still under way."""
        state = self.last("state", "lost")
        target = f"/_mock/oauth/callback?state={state[0]}&code={code}"
        return Request("GET", target, learn=self.drop("state", state))


class Datagrid(Vendor):
    """Teamspaces by header, a bound on their servers, and secrets."""

    secrets = ("dg_live_SandboxOrganization",) * 14 + (
        "dg_live_SandboxOtherOrganization", "dg_live_SandboxAccount", "dg_live_somebody_else",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyX21lbWJlciJ9.sandbox",
    )  # fmt: skip
    moves = (
        ("create", 8), ("list", 4), ("get", 5), ("change", 6), ("delete", 4), ("hide", 5), ("secrets_of", 5),
        ("secret", 3), ("unhide", 2), ("identity", 2),
    )  # fmt: skip
    teamspaces = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222",
                  "33333333-3333-4333-8333-333333333333", "nowhere")  # fmt: skip
    servers, vault = "/datagrid/v1/organization/mcp-servers", "/datagrid/v1/secrets"

    def opening(self) -> Iterator[Request]:
        """A teamspace is filled until it has no room."""
        for number in range(31):
            body = {"name": f"server {number}", "base_url": f"https://mcp.example.com/{number}"}
            yield authorized(sound("POST", self.servers, body), "dg_live_full")
        body = {"name": "safe", "base_url": "https://bearer.mcp.example/mcp", "authorization": "Bearer hush"}
        yield authorized(sound("POST", self.servers, body, self.keep("safe", "id")), "dg_live_safe")
        place = f"{self.servers}/{self.last('safe', 'lost')[0]}"
        for changed in ({"authorization": "Bearer other"}, {"authorization": None}, {"authorization": "Bearer last"}):
            yield authorized(sound("PATCH", place, changed), "dg_live_safe")
        yield authorized(Request("DELETE", place), "dg_live_safe")
        yield authorized(Request("GET", "/_mock/state?service=datagrid"), "dg_live_safe")

    def sent(self, request: Request) -> Request:
        if request.header("Authorization") is None and self.chance.random() < 0.2:
            request = request.having(Datagrid_Teamspace=self.chance.choice(self.teamspaces))
        return super().sent(request)

    def fields(self) -> dict[str, object]:
        (secret,) = self.pick("secret", *((id,) for id in STRAY))
        return self.some(
            transport=("http", None), icon_url=("https://a.example/i.png", None), protocol_version=("2025-11-25", None),
            authorization_secret_id=(secret, None), authorization=("Bearer hush", "Basic eDp5", None),
        )  # fmt: skip

    def server(self) -> Entry:
        return self.pick("server", *((id,) for id in STRAY))

    def create(self) -> Request:
        body = {"name": self.name(), "base_url": self.address(), **self.fields()}
        return self.json("POST", self.servers, body, self.keep("server", "id"))

    def list(self) -> Request:
        return Request("GET", self.servers)

    def get(self) -> Request:
        return Request("GET", f"{self.servers}/{self.server()[0]}")

    def change(self) -> Request:
        body = {**self.some(name=(self.name(),), base_url=(self.address(),)), **self.fields()}
        return self.json("PATCH", f"{self.servers}/{self.server()[0]}", body)

    def delete(self) -> Request:
        entry = self.server()
        return Request("DELETE", f"{self.servers}/{entry[0]}", learn=self.drop("server", entry))

    def hide(self) -> Request:
        body = {"name": self.name(), "value": f"Bearer {self.word()}"}
        return self.json("POST", self.vault, body, self.keep("secret", "id"))

    def secrets_of(self) -> Request:
        (id,) = self.pick("secret", ("lost",))
        return Request("GET", self.query(self.vault, {"limit": (0, "x")}, limit=(1, 2, 100), after=(id,), before=(id,)))

    def secret(self) -> Request:
        return Request("GET", f"{self.vault}/{self.pick('secret', *((id,) for id in STRAY))[0]}")

    def unhide(self) -> Request:
        entry = self.pick("secret", *((id,) for id in STRAY))
        return Request("DELETE", f"{self.vault}/{entry[0]}", learn=self.drop("secret", entry))

    def identity(self) -> Request:
        return Request("GET", "/datagrid/v1/identity")


class Gaia(Vendor):
    """Servers that are connected to on request."""

    secrets = ("gaia_sandbox_developer",) * 16 + ("gaia_sandbox_other", "YOUR_API_KEY", "gaia_somebody")
    moves = (
        ("create", 9), ("list", 4), ("get", 4), ("change", 4), ("delete", 2), ("validate", 4),
        ("detect", 4), ("connect", 5), ("show", 7), ("read", 3), ("prompt", 3),
    )  # fmt: skip
    base = "/gaia/api/mcp"

    def opening(self) -> Iterator[Request]:
        """A server is connected to, and all is asked of it."""
        body = {"projectId": "proj_1", "name": "Mine", "transportType": "http", "url": "https://mcp.example.com/mcp"}
        secret = "gaia_opening"
        yield authorized(sound("POST", f"{self.base}/servers", body, self.keep("first", "serverId")), secret)
        id = self.last("first", "lost")[0]
        for what in ("connect", "connect", "disconnect"):
            yield authorized(sound("POST", f"{self.base}/{what}", {"id": id}), secret)
        for what in ("tools", "resources", "prompts"):
            yield authorized(Request("GET", f"{self.base}/{what}?id={id}", learn=self.seen(what)), secret)
        uri = quote(self.last("resources", "lost")[0], safe="")
        yield authorized(Request("POST", f"{self.base}/resources/read?id={id}&uri={uri}"), secret)
        asked = {"id": id, "promptName": self.last("prompts", "lost")[0], "args": {"id": "7"}}
        yield authorized(sound("POST", f"{self.base}/prompts/get", asked), secret)
        for host in ("mcp", "oauth", "unreachable"):
            yield authorized(sound("POST", f"{self.base}/detect-auth", {"url": f"https://{host}.mcp.example"}), secret)
        yield authorized(Request("GET", f"{self.base}/servers/{id}"), secret)

    def server(self) -> Entry:
        return self.pick("server", *((id,) for id in STRAY))

    def configuration(self) -> dict[str, object]:
        kind = self.chance.choice(("http", "http", "http", "sse", "stdio"))
        way = self.some(connectionType=("proxy",) if kind == "stdio" else ("direct", "proxy"))
        where = {"command": "npx", "args": "-y server"} if kind == "stdio" else {"url": self.address()}
        headers = ([], [{"key": "X-Key", "value": "hush"}], [{"key": "Authorization", "value": "Bearer abc"}])
        wrong = ([{"key": "", "value": "a"}], [{"key": "a"}], [{"key": "Authorization", "value": "Bearer "}])
        more = self.some(env=({"A": "b"},), customHeaders=headers, oauthClientId=("me",), oauthClientSecret=("hush",),
                         oauthScope=("read",), proxyUrl=("https://proxy.example",), proxyAuthToken=("hush",),
                         requestTimeout=(1000, 0.5), maxTotalTimeout=(60000,))  # fmt: skip
        odd = self.odd(customHeaders=wrong, command=("",), url=("",), proxyUrl=("https://unreachable.mcp.example",),
                       connectionType=("direct", "none"), maxTotalTimeout=(-1,), transportType=("ws",))  # fmt: skip
        return {"transportType": kind, **where, **way, **more, **odd}

    def create(self) -> Request:
        body = {"projectId": self.chance.choice(("proj_1", "proj_2")), "name": self.name(), **self.configuration()}
        return self.json("POST", f"{self.base}/servers", body, self.keep("server", "serverId"))

    def list(self) -> Request:
        project = self.chance.choice(("?projectId=proj_1", "?projectId=proj_1", "?projectId=proj_2", "?projectId=", ""))
        return Request("GET", f"{self.base}/servers{project}")

    def get(self) -> Request:
        return Request("GET", f"{self.base}/servers/{self.server()[0]}")

    def change(self) -> Request:
        body = self.some(name=(self.name(),), description=("new",), url=(self.address(),), customHeaders=([],),
                         status=("connected", "error"), capabilities=({},))  # fmt: skip
        body |= self.odd(status=("lost",), transportType=("sse",), customHeaders=([{"key": "a"}],))
        return self.json("PATCH", f"{self.base}/servers/{self.server()[0]}", body)

    def delete(self) -> Request:
        entry = self.server()
        return Request("DELETE", f"{self.base}/servers/{entry[0]}", learn=self.drop("server", entry))

    def validate(self) -> Request:
        return self.json("POST", f"{self.base}/validate", self.configuration())

    def detect(self) -> Request:
        what = self.chance.choice(("auth", "transport"))
        return self.json("POST", f"{self.base}/detect-{what}", {"url": self.address()})

    def connect(self) -> Request:
        what = self.chance.choice(("connect", "connect", "disconnect"))
        return self.json("POST", f"{self.base}/{what}", {"id": self.server()[0]})

    def show(self) -> Request:
        what = self.chance.choice(("tools", "resources", "prompts"))
        return Request("GET", f"{self.base}/{what}?id={self.server()[0]}", learn=self.seen(what))

    def seen(self, what: str) -> Learn:
        def learn(response: httpx.Response) -> None:
            for each in shown(response, what) or ():
                self.known.setdefault(what, []).append((str(each.get("uri") or each.get("name")),))

        return learn

    def read(self) -> Request:
        uri = quote(self.pick("resources", ("schema://nothing",))[0], safe="")
        return Request("POST", f"{self.base}/resources/read?id={self.server()[0]}&uri={uri}")

    def prompt(self) -> Request:
        name = self.pick("prompts", ("nothing",))[0]
        body = {"id": self.server()[0], "promptName": name, **self.some(args=({"id": "7"}, {"a": 1}))}
        return self.json("POST", f"{self.base}/prompts/get", body)


class Piper(Vendor):
    """Roles, pages by offset, agents that servers are assigned to."""

    secrets = ("pat_sandbox_admin",) * 14 + (
        "pat_sandbox_editor", "pat_sandbox_viewer", "pat_sandbox_viewer", "pat_sandbox_other_admin", "ppat_somebody",
    )  # fmt: skip
    moves = (
        ("create", 8), ("list", 5), ("get", 4), ("change", 4), ("delete", 2), ("test", 3), ("test_saved", 3),
        ("assign", 4), ("assigned", 3),
    )  # fmt: skip
    organizations = ("3c90c3cc-0d44-4b50-8888-8dd25736052a",) * 8 + (
        "a3f1c2d4-6b58-4e7f-8a90-1b2c3d4e5f60", "11111111-2222-4333-8444-555555555555", "acme",
    )  # fmt: skip
    agents = (*("7d1e2c64-3b0a-4d55-9a0f-2f8f0a6f9e31",) * 4, "00000000-0000-4000-8000-00000000000a", "x")

    def opening(self) -> Iterator[Request]:
        """A server is tested, assigned to an agent and deleted."""
        organization, agent, secret = self.organizations[0], self.agents[0], self.secrets[0]
        body = {"name": "Docs", "url": "https://bearer.mcp.example/mcp", "auth_type": "bearer", "auth_token": "hush"}
        yield authorized(sound("POST", self.at(organization), body, self.keep("first", "id")), secret)
        id = self.last("first", "lost")[0]
        yield authorized(Request("POST", f"{self.at(organization)}{id}:test"), secret)
        tried = {"url": "https://bearer.mcp.example/mcp", "server_id": id, "tool_prefix": "docs"}
        yield authorized(sound("POST", self.at(organization, "mcp-servers/test"), tried), secret)
        servers = self.at(organization, f"agents/{agent}/mcp-servers")
        yield authorized(sound("PUT", servers, {"servers": [{"server_id": id, "enabled": False}]}), secret)
        yield authorized(Request("DELETE", self.at(organization) + id), secret)
        yield authorized(Request("GET", servers), secret)

    def at(self, organization: str, place: str = "mcp-servers/") -> str:
        return f"/piper/v1/orgs/{organization}/{place}"

    def server(self) -> Entry:
        return self.pick("server", *((self.organizations[0], id) for id in STRAY))

    def create(self) -> Request:
        organization = self.chance.choice(self.organizations)
        more = self.some(description=("d", None), auth_type=("bearer", "header", None), auth_token=("hush",),
                         auth_header_name=("X-Key",), tool_prefix=("docs",), timeout_seconds=(1, 300),
                         is_active=(True, False, False))  # fmt: skip
        more |= self.odd(auth_type=("basic",), timeout_seconds=(0, 301, "5"), is_active=("perhaps",), auth_token=("",))
        body = {"name": self.name(), "url": self.address(), **more}
        return self.json("POST", self.at(organization), body, self.keep("server", "id", above=(organization,)))

    def list(self) -> Request:
        target = self.at(self.chance.choice(self.organizations))
        if self.chance.random() < 0.1:
            target = target.removesuffix("/")
        wrong = {"limit": (0, 501), "offset": (-1, "x"), "include_inactive": ("1", "perhaps")}
        return Request("GET", self.query(target, wrong, limit=(1, 2, 500), offset=(0, 1, 3),
                                         include_inactive=("true", "false")))  # fmt: skip

    def get(self) -> Request:
        organization, id = self.server()
        return Request("GET", self.at(organization) + id)

    def change(self) -> Request:
        organization, id = self.server()
        body = self.some(name=(self.name(),), url=(self.address(),), auth_token=("new", None), is_active=(False, True),
                         tool_prefix=("p", None), timeout_seconds=(5,))  # fmt: skip
        body |= self.odd(name=("", None), timeout_seconds=(0,), tool_prefix=("x" * 51,))
        return self.json("PUT", self.at(organization) + id, body)

    def delete(self) -> Request:
        organization, id = entry = self.server()
        return Request("DELETE", self.at(organization) + id, learn=self.drop("server", entry))

    def test(self) -> Request:
        organization, id = self.server()
        body = {"url": self.address(), **self.some(auth_token=("hush",), server_id=(id, None), tool_prefix=("docs",))}
        return self.json("POST", self.at(organization, "mcp-servers/test"), body)

    def test_saved(self) -> Request:
        organization, id = self.server()
        return Request("POST", f"{self.at(organization)}{id}:test")

    def assign(self) -> Request:
        organization, _ = self.server()
        named = [self.server()[1] for _ in range(self.chance.randrange(3))]
        body = {"servers": [{"server_id": id, **self.some(enabled=(True, False))} for id in named]}
        return self.json("PUT", self.at(organization, f"agents/{self.chance.choice(self.agents)}/mcp-servers"), body)

    def assigned(self) -> Request:
        organization, _ = self.server()
        return Request("GET", self.at(organization, f"agents/{self.chance.choice(self.agents)}/mcp-servers"))


class Sandbox(Caller):
    """The sandbox's own paths; what is reset is a tenant that few ask for, so that there is something to be seen."""

    app = "vendors"
    moves = (
        ("state", 5), ("reset", 2), ("clock", 2), ("page", 3), ("mistake", 2),
    )  # fmt: skip
    services = ("basedash", "datagrid", "gaia", "piper")
    tenants = ("org_2", "other", "99999999-9999-4999-8999-999999999999", "a3f1c2d4-6b58-4e7f-8a90-1b2c3d4e5f60")

    def opening(self) -> Iterator[Request]:
        for page in ("", "_mock/health", "_mock/state"):
            yield Request("GET", f"/{page}")
        for name in self.services:
            yield Request("GET", f"/{name}/openapi.json")
            yield Request("GET", f"/{name}/docs")

    def state(self) -> Request:
        wrong = {"service": ("nobody",)}
        return Request("GET", self.query("/_mock/state", wrong, service=self.services, tenant=self.tenants))

    def reset(self) -> Request:
        service, tenant = self.chance.choice(self.services), self.chance.choice(self.tenants)
        return Request("POST", f"/_mock/reset?service={service}&tenant={tenant}")

    def clock(self) -> Request:
        seconds = self.chance.choice(("1", "60", "0.5", "86400", "-5", "soon", ""))
        return Request("POST", f"/_mock/clock?advance={seconds}")

    def page(self) -> Request:
        return Request("GET", self.chance.choice(("/", "/_mock/health", "/gaia/docs", "/piper/openapi.json")))

    def mistake(self) -> Request:
        return Request(*self.chance.choice((
            ("GET", "/_mock/reset"), ("GET", "/_mock/state?service=nobody"), ("GET", "/_mock/state?servce=gaia"),
            ("GET", "/_mock/nothing"), ("GET", "/_mock/assets/../app.py"), ("GET", "/_mock"), ("GET", "/nothing"),
            ("POST", "/_mock/reset?service=nobody"), ("PUT", "/_mock/clock?advance=1"),
        )))  # fmt: skip


CALLERS: tuple[tuple[type[Caller], int], ...] = ((Basedash, 6), (Datagrid, 6), (Gaia, 6), (Piper, 6), (Sandbox, 1))
"""Who asks, and how often."""
