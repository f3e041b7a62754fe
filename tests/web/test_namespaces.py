"""Namespaces: worlds of their own on one sandbox."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.web.control.namespaces import NamespaceLimits
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import answers, document, served, takes

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
ADMIN = {"Authorization": "Bearer bd_key_SandboxAdmin00000000000000000000"}
ONE, TWO = {"Mock-Namespace": "one"}, {"Mock-Namespace": "two"}


BOAT = {
    "type": "object",
    "required": ["name"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}},
}


def shop(**options: Any) -> Client:
    return Client(mockserver.create_app(SHOP, **{"seed": 1, **options}))


def names(client: Client, **headers: str) -> list[str]:
    return [item["name"] for item in client.get("/customers", headers=headers).json()]


@pytest.mark.parametrize(
    ("prefix", "headers"),
    [
        ("", ONE),
        ("", {"baggage": "userId=7, mock-namespace=one;ttl=3, other=1"}),
        ("", {"baggage": "mock-namespace=%6Fne"}),
        ("", {"baggage": "userId=7%3Bp%3D1,mock-namespace=one%3Bttl%3D3,other=1"}),
        ("", {**ONE, "baggage": "mock-namespace=two"}),
        ("/_mock/ns/one", {}),
        ("/_mock/ns/one/shop", {}),
        ("/_mock/ns/one", TWO),
    ],
)
def test_a_request_names_its_namespace_by_header_by_baggage_or_by_a_path(prefix: str, headers: dict[str, str]) -> None:
    with shop() as api:
        api.post(f"{prefix}/customers", json={"name": "Ann"}, headers=headers)

        assert (["Ann"], [], []) == (names(api, **ONE), names(api), names(api, **TWO))


@pytest.mark.parametrize("mount", ["", "/_mock/ns/one", "/_mock/ns/one/test"])
def test_the_addresses_in_a_response_are_below_the_path_that_the_client_used(tmp_path: Path, mount: str) -> None:
    address = {"type": ["string", "null"], "format": "uri"}
    listed = {"count": {"type": "integer"}, "results": {"type": "array", "items": BOAT}}
    properties = {**listed, "next": address, "previous": address}
    page = {"type": "object", "required": ["results", "next"], "properties": properties}
    made = answers(BOAT, status="201")
    made["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
    numbered = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("limit", "offset")]
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/boats": {
            "get": {"parameters": numbered, "responses": answers(page)},
            "post": {"requestBody": takes(BOAT), "responses": made},
        },
        "/boats/{id}": {"parameters": [id], "get": {"responses": answers(BOAT)}},
    }
    written = document(paths, servers=[{"url": "https://boats.example/v2"}])
    with Client(served(tmp_path, written)) as api:
        first, second = (api.post(f"{mount}/v2/boats", json={"name": name}) for name in ("Ann", "Bo"))
        first_page = api.get(f"{mount}/v2/boats?limit=1").json()

        assert [f"{mount}/v2/boats/{n}" for n in (1, 2)] == [each.headers["location"] for each in (first, second)]
        assert "Bo" == api.get(second.headers["location"]).json()["name"]
        assert ["Bo"] == [each["name"] for each in api.get(first_page["next"]).json()["results"]]
        assert f"http://sandbox{mount}/v2/boats?" in first_page["next"]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Mock-Namespace": "a b"}, "Mock-Namespace: 'a b' is no name: use 1 to 128 of the characters"),
        ({"Mock-Namespace": ""}, "Mock-Namespace: '' is no name"),
        ({"Mock-Namespace": "x" * 129}, "is no name"),
        ({"baggage": "mock-namespace=%2F"}, "Mock-Namespace: '/' is no name"),
    ],
)
def test_a_name_that_needs_encoding_is_refused_in_the_format_of_the_service(
    headers: dict[str, str], words: str
) -> None:
    with shop() as api:
        refused = api.get("/customers", headers=headers)

        assert 400 == refused.status_code
        assert words in refused.text
        assert ["default"] == [each["name"] for each in api.get("/_mock/namespaces").json()]


def test_the_admin_api_is_about_the_namespace_of_the_query_or_the_header() -> None:
    with shop() as api:
        api.post("/customers", json={"name": "Ann"}, headers=ONE)
        shown = [
            api.get("/_mock/state/shop/customer?namespace=one"),
            api.get("/_mock/state/shop/customer", headers=ONE),
            api.get("/_mock/ns/one/_mock/state/shop/customer"),
        ]
        contradiction = api.get("/_mock/state/shop/customer?namespace=one", headers=TWO)

        assert [["Ann"]] * 3 == [[item["name"] for item in response.json()] for response in shown]
        assert 400 == contradiction.status_code
        assert [] == api.get("/_mock/state/shop/customer").json()


def test_a_namespace_begins_with_the_start_state_and_repeats_the_same_bytes() -> None:
    with shop() as api:
        first, second = (
            [api.post("/customers", json={"name": name}, headers=headers).content for name in ("Ann", "Bo")]
            for headers in (ONE, TWO)
        )
        api.post("/customers", json={"name": "Ann"})
        third = [api.post("/_mock/ns/three/customers", json={"name": name}).content for name in ("Ann", "Bo")]

    assert first == second == third


def test_namespaces_are_listed_and_end_when_they_are_deleted() -> None:
    with shop() as api:
        api.put("/_mock/namespaces/one")
        api.post("/customers", json={"name": "Ann"}, headers=TWO)
        api.post("/_mock/checkpoints/here?namespace=two")
        before = {each["name"]: each["items"] for each in api.get("/_mock/namespaces").json()}
        statuses = [api.delete(f"/_mock/namespaces/{name}").status_code for name in ("two", "two", "default")]

        assert {"default": 0, "one": 0, "two": 1} == before
        assert [204, 404, 409] == statuses
        assert ([], []) == (names(api, **TWO), api.get("/_mock/checkpoints?namespace=two").json())


def test_a_namespace_ends_when_it_is_not_used_for_some_time() -> None:
    with shop(namespace_limits=NamespaceLimits(idle=0.05)) as api:
        api.post("/customers", json={"name": "Ann"}, headers=ONE)
        time.sleep(0.2)

        assert 404 == api.get("/_mock/namespaces/one").status_code
        assert [] == names(api, **ONE)


def test_there_are_only_so_many_namespaces_at_a_time() -> None:
    with shop(namespace_limits=NamespaceLimits(most=2)) as api:
        statuses = [api.get("/customers", headers={"Mock-Namespace": name}).status_code for name in "aabc"]
        refused = api.put("/_mock/namespaces/c")
        api.delete("/_mock/namespaces/a")

        assert [200, 200, 200, 429] == statuses
        assert (429, True) == (refused.status_code, "there are 2 namespaces" in refused.json()["detail"])
        assert [200, 200] == [api.get("/customers", headers={"Mock-Namespace": name}).status_code for name in "cb"]


def test_a_reset_is_for_one_namespace_or_for_all() -> None:
    with shop() as api:
        for headers in ({}, ONE, TWO):
            api.post("/customers", json={"name": "Ann"}, headers=headers)
        one = api.post("/_mock/reset", headers=ONE).json()

        assert ["one"] == one["namespaces"]
        assert ([], ["Ann"], ["Ann"]) == (names(api, **ONE), names(api, **TWO), names(api))
        assert ["default", "one", "two"] == sorted(api.post("/_mock/reset?namespace=*").json()["namespaces"])
        assert ([], []) == (names(api, **TWO), names(api))


def test_who_listens_to_resets_is_told_the_namespaces_that_go_back_as_a_whole() -> None:
    sandbox = mockserver.create_app(SHOP)
    told: list[str] = []
    sandbox.control.on_reset.append(lambda namespace: told.append(namespace.name))
    with Client(sandbox) as api:
        for query in ("?service=shop", "?tenant=x", "?namespace=one", ""):
            api.post(f"/_mock/reset{query}")

    assert ["one", "default"] == told


def test_an_authorization_in_one_namespace_is_none_in_another() -> None:
    wanted = {"displayName": "Notion", "serverUrl": "https://oauth.mcp.example/mcp"}
    with Client(mockserver.create_app("basedash", seed=3), headers=ADMIN) as api:
        started = [api.post(SERVERS, json=wanted, headers=headers) for headers in (ONE, TWO)]
        states = [re.findall("state=([0-9a-f]+)", response.text)[0] for response in started]
        api.get(f"/_mock/oauth/callback?state={states[0]}&code=abc")
        shown = [api.get(SERVERS, headers=headers).json()["data"][0]["setupState"] for headers in (ONE, TWO)]

    assert states[0] != states[1]
    assert "CONNECTED" == shown[0] != shown[1]


def test_an_authorization_ends_with_its_namespace() -> None:
    wanted = {"displayName": "Notion", "serverUrl": "https://oauth.mcp.example/mcp"}
    with Client(mockserver.create_app("basedash", seed=3), headers=ADMIN) as api:
        for _ in range(2):
            started = api.post(SERVERS, json=wanted, headers=ONE)
            state = re.findall("state=([0-9a-f]+)", started.text)
            completed = [api.get(f"/_mock/oauth/callback?state={each}&code=abc").status_code for each in state[:1]]
            api.delete("/_mock/namespaces/one")

            assert ("CONNECTED" in started.text, [200]) == (False, completed)


def test_a_reload_keeps_namespaces_with_their_checkpoints_and_revisions(tmp_path: Path) -> None:
    written = tmp_path / "shop.yaml"
    written.write_text(SHOP.read_text())
    sandbox = mockserver.create_app(written, seed=1, journal=100)
    with Client(sandbox) as api:
        for name in ("Ann", "Bo"):
            api.post("/customers", json={"name": name}, headers=ONE)
            api.post(f"/_mock/checkpoints/{name}", headers=ONE)
        written.write_text(SHOP.read_text().replace("title: Shop", "title: Shops"))
        sandbox.replace_services(sandbox.read_services())
        api.post("/customers", json={"name": "Cy"}, headers=ONE)

        assert (["Ann", "Bo", "Cy"], []) == (names(api, **ONE), names(api))
        revision = api.get("/_mock/namespaces/one").json()["revision"]
        assert ["Ann", "Bo"] == names(api, **ONE, **{"Mock-At": str(revision - 1)})
        assert 400 == api.get("/customers", headers={**ONE, "Mock-At": str(revision - 2)}).status_code
        assert 204 == api.post("/_mock/checkpoints/Ann/restore", headers=ONE).status_code
        assert ["Ann"] == names(api, **ONE)


def test_rate_limits_count_in_each_namespace_by_itself() -> None:
    sandbox = mockserver.create_app("basedash", seed=1)
    limit = sandbox.services["basedash"].contract.behaviour.service.rate_limit
    assert limit is not None
    with Client(sandbox, headers=ADMIN) as api:
        statuses = [api.post(SERVERS, json=LINEAR, headers=ONE).status_code for _ in range(limit.requests + 1)]
        other = api.post(SERVERS, json=LINEAR, headers=TWO).status_code

    assert (429, 201) == (statuses[-1], other)
