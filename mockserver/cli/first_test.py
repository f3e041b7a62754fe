"""The tests that `mockserver init` writes for a document of the user: they send one request to the mock."""

from __future__ import annotations

import asyncio
import json
import pprint
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx

from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json
from mockserver.web.app import Sandbox
from mockserver.web.endpoint import Endpoint
from mockserver.web.example_request import ExampleRequest, example_request, first_endpoint
from mockserver.web.service import Service

HEAD = '''\
"""Tests against the mock of the document that mockserver.yaml names. Each has a mock of its own: the fixture mock_api.

They show what the mock does. In yours, let your own code send the requests: give it `mock_api.client`, or
`mock_api_port.url` with the fixture mock_api_port.
"""
'''

WIDTH = 96
"""How wide a value is written."""


class FirstRequest(NamedTuple):
    """A request that the mock answers, with the status of the response, and the resource that it adds an item to."""

    operation: Operation
    sent: ExampleRequest
    status: int
    resource: str


def first_request(sandbox: Sandbox) -> FirstRequest | None:
    """The request of a sandbox with one service that is most likely to work; None if there is no operation."""
    service = next(iter(sandbox.services.values()))
    endpoint = first_endpoint(service)
    if endpoint is None:
        return None
    sent = example_request(service, endpoint.operation)
    status = asyncio.run(_status(sandbox, sent))
    return FirstRequest(endpoint.operation, sent, status, _resource(service, endpoint, status))


async def _status(sandbox: Sandbox, sent: ExampleRequest) -> int:
    transport = httpx.ASGITransport(sandbox, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
        headers = {**sent.headers, **({"content-type": sent.content_type} if sent.media_type else {})}
        answer = await client.request(sent.method, sent.target, headers=headers, content=sent.body)
        return answer.status_code


def _resource(service: Service, endpoint: Endpoint, status: int) -> str:
    """The resource that got a new item, if its items can be listed without naming a tenant; else empty."""
    plan = endpoint.bound.plan if endpoint.bound is not None else None
    if plan is None or status >= 300 or plan.statements.tenant.by != "none":
        return ""
    stated = service.contract.behaviour.operations[endpoint.operation.path, endpoint.operation.method]
    return plan.name if stated.action is not None and stated.action.does == "create" else ""


def tests_of(request: FirstRequest, base_path: str) -> str:
    """The file with the tests."""
    tests = [*_answered(request), *_kept(request), *_outage(request)]
    return "\n".join([HEAD, "", *_send(request, base_path), "", "", *tests])


def _send(request: FirstRequest, base_path: str) -> Iterator[str]:
    sent = request.sent
    yield "def send(mock_api):"
    yield "    return mock_api.client.request("
    yield f"        {_written(sent.method)},"
    yield f"        {_written(sent.target.removeprefix(base_path))},"
    headers = dict(sent.headers)
    if sent.media_type and not is_json(sent.media_type):
        headers["Content-Type"] = sent.content_type
        yield from _argument("content", sent.body)
    elif sent.media_type:
        headers |= {"Content-Type": sent.media_type} if sent.media_type != "application/json" else {}
        yield from _argument("json", sent.value)
    if headers:
        yield from _argument("headers", headers)
    yield "    )"


def _argument(name: str, value: object) -> Iterator[str]:
    lines = _written(value).splitlines()
    yield from textwrap.indent("\n".join([f"{name}={lines[0]}", *lines[1:]]) + ",", "        ").splitlines()


class _Literals(pprint.PrettyPrinter):
    """Writes Python literals with double quotes, as formatters do. A string of JSON is one of Python too."""

    def format(self, object: Any, context: Any, maxlevels: int, level: int) -> tuple[str, bool, bool]:
        if isinstance(object, str):
            return json.dumps(object, ensure_ascii=False), True, False
        return super().format(object, context, maxlevels, level)


def _written(value: object) -> str:
    return _Literals(width=WIDTH, sort_dicts=False).pformat(value)


def _answered(request: FirstRequest) -> Iterator[str]:
    yield "def test_the_request_is_answered(mock_api):"
    yield "    answer = send(mock_api)"
    yield ""
    yield f"    assert {request.status} == answer.status_code, answer.text"
    yield f"    mock_api.verify({_written(request.operation.operation_id)}, count=1)"


def _kept(request: FirstRequest) -> Iterator[str]:
    if not request.resource:
        return
    yield from ("", "", "def test_what_is_created_is_stored(mock_api):")
    yield f"    items = mock_api.state({_written(request.resource)})"
    yield "    before = len(items.list())"
    yield "    send(mock_api)"
    yield ""
    yield "    assert before + 1 == len(items.list())"


def _outage(request: FirstRequest) -> Iterator[str]:
    yield from ("", "", "def test_an_outage_can_be_tried(mock_api):")
    yield f"    mock_api.fail({_written(request.operation.operation_id)}, status=503, times=1)"
    yield ""
    yield f"    assert [503, {request.status}] == [send(mock_api).status_code for _ in range(2)]"
    yield ""
