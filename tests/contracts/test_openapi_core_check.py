"""openapi-core as second judge: where it and the first judge of a reply disagree, that is news and no failure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.conformance import openapi_core_check
from contracts.conformance.openapi_core_check import OpenapiCoreCheck
from contracts.model.finding import RecordedExchange
from contracts.pytest_plugin.plugin import _served
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.process import run

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Prices", "version": "1"},
    "paths": {"/prices/{id}": {"get": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "A price.", "content": {"application/json": {"schema": {
            "type": "object", "required": ["price"], "properties": {"price": {"type": "number", "multipleOf": 0.01}},
        }}}}}}}},
}  # fmt: skip
"""Of 19.99 one judge says that it is a multiple of 0.01, and the other one divides in binary."""


async def shop(scope: Any, receive: Any, send: Any) -> None:
    """A service with one price."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    there = scope["path"].startswith("/prices/") and scope["method"] in ("GET", "HEAD")
    body = b'{"price": 19.99}' if there else b"{}"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"allow", b"GET")]
    status = 200 if there else 405 if scope["path"].startswith("/prices/") else 404
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "prices.yaml"
    file.write_text(yaml.safe_dump(DOCUMENT))
    return file


@pytest.fixture
def prices(document: Path) -> Contract:
    return contracts.of(document)


def reply(body: str, status: int = 200) -> RecordedExchange:
    return RecordedExchange("GET", "http://shop/prices/1", (), None, status, (("content-type", "application/json"),),
                    body.encode())  # fmt: skip


def test_a_disagreement_is_told_by_name_and_fails_nothing(document: Path, tmp_path: Path) -> None:
    with _served(shop) as address:
        done = run("check", str(document), "--url", address, "--quick", "--report", str(tmp_path / "reports"))

    read = json.loads((tmp_path / "reports" / "report.json").read_text())
    told = [each for each in read["findings"] if each["check"] == openapi_core_check.CHECK]
    assert 0 == done.returncode, done.stdout
    assert {"disagreement"} == {each["verdict"] for each in told}
    assert {"GET /prices/{id}"} == {each["operation"] for each in told}
    assert all("Schemathesis: valid; openapi-core: 19.99 is not a multiple" in each["seen"] for each in told)
    assert {"failed"} == {each["outcome"] for each in read["outcomes"] if each["check"] == openapi_core_check.CHECK}


def test_where_both_find_fault_there_is_nothing_to_tell(prices: Contract) -> None:
    second = OpenapiCoreCheck(prices)
    [operation] = prices.document.operations

    second.hear(operation, reply("{}"), "http://shop", "mockserver", ["price is missing"])
    second.hear(operation, reply('{"price": 2}'), "http://shop", "mockserver", [])

    assert {} == second.findings
    assert {"GET /prices/{id}": "passed"} == second.heard


def test_a_fault_that_the_second_judge_does_not_see_is_told_too(prices: Contract) -> None:
    second = OpenapiCoreCheck(prices)

    second.hear(prices.document.operations[0], reply('{"price": 2}'), "http://shop", "mockserver", ["too cheap"])

    [found] = second.findings.values()
    assert "mockserver: too cheap; openapi-core: valid" == found.seen


@pytest.mark.parametrize(("body", "tells"), [({"kind": "old"}, False), ({"kind": 7}, True), ({}, True)])
def test_a_kind_that_is_called_as_no_schema_is_nothing_to_disagree_about(
    tmp_path: Path, body: Any, tells: bool
) -> None:
    price = {"allOf": [{"type": "object"}], "required": ["kind"], "properties": {"kind": {"type": "string"}},
             "discriminator": "kind"}  # fmt: skip
    asked = [{"name": "id", "in": "path", "required": True, "type": "string"}]
    response = {"description": "A price.", "schema": {"$ref": "#/definitions/Price"}}
    written = {
        "swagger": "2.0", "info": {"title": "Prices", "version": "1"}, "definitions": {"Price": price},
        "produces": ["application/json"],
        "paths": {"/prices/{id}": {"get": {"parameters": asked, "responses": {"200": response}}}},
    }  # fmt: skip
    (tmp_path / "kinds.json").write_text(json.dumps(written))
    contract = contracts.of(tmp_path / "kinds.json")
    second = OpenapiCoreCheck(contract)

    second.hear(contract.document.operations[0], reply(json.dumps(body)), "http://shop", "mockserver", [])

    assert tells is bool(second.findings)


def test_of_replies_of_one_shape_one_is_judged_twice_and_of_all_no_more_than_a_bound(
    prices: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = OpenapiCoreCheck(prices)
    [operation] = prices.document.operations
    asked: list[bytes] = []
    monkeypatch.setattr(
        OpenapiCoreCheck, "_judged", lambda self, operation, exchange, base: asked.append(exchange.reply_body)
    )

    for price in range(100):
        second.hear(operation, reply(f'{{"price": {price}}}'), "http://shop", "mockserver", [])
    assert [b'{"price": 0}'] == asked

    for count in range(2 * openapi_core_check.MOST):
        second.hear(operation, reply(json.dumps({f"field{count}": 1})), "http://shop", "mockserver", [])
    assert openapi_core_check.MOST == len(asked)
