"""Switches of the whole mock and of one request: authentication, validation, strict queries, Prism's parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import answers, document, served, takes

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {"type": "object", "required": ["mail"], "properties": {"mail": {"type": "string"}}},
    },
}
NEW_PET = {**PET, "required": ["name"], "additionalProperties": False}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}
PATHS: dict[str, Any] = {
    "/pets": {
        "get": {
            "parameters": [
                LIMIT,
                {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                {"name": "near", "in": "query", "schema": {"type": "object", "properties": {"x": {}, "y": {}}}},
            ],
            "responses": answers({"type": "array", "items": PET}),
        },
        "post": {"requestBody": takes(NEW_PET), "responses": answers(PET, status="201")},
    },
    "/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": answers(PET) | {"404": {"description": "unknown"}}},
    },
    "/search": {
        "get": {
            "parameters": [{"name": "any", "in": "query", "schema": {"type": "object", "additionalProperties": True}}],
            "responses": answers({"type": "string"}),
        }
    },
    "/coded": {
        "get": {
            "parameters": [{"name": "__code", "in": "query", "schema": {"type": "integer"}}],
            "responses": answers({"type": "string"}) | {"404": {"description": "unknown"}},
        }
    },
}
SECRET = {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}}
SECURED = document(PATHS, components=SECRET, security=[{"key": []}])
OPEN = document(PATHS)
UNVALIDATED = {"Prefer": "validate=false"}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Any]:
    """A client of a mock with settings: `serve(OPEN, validate=False)`."""
    with ExitStack() as opened:
        yield lambda written, **settings: opened.enter_context(
            Client(served(tmp_path, written, settings=ServiceSettings(**settings)))
        )


def test_without_authentication_no_credential_is_needed(serve: Any) -> None:
    assert 401 == serve(SECURED).get("/pets").status_code

    client = serve(SECURED, authenticate=False)
    assert 201 == client.post("/pets", json={"name": "Rex"}).status_code
    assert ["Rex"] == [pet["name"] for pet in client.get("/pets").json()]
    assert 200 == client.get("/pets?api_key=expired").status_code


def test_without_authentication_a_vendor_asks_for_no_role_and_opens_every_tenant() -> None:
    app = mockserver.create_app("basedash", seed=1, settings=ServiceSettings(authenticate=False))
    with Client(app) as client:
        other = SERVERS.replace("org_abc123", "org_other")

        assert [201, 201] == [client.post(path, json=LINEAR).status_code for path in (SERVERS, other)]
        assert [200, 200] == [client.get(path).status_code for path in (SERVERS, other)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"name": "Rex", "age": -1, "x": 1}, {"name": "Rex"}),
        ({"name": "Rex", "tags": ["a", 2, "c", 4, 5]}, {"name": "Rex", "tags": ["a", "c"]}),
        ({"name": "Rex", "owner": {"phone": "1"}}, {"name": "Rex"}),
        ({"name": "Rex", "age": 3}, {"name": "Rex", "age": 3}),
    ],
)
@pytest.mark.parametrize("way", ["as a whole", "by request"])
def test_without_validation_the_valid_parts_of_a_body_are_kept(serve: Any, way: str, sent: Any, kept: Any) -> None:
    client = serve(OPEN, validate=way != "as a whole")
    headers = UNVALIDATED if way == "by request" else {}

    created = client.post("/pets", json=sent, headers=headers)

    assert (201, {"id": 1, **kept}) == (created.status_code, created.json())
    assert created.json() == client.get("/pets/1").json()


@pytest.mark.parametrize(
    "body",
    [
        {"json": {}}, {"json": [1]}, {"json": "text"}, {"json": None}, {"content": b"{"}, {"content": b""},
        {"content": b"a=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"[" * 500 + b"]" * 500, "headers": {"Content-Type": "application/json"}},
    ],
)  # fmt: skip
def test_without_validation_any_body_gets_a_valid_reply(serve: Any, body: dict[str, Any]) -> None:
    client = serve(OPEN, validate=False)

    created = client.post("/pets", **body)

    assert 201 == created.status_code
    assert {"id", "name"} <= set(created.json())
    assert 200 == client.get("/pets").status_code


def test_json_without_its_content_type_is_kept_without_validation(serve: Any) -> None:
    created = serve(OPEN, validate=False).post("/pets", content=b'{"name":"Rex"}', headers={"Content-Type": "text/x"})

    assert {"id": 1, "name": "Rex"} == created.json()


def test_invalid_parameters_are_ignored_without_validation(serve: Any) -> None:
    client = serve(OPEN)

    assert [400, 200] == [client.get("/pets?limit=many", headers=h).status_code for h in ({}, UNVALIDATED)]
    assert [400, 404] == [client.get("/pets/none", headers=h).status_code for h in ({}, UNVALIDATED)]


def test_a_request_may_ask_for_validation_where_there_is_none(serve: Any) -> None:
    client = serve(OPEN, validate=False)

    assert 400 == client.get("/pets?limit=many", headers={"Prefer": "validate=true"}).status_code
    assert "validate=false" == client.get("/pets", headers=UNVALIDATED).headers["preference-applied"]


def test_rules_of_vendors_apply_without_validation() -> None:
    app = mockserver.create_app("basedash", seed=1, settings=ServiceSettings(authenticate=False, validate=False))
    with Client(app) as client:
        replies = [client.post(SERVERS, json=body) for body in ({}, {"displayName": 1, "serverUrl": "x"}, LINEAR)]

        assert [201, 201, 201] == [reply.status_code for reply in replies]
        assert 200 == client.get(SERVERS).status_code


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1&tag=a&tag=b", 200), ("tag[]=a", 200), ("tag[0]=a", 200), ("filter[a]=1", 200), ("x=1&y=2", 200),
        ("api_key=1", 200), ("__code=200", 200), ("limt=1", 400), ("limit=1&q=a", 400), ("Limit=1", 400),
        ("filtr[a]=1", 400), ("%6Cimit=1", 200),
    ],
)  # fmt: skip
def test_undocumented_query_parameters_are_refused_if_queries_are_strict(serve: Any, query: str, status: int) -> None:
    written = document(PATHS, components=SECRET)

    assert 200 == serve(written).get(f"/pets?{query}").status_code
    assert status == serve(written, strict_query=True).get(f"/pets?{query}").status_code


def test_the_refusal_of_a_query_parameter_names_it_and_the_documented_ones(serve: Any) -> None:
    client = serve(document(PATHS, components=SECRET), strict_query=True)

    meant = client.get("/pets?limt=1").json()["detail"]
    like_none = client.get("/pets?colour=1").json()["detail"]

    assert "query limt: not a documented query parameter; did you mean 'limit'?" == meant
    assert "query colour: not a documented query parameter; there are: limit, tag, filter, near, api_key" == like_none
    assert "did you mean 'filter'?" in client.get("/pets?filtr[a]=1").json()["detail"]
    assert "there are: api_key" in client.get("/pets/1?x=1").json()["detail"]


def test_an_object_with_any_properties_makes_every_query_documented(serve: Any) -> None:
    assert 200 == serve(OPEN, strict_query=True).get("/search?whatever=1").status_code


def test_a_strict_query_is_refused_with_the_status_of_the_document(tmp_path: Path) -> None:
    responses = answers({"type": "string"}) | {"422": {"description": "invalid"}}
    app = served(
        tmp_path, document({"/a": {"get": {"responses": responses}}}), settings=ServiceSettings(strict_query=True)
    )
    with Client(app) as client:
        assert [200, 422] == [client.get(path).status_code for path in ("/a", "/a?b=1")]


EXAMPLES = {"tom": {"value": {"id": 1, "name": "Tom"}}, "kit ten": {"value": {"id": 2, "name": "Kit"}}}
CAT = document({"/cat": {"get": {"responses": answers(PET, examples=EXAMPLES) | {"404": {"description": "gone"}}}}})


@pytest.mark.parametrize(
    ("query", "header", "seen"),
    [
        ("__example=kit%20ten", None, (200, "Kit")), ("__example=kit+ten", None, (200, "Kit")),
        ("__code=404", None, (404, None)), ("__code=404", "code=200", (200, "Tom")),
        ("__example=tom&__code=200", None, (200, "Tom")), ("__code=418", None, (400, None)),
        ("__dynamic=false", None, (200, "Tom")), ("__other=1", None, (400, None)),
    ],
)  # fmt: skip
def test_query_parameters_choose_a_response_as_in_prism(
    serve: Any, query: str, header: str | None, seen: tuple[int, str | None]
) -> None:
    reply: httpx.Response = serve(CAT, strict_query=True).get(
        f"/cat?{query}", headers={"Prefer": header} if header else {}
    )

    name = reply.json().get("name") if reply.content else None
    assert seen == (reply.status_code, name)


def test_dynamic_values_can_be_asked_for_in_the_query(serve: Any) -> None:
    client = serve(CAT)

    assert len({client.get("/cat?__dynamic=true").text for _ in range(6)}) > 1


def test_a_documented_query_parameter_is_no_preference(serve: Any) -> None:
    assert 200 == serve(OPEN).get("/coded?__code=404").status_code
