"""A request from its bytes to its reply."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver import vendor_files
from mockserver.errors import DocumentError
from mockserver.mcp_sync.simulated import SimulatedProber
from mockserver.mcp_sync.sync import McpSync
from mockserver.web.app import Sandbox
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.conftest import ADMIN, LINEAR, SERVERS
from tests.web.document import answers, document, served


def test_a_created_item_can_be_read_listed_and_deleted(admin: Client) -> None:
    created = admin.post(SERVERS, json=LINEAR)
    address = f"{SERVERS}/{created.json()['data']['id']}"

    assert 201 == created.status_code
    assert "Linear" == admin.get(address).json()["data"]["displayName"]
    assert [created.json()["data"]["id"]] == [item["id"] for item in admin.get(SERVERS).json()["data"]]
    assert 204 == admin.delete(address).status_code
    assert 404 == admin.get(address).status_code
    assert [] == admin.get(SERVERS).json()["data"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"displayName": "x"}, "serverUrl"),
        ({"displayName": "", "serverUrl": "u"}, "displayName"),
        ({"displayName": "x" * 121, "serverUrl": "u"}, "displayName"),
        ({"displayName": "x", "serverUrl": 7}, "serverUrl"),
        ({"displayName": "x", "serverUrl": "u", "headers": {}}, "headers"),
        ({"displayName": "x", "serverUrl": "u", "everyoneInOrganizationCanAccess": "yes"}, "everyoneInOrg"),
        ([], "body"),
    ],
)
def test_an_error_about_an_invalid_body_names_the_field(admin: Client, body: Any, field: str) -> None:
    reply = admin.post(SERVERS, json=body)

    assert (400, "ValidationError") == (reply.status_code, reply.json()["error"]["title"])
    assert field in reply.json()["error"]["detail"]
    assert [] == admin.get(SERVERS).json()["data"]


def test_an_error_names_all_wrong_fields(admin: Client) -> None:
    detail = admin.post(SERVERS, json={"displayName": "", "serverUrl": ""}).json()["error"]["detail"]

    assert "displayName" in detail
    assert "serverUrl" in detail


@pytest.mark.parametrize(
    ("options", "status", "word"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "JSON"),
        ({"content": b'{"a": NaN}', "headers": {"Content-Type": "application/json"}}, 400, "JSON"),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400, "JSON"),
        ({"content": b"a=b", "headers": {"Content-Type": "text/plain"}}, 415, "text/plain"),
        ({"content": b"{}"}, 415, "content type"),
        ({"content": b"", "headers": {"Content-Type": "application/json"}}, 400, "required"),
        ({}, 400, "required"),
        ({"content": b"x", "headers": {"Content-Encoding": "gzip", "Content-Type": "application/json"}}, 415, "encod"),
    ],
)
def test_a_body_that_cannot_be_parsed_is_refused(admin: Client, options: Any, status: int, word: str) -> None:
    reply = admin.post(SERVERS, **options)

    assert status == reply.status_code
    assert word in reply.text


def test_a_content_type_with_parameters_is_accepted(admin: Client) -> None:
    content = b'{"displayName": "x", "serverUrl": "u"}'

    reply = admin.post(SERVERS, content=content, headers={"Content-Type": "Application/JSON; charset=utf-8"})

    assert 201 == reply.status_code


def test_a_405_lists_the_methods_of_the_path(admin: Client) -> None:
    reply = admin.put(SERVERS, json={})

    assert (405, "GET, HEAD, POST") == (reply.status_code, reply.headers["allow"])
    assert {"title", "detail"} == set(reply.json()["error"])


def test_an_unknown_path_gets_the_error_body_of_the_service(admin: Client) -> None:
    reply = admin.get("/basedash/api/public/nothing")

    assert (404, "NotFound") == (reply.status_code, reply.json()["error"]["title"])


def test_a_path_outside_of_all_services_gets_a_hint(sandbox: Sandbox) -> None:
    with Client(mockserver.create_app("basedash", "datagrid")) as client:
        assert "/ lists what is" in client.get("/elsewhere").json()["detail"]
        assert {"basedash", "datagrid"} == set(client.get("/").json())


def test_a_body_that_is_too_large_is_refused_with_or_without_content_length() -> None:
    app = mockserver.create_app("basedash", settings=ServiceSettings(max_body=100))

    async def in_pieces() -> Any:
        for _ in range(20):
            yield b" " * 10

    with Client(app, headers={"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}) as client:
        assert 413 == client.post(SERVERS, content=b" " * 101).status_code
        assert 413 == client.post(SERVERS, content=in_pieces()).status_code
        assert 201 == client.post(SERVERS, json={"displayName": "x", "serverUrl": "u"}).status_code


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "x", "9" * 40])
def test_a_content_length_that_is_no_number_is_refused(admin: Client, length: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": length.encode()}
    reply = admin.post(SERVERS, content=b"{}", headers=headers)

    assert reply.status_code in (400, 413)


def test_head_answers_as_get_without_a_body(admin: Client) -> None:
    reply = admin.request("HEAD", SERVERS)

    assert (200, b"") == (reply.status_code, reply.content)
    assert admin.get(SERVERS).headers["content-length"] == reply.headers["content-length"]


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer x", "Basic eDp5", f"Bearer {ADMIN}x", f"bd {ADMIN}", "Bearer bd_key_short"]
)
def test_a_missing_or_wrong_credential_gets_a_challenge(sandbox: Sandbox, value: str | None) -> None:
    with Client(sandbox) as client:
        reply = client.get(SERVERS, headers={} if value is None else {"Authorization": value})

    assert (401, "Bearer") == (reply.status_code, reply.headers["www-authenticate"])


def test_an_id_with_an_encoded_slash_is_one_segment(admin: Client) -> None:
    assert "mcp server not found" in admin.get(f"{SERVERS}/a%2Fb").text


def test_only_documented_media_types_are_acceptable(admin: Client) -> None:
    assert 406 == admin.get(SERVERS, headers={"Accept": "text/html"}).status_code
    assert 406 == admin.get(SERVERS, headers={"Accept": "application/json;q=0, text/html"}).status_code
    assert 200 == admin.get(SERVERS, headers={"Accept": "text/html, application/*;q=0.1"}).status_code


def test_a_page_of_any_origin_may_use_the_mock(sandbox: Sandbox) -> None:
    with Client(sandbox) as client:
        preflight = client.request(
            "OPTIONS", SERVERS, headers={"Origin": "http://app.test", "Access-Control-Request-Method": "POST",
                                         "Access-Control-Request-Headers": "authorization, content-type"},
        )  # fmt: skip
        reply = client.get(SERVERS, headers={"Origin": "http://app.test"})

    assert (200, "http://app.test") == (preflight.status_code, preflight.headers["access-control-allow-origin"])
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert (401, "http://app.test") == (reply.status_code, reply.headers["access-control-allow-origin"])


class Real(SimulatedProber):
    """A simulated prober that claims to have real effects."""

    mode = "live"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 201), ("https://127.0.0.1", 201), ("http://[::1]:5173", 201),
        ("http://app.localhost:3000", 201), (None, 201), ("https://evil.example", 403), ("null", 403),
        ("http://localhost.evil.example", 403), ("http://127.0.0.1.evil.example", 403), ("http://evil#.localhost", 403),
    ],
)  # fmt: skip
def test_only_pages_from_this_machine_may_use_a_mock_with_real_effects(origin: str | None, status: int) -> None:
    headers = {"Authorization": f"Bearer {ADMIN}"} | ({"Origin": origin} if origin else {})
    with Client(mockserver.create_app("basedash", outside=McpSync(Real())), headers=headers) as client:
        preflight = client.request("OPTIONS", SERVERS, headers={"Access-Control-Request-Method": "POST"})
        reply = client.post(SERVERS, json=LINEAR)
        shown = client.get(SERVERS)

    assert status == reply.status_code
    allowed = origin if status == 201 else None
    assert [allowed] * 2 == [each.headers.get("access-control-allow-origin") for each in (preflight, shown)]
    assert (1 if status == 201 else 0) == len(shown.json()["data"])


def test_a_path_with_characters_that_no_url_has_is_found_percent_encoded(tmp_path: Path) -> None:
    written = document({"/get it": {"get": {"responses": answers({"const": "found"})}}}, servers=[{"url": "/The API"}])

    with Client(served(tmp_path, written)) as client:
        assert "found" == client.get("/The%20API/get%20it").json()


@pytest.mark.parametrize(
    ("file", "name"), [("My API.yaml", "my-api"), ("Prüfung (2).yaml", "prufung--2"), ("日本.yaml", "api")]
)
def test_a_document_is_served_below_its_file_name_in_characters_of_a_url(tmp_path: Path, file: str, name: str) -> None:
    path = tmp_path / file
    path.write_text(json.dumps(document({"/it": {"get": {"responses": answers({"const": "found"})}}})))

    with Client(mockserver.create_app(path)) as client:
        assert "found" == client.get(f"/{name}/it").json()


def test_a_path_outside_of_the_base_path_gets_a_hint(sandbox: Sandbox) -> None:
    with Client(mockserver.create_app("datagrid")) as client:
        lost, below = client.get("/datagrid/organization/mcp-servers"), client.get("/datagrid/v1/nothing")

    assert "there is no path /organization/mcp-servers; paths begin with /datagrid/v1" in lost.text
    assert "there is no path /nothing" in below.text
    assert "begin" not in below.text


def conversation(seed: int | None) -> list[tuple[int, bytes]]:
    app = mockserver.create_app("basedash", seed=seed)
    with Client(app, headers={"Authorization": f"Bearer {ADMIN}"}) as client:
        replies = [client.post(SERVERS, json=LINEAR) for _ in range(3)]
        replies += [client.get(SERVERS), client.get(f"{SERVERS}?limit=2"), client.post(SERVERS, json={})]
    return [(reply.status_code, reply.content) for reply in replies]


def test_the_same_seed_and_requests_give_the_same_bytes() -> None:
    assert conversation(42) == conversation(42)
    assert conversation(42) != conversation(43)
    assert conversation(None) != conversation(None)


def test_a_request_with_an_invalid_reply_changes_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("""
        overlay: 1.0.0
        actions:
          - target: $['x-resources']['mcp-server']
            update: {initial: [{fields: {hasCompletedFirstSync: perhaps}, evidence: assumed}]}
    """)
    app = mockserver.create_app("basedash", behaviour=[wrong])

    with Client(app, headers={"Authorization": f"Bearer {ADMIN}"}) as client:
        broken = client.post(SERVERS, json={**LINEAR, "serverUrl": "https://unreachable.mcp.example/mcp"})

        assert (500, "InternalServerError") == (broken.status_code, broken.json()["error"]["title"])
        assert [] == client.get(SERVERS).json()["data"]
        assert {} == client.get("/_mock/state").json()["basedash"]


def test_two_documents_with_the_same_name_are_refused() -> None:
    with pytest.raises(DocumentError, match="basedash"):
        mockserver.create_app("basedash", "basedash")


def test_an_error_about_an_unknown_vendor_lists_those_that_exist() -> None:
    with pytest.raises(DocumentError, match=", ".join(vendor_files.names())):
        mockserver.create_app("stripe")
