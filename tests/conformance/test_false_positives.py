"""A reason explains false positives of Schemathesis only, and no failure that merely looks similar."""

from __future__ import annotations

import json

import pytest

from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.conformance.false_positives import (
    EXAMPLE,
    FRAMED,
    NULL,
    STATED,
    STREAMED,
    TEXTUAL,
    UNREACHABLE,
    WHOLE,
    false_positive_reason,
)
from tests.web.document import answers, document, takes

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "maximum": 10}}
STATE = {"type": "object", "properties": {"state": {"type": "string", "nullable": True, "enum": ["on"]}}}
SHOWN = {"name": "at", "in": "query", "schema": {"type": "string", "format": "json-pointer", "example": "#/a"}}
LENGTH = {"name": "Content-Length", "in": "header", "required": True, "schema": {"type": "integer"}}
VERSION = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "is_stable": {"type": "boolean"},
        "name": {"type": "string"},
    },
}
PATHS = {
    "/files": {"post": {"parameters": [LENGTH], "responses": answers()}},
    "/shown": {"get": {"parameters": [SHOWN, {**SHOWN, "name": "by"}, {**ID, "in": "query"}], "responses": answers()}},
    "/orders/{id}": {"get": {"parameters": [ID], "responses": answers({"type": "object"})}},
    "/notes": {"post": {"requestBody": takes({"type": "string"}, "text/plain"), "responses": answers()}},
    "/versions": {"post": {"requestBody": takes(VERSION), "responses": answers(VERSION, "201")}},
    "/versions/{id}": {
        "parameters": [{**ID, "schema": {"type": "string"}}],
        "get": {"responses": answers(VERSION)},
        "delete": {
            "responses": {"204": {"description": ""}, "400": {"description": "A stable version can't be removed"}}
        },
    },
    "/ticks": {"get": {"responses": answers({"type": "array", "items": STATE}, kind="text/event-stream")}},
    "/ticks/{id}": {"parameters": [ID], "get": {"responses": answers(STATE, kind="text/event-stream")}},
    "/lamps": {"put": {"requestBody": takes({"type": "array", "items": STATE}), "responses": answers()}},
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("false_positives") / "test.json"
    path.write_text(json.dumps(document(PATHS)))
    return contracts.of(path)


def refused(order: str, location: str = "path", field: str = "id") -> str:
    """The Schemathesis output for a refused GET."""
    printed = f'{{"errors":[{{"in":"{location}","field":"{field}","detail":"is not right"}}]}}'
    return f"    [400] Bad Request:\n\n    `{printed}`\n\n    curl -X GET http://127.0.0.1:1/test/orders/{order}\n"


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (refused("11"), UNREACHABLE),
        (refused("a%20b"), UNREACHABLE),
        (refused("10"), ""),
        (refused("11", "query"), ""),
        (refused("11", field="other"), ""),
    ],
)
def test_an_id_that_the_path_forbids_may_be_refused(contract: Contract, case: str, reason: str) -> None:
    assert reason == false_positive_reason(
        "ST202", "Stateful tests", "Valid data should have been accepted", case, contract
    )


@pytest.mark.parametrize(
    ("method", "status", "state", "reason"),
    [
        ("DELETE", 400, "is_stable of the version is true", STATED),
        ("DELETE", 400, "is_stable of the version is false", ""),
        ("DELETE", 400, "name of the version is true", ""),
        ("DELETE", 409, "is_stable of the version is true", ""),
        ("GET", 400, "is_stable of the version is true", ""),
    ],
)
def test_a_state_that_a_sentence_names_may_refuse(
    contract: Contract, method: str, status: int, state: str, reason: str
) -> None:
    printed = f'{{"message":"this is not possible while the {state}"}}'
    case = f"    [{status}] No:\n\n    `{printed}`\n\n    curl -X {method} http://127.0.0.1:1/test/versions/a\n"

    assert reason == false_positive_reason(
        "ST202", "Stateful tests", "Valid data should have been accepted", case, contract
    )


@pytest.mark.parametrize(
    ("path", "found", "reason"),
    [
        ("/ticks", '{} is not of type "array"', STREAMED),
        ("/ticks", '{} is not of type "integer"', ""),
        ("/ticks/{id}", '{} is not of type "array"', ""),
        ("/ticks/{id}", '"{\\"state\\": ... is not of type "object"', STREAMED),
        ("/ticks/{id}", '"on" is not of type "object"', ""),
        ("/shown", '{} is not of type "array"', ""),
    ],
)
def test_the_schema_of_a_stream_may_be_that_of_the_data_or_of_all_events(
    contract: Contract, path: str, found: str, reason: str
) -> None:
    message = f"SSE event violates schema\n\n    Event #0: {found}\n\n    Schema:"

    assert reason == false_positive_reason("ST108", f"GET {path}", message, message, contract)


@pytest.mark.parametrize(("names", "reason"), [(("at",), EXAMPLE), (("at", "by"), EXAMPLE), (("id", "at"), "")])
def test_an_example_that_its_schema_forbids_may_be_refused(
    contract: Contract, names: tuple[str, ...], reason: str
) -> None:
    printed = ",".join(f'{{"in":"query","field":"{name}","detail":"is not right"}}' for name in names)
    case = (
        f'    [400] Bad Request:\n\n    `{{"errors":[{printed}]}}`\n\n    curl -X GET http://127.0.0.1:1/test/shown\n'
    )

    assert reason == false_positive_reason(
        "ST202", "GET /shown", "Valid data should have been accepted", case, contract
    )


@pytest.mark.parametrize(
    ("media_type", "message", "reason"),
    [
        ("text/plain", "Invalid component: in body - incorrect type", TEXTUAL),
        ("text/plain", "Invalid component: in body - too long", ""),
        ("application/json", "Invalid component: in body - incorrect type", ""),
    ],
)
def test_a_plain_text_body_is_always_a_text(contract: Contract, media_type: str, message: str, reason: str) -> None:
    case = (
        f"    [200] OK:\n\n    curl -X POST -H 'Content-Type: {media_type}' -d '{{}}' http://127.0.0.1:1/test/notes\n"
    )

    assert reason == false_positive_reason("ST201", "POST /notes", message, case, contract)


@pytest.mark.parametrize(("written", "reason"), [("<a><b></b></a>", TEXTUAL), ("<a><b>1</b></a>", "")])
def test_an_empty_xml_element_is_a_null_or_an_empty_list(contract: Contract, written: str, reason: str) -> None:
    case = f"    curl -X PUT -H 'Content-Type: application/xml' -d '{written}' http://127.0.0.1:1/test/lamps\n"

    assert reason == false_positive_reason(
        "ST201", "PUT /lamps", "Invalid component: in body - b: Incorrect type", case, contract
    )


@pytest.mark.parametrize(
    ("path", "length", "reason"), [("/files", "-626", FRAMED), ("/files", "626", ""), ("/notes", "-626", "")]
)
def test_a_wrong_content_length_may_be_refused(contract: Contract, path: str, length: str, reason: str) -> None:
    case = f"    [400] Bad Request:\n\n    curl -X POST -H 'Content-Length: {length}' http://127.0.0.1:1/test{path}\n"

    assert reason == false_positive_reason(
        "ST202", f"POST {path}", "Valid data should have been accepted", case, contract
    )


@pytest.mark.parametrize(("number", "reason"), [("-3.46e+65", WHOLE), ("-3.46e-05", ""), ("3.46", "")])
def test_a_whole_number_is_an_integer_however_it_is_written(contract: Contract, number: str, reason: str) -> None:
    case = f"    curl -X PUT -H 'Content-Type: application/json' -d {number} http://127.0.0.1:1/test/lamps\n"
    message = "Invalid component: in body - violates `type` at /anyOf/0 (was string, became number)"

    assert reason == false_positive_reason("ST201", "PUT /lamps", message, case, contract)


@pytest.mark.parametrize(("field", "reason"), [("state", NULL), ("name", "")])
def test_a_null_is_accepted_where_nullable_allows_it(contract: Contract, field: str, reason: str) -> None:
    message = f"Invalid component: in body - lamps -> Array with invalid items: {field}: Incorrect type"
    case = f"    [200] OK:\n\n    curl -X PUT -d '[{{\"{field}\": null}}]' http://127.0.0.1:1/test/lamps\n"

    assert reason == false_positive_reason("ST201", "PUT /lamps", message, case, contract)
