"""The live prober and well-behaved servers: every transport, credentials, and tools that change."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.foreign import SERVERS, everything
from tests.mcp_sync.live import IMPATIENT, put, with_prober
from tests.package import UnobtainableError
from tests.process import free_port

EVERYTHING = frozenset({"tools", "resources", "prompts"})
BEARER = (("Authorization", "Bearer demo-token"),)
ROOT = Path(__file__).parents[2]


def probed(url: str = "", *, allow_stdio: bool = False, **more: Any) -> Outcome:
    outcome: Outcome = with_prober(lambda prober: prober.probe(McpConnection(url=url, **more)), allow_stdio=allow_stdio)
    return outcome


def names(outcome: Outcome) -> list[str]:
    return [tool.name for tool in outcome.tools]


def test_the_tools_of_a_streamable_http_server_are_listed(demo: Callable[..., str]) -> None:
    outcome = probed(demo(tools=3) + "/mcp")

    assert ("ok", "http", None) == (outcome.status, outcome.transport, outcome.message)
    assert ["echo", "search_leads", "get_lead"] == names(outcome)
    assert ("Say it again.", True) == (outcome.tools[0].description, outcome.tools[0].read_only_hint)
    assert ["text"] == list(outcome.tools[0].input_schema["properties"])
    assert ("demo", (False, "none")) == (outcome.server_info["name"], (outcome.requires_auth, outcome.auth_type))
    assert outcome.protocol_version


def test_a_server_is_reached_as_localhost(demo: Callable[..., str]) -> None:
    assert probed(demo().replace("127.0.0.1", "localhost") + "/mcp").status == "ok"


def test_a_server_with_sse_only_is_detected(demo: Callable[..., str]) -> None:
    outcome = probed(demo(transport="sse") + "/sse")

    assert ("ok", "sse", 3) == (outcome.status, outcome.transport, len(outcome.tools))


def test_a_given_transport_is_the_only_one_tried(demo: Callable[..., str]) -> None:
    url = demo(transport="sse") + "/sse"

    assert probed(url, transport="sse").status == "ok"
    assert "405 Method Not Allowed" in str(probed(url, transport="http").message)


@pytest.mark.parametrize("transport", ["http", "sse"])
def test_every_working_transport_is_reported_on_request(demo: Callable[..., str], transport: str) -> None:
    url = demo(transport=transport) + {"http": "/mcp", "sse": "/sse"}[transport]

    assert (transport,) == probed(url, want=frozenset({"transports"})).supported_transports


def test_only_the_wanted_lists_are_read(demo: Callable[..., str]) -> None:
    url = demo() + "/mcp"

    assert ((), ()) == (probed(url).resources, probed(url).prompts)
    full = probed(url, want=EVERYTHING)
    assert ("demo://greeting", "greet") == (full.resources[0]["uri"], full.prompts[0]["name"])
    assert probed(url, want=frozenset()).tools == ()


def test_a_resource_is_read_and_a_prompt_filled_in(demo: Callable[..., str]) -> None:
    connection = McpConnection(url=demo() + "/mcp")

    async def ask(prober: LiveProber) -> list[Any]:
        return [
            await prober.read_resource(connection, "demo://greeting"),
            await prober.read_resource(connection, "demo://unknown"),
            await prober.get_prompt(connection, "greet", {"name": "Ada"}),
            await prober.read_resource(McpConnection(url="http://127.0.0.1:1/"), "demo://greeting"),
        ]

    read, unknown, prompt, unreachable = with_prober(ask)
    assert [{"uri": "demo://greeting", "mimeType": "text/plain", "text": "Hello from the demo."}] == read["contents"]
    assert unknown is None
    assert "Greet Ada." == prompt["messages"][0]["content"]["text"]
    assert unreachable.status == "unreachable"


@pytest.mark.parametrize("transport", ["http", "sse"])
def test_the_next_sync_sees_changed_tools(demo: Callable[..., str], transport: str) -> None:
    base = demo(tools=2, transport=transport)
    url = base + {"http": "/mcp", "sse": "/sse"}[transport]
    before = probed(url)
    put(base + "/demo/tools?count=4")
    more = probed(url)
    put(base + "/demo/tools?count=1")
    fewer = probed(url)

    assert [2, 4, 1] == [len(outcome.tools) for outcome in (before, more, fewer)]
    assert names(more)[:2] == names(before)
    assert ["echo"] == names(fewer)


def test_many_tools_are_listed_and_no_tools_are_no_failure(demo: Callable[..., str]) -> None:
    assert len(probed(demo(tools=250) + "/mcp").tools) == 250
    assert ("ok", ()) == (probed(demo(tools=0) + "/mcp").status, probed(demo(tools=0) + "/mcp").tools)


@pytest.mark.parametrize("transport", ["http", "sse"])
def test_a_required_bearer_token_is_detected_and_sent(demo: Callable[..., str], transport: str) -> None:
    url = demo(auth="bearer", transport=transport) + {"http": "/mcp", "sse": "/sse"}[transport]
    without, wrong, right = (
        probed(url),
        probed(url, headers=(("Authorization", "Bearer x"),)),
        probed(url, headers=BEARER),
    )

    for refused in (without, wrong):
        assert ("needs-auth", "bearer", True) == (refused.status, refused.auth_type, refused.requires_auth)
        assert "401" in str(refused.message)
    assert ("ok", 3) == (right.status, len(right.tools))


def test_neither_connection_nor_outcome_shows_secrets(demo: Callable[..., str]) -> None:
    secret = "s3cr3t-value"
    connection = McpConnection(url=demo(auth="bearer") + "/mcp", headers=(("Authorization", f"Bearer {secret}"),))
    unsendable = McpConnection(url=connection.url, headers=(("X-Key", f"{secret}\n"), ("X-Name", f"ä{secret}")))

    assert secret not in repr(connection)
    for each in (connection, unsendable):
        assert secret not in repr(with_prober(lambda prober, each=each: prober.probe(each)))


def test_a_message_does_not_contain_a_secret_that_a_server_repeats(serve: Callable[..., str]) -> None:
    async def tactless(scope: Scope, receive: Receive, send: Send) -> None:
        said = dict(scope["headers"])[b"authorization"].decode()
        identifier = json.loads(await Request(scope, receive).body())["id"]
        error = {"code": -32603, "message": f"I do not like {said}"}
        reply = JSONResponse({"jsonrpc": "2.0", "id": identifier, "error": error})
        await reply(scope, receive, send)

    headers = (("Authorization", "Bearer s3cr3t-value"),)
    outcome = probed(serve(lambda url: tactless) + "/mcp", headers=headers, transport="http")

    assert outcome.message == "The server answered with an MCP error: I do not like …"


def test_a_name_that_is_not_resolved_in_time_is_a_timeout() -> None:
    async def never(host: str, port: int) -> tuple[Any, ...]:
        await asyncio.sleep(60)
        return ()

    connection = McpConnection(url="http://slow.example/mcp")
    outcome = with_prober(lambda prober: prober.probe(connection), resolver=never, limits=IMPATIENT)

    assert outcome.status == "timeout"


def test_a_refused_connection_has_a_clear_message() -> None:
    outcome = probed(f"http://127.0.0.1:{free_port()}/mcp")

    assert ("unreachable", "No connection to the server: connection refused.") == (outcome.status, outcome.message)


def test_a_name_that_does_not_resolve_has_a_clear_message() -> None:
    async def missing(host: str, port: int) -> tuple[Any, ...]:
        raise socket.gaierror("unknown")

    outcome = with_prober(lambda prober: prober.probe(McpConnection(url="http://nobody.example/mcp")), resolver=missing)

    assert ("unreachable", True) == (outcome.status, "nobody.example does not resolve" in outcome.message)


def test_a_failed_tls_handshake_has_a_clear_message(demo: Callable[..., str]) -> None:
    outcome = probed(demo().replace("http:", "https:") + "/mcp")

    assert ("unreachable", True) == (outcome.status, "TLS failed" in str(outcome.message))


def test_a_timeout_names_the_allowed_time(demo: Callable[..., str]) -> None:
    outcome = probed(demo(misbehave="silent") + "/mcp", timeout=0.3)

    assert ("timeout", "The server was not done within 0.3 seconds.") == (outcome.status, outcome.message)


def demo_command(**options: Any) -> list[str]:
    return [sys.executable, "-c", f"from mockserver.mcp_sync.demo_server import Demo; Demo(**{options!r}).run(0)"]


@pytest.fixture
def demo_process() -> Iterator[Callable[..., str]]:
    """A function that runs the demo server in a process of its own and returns the URL of its MCP endpoint."""
    processes: list[subprocess.Popen[str]] = []

    def start(**options: Any) -> str:
        process = subprocess.Popen(demo_command(**options), stdout=subprocess.PIPE, text=True, cwd=ROOT)
        processes.append(process)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith("MCP server: "), first
        return first.removeprefix("MCP server: ").strip()

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=10)


@pytest.mark.parametrize("transport", ["http", "sse"])
def test_the_demo_server_works_as_a_process_of_its_own(demo_process: Callable[..., str], transport: str) -> None:
    outcome = probed(demo_process(transport=transport, tools=7))

    assert ("ok", transport, 7) == (outcome.status, outcome.transport, len(outcome.tools))


STDIO_SERVER = """
from mcp.server.mcpserver import MCPServer
import os
server = MCPServer("by-command", log_level="ERROR")
server.add_tool(lambda: "x", name=os.environ["TOOL"], description="d")
server.run()
"""


def test_a_command_runs_only_if_allowed(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    forbidden = probed(command=sys.executable, args=("-c", f"open({str(marker)!r}, 'w')"))

    assert ("error", True) == (forbidden.status, "--allow-stdio" in str(forbidden.message))
    assert not marker.exists()

    allowed = probed(allow_stdio=True, command=sys.executable, args=("-c", STDIO_SERVER), env=(("TOOL", "from_env"),))
    assert ("ok", "stdio", ["from_env"]) == (allowed.status, allowed.transport, names(allowed))


@pytest.mark.parametrize(
    ("command", "args", "said"),
    [
        ("no-such-command-here", (), "no such file or directory"),
        (sys.executable, ("-c", "raise SystemExit(3)"), "ended the exchange"),
    ],
)
def test_a_failed_command_has_a_clear_message(command: str, args: tuple[str, ...], said: str) -> None:
    outcome = probed(allow_stdio=True, command=command, args=args)

    assert outcome.status != "ok"
    assert said in str(outcome.message)


def proxy(status: str, token: str) -> Callable[[str], Starlette]:
    """The health check of a GAIA proxy that requires a token in a special header."""

    async def health(request: Request) -> Response:
        wanted = request.headers.get("x-proxy-auth") == f"Bearer {token}"
        return JSONResponse({"status": status} if wanted else {"error": "who?"}, 200 if wanted else 401)

    return lambda url: Starlette(routes=[Route("/health", health)])


@pytest.mark.parametrize(
    ("state", "token", "status", "said"),
    [
        ("ok", "t0ken", "ok", "None"),
        ("starting", "t0ken", "error", "The proxy is not healthy. The server answered 200 OK."),
        ("ok", "other", "error", "The proxy is not healthy. The server answered 401 Unauthorized."),
    ],
)
def test_a_proxy_must_be_healthy_before_the_server_is_queried(
    demo: Callable[..., str], serve: Callable[..., str], state: str, token: str, status: str, said: str
) -> None:
    headers = (("X-Proxy-Auth", f"Bearer {token}"),)
    outcome = probed(demo() + "/mcp", proxy_url=serve(proxy(state, "t0ken")), proxy_headers=headers)

    assert (status, said) == (outcome.status, str(outcome.message))


def test_an_unreachable_or_forbidden_proxy_has_a_clear_message(demo: Callable[..., str]) -> None:
    url = demo() + "/mcp"

    assert "The proxy is not available. No connection" in str(probed(url, proxy_url="http://127.0.0.1:1").message)
    assert "is never asked" in str(probed(url, proxy_url="http://169.254.169.254").message)


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_servers_of_other_projects_are_understood(name: str, foreign: Callable[[str], str]) -> None:
    outcome = probed(foreign(name), want=EVERYTHING)

    assert ("ok", "sse" if "SSE" in name else "http") == (outcome.status, outcome.transport)
    assert ({"echo", "get-sum"} if "everything" in name else {"get_current_time"}) <= set(names(outcome))
    assert (bool(outcome.resources), bool(outcome.prompts)) == ("everything" in name,) * 2


@pytest.mark.slow
def test_a_command_of_another_project_is_understood() -> None:
    try:
        command, *args = everything("stdio")
    except UnobtainableError as fault:
        pytest.skip(str(fault))
    outcome = probed(allow_stdio=True, command=command, args=tuple(args))

    assert ("ok", "stdio", True) == (outcome.status, outcome.transport, "echo" in names(outcome))
