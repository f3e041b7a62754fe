"""A disagreement between openapi-core and the first validator is reported, and is not a failure."""

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
"""One validator says that 19.99 is a multiple of 0.01; the other one divides binary numbers and says it is not."""


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


def test_a_disagreement_is_reported_and_is_not_a_failure(document: Path, tmp_path: Path) -> None:
    with _served(shop) as address:
        done = run("check", str(document), "--url", address, "--quick", "--report", str(tmp_path / "reports"))

    read = json.loads((tmp_path / "reports" / "report.json").read_text())
    found = [each for each in read["findings"] if each["check"] == openapi_core_check.CHECK]
    assert 0 == done.returncode, done.stdout
    assert {"disagreement"} == {each["verdict"] for each in found}
    assert {"GET /prices/{id}"} == {each["operation"] for each in found}
    assert all("Schemathesis: valid; openapi-core: 19.99 is not a multiple" in each["seen"] for each in found)
    assert {"failed"} == {each["outcome"] for each in read["outcomes"] if each["check"] == openapi_core_check.CHECK}


def test_nothing_is_reported_where_both_validators_agree(prices: Contract) -> None:
    openapi_core = OpenapiCoreCheck(prices)
    [operation] = prices.document.operations

    openapi_core.compare(operation, reply("{}"), "http://shop", "mockserver", ["price is missing"])
    openapi_core.compare(operation, reply('{"price": 2}'), "http://shop", "mockserver", [])

    assert {} == openapi_core.findings
    assert {"GET /prices/{id}": "passed"} == openapi_core.outcomes


def test_a_violation_that_openapi_core_does_not_find_is_reported(prices: Contract) -> None:
    openapi_core = OpenapiCoreCheck(prices)

    openapi_core.compare(
        prices.document.operations[0], reply('{"price": 2}'), "http://shop", "mockserver", ["too cheap"]
    )

    [found] = openapi_core.findings.values()
    assert "mockserver: too cheap; openapi-core: valid" == found.seen


@pytest.mark.parametrize(("body", "reported"), [({"kind": "old"}, False), ({"kind": 7}, True), ({}, True)])
def test_a_discriminator_value_without_a_schema_is_not_a_disagreement(
    tmp_path: Path, body: Any, reported: bool
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
    openapi_core = OpenapiCoreCheck(contract)

    openapi_core.compare(contract.document.operations[0], reply(json.dumps(body)), "http://shop", "mockserver", [])

    assert reported is bool(openapi_core.findings)


def test_one_response_of_each_shape_is_validated_twice_up_to_a_bound(
    prices: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    openapi_core = OpenapiCoreCheck(prices)
    [operation] = prices.document.operations
    validated: list[bytes] = []
    monkeypatch.setattr(
        OpenapiCoreCheck, "_message", lambda self, operation, exchange, base: validated.append(exchange.reply_body)
    )

    for price in range(100):
        openapi_core.compare(operation, reply(f'{{"price": {price}}}'), "http://shop", "mockserver", [])
    assert [b'{"price": 0}'] == validated

    for count in range(2 * openapi_core_check.MOST):
        openapi_core.compare(operation, reply(json.dumps({f"field{count}": 1})), "http://shop", "mockserver", [])
    assert openapi_core_check.MOST == len(validated)


@pytest.mark.parametrize(
    ("media_type", "schema", "body"),
    [
        ("application/problem+json", {"type": "object", "required": ["status"]}, '{"status": 404}'),
        ("application/hal+json; charset=utf-8", {"type": "object"}, "{}"),
        ("text/event-stream", {"type": "string"}, "data: 1\n\n"),
    ],
)
def test_json_and_text_of_any_media_type_are_read(tmp_path: Path, media_type: str, schema: Any, body: str) -> None:
    name = media_type.partition(";")[0]
    asked = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    answered = {"200": {"description": "A price.", "content": {name: {"schema": schema}}}}
    written = {**DOCUMENT, "paths": {"/prices/{id}": {"get": {"parameters": asked, "responses": answered}}}}
    (tmp_path / "prices.yaml").write_text(yaml.safe_dump(written))
    read = contracts.of(tmp_path / "prices.yaml")
    openapi_core = OpenapiCoreCheck(read)
    exchange = RecordedExchange(
        "GET", "http://shop/prices/1", (), None, 200, (("content-type", media_type),), body.encode()
    )

    openapi_core.compare(read.document.operations[0], exchange, "http://shop", "mockserver", [])

    assert ({}, {"GET /prices/{id}": "passed"}) == (openapi_core.findings, openapi_core.outcomes)


@pytest.mark.parametrize(("body", "reported"), [('{"price": 2}', False), ('{"price": "2"}', True), ("no JSON", True)])
def test_a_body_of_any_media_type_is_validated_as_the_value_that_it_is(
    tmp_path: Path, body: str, reported: bool
) -> None:
    written = json.loads(json.dumps(DOCUMENT))
    content = written["paths"]["/prices/{id}"]["get"]["responses"]["200"]["content"]
    content["*/*"] = content.pop("application/json")
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(written))
    contract = contracts.of(file)
    openapi_core = OpenapiCoreCheck(contract)

    openapi_core.compare(contract.document.operations[0], reply(body), "http://shop", "mockserver", [])

    assert reported is bool(openapi_core.findings)
