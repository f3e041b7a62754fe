"""The simulated prober: everything follows from the URL, without any network."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import SyncError
from mockserver.mcp_sync.off import OffProber
from mockserver.mcp_sync.prober import McpConnection, Outcome
from mockserver.mcp_sync.simulated import MOST_TOOLS, SimulatedProber, outcomes

NAMES = [name for name, _ in outcomes()]
EVERYTHING = frozenset({"tools", "resources", "prompts"})

hosts = st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z]{2,10}){0,2}", fullmatch=True)
urls = st.builds("https://{}/{}".format, hosts, st.from_regex(r"[a-z]{0,10}", fullmatch=True))

EXPECTED: dict[str, tuple[str, int | None]] = {
    "ok": ("ok", None),
    "oauth": ("needs-auth", 0),
    "bearer": ("needs-auth", 0),
    "custom": ("needs-auth", 0),
    "unreachable": ("unreachable", 0),
    "timeout": ("timeout", 0),
    "error": ("error", 0),
    "pending": ("pending", 0),
    "sse": ("ok", None),
    "many": ("ok", 250),
    "empty": ("ok", 0),
}


def asked(url: str, **more: Any) -> Outcome:
    return SimulatedProber().probe(McpConnection(url=url, **more))


@given(urls)
def test_the_same_url_always_has_the_same_tools(url: str) -> None:
    assert asked(url) == asked(url)


@given(urls, st.integers(0, 300), st.integers(0, 300))
def test_fewer_tools_are_a_prefix_of_more_tools(url: str, one: int, other: int) -> None:
    fewer, more = (asked(f"{url}?tools={count}").tools for count in sorted((one, other)))

    assert fewer == more[: len(fewer)]


@given(urls, st.integers(0, 2 * MOST_TOOLS))
def test_a_server_has_as_many_tools_as_its_url_says_and_no_two_share_a_name(url: str, count: int) -> None:
    tools = asked(f"{url}?tools={count}").tools

    assert min(count, MOST_TOOLS) == len(tools) == len({tool.name for tool in tools})


@given(st.text(), st.text())
def test_any_url_has_an_outcome(url: str, proxy: str) -> None:
    assert asked(url, proxy_url=proxy).status in {"ok", "error"}


def test_every_outcome_has_an_expectation_here() -> None:
    assert NAMES == list(EXPECTED)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("url", ["https://{0}.mcp.example/mcp", "http://localhost:9/mcp?sandbox={0}"])
def test_a_host_or_a_marker_selects_the_outcome(name: str, url: str) -> None:
    outcome = asked(url.format(name))
    status, count = EXPECTED[name]

    assert status == outcome.status
    assert (outcome.message is None) == (status == "ok")
    assert count in (None, len(outcome.tools))


def test_a_token_is_accepted_where_one_is_required() -> None:
    for name in ("oauth", "bearer", "custom"):
        headers = (("Authorization", "Bearer x"),)

        assert asked(f"https://{name}.mcp.example/", headers=headers).status == "ok"


def test_a_server_with_sse_only_refuses_streamable_http() -> None:
    assert ("sse", "ok") == (asked("https://sse.mcp.example/").transport, asked("https://sse.mcp.example/").status)
    assert asked("https://sse.mcp.example/", transport="http").status == "error"


def test_an_authorization_url_is_complete_and_its_state_can_be_used_once() -> None:
    prober = SimulatedProber()
    connection = McpConnection(
        url="https://oauth.mcp.example/mcp", owner="basedash/org_1/mcp_1", redirect_uri="http://127.0.0.1:1/callback"
    )
    url = prober.probe(connection).authorization_url
    query = {key: values[0] for key, values in parse_qs(urlsplit(url or "").query).items()}

    assert ("code", "S256", connection.url) == tuple(
        query[key] for key in ("response_type", "code_challenge_method", "resource")
    )
    assert connection.redirect_uri == query["redirect_uri"]
    assert connection.owner == prober.complete(query["state"], "any")
    assert (True, "oauth") == (prober.probe(connection).oauth_configured, prober.probe(connection).auth_type)
    with pytest.raises(SyncError, match="under way"):
        prober.complete(query["state"], "any")


def test_a_dropped_authorization_is_required_again() -> None:
    prober = SimulatedProber()
    connection = McpConnection(
        url="https://oauth.mcp.example/mcp", owner="basedash/org_1/mcp_1", redirect_uri="http://a/"
    )
    prober.complete(parse_qs(prober.probe(connection).authorization_url or "")["state"][0], "any")

    prober.forget("basedash/org_10")
    assert prober.probe(connection).status == "ok"
    prober.forget("basedash/org_1")
    assert prober.probe(connection).status == "needs-auth"


def test_a_failing_proxy_decides_the_outcome() -> None:
    assert asked("https://a.example/", proxy_url="http://unreachable.mcp.example").status == "unreachable"
    assert asked("https://a.example/", proxy_url="http://proxy.example").status == "ok"


def test_listed_resources_and_prompts_can_be_read() -> None:
    prober, connection = SimulatedProber(), McpConnection(url="https://a.example/", want=EVERYTHING)
    listed = prober.probe(connection)

    for resource in listed.resources:
        read = prober.read_resource(connection, resource["uri"])
        assert isinstance(read, dict)
        assert resource["uri"] == read["contents"][0]["uri"]
    for prompt in listed.prompts:
        got = prober.get_prompt(connection, prompt["name"], {"id": "7"})
        assert isinstance(got, dict)
        assert "id: 7" in got["messages"][0]["content"]["text"]
    assert prober.read_resource(connection, "schema://unknown") is None
    assert prober.get_prompt(connection, "unknown", {}) is None


def test_nothing_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)

    for prober in (SimulatedProber(), OffProber()):
        for name in NAMES:
            connection = McpConnection(
                url=f"https://{name}.mcp.example/", proxy_url="http://p.example", want=EVERYTHING
            )
            prober.probe(connection)
            prober.read_resource(connection, "schema://x")
            prober.get_prompt(connection, "x", {})


REGISTRATIONS = {
    "/basedash/api/public/organizations/org_abc123/mcp-servers": (
        "bd_key_SandboxAdmin00000000000000000000", {"displayName": "a", "serverUrl": "https://a.example/mcp"},
    ),
    "/datagrid/v1/organization/mcp-servers": (
        "dg_live_SandboxOrganization", {"name": "a", "base_url": "https://a.example/mcp"},
    ),
    "/gaia/api/mcp/detect-auth": ("gaia_sandbox_developer", {"url": "http://127.0.0.1:1/mcp"}),
    "/piper/v1/orgs/3c90c3cc-0d44-4b50-8888-8dd25736052a/mcp-servers/test": (
        "pat_sandbox_admin", {"url": "https://oauth.mcp.example/mcp", "auth_token": "t"},
    ),
}  # fmt: skip
"""A request of each vendor that queries an MCP server: path → credential and body."""

WATCHED = f"""
import asyncio, os, sys
import httpx
import mockserver

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"):
        print(event, arguments, flush=True)
        os._exit(3)

async def register():
    transport = httpx.ASGITransport(mockserver.create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as api:
        for path, (credential, body) in {REGISTRATIONS!r}.items():
            reply = await api.post(path, headers={{"Authorization": f"Bearer {{credential}}"}}, json=body)
            print(reply.status_code, end=" ")

sys.addaudithook(watch)
asyncio.run(register())
if sys.argv[1:]:
    httpx.get("http://127.0.0.1:1/")
"""


def test_by_default_no_registration_leads_to_a_connection() -> None:
    well = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, timeout=120, check=False)
    proof = subprocess.run(
        [sys.executable, "-c", WATCHED, "x"], capture_output=True, text=True, timeout=120, check=False
    )

    assert (0, "201 201 200 200 ") == (well.returncode, well.stdout), well.stderr
    assert (3, True) == (proof.returncode, "socket.getaddrinfo" in proof.stdout), "the watch sees a connection"


def test_off_queries_no_server_and_says_so() -> None:
    outcome = OffProber().probe(McpConnection(url="https://a.example/"))

    assert ("pending", ()) == (outcome.status, outcome.tools)
    assert "--sync off" in str(outcome.message)
    with pytest.raises(SyncError, match="--sync off"):
        OffProber().complete("state", "code")
