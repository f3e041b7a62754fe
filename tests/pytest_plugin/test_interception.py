"""Interception of absolute addresses: code under test keeps its own URLs, and the mock answers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests
import yaml

from mockserver.pytest_plugin.mock_api import MockApi

ROOT = Path(__file__).parents[2]
VENDOR = "https://api.shop.example"
ADA = {"name": "Ada"}

pytestmark = pytest.mark.mock_api(ROOT / "docs/shop.yaml", items=3)


@pytest.fixture(params=["mock_api", "mock_api_port"])
def api(request: pytest.FixtureRequest) -> MockApi:
    """A mock in this process, and one on a port."""
    found: MockApi = request.getfixturevalue(request.param)
    return found


def test_httpx_reaches_the_mock_by_the_vendors_address(api: MockApi) -> None:
    with api.intercept(VENDOR), httpx.Client(base_url=VENDOR) as client:
        made = client.post("/customers", json=ADA)
        listed = client.get("/customers")

    assert (201, 4) == (made.status_code, len(listed.json()))
    api.verify("createCustomer", count=1, json=ADA)


def test_requests_reaches_the_mock_by_the_vendors_address(api: MockApi) -> None:
    with api.intercept(VENDOR), requests.Session() as session:
        made = session.post(f"{VENDOR}/customers", json=ADA, timeout=10)
        listed = session.get(f"{VENDOR}/customers", timeout=10)

    assert (201, 4) == (made.status_code, len(listed.json()))
    assert f"{VENDOR}/customers" == listed.url
    api.verify("createCustomer", count=1, json=ADA)


def test_clients_with_await_reach_the_mock_by_the_vendors_address(api: MockApi) -> None:
    async def counts() -> list[int]:
        async with httpx.AsyncClient() as client, aiohttp.ClientSession() as session:
            await client.post(f"{VENDOR}/customers", json=ADA)
            async with session.get(f"{VENDOR}/customers") as response:
                return [len((await client.get(f"{VENDOR}/customers")).json()), len(await response.json())]

    with api.intercept(VENDOR):
        assert [4, 4] == asyncio.run(counts())


def test_a_base_path_of_the_address_is_not_one_of_the_mock(mock_api: MockApi) -> None:
    with mock_api.intercept(f"{VENDOR}/v3"):
        made = httpx.post(f"{VENDOR}/v3/customers", json=ADA)

    assert 201 == made.status_code
    assert made.headers["location"].startswith("/v3/customers/")


def test_links_that_the_mock_returns_lead_to_the_mock(mock_api: MockApi) -> None:
    with mock_api.intercept(VENDOR):
        made = httpx.post(f"{VENDOR}/customers", json=ADA)
        read = httpx.get(VENDOR + made.headers["location"])

    assert made.json() == read.json()


def test_other_addresses_are_reached_as_always(mock_api: MockApi, mock_api_port: MockApi) -> None:
    with mock_api.intercept(VENDOR):
        assert 200 == httpx.get(f"{mock_api_port.url}/customers", trust_env=False).status_code
        assert 200 == requests.get(f"{mock_api_port.url}/customers", timeout=10).status_code

    assert [] == mock_api.requests()
    assert 2 == len(mock_api_port.requests())


def test_after_the_block_nothing_is_intercepted(mock_api: MockApi) -> None:
    before = httpx.HTTPTransport.handle_request, requests.adapters.HTTPAdapter.send
    with mock_api.intercept(VENDOR):
        pass

    assert before == (httpx.HTTPTransport.handle_request, requests.adapters.HTTPAdapter.send)


def test_a_broken_connection_is_the_error_of_each_client(mock_api: MockApi) -> None:
    with mock_api.intercept(VENDOR):
        mock_api.fault("listCustomers", "lost-reply", times=2)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{VENDOR}/customers")
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{VENDOR}/customers", timeout=10)


@pytest.mark.parametrize("address", ["api.shop.example", "/customers", "ftp://api.shop.example", f"{VENDOR}?a=1", ""])
def test_an_address_that_is_not_absolute_is_an_error_that_names_it(mock_api: MockApi, address: str) -> None:
    with pytest.raises(ValueError, match="give an absolute address"), mock_api.intercept(address):
        pass


def test_respx_and_transports_of_httpx_take_the_mock_as_handler(mock_api: MockApi) -> None:
    respx = pytest.importorskip("respx")
    with respx.mock() as router:
        router.route(host="api.shop.example").mock(side_effect=mock_api.answer)
        assert 201 == httpx.post(f"{VENDOR}/customers", json=ADA).status_code
    with httpx.Client(transport=httpx.MockTransport(mock_api.answer)) as client:
        assert 4 == len(client.get(f"{VENDOR}/customers").json())


def test_responses_takes_the_mock_as_callback(mock_api: MockApi) -> None:
    responses = pytest.importorskip("responses")
    with responses.RequestsMock() as router:
        router.add_callback("POST", re.compile(f"{VENDOR}/.*"), callback=mock_api.answer_requests)
        made = requests.post(f"{VENDOR}/customers", json=ADA, timeout=10)

    assert (201, "Ada") == (made.status_code, made.json()["name"])


SERVERS = (f"{VENDOR}/v1", f"{VENDOR}/v2")


@pytest.fixture
def versions(mock_api_factory: Callable[..., AbstractContextManager[MockApi]], tmp_path: Path) -> Iterator[MockApi]:
    """A mock of a document with two servers."""
    written = yaml.safe_load((ROOT / "docs/shop.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(written | {"servers": [{"url": each} for each in SERVERS]}))
    with mock_api_factory(path, items=3) as api:
        yield api


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("address", [VENDOR, ""])
def test_each_server_of_the_document_is_reached_by_its_own_address(
    versions: MockApi, server: str, address: str
) -> None:
    with versions.intercept(address or server):
        made = httpx.post(f"{server}/customers", json=ADA)
        read = httpx.get(VENDOR + made.headers["location"])

    assert (201, made.json()) == (made.status_code, read.json())
    assert f"/shop{server.removeprefix(VENDOR)}/customers" == versions.requests()[0].request.target
