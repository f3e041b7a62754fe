"""Every operation of the admin API from Python, pytest, the command line and by a tool, or a reason why not."""

from __future__ import annotations

import json
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from click.testing import CliRunner
from mcp.client.streamable_http import streamable_http_client

from mockserver.cli.commands import main
from mockserver.client import AsyncNamespace, Namespace
from mockserver.pytest_plugin.mock_api import MockApi
from mockserver.pytest_plugin.shared_sandbox import SharedSandbox
from mockserver.web.admin.functions import FUNCTIONS
from mockserver.web.admin.ways import WAYS
from mockserver.web.app import create_app
from tests.agent_tools.conftest import Agent
from tests.process import ROOT

DOCUMENTS = ("docs/shop.yaml", "examples/webhooks/orders.yaml")
NAMESPACE = "ways"
RECEIVER = "http://127.0.0.1:9/hooks"
WHEN, THEN = {"operation": "createCustomer"}, {"status": 503}
FIELDS = {"name": "Grace"}
BY_THE_FIXTURE = {"beginNamespace", "endNamespace", "getNamespace"}
"""What the fixture does itself; `mock_api.namespace` has it."""


class Steered:
    """A sandbox in this process, and the operations of its admin API that were reached."""

    def __init__(self, shared: SharedSandbox, reached: list[str]) -> None:
        self.sandbox, self.transport, self.reached = shared.over_port, shared.transport, reached
        self.ns = self.sandbox.namespace(NAMESPACE)

    def prepare(self) -> dict[str, Any]:
        """Have one of everything; what expressions and commands call it."""
        ns = self.ns
        ns.end()
        ns.state("shop", "customer").add({"id": "c1", "name": "Ada"})
        ns.state("orders", "order").add({"product": "tea"})
        ns.checkpoint("before")
        with ns.client("shop") as client:
            client.get("/customers")
        made = {
            "sandbox": self.sandbox, "ns": ns, "override": ns.override(WHEN, THEN), "number": ns.requests()[-1].number,
            "subscription": ns.subscribe(RECEIVER, "order.created"), "world": ns.snapshot(), "event": "order.created",
            "url": RECEIVER, "id": "c1", "fields": FIELDS, "when": WHEN, "then": THEN, "operation": "listCustomers",
        }  # fmt: skip
        self.reached.clear()
        return made


@pytest.fixture(scope="module")
def steered() -> Iterator[Steered]:
    reached: list[str] = []

    def noted(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(request: Any) -> Any:
            reached.append(name)
            return function(request)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name, function in list(FUNCTIONS.items()):
            patch.setitem(FUNCTIONS, name, noted(name, function))
        shared = SharedSandbox(create_app(*(str(ROOT / each) for each in DOCUMENTS), journal=50))
        yield Steered(shared, reached)
        shared.close()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """A connection of an agent in the namespace."""
    async with (
        httpx2.AsyncClient(headers={"Mock-Namespace": NAMESPACE}, timeout=60) as http,
        streamable_http_client(url, http_client=http) as streams,
    ):
        yield streams


@pytest.fixture(scope="module")
def agent(steered: Steered) -> Iterator[Agent]:
    opened = Agent(lambda: connected(f"{steered.sandbox.url}/_mock/mcp"))
    yield opened
    opened.close()


def with_a(way: str) -> list[str]:
    return [name for name, ways in WAYS.items() if getattr(ways, way)]


def test_every_operation_has_every_way_or_a_reason(steered: Steered) -> None:
    paths = httpx.get(f"{steered.sandbox.url}/_mock/openapi.json", trust_env=False).json()["paths"]
    operations = [
        operation["operationId"] for item in paths.values() for operation in item.values() if "operationId" in operation
    ]

    assert sorted(operations) == sorted(WAYS)
    assert [] == [name for name, ways in WAYS.items() if all(ways[:3]) == bool(ways.why)]


@pytest.mark.parametrize("operation", with_a("python"))
def test_an_expression_of_python_reaches_its_operation(steered: Steered, operation: str) -> None:
    names = steered.prepare()

    value = eval(WAYS[operation].python, names)
    _ = list(value) if operation == "followRequests" else value

    assert operation in steered.reached


@pytest.mark.parametrize("operation", [name for name in with_a("python") if name not in BY_THE_FIXTURE])
def test_the_fixture_has_what_a_namespace_has(steered: Steered, operation: str) -> None:
    names = steered.prepare()
    expression = WAYS[operation].python.replace('ns.state("shop", ', "ns.state(")
    names["ns"] = mock_api = MockApi(steered.ns, "shop", steered.transport())
    assert mock_api.service == "shop"

    value = eval(expression, names)
    _ = list(value) if operation == "followRequests" else value

    assert operation in steered.reached


@pytest.mark.parametrize("operation", [name for name in with_a("python") if WAYS[name].python.startswith("ns.")])
def test_a_namespace_with_await_has_the_same_methods(operation: str) -> None:
    name = WAYS[operation].python.split(".")[1].partition("(")[0]

    assert hasattr(Namespace, name)
    assert hasattr(AsyncNamespace, name)


@pytest.mark.parametrize("operation", with_a("command"))
def test_a_command_reaches_its_operation(steered: Steered, operation: str, tmp_path: Path) -> None:
    names = steered.prepare()
    file = tmp_path / "world.json"
    file.write_text(json.dumps(names["world"]), encoding="utf-8")
    said = {
        "OPERATION": "listCustomers", "ID": names["override"].id, "NUMBER": str(names["number"]), "FILE": str(file),
        "FIELDS": json.dumps(FIELDS), "ITEM": "c1",
        "EVENT": "order.created", "NAME": NAMESPACE,
    }  # fmt: skip
    arguments = [said.get(each, each) for each in shlex.split(WAYS[operation].command)[1:]] + ["--namespace", NAMESPACE]
    if "--follow" in arguments:
        pytest.skip("it goes on until Ctrl-C: tests/cli/test_sandbox_commands.py ends it")

    done = CliRunner().invoke(main, arguments, env={"MOCKSERVER_URL": steered.sandbox.url})

    assert (0, True) == (done.exit_code, operation in steered.reached), done.output


@pytest.mark.parametrize("operation", with_a("tool"))
def test_a_tool_reaches_its_operation(steered: Steered, agent: Agent, operation: str) -> None:
    names = steered.prepare()
    item = {"service": "shop", "resource": "customer"}
    change = {**item, "id": "c1", "fields": FIELDS}
    given: dict[str, dict[str, Any]] = {
        "describeOperation": {"operation": "createCustomer", "service": "shop"},
        "previewOverride": {"when": WHEN, "then": THEN},
        "getRequest": {"number": names["number"]},
        "explainRequest": {"number": names["number"]},
        "verifyRequests": {"operation": "listCustomers"},
        "addOverride": {"when": WHEN, "then": THEN},
        "replaceOverride": {"id": names["override"].id, "when": WHEN, "then": THEN},
        "removeOverride": {"id": names["override"].id},
        "listItems": {**item, "limit": 1},
        "getItem": {**item, "id": "c1"},
        "listVersions": {**item, "id": "c1"},
        "addItem": {**item, "action": "add", "fields": {"name": "Grace"}},
        "setItem": {**change, "action": "set"},
        "changeItem": {**change, "action": "change"},
        "removeItem": {**item, "id": "c1", "action": "remove"},
        "setCheckpoint": {"name": "before"},
        "restoreCheckpoint": {"name": "before"},
        "sendWebhook": {"name": "order.created"},
        "listDeliveries": {"wait": 0},
        "steerClock": {"action": "advance", "seconds": 60},
    }

    agent.call(WAYS[operation].tool, **given.get(operation, {}))

    assert operation in steered.reached
