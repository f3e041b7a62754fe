"""Failures of Schemathesis are reported, except false positives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.client.target import Request, Target
from contracts.conformance.schemathesis_run import conform
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import CheckResult, run_checks
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.contracts.unresponsive_server import Unresponsive
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import subject

BOOKS = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {"/books": {"get": {
        "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
        "responses": {"200": {"description": "A page."}, "400": {"description": "No such page."},
                      "500": {"description": "It broke."}, "503": {"description": "The library is closed."}},
    }}},
}  # fmt: skip

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "tag": {"type": "string"}}}
PETS = {
    "swagger": "2.0",
    "info": {"title": "Pets", "version": "1"},
    "produces": ["application/json"],
    "consumes": ["application/json"],
    "definitions": {"NewPet": PET, "Pet": {"allOf": [
        {"$ref": "#/definitions/NewPet"},
        {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "format": "int64"}}}]}},
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                    {"name": "limit", "in": "query", "type": "integer", "format": "int32"},
                ],
                "responses": {"200": {"description": "Pets.",
                                      "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}}}},
            },
            "post": {
                "parameters": [{"name": "pet", "in": "body", "required": True,
                                "schema": {"$ref": "#/definitions/NewPet"}}],
                "responses": {"200": {"description": "A pet.", "schema": {"$ref": "#/definitions/Pet"}}},
            },
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "type": "integer", "format": "int64"}],
            "get": {"responses": {"200": {"description": "A pet.", "schema": {"$ref": "#/definitions/Pet"}}}},
            "delete": {"responses": {"204": {"description": "It is gone."}}},
        },
    },
}  # fmt: skip
"""Common features of small documents: numeric ids, an unpaged list, an array parameter, a 204 response."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file = tmp_path_factory.mktemp("books") / "books.yaml"
    file.write_text(yaml.safe_dump(BOOKS))
    return contracts.of(file)


def shelf(knows: Callable[[int], bool]) -> Any:
    """A server that has the pages for which `knows` is true, and refuses others."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        page = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)).get("page", "1")
        known = page.isascii() and page.isdigit() and int(page) > 0 and knows(int(page))
        status = 405 if scope["method"] != "GET" else 200 if known else 400
        await send({"type": "http.response.start", "status": status, "headers": [(b"allow", b"GET")]})
        await send({"type": "http.response.body", "body": b""})

    return answer


def refused(contract: Contract, knows: Callable[[int], bool]) -> list[str]:
    """The pages that a long run reports as wrongly refused."""
    with Target.asgi(shelf(knows)) as target:
        result = conform(contract, target, mode="campaign", only=["positive_data_acceptance"])
    assert not result.stopped
    return [found.exchanges[-1].url.partition("=")[2] for found in result.findings]


def test_the_refusal_of_a_valid_request_is_reported(books: Contract) -> None:
    assert [page for page in refused(books, lambda page: page < 100) if 100 <= int(page) < 2**53]


def test_a_server_may_refuse_integers_that_are_not_interoperable(books: Contract) -> None:
    """RFC 8259 section 6: beyond 2**53 - 1 they are not interoperable."""
    asked: list[int] = []

    def knows(page: int) -> bool:
        asked.append(page)
        return page < 2**53

    assert [] == refused(books, knows)
    assert any(page >= 2**53 for page in asked), "no request had such an integer"


def failing_operations(contract: Contract, status: int, check: str) -> list[str]:
    """The operations where a check fails for a server that always returns the same status."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with Target.asgi(answer) as target:
        result = conform(contract, target, mode="quick", only=[check])
    return [found.operation for found in result.findings]


@pytest.mark.parametrize(("status", "where"), [(503, []), (502, ["GET /books"]), (500, ["GET /books"])])
def test_a_server_error_is_reported_unless_it_is_documented(books: Contract, status: int, where: list[str]) -> None:
    assert where == failing_operations(books, status, "not_a_server_error")


@pytest.mark.parametrize(("status", "where"), [(413, []), (304, []), (201, ["GET /books"]), (418, ["GET /books"])])
def test_an_undocumented_status_is_reported_unless_any_server_may_return_it(
    books: Contract, status: int, where: list[str]
) -> None:
    assert where == failing_operations(books, status, "status_code_conformance")


@pytest.mark.parametrize("seed", [5, 7])
def test_the_mock_of_a_document_without_statements_has_no_findings(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "pets.yaml"
    file.write_text(yaml.safe_dump(PETS))
    asked = CheckSettings(str(file), contracts.of(file), seed=seed)
    with asked.target() as target:
        own_checks = run_checks(asked.contract, target, seed=seed)
    with asked.target() as target:
        conformance = conform(asked.contract, target, seed=seed)

    assert [] == [(each.operation, each.check, each.seen) for each in (*own_checks.findings, *conformance.findings)]
    assert {"paging", "mass-assignment", "query-parameters"} <= {check for _, check in own_checks.outcomes}


def test_an_accepted_invalid_request_is_reported(books: Contract) -> None:
    assert ["GET /books"] == failing_operations(books, 200, "negative_data_rejection")


def check_unresponsive(lives: int, **settings: Any) -> tuple[CheckResult, Unresponsive]:
    """Check a server that does not respond to PATCH, and after `lives` such requests not at all."""
    about, server = subject("basedash"), Unresponsive(lives)
    with _served(server) as address, Target.http(address, about.users, timeout=0.5) as target:
        result = conform(about.contract, target, **settings)
        server.over = True
        return result, server


def test_an_operation_that_never_responds_is_a_failure_and_the_others_are_checked() -> None:
    result, server = check_unresponsive(lives=1000, mode="quick")
    silent = {found.operation: found for found in result.findings if found.check == "answered"}
    [deaf] = [found for operation, found in silent.items() if operation.startswith("PATCH")]

    assert ("failure", "none in 0.5 s") == (deaf.verdict, deaf.seen)
    assert ("PATCH", 0) == (deaf.exchanges[-1].method, deaf.exchanges[-1].status)
    assert {"PATCH"} == {found.exchanges[-1].method for found in silent.values()}
    passed = {operation.partition(" ")[0] for (operation, check), outcome in result.outcomes.items()
              if (check, outcome) == ("status_code_conformance", "passed")}  # fmt: skip
    assert {"GET", "POST", "DELETE"} == passed
    assert "" == result.stopped
    assert [] == [item["id"] for item in server.inner.items if item["id"] not in server.inner.gone]


def test_schemathesis_leaves_no_items_behind_in_any_tenant() -> None:
    about, server = subject("basedash"), Basedash()
    # What Hypothesis generates depends on the modules that are imported. An example of the document is always sent.
    raw = json.loads(json.dumps(about.contract.document.raw))
    raw["components"]["parameters"]["orgId"]["example"] = "größe"
    with Target.asgi(server, about.users) as target:
        conform(replace(about.contract, document=replace(about.contract.document, raw=raw)), target)

    assert [] == [item["id"] for item in server.items if item["id"] not in server.gone]
    assert {"größe"} < {item["org"] for item in server.items}


def test_a_server_that_stops_responding_ends_the_run() -> None:
    result, _ = check_unresponsive(lives=1, mode="quick")

    assert "no response in 0.5 s" in result.stopped
    assert "answered" in {found.check for found in result.findings}


def test_missing_responses_are_not_reported_if_the_check_is_skipped() -> None:
    result, _ = check_unresponsive(lives=1000, mode="quick", skip=["answered"])

    assert "answered" not in {found.check for found in result.findings}


@given(page=st.integers(min_value=1))
@example(page=2**127)
def test_the_correct_notes_server_accepts_every_documented_page(page: int) -> None:
    with subject("notes").target() as target:
        assert 200 == target.send(Request("GET", "/notes", (("page", str(page)),)), target.users[0]).status


@pytest.mark.parametrize("text", ["²", "٣", "+1", " 1", "1_0", "1.5", "", "0x1"])
def test_the_correct_notes_server_refuses_a_page_that_is_not_a_number(text: str) -> None:
    with subject("notes").target() as target:
        asked = [Request("GET", "/notes", ((name, text),)) for name in ("page", "per_page")]
        statuses = [target.send(each, target.users[0]).status for each in asked]
    assert [400, 400] == statuses
