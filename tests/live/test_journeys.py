"""Registering real MCP servers: what each vendor shows, before and after a change of the server."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

pytest.importorskip("mcp", reason="live sync needs the official MCP SDK: pip install 'mockserver[live]'")

from tests.foreign import SERVERS
from tests.live.conftest import Demo  # only where the SDK is
from tests.mcp_sync.live import press_allow
from tests.process import READY, ROOT, Processes, address

ORGANIZATION = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def client(sandbox: str, path: str, credential: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {credential}"}
    return httpx.Client(base_url=f"{sandbox}/{path}", headers=headers, timeout=30, follow_redirects=True)


def basedash(sandbox: str) -> httpx.Client:
    return client(sandbox, "basedash/api/public/organizations/org_abc123", "bd_key_SandboxAdmin00000000000000000000")


def datagrid(sandbox: str) -> httpx.Client:
    return client(sandbox, "datagrid/v1", "dg_live_SandboxOrganization")


def gaia(sandbox: str) -> httpx.Client:
    return client(sandbox, "gaia/api/mcp", "gaia_sandbox_developer")


def piper(sandbox: str) -> httpx.Client:
    return client(sandbox, f"piper/v1/orgs/{ORGANIZATION}", "pat_sandbox_admin")


def change_tools(url: str, count: int) -> None:
    parts = urlsplit(url)
    httpx.put(f"{parts.scheme}://{parts.netloc}/demo/tools", params={"count": count}).raise_for_status()


def wait_for(seen: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    """The value once it is as wanted, at most thirty seconds later."""
    for _ in range(300):
        value = seen()
        if wanted(value):
            return value
        time.sleep(0.1)
    raise AssertionError(f"it never came to pass: {value}")


def register(api: httpx.Client, url: str, **fields: Any) -> dict[str, Any]:
    reply = api.post("/mcp-servers", json={"displayName": "Mine", "serverUrl": url, **fields})
    assert 201 == reply.status_code, reply.text
    item: dict[str, Any] = reply.json()["data"]
    return item


def test_basedash_shows_the_tools_of_a_real_server_and_keeps_removed_ones(sandbox: str, demo: Demo) -> None:
    url = demo("--tools", "4")
    with basedash(sandbox) as api:
        server = register(api, url)
        change_tools(url, 2)
        synced = api.patch(f"/mcp-servers/{server['id']}", json={"headers": [{"name": "X-Any", "value": "1"}]}).json()

    assert ("CONNECTED", "STREAMABLE_HTTP", 4) == (
        server["setupState"], server["transportType"], len(server["tools"]),
    )  # fmt: skip
    assert {tool["id"] for tool in server["tools"]} == {tool["id"] for tool in synced["data"]["tools"]}
    assert [False, False, True, True] == sorted(tool["foundInServer"] for tool in synced["data"]["tools"])


def test_basedash_uses_sse_if_the_server_does(sandbox: str, demo: Demo) -> None:
    with basedash(sandbox) as api:
        server = register(api, demo("--transport", "sse"))

    assert ("CONNECTED", "SSE") == (server["setupState"], server["transportType"])
    assert server["tools"]


def test_basedash_sends_its_static_headers(sandbox: str, demo: Demo) -> None:
    url = demo("--auth", "bearer")
    with basedash(sandbox) as api:
        without = register(api, url)
        given = register(api, url, headers=[{"name": "Authorization", "value": "Bearer demo-token"}])

    assert "CONNECTED" != without["setupState"]
    assert ("CONNECTED", True) == (given["setupState"], bool(given["tools"]))


def consent(person: httpx.Client, url: str) -> httpx.Response:
    """Press Allow on the consent page as a browser does. Gives the next page."""
    page = person.get(url)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None, page.text
    return person.post(page.url, data={"ticket": ticket.group(1), "decision": "allow"})


def test_basedash_starts_oauth_and_syncs_after_consent(sandbox: str, demo: Demo) -> None:
    url = demo("--auth", "oauth")
    with basedash(sandbox) as api, httpx.Client(follow_redirects=True) as person:
        server = register(api, url)
        assert (True, "INCOMPLETE", []) == (server["requiresAuth"], server["setupState"], server["tools"])

        back = consent(person, server["authUrl"])
        synced = api.get(f"/mcp-servers/{server['id']}").json()["data"]
        state = person.get(f"{sandbox}/_mock/state").text

        again = person.get(back.url)

    assert (200, True) == (back.status_code, "Authorized" in back.text)
    assert ("CONNECTED", "SUCCESS", True) == (synced["setupState"], synced["lastSyncStatus"], bool(synced["tools"]))
    assert 400 == again.status_code, "a code is exchanged once"
    assert not re.search("access_token|refresh_token", state)


def test_the_session_with_real_mcp_servers_works_as_the_page_shows() -> None:
    page = ROOT / "docs" / "vendors" / "README.md"
    text = page.read_text(encoding="utf-8").partition("## With real MCP servers")[2]
    begin, change = (block.replace("\\\n", " ") for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[:2])
    serve, demo = (
        re.findall(rf"^mockserver ({command}.*?) &", begin, re.MULTILINE)[0] for command in ("serve", "demo")
    )

    with Processes() as processes, httpx.Client(follow_redirects=True) as person:
        _, said = processes.start(*demo.split(), "--port", "0", until="MCP server:")
        at = said[-1].removeprefix("MCP server: ").removesuffix("/mcp")
        _, greeting = processes.start(*serve.split(), "--port", "0", until=READY)

        def curl(line: str, id: str = "") -> dict[str, Any]:
            here = line.replace("http://127.0.0.1:8080", address(greeting)).replace("http://127.0.0.1:8931", at)
            command = [*shlex.split(here.replace("mcp_1", id)), "-s"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
            answer: dict[str, Any] = json.loads(done.stdout)
            return answer

        created = curl(begin[begin.index("curl") :])["data"]
        consent(person, created["authUrl"])
        before, after = (curl(line, created["id"]) for line in change.strip().split("\n"))

    assert any("loopback only" in line for line in greeting)
    assert (5, 5) == (len(before["tools"]), len(after["data"]["tools"]))
    assert "CONNECTED" == after["data"]["setupState"]


@pytest.mark.slow
def test_a_user_connects_a_server_with_oauth_in_a_browser(sandbox: str, demo: Demo, devtools: str) -> None:
    url = demo("--auth", "oauth", "--tools", "6")
    with basedash(sandbox) as api:
        server = register(api, url)

        def seen() -> dict[str, Any]:
            item: dict[str, Any] = api.get(f"/mcp-servers/{server['id']}").json()["data"]
            return item

        press_allow(devtools, server["authUrl"], lambda: seen()["setupState"] == "CONNECTED")
        synced = seen()
        change_tools(url, 2)
        again = api.patch(f"/mcp-servers/{server['id']}", json={"headers": [{"name": "X-Any", "value": "1"}]}).json()

    assert (True, []) == (server["requiresAuth"], server["tools"])
    assert ("SUCCESS", 6, "echo") == (synced["lastSyncStatus"], len(synced["tools"]), synced["tools"][0]["name"])
    assert [False] * 4 + [True] * 2 == sorted(tool["foundInServer"] for tool in again["data"]["tools"])


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_each_vendor_shows_the_tools_of_servers_of_other_projects(
    sandbox: str, foreign: Callable[[str], str], name: str
) -> None:
    url, transport = foreign(name), "sse" if "SSE" in name else "http"
    body = {"projectId": "proj_123", "name": "f", "transportType": transport, "connectionType": "direct", "url": url}
    with basedash(sandbox) as api:
        shown = register(api, url)
        found = {tool["name"] for tool in shown["tools"]}
    with datagrid(sandbox) as api:
        counted = api.post("/organization/mcp-servers", json={"name": "f", "base_url": url}).json()
        api.delete(f"/organization/mcp-servers/{counted['id']}")
    with gaia(sandbox) as api:
        id = api.post("/servers", json=body).json()["serverId"]
        connected = api.post("/connect", json={"id": id}).json()["success"]
        listed = {tool["name"] for tool in api.get("/tools", params={"id": id}).json()["tools"]}
    with piper(sandbox) as api:
        tested = {tool["name"] for tool in api.post("/mcp-servers/test", json={"url": url}).json()["tools"]}

    assert ("CONNECTED", "SSE" if transport == "sse" else "STREAMABLE_HTTP") == (
        shown["setupState"], shown["transportType"],
    )  # fmt: skip
    assert ("echo" if "everything" in name else "get_current_time") in found
    assert (True, found, found) == (connected, listed, tested)
    # Datagrid documents streamable HTTP only.
    assert (("connected", len(found)) if transport == "http" else ("error", None)) == (
        counted["status"], counted["metadata"].get("tool_count"),
    )  # fmt: skip


def test_basedash_shows_a_slow_server_as_pending_and_then_its_outcome(sandbox: str, demo: Demo) -> None:
    url = demo("--misbehave", "silent")
    with basedash(sandbox) as api:
        server = register(api, url)
        assert "PENDING" == server["lastSyncStatus"]
        assert [server["id"]] == [s["id"] for s in api.get("/mcp-servers", params={"limit": 1}).json()["data"]]
        later = wait_for(
            lambda: api.get(f"/mcp-servers/{server['id']}").json()["data"], lambda s: s["lastSyncStatus"] != "PENDING"
        )

    assert ("BROKEN", "FAILED") == (later["setupState"], later["lastSyncStatus"])
    assert later["syncErrorMessage"]


def test_datagrid_counts_the_tools_of_a_real_server(sandbox: str, demo: Demo) -> None:
    url = demo("--tools", "5", "--auth", "bearer")
    body = {"name": "mine", "base_url": url, "authorization": "Bearer demo-token"}
    with datagrid(sandbox) as api:
        server = api.post("/organization/mcp-servers", json=body).json()
        change_tools(url, 2)
        synced = api.patch(f"/organization/mcp-servers/{server['id']}", json={"base_url": url}).json()
        api.delete(f"/organization/mcp-servers/{server['id']}")

    assert server["metadata"]["tool_count"] > synced["metadata"]["tool_count"] > 0
    assert server["metadata"]["last_synced_at"]
    assert server["protocol_version"]


def test_datagrid_shows_that_a_server_requires_oauth(sandbox: str, demo: Demo) -> None:
    with datagrid(sandbox) as api:
        server = api.post("/organization/mcp-servers", json={"name": "o", "base_url": demo("--auth", "oauth")}).json()
        api.delete(f"/organization/mcp-servers/{server['id']}")

    assert (True, False) == (server["metadata"]["requires_oauth"], server["metadata"]["oauth_configured"])


def test_gaia_connects_to_a_real_server_and_lists_its_tools_resources_and_prompts(sandbox: str, demo: Demo) -> None:
    url = demo("--tools", "4")
    body = {"projectId": "proj_123", "name": "mine", "transportType": "http", "connectionType": "direct", "url": url}
    with gaia(sandbox) as api:
        created = api.post("/servers", json=body).json()["serverId"]
        connected = api.post("/connect", json={"id": created}).json()
        item = api.get(f"/servers/{created}").json()["server"]
        tools = api.get("/tools", params={"id": created}).json()["tools"]
        prompts = api.get("/prompts", params={"id": created}).json()["prompts"]
        change_tools(url, 2)
        fewer = api.get("/tools", params={"id": created}).json()["tools"]

    assert (4, tools[:2]) == (len(tools), fewer)
    assert (True, "connected") == (connected["success"], item["status"])
    assert "echo" in [tool["name"] for tool in tools]
    assert ["greet"] == [prompt["name"] for prompt in prompts]


def test_gaia_detects_transport_and_authorization_of_real_servers(sandbox: str, demo: Demo) -> None:
    with gaia(sandbox) as api:
        auth = api.post("/detect-auth", json={"url": demo("--auth", "oauth")}).json()
        transport = api.post("/detect-transport", json={"url": demo("--transport", "sse")}).json()

    assert ("oauth", True) == (auth["authType"], auth["requiresAuth"])
    assert "sse" == transport["recommended"]


def test_piper_tests_a_real_server_with_its_token(sandbox: str, demo: Demo) -> None:
    body = {"name": "mine", "url": demo("--auth", "bearer"), "auth_type": "bearer", "auth_token": "demo-token"}
    with piper(sandbox) as api:
        created = api.post("/mcp-servers/", json=body).json()
        saved = api.post(f"/mcp-servers/{created['id']}:test")
        change_tools(body["url"], 6)
        more = api.post(f"/mcp-servers/{created['id']}:test").json()["tools"]
        wrong = api.post("/mcp-servers/test", json={"url": body["url"], "auth_type": "bearer", "auth_token": "wrong"})

    assert (200, "echo", 3) == (saved.status_code, saved.json()["tools"][0]["name"], len(saved.json()["tools"]))
    assert (saved.json()["tools"], 6) == (more[:3], len(more))
    assert (502, False) == (wrong.status_code, "demo-token" in wrong.text)


@pytest.mark.parametrize("address", ["http://169.254.169.254/latest", "http://10.0.0.1/mcp", "http://[fe80::1]/mcp"])
def test_an_address_beyond_loopback_is_not_queried_and_the_registration_is_kept(sandbox: str, address: str) -> None:
    with basedash(sandbox) as api:
        server = register(api, address)

    assert ("BROKEN", "FAILED") == (server["setupState"], server["lastSyncStatus"])
    assert re.search("is (never|not) asked", server["syncErrorMessage"])
