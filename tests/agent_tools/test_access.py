"""Who may use the tools over HTTP, and which sandbox `mockserver mcp` reaches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.streamable_http import streamable_http_client

import mockserver
from mockserver.web.admin import agent_endpoint
from tests.agent_tools.conftest import DOCUMENT, Agent, by_stdio
from tests.client import Client
from tests.process import READY, Processes, address, run

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def connected() -> Any:
    agents: list[Agent] = []

    def connect(how: Callable[[], Any]) -> Agent:
        agents.append(Agent(how))
        return agents[-1]

    yield connect
    for each in agents:
        each.close()


def test_a_running_sandbox_is_reached_by_its_address_and_in_a_namespace(sandbox_url: str, connected: Any) -> None:
    one = connected(by_stdio("--url", sandbox_url, "--namespace", "one"))
    two = connected(by_stdio("--url", sandbox_url, "--namespace", "two"))

    one.call("call_operation", operation="createCustomer", body={"name": "Ada"})
    assert {"petstore", "shop"} == one.call("list_operations")["services"].keys()
    assert ["Ada"] == [each["name"] for each in one.call("read_state", service="shop", resource="customer")["state"]]
    assert [] == two.call("list_requests")["requests"]
    assert 1 == len(two.call("list_requests", all_namespaces=True)["requests"])
    assert "name a service" in two.error("read_state", resource="customer")


def test_over_http_a_header_names_the_namespace(sandbox_url: str, connected: Any) -> None:
    @asynccontextmanager
    async def of(name: str) -> AsyncIterator[Any]:
        async with (
            httpx2.AsyncClient(headers={"Mock-Namespace": name}, timeout=60) as http,
            streamable_http_client(f"{sandbox_url}/_mock/mcp", http_client=http) as streams,
        ):
            yield streams

    three, four = connected(partial(of, "three")), connected(partial(of, "four"))
    three.call("call_operation", operation="createCustomer", body={"name": "Ada"})

    assert 1 == len(three.call("read_state", service="shop", resource="customer")["state"])
    assert [] == four.call("read_state", service="shop", resource="customer")["state"]


def test_over_http_a_path_names_the_namespace_too(sandbox_url: str, connected: Any) -> None:
    five = connected(lambda: streamable_http_client(f"{sandbox_url}/_mock/ns/five/_mock/mcp"))
    five.call("call_operation", operation="createCustomer", body={"name": "Ada"})

    assert ["five"] == [each["namespace"] for each in five.call("list_requests")["requests"]]


def test_calls_of_tools_leave_the_terminal_of_the_sandbox_alone(connected: Any) -> None:
    with Processes() as processes:
        process, lines = processes.start("serve", DOCUMENT, "--port", "0", "--no-access-log", until=READY)
        agent = connected(lambda: streamable_http_client(f"{address(lines)}/_mock/mcp"))
        assert 200 == agent.call("call_operation", operation="listPets")["status"]
        assert "nobody" in agent.error("describe_operation", operation="nobody")
        process.kill()
        printed, _ = process.communicate(timeout=60)

    assert "" == printed.strip()


def test_the_tools_are_guarded_as_the_rest_of_the_admin_api() -> None:
    app = mockserver.create_app("basedash", token="open-sesame", hosts=())

    with Client(app, "http://localhost") as client:
        assert 401 == client.post("/_mock/mcp", json=LIST, headers=ACCEPT).status_code
        foreign = {"Origin": "https://evil.example", "Authorization": "Bearer open-sesame"}
        assert 403 == client.post("/_mock/mcp", json=LIST, headers=ACCEPT | foreign).status_code
        allowed = client.post("/_mock/mcp", json=LIST, headers=ACCEPT | {"Authorization": "Bearer open-sesame"})
        assert (200, "list_operations") == (allowed.status_code, allowed.json()["result"]["tools"][0]["name"])
        assert 405 == client.get("/_mock/mcp", headers={"Authorization": "Bearer open-sesame"}).status_code


def test_without_the_extra_the_answer_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_endpoint, "ENDPOINT", "absent_package.http_endpoint:HttpEndpoint")

    with Client(mockserver.create_app("basedash")) as client:
        reply = client.post("/_mock/mcp", json=LIST, headers=ACCEPT)

    assert (501, "application/problem+json") == (reply.status_code, reply.headers["content-type"])
    assert "pip install 'mockserver[live]'" in reply.json()["detail"]


def test_parameters_are_written_in_the_styles_of_the_document(tmp_path: Path, connected: Any) -> None:
    document = tmp_path / "search.yaml"
    document.write_text(STYLES, "utf-8")
    agent = connected(by_stdio(str(document)))

    answer = agent.call(
        "call_operation",
        operation="search",
        parameters={
            "area": "a/b",
            "ids": [1, 2],
            "filter": {"kind": "a b"},
            "tags": ["x", "y,z"],
            "X-Trace": "t/1",
            "theme": "dark",
            "q": "ä&",
            "size": {"from": 1, "to": 5},
            "where": {"kind": ["x"]},
            "X-Range": {"from": 1},
        },
    )
    request = agent.call("get_request", number=answer["number"])["request"]["request"]
    assert 200 == answer["status"], answer
    assert "/areas/a%2Fb/items?ids=1&ids=2&filter[kind]=a%20b&tags=x,y%2Cz&q=%C3%A4%26" in request["target"]
    assert request["target"].endswith("&size=from,1,to,5&where=%7B%22kind%22%3A%5B%22x%22%5D%7D")
    assert ("t/1", "from=1") == tuple(dict(request["headers"])[name] for name in ("x-trace", "x-range"))


STYLES = """
openapi: 3.1.0
info: {title: Search, version: "1"}
paths:
  /areas/{area}/items:
    get:
      operationId: search
      parameters:
      - {name: area, in: path, required: true, schema: {type: string}}
      - {name: ids, in: query, schema: {type: array, items: {type: integer}}}
      - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {kind: {type: string}}}}
      - {name: tags, in: query, explode: false, schema: {type: array, items: {type: string}}}
      - {name: size, in: query, explode: false, schema: &range {type: object, properties: {from: {type: integer}}}}
      - {name: where, in: query, content: {application/json: {schema: {type: object, required: [kind]}}}}
      - {name: X-Range, in: header, explode: true, schema: *range}
      - {name: X-Trace, in: header, schema: {type: string}}
      - {name: theme, in: cookie, required: true, schema: {const: dark}}
      - {name: q, in: query, schema: {type: string}}
      responses: {"200": {description: OK, content: {application/json: {schema: {type: array}}}}}
"""


def test_documents_and_an_address_cannot_both_be_given() -> None:
    done = run("mcp", "docs/petstore.yaml", "--url", "http://127.0.0.1:1")

    assert (2, True) == (done.returncode, "not both" in done.stderr)


def test_a_sandbox_that_does_not_run_is_told_by_the_first_tool(connected: Any) -> None:
    agent = connected(by_stdio("--url", "http://127.0.0.1:9"))

    assert "no sandbox answers at http://127.0.0.1:9" in agent.error("list_operations")
