"""Conformance: what the engine of Schemathesis says of a server is told where it is true and fair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

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

SHELF = {
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
"""What people try first: counted ids, a page without a next one, a list in an address, a reply without a body."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file = tmp_path_factory.mktemp("books") / "books.yaml"
    file.write_text(yaml.safe_dump(SHELF))
    return contracts.of(file)


def shelf(knows: Callable[[int], bool]) -> Any:
    """A server that has the pages which it `knows`, and refuses others."""

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
    """What a long examination says against the server: the pages that it should have taken."""
    with Target.asgi(shelf(knows)) as target:
        result = conform(contract, target, mode="campaign", only=["positive_data_acceptance"])
    assert not result.stopped
    return [found.exchanges[-1].url.partition("=")[2] for found in result.findings]


def test_the_refusal_of_a_valid_request_is_told(books: Contract) -> None:
    assert [page for page in refused(books, lambda page: page < 100) if 100 <= int(page) < 2**53]


def test_a_server_need_not_know_integers_that_programs_do_not_agree_about(books: Contract) -> None:
    """RFC 8259 section 6: beyond 2**53 - 1 they are not interoperable."""
    asked: list[int] = []

    def knows(page: int) -> bool:
        asked.append(page)
        return page < 2**53

    assert [] == refused(books, knows)
    assert any(page >= 2**53 for page in asked), "nothing was asked that could be refused"


def told(contract: Contract, status: int, check: str) -> list[str]:
    """The operations at which a check says something against a server that answers with one status only."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with Target.asgi(answer) as target:
        result = conform(contract, target, mode="quick", only=[check])
    return [found.operation for found in result.findings]


@pytest.mark.parametrize(("status", "where"), [(503, []), (502, ["GET /books"]), (500, ["GET /books"])])
def test_a_server_error_is_told_unless_the_document_foresees_it(books: Contract, status: int, where: list[str]) -> None:
    assert where == told(books, status, "not_a_server_error")


@pytest.mark.parametrize(("status", "where"), [(413, []), (304, []), (201, ["GET /books"]), (418, ["GET /books"])])
def test_a_status_that_is_not_documented_is_told_unless_any_server_may_answer_with_it(
    books: Contract, status: int, where: list[str]
) -> None:
    assert where == told(books, status, "status_code_conformance")


@pytest.mark.parametrize("seed", [5, 7])
def test_the_mock_keeps_a_document_of_which_everything_is_inferred(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "pets.yaml"
    file.write_text(yaml.safe_dump(PETS))
    asked = CheckSettings(str(file), contracts.of(file), seed=seed)
    with asked.target() as target:
        promises = run_checks(asked.contract, target, seed=seed)
    with asked.target() as target:
        conformance = conform(asked.contract, target, seed=seed)

    assert [] == [(each.operation, each.check, each.seen) for each in (*promises.findings, *conformance.findings)]
    assert {"paging", "mass-assignment", "query-parameters"} <= {check for _, check in promises.outcomes}


def test_what_is_wrong_as_it_is_written_must_be_refused(books: Contract) -> None:
    assert ["GET /books"] == told(books, 200, "negative_data_rejection")


def deafly(lives: int, **settings: Any) -> tuple[CheckResult, Unresponsive]:
    """Hold a real server to its document which leaves every PATCH without an answer, and after so many all requests."""
    about, server = subject("basedash"), Unresponsive(lives)
    with _served(server) as address, Target.http(address, about.users, timeout=0.5) as target:
        result = conform(about.contract, target, **settings)
        server.over = True
        return result, server


def test_an_operation_that_never_answers_is_a_failure_and_the_others_are_examined() -> None:
    result, server = deafly(lives=1000, mode="quick")
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


def test_conformance_leaves_nothing_behind_wherever_it_was_created() -> None:
    about, server = subject("basedash"), Basedash()
    with Target.asgi(server, about.users) as target:
        conform(about.contract, target)

    assert [] == [item["id"] for item in server.items if item["id"] not in server.gone]
    assert {item["org"].isascii() for item in server.items} == {True, False}


def test_a_server_that_answers_nothing_more_ends_conformance() -> None:
    result, _ = deafly(lives=1, mode="quick")

    assert "no response in 0.5 s" in result.stopped
    assert "answered" in {found.check for found in result.findings}


def test_answers_are_not_asked_for_where_they_are_left_out() -> None:
    result, _ = deafly(lives=1000, mode="quick", skip=["answered"])

    assert "answered" not in {found.check for found in result.findings}


@given(page=st.integers(min_value=1))
@example(page=2**127)
def test_the_correct_notes_take_every_page_of_the_document(page: int) -> None:
    with subject("notes").target() as target:
        assert 200 == target.send(Request("GET", "/notes", (("page", str(page)),)), target.users[0]).status


@pytest.mark.parametrize("text", ["²", "٣", "+1", " 1", "1_0", "1.5", "", "0x1"])
def test_the_correct_notes_refuse_what_is_no_number(text: str) -> None:
    with subject("notes").target() as target:
        asked = [Request("GET", "/notes", ((name, text),)) for name in ("page", "per_page")]
        statuses = [target.send(each, target.users[0]).status for each in asked]
    assert [400, 400] == statuses
