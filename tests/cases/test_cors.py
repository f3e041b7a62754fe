"""Cases about CORS: a documented header is the contract, and any page may use the mock with its credentials."""

from __future__ import annotations

from typing import Any

import pytest

import mockserver
from tests.cases.conftest import Serve
from tests.client import Client

ORIGIN = "http://localhost:3000"
ASKED = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,x-y",
}
SHOWN = ("access-control-allow-origin", "access-control-allow-credentials")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "origin"),
    [
        ("GET", "/todo", {"Authorization": "Bearer x"}, 200, ORIGIN),
        ("GET", "/todo", {}, 401, ORIGIN),
        ("GET", "/nope", {}, 404, ORIGIN),
        ("DELETE", "/todo", {}, 405, ORIGIN),
        ("GET", "/own", {}, 200, "https://only.example"),
        ("OPTIONS", "/own", {}, 200, ORIGIN),
        ("OPTIONS", "/own", ASKED, 200, ORIGIN),
        ("OPTIONS", "/todo", ASKED, 200, ORIGIN),
        ("OPTIONS", "/nope", ASKED, 200, ORIGIN),
    ],
)
def test_every_response_allows_the_asking_origin_or_the_documented_one(
    serve: Serve, method: str, path: str, headers: dict[str, str], status: int, origin: str
) -> None:
    reply = serve("18-cors").request(method, path, headers={"Origin": ORIGIN, **headers})

    assert status == reply.status_code
    assert [origin, "true"] == [reply.headers.get(name) for name in SHOWN]
    assert "Origin" in reply.headers["vary"]


def test_a_documented_options_operation_answers_a_preflight(serve: Serve) -> None:
    reply = serve("18-cors").request("OPTIONS", "/own", headers=ASKED)

    assert {"own": True} == reply.json()
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert "authorization,x-y" == reply.headers["access-control-allow-headers"]


def test_a_page_may_read_the_headers_of_a_response(serve: Serve) -> None:
    reply = serve("18-cors").get("/todo", headers={"Origin": ORIGIN, "Authorization": "Bearer x"})

    assert "x-total" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    ("options", "named"), [({"journal": 10}, "Mock-Request"), ({"journal": 10, "quiet_headers": True}, ""), ({}, "")]
)
@pytest.mark.parametrize("path", ["/customers", "/nothing"])
def test_a_page_may_read_the_number_that_the_journal_gives_a_response(
    options: dict[str, Any], named: str, path: str
) -> None:
    with Client(mockserver.create_app("docs/shop.yaml", **options), "http://mock") as client:
        own = client.get(path, headers={"Origin": ORIGIN})
        with_override = client.post("/_mock/overrides", json={"then": {"status": 503}, "invalid": True})
        overridden = client.get(path, headers={"Origin": ORIGIN})

    assert 201 == with_override.status_code
    assert [200 if path == "/customers" else 404, 503] == [own.status_code, overridden.status_code]
    for each in (own, overridden):
        assert (named or "none") in each.headers.get("access-control-expose-headers", "none")
        assert bool(named) == ("mock-request" in each.headers)


def test_without_an_origin_there_are_no_cors_headers(serve: Serve) -> None:
    assert [] == [name for name in serve("18-cors").get("/todo").headers if name.startswith("access-control-")]
