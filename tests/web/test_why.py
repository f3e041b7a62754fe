"""Why a request was answered so: sentences, and a curl line that works when it is pasted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from mockserver.web.service import ServiceSettings
from mockserver.web.serving.connection_faults import ConnectionFault
from tests.client import Client
from tests.web.conftest import ADMIN, LINEAR
from tests.web.document import answers, document, served

SERVERS = "/api/public/organizations/org_abc123/mcp-servers"
KEY = {"Authorization": f"Bearer {ADMIN}"}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(mockserver.create_app("basedash", seed=7, journal=5)) as client:
        yield client


def why(client: Client, reply: httpx.Response) -> dict[str, Any]:
    return client.get(f"/_mock/requests/{reply.headers['mock-request']}/why").json()


def pasted(client: Client, curl: str) -> httpx.Response:
    """The response to the request of a curl line."""
    words = shlex.split(curl)
    headers = dict(value.split(": ", 1) for flag, value in pairwise(words) if flag == "-H")
    options = {flag: value for flag, value in pairwise(words) if flag in ("-X", "-d")}
    url = next(each for each in words if each.startswith("http"))
    return client.request(options.get("-X", "GET"), url, headers=headers, content=options.get("-d"))


SHOP = Path(__file__).parents[2] / "docs" / "shop.yaml"
NOBODY = "/customers/nobody"


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("POST", "/orders", {"json": {"note": "x"}}),
        ("POST", "/orders", {"json": {"customer_id": "nobody"}}),
        ("PUT", "/orders", {}),
        ("GET", "/orders/999", {}),
        ("GET", "/orders/none", {}),
        ("PATCH", "/orders/999", {"json": {"note": 7}}),
        ("PATCH", "/orders/999", {"content": b"x", "headers": {"content-type": "text/plain"}}),
        ("PATCH", NOBODY, {"json": {"name": 7}}),
        ("GET", f"{NOBODY}/addresses", {}),
        ("GET", "/customrs", {"headers": {"Mock-Namespace": "x'; echo oops; '"}}),
        ("GET", "/orders", {"headers": {"Mock-Namespace": "x'; echo oops; '"}}),
    ],
)
def test_the_curl_line_of_a_refusal_is_about_items_that_exist(method: str, path: str, options: dict[str, Any]) -> None:
    sandbox = mockserver.create_app(SHOP, seed=1, journal=50, settings=ServiceSettings(items=3))
    with Client(sandbox) as client:
        for listed in ("/customers", "/orders"):
            client.get(listed)
        refused = client.request(method, path, **options)
        told = why(client, refused)
        accepted = pasted(client, told["curl"])

    assert refused.status_code >= 400
    assert accepted.status_code < 300, (told["curl"], accepted.text)
    assert "oops" not in told["curl"]


def test_a_curl_line_keeps_the_item_that_was_asked_for() -> None:
    with Client(mockserver.create_app(SHOP, seed=1, journal=50, settings=ServiceSettings(items=3))) as client:
        last = client.get("/orders").json()[-1]["id"]
        told = why(client, client.patch(f"/orders/{last}", json={"note": 7}))

    assert f"/orders/{last}" in told["curl"]


def test_a_lower_capacity_is_that_of_the_override(client: Client) -> None:
    fault = {"kind": "capacity", "limit": 0}
    client.post("/_mock/overrides", json={"when": {"operation": "createMcpServer"}, "then": {"fault": fault}})
    refused = client.post(SERVERS, headers=KEY, json=LINEAR)
    told = why(client, refused)

    assert (True, None) == (refused.is_error, told["statement"])
    assert "Override 1: capacity." in told["sentences"]
    assert not any("decided" in each or ".." in each for each in told["sentences"])


def test_a_broken_response_says_how_much_of_it_was_sent(client: Client) -> None:
    then = {"fault": {"kind": "cut", "fraction": 0}}
    client.post("/_mock/overrides", json={"when": {"operation": "listMcpServers"}, "then": then})
    with pytest.raises(ConnectionFault):
        client.get(SERVERS, headers=KEY)

    assert re.search(r"Cut after 0 of \d+ bytes", str(client.get("/_mock/requests/1/why").json()["sentences"]))


def test_an_inference_that_decided_is_told_with_its_reason() -> None:
    with Client(mockserver.create_app(SHOP, seed=1, journal=5)) as shop:
        told = why(shop, shop.get("/customers"))["sentences"][-1]

    reason = "it is inferred from the document: a GET whose reply contains an array of items, and nothing else."
    assert f"The statement `action` about GET /customers decided; {reason}" == told


def test_a_request_that_came_too_soon_says_how_to_move_the_clock(tmp_path: Path) -> None:
    limit = {"requests": 1, "window": 90, "per": ["operation"], "evidence": "assumed"}
    paths = {"/ping": {"get": {"responses": answers({"type": "object"}), "x-behaviour": {"rate-limit": limit}}}}
    headers = {"Mock-Namespace": "mine"}
    with Client(served(tmp_path, document(paths), journal=5)) as client:
        client.get("/ping", headers=headers)
        told = why(client, client.get("/ping", headers=headers))["sentences"]
        client.post("/_mock/clock", headers=headers, json={"advance": "90s"})

        assert 200 == client.get("/ping", headers=headers).status_code

    assert any("`mockserver clock advance 90s --namespace mine`" in each for each in told), told


def test_who_has_no_access_is_told_a_credential_that_has(client: Client) -> None:
    member = {"Authorization": "Bearer bd_key_SandboxMember0000000000000000000"}
    told = why(client, client.post(SERVERS, headers=member, json=LINEAR))

    assert 201 == pasted(client, told["curl"]).status_code
    assert not any("has 0 of the resource" in each for each in told["sentences"])
