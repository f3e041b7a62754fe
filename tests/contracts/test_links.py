"""Documented links are followed: one that leads to nothing is found, and those of our mock lead to something."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.client.target import Target
from contracts.model.finding import RecordedExchange
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from mockserver.web.service import ServiceSettings
from tests.client import Client

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _reply(schema: Any, **links: Any) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": schema}}, "links": links}


TEXTS = {"id": {"type": "string"}, "name": {"type": "string"}}
PET = {"type": "object", "required": ["id", "name"], "properties": TEXTS}
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"type": "object", "required": ["name"],
                                                "properties": {"name": {"type": "string"}}}}},
}  # fmt: skip
GET_LINK = {"operationId": "getPet", "parameters": {"id": "$response.body#/id"}}
MISSING = {"404": {"description": "not found"}}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "parameters": [{"name": "name", "in": "query", "schema": {"type": "string", "maxLength": 40}}],
                "responses": {"200": _reply({"type": "array", "items": PET}, First={
                    "operationRef": "#/paths/~1pets~1{id}/get", "parameters": {"path.id": "$response.body#/0/id"}})},
            },
            "post": {
                "operationId": "createPet",
                "requestBody": BODY,
                "responses": {"201": _reply(
                    PET,
                    Get={"$ref": "#/components/links/Get"},
                    Rename={"operationId": "renamePet", "parameters": {"id": "$response.body#/id"},
                            "requestBody": {"name": "another"}},
                    Theirs={"operationId": "deletePet", "parameters": {"id": "theirs"}},
                    Same={"operationId": "listPets", "parameters": {"name": "$request.body#/name"}},
                )},
            },
        },
        "/pets/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getPet", "responses": {"200": _reply(
                PET,
                Next={"operationId": "getPet", "parameters": {"id": "$response.body#/next_id"}},
                Delete={"operationId": "deletePet", "parameters": {"id": "$request.path.id"}},
            ), **MISSING}},
            "patch": {"operationId": "renamePet", "requestBody": BODY, "responses": {"200": _reply(PET), **MISSING}},
            "delete": {"operationId": "deletePet", "responses": {"204": {"description": "gone"}, **MISSING}},
        },
    },
    "components": {"links": {"Get": GET_LINK}},
}  # fmt: skip


class Broken:
    """Our mock with a bug: what is created is not found by its id, or a list refuses the name that was sent."""

    def __init__(self, document: Path, bug: str) -> None:
        self._app, self._bug = mockserver.create_app(document, seed=1), bug

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._bug == "unknown" and scope.get("path", "").startswith("/pets/"):
            scope = {**scope, "path": "/pets/nowhere", "raw_path": b"/pets/nowhere"}
        if self._bug == "refuses" and b"name=" in scope.get("query_string", b""):
            scope = {**scope, "query_string": b"name=" + b"x" * 50}
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("links") / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def followed(document: Path, bug: str = "") -> tuple[CheckResult, list[str]]:
    """What the check finds, and the requests that it sends."""
    sent: list[str] = []
    with Target.asgi(Broken(document, bug), (), base_url="http://pets") as target:
        target.on_exchange.append(lambda each: sent.append(_shown(each)))
        return run_checks(contracts.of(document), target, only=["links"]), sent


def _shown(exchange: RecordedExchange) -> str:
    text = f"{exchange.method} {exchange.url.removeprefix('http://pets')}"
    return f"{text} {exchange.body.decode()}" if exchange.method == "PATCH" and exchange.body else text


@pytest.mark.parametrize(
    ("bug", "found"),
    [
        ("", set()),
        ("unknown", {"Get of POST /pets", "Rename of POST /pets", "First of GET /pets"}),
        ("refuses", {"Same of POST /pets"}),
    ],
)
def test_a_link_that_leads_to_nothing_is_a_warning(document: Path, bug: str, found: set[str]) -> None:
    result, _ = followed(document, bug)
    seen = [each for each in result.findings if each.check == "links"]

    assert {f"the link {name} leads to something" for name in found} == {each.expected for each in seen}
    assert {"warning"} >= {each.verdict for each in seen}


def test_each_link_is_followed_with_the_values_that_it_names(document: Path) -> None:
    result, sent = followed(document)

    assert any(each.startswith("GET /pets?name=contract-check-") for each in sent)
    assert any(each.startswith("PATCH ") and each.endswith('{"name":"another"}') for each in sent)
    assert {"GET", "POST", "PATCH", "DELETE"} == {each.partition(" ")[0] for each in sent}
    assert {"passed"} == {outcome for (_, check), outcome in result.outcomes.items() if check == "links"}


def test_a_link_that_names_a_wrong_parameter_is_a_warning(tmp_path: Path) -> None:
    misspelled = deepcopy(DOCUMENT)
    misspelled["components"]["links"]["Get"]["parameters"] = {"petId": "$response.body#/id"}
    (tmp_path / "openapi.json").write_text(json.dumps(misspelled))

    result, _ = followed(tmp_path / "openapi.json")

    seen = {(each.verdict, each.seen) for each in result.findings if each.check == "links"}
    assert {("warning", "it has no parameter petId")} == seen


def test_a_link_changes_only_what_the_check_has_created(document: Path) -> None:
    _, sent = followed(document)

    assert any(each.startswith("DELETE /pets/") for each in sent)
    assert "DELETE /pets/theirs" not in sent


def test_a_link_whose_value_is_not_in_the_response_is_skipped_with_the_reason(tmp_path: Path) -> None:
    lonely = deepcopy(DOCUMENT)
    del lonely["paths"]["/pets/{id}"]["get"]["responses"]["200"]["links"]["Delete"]
    (tmp_path / "openapi.json").write_text(json.dumps(lonely))

    result, _ = followed(tmp_path / "openapi.json")

    expected = "skipped: $response.body#/next_id is nothing in this response"
    assert expected == result.outcomes["GET /pets/{id}", "links"]


def test_a_property_that_a_link_takes_for_an_id_names_an_item_of_the_mock(tmp_path: Path) -> None:
    """No name shows that the `holder` of a car is a pet: only the link does."""
    car = {"type": "object", "required": ["id", "holder"], "properties": {**TEXTS, "holder": {"type": "string"}}}
    holder = {"operationId": "getPet", "parameters": {"id": "$response.body#/holder"}}
    linked = deepcopy(DOCUMENT)
    linked["paths"]["/cars"] = {
        "get": {"responses": {"200": _reply({"type": "array", "items": car})}},
        "post": {"requestBody": BODY, "responses": {"201": _reply(car)}},
    }
    linked["paths"]["/cars/{id}"] = {
        "parameters": [ID],
        "get": {"operationId": "getCar", "responses": {"200": _reply(car, Holder=holder), **MISSING}},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(linked))

    app = mockserver.create_app(tmp_path / "openapi.json", seed=1, settings=ServiceSettings(items=3))
    with Client(app) as api:
        cars = api.get("/cars").json()
        found = [api.get(f"/pets/{each['holder']}").status_code for each in cars]

    assert [200, 200, 200] == found
