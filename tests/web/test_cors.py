"""Which pages may use the mock, and who may use its admin API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client
from tests.web.document import answers, document, served

PAGE = "http://app.test:3000"
SECURED = document(
    {
        "/a": {
            "get": {"responses": answers({"type": "string"})},
            "options": {
                "responses": {
                    "204": {
                        "description": "allowed",
                        "headers": {"Access-Control-Allow-Methods": {"schema": {"type": "string", "example": "GET"}}},
                    }
                },
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
            },
        }
    }
)


def allowed(app: Any, origin: str, path: str = "/a") -> str | None:
    with Client(app) as client:
        return client.get(path, headers={"Origin": origin}).headers.get("access-control-allow-origin")


@pytest.mark.parametrize(
    ("cors", "origin", "seen"),
    [
        (None, PAGE, PAGE), (None, "null", "null"), ([PAGE], PAGE, PAGE), ([PAGE], "http://app.test", None),
        ([PAGE, "https://b.test"], "https://b.test", "https://b.test"), ([], PAGE, None),
    ],
)  # fmt: skip
def test_only_listed_origins_are_allowed_if_there_is_a_list(
    tmp_path: Path, cors: list[str] | None, origin: str, seen: str | None
) -> None:
    assert seen == allowed(served(tmp_path, SECURED, cors=cors), origin)


def test_a_preflight_that_its_operation_refuses_is_answered_as_any_other(tmp_path: Path) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "PUT"}
    with Client(served(tmp_path, SECURED)) as client:
        refused, answered = (client.request("OPTIONS", path, headers=asked) for path in ("/a", "/a?q=1"))

    assert [200, 204] == [refused.status_code, answered.status_code]
    assert "PUT" in refused.headers["access-control-allow-methods"]
    assert "GET" == answered.headers["access-control-allow-methods"]
    assert [PAGE, PAGE] == [each.headers["access-control-allow-origin"] for each in (refused, answered)]


def test_a_preflight_without_cors_is_an_ordinary_request(tmp_path: Path) -> None:
    with Client(served(tmp_path, SECURED, cors=[])) as client:
        reply = client.request("OPTIONS", "/b", headers={"Origin": PAGE, "Access-Control-Request-Method": "PUT"})

    assert 404 == reply.status_code


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "state"), ("POST", "reset"), ("POST", "clock"), ("GET", "health")]
)
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200), ("http://127.0.0.1:8080", 200), (PAGE, 403), ("null", 403), ("http://127.0.0.1:8081", 403),
        ("http://127.0.0.1", 403),
    ],
)  # fmt: skip
def test_the_admin_api_answers_pages_of_its_own_origin_only(
    tmp_path: Path, method: str, path: str, origin: str | None, status: int
) -> None:
    app = served(tmp_path, SECURED, cors=[PAGE])
    with Client(app, "http://127.0.0.1:8080", {"Origin": origin} if origin else {}) as client:
        reply = client.request(method, f"/_mock/{path}?advance=1" if path == "clock" else f"/_mock/{path}")
        preflight = client.request("OPTIONS", f"/_mock/{path}", headers={"Access-Control-Request-Method": method})

    assert status == reply.status_code
    shown = [name for each in (reply, preflight) for name in each.headers if name.startswith("access-control-")]
    assert [] == shown
    assert preflight.status_code >= 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("LOCALHOST:8080", 200), ("a.localhost:1", 200), ("127.0.0.1:8080", 200), ("[::1]:80", 200),
        ("192.168.1.7", 200), ("devbox", 200), ("devbox.:80", 200), ("evil.example", 403), ("evil.example:8080", 403),
        ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403),
    ],
)  # fmt: skip
def test_the_admin_api_answers_to_known_names_only(tmp_path: Path, host: str, status: int) -> None:
    with Client(served(tmp_path, SECURED, hosts=["devbox"]), headers={"Host": host}) as client:
        replies = [client.get("/_mock/state"), client.post("/_mock/reset"), client.get("/_mock/health")]

        assert [status] * 3 == [reply.status_code for reply in replies]
        assert (status == 403) == ("--allow-host" in replies[0].text)
        assert 200 == client.get("/a").status_code
        assert 200 == client.get("/_mock/assets/swagger-ui.css").status_code


def test_a_client_with_the_token_may_use_any_name() -> None:
    app = mockserver.create_app("basedash", token="secret", hosts=[])
    with Client(app, "http://mock:8080") as client:
        assert 403 == client.get("/_mock/state").status_code
        assert 200 == client.get("/_mock/state", headers={"Authorization": "Bearer secret"}).status_code
