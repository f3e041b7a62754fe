"""Cases about examples: what the document shows is what is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import contract
from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client
from tests.web.document import Node, answers, document, served

KEY = {"X-Key": "1"}


def test_an_error_is_answered_with_the_example_of_a_response_without_a_schema(serve: Serve) -> None:
    api = serve("examples/errors")

    assert (401, "unauthorized") == ((seen := api.get("/a")).status_code, seen.json())
    assert (422, "unprocessable") == ((seen := api.post("/b", json={})).status_code, seen.text)
    assert (400, {"error": "bad"}) == (
        (seen := api.post("/b", content="{", headers={"content-type": "application/json"})).status_code,
        seen.json(),
    )


@pytest.mark.parametrize(
    ("preferred", "status", "body"),
    [
        ("example=two", 200, {"n": 2}),
        ("code=404, example=gone", 404, {"code": "gone"}),
        ("code=404", 404, {"code": "gone"}),
    ],
)
def test_prefer_chooses_an_example(serve: Serve, preferred: str, status: int, body: object) -> None:
    reply = serve("examples/errors").get("/a", headers={**KEY, "Prefer": preferred})

    assert (status, body) == (reply.status_code, reply.json())


@pytest.mark.parametrize(("name", "body"), [("bad", {"n": "x"}), ("ext", {"n": 77})])
def test_a_named_example_is_sent_as_the_document_has_it(serve: Serve, name: str, body: object) -> None:
    reply = serve("examples/errors").post("/b", json={"n": 1}, headers={"Prefer": f"example={name}"})

    assert (200, body) == (reply.status_code, reply.json())


def test_a_header_has_the_example_or_default_of_its_schema(serve: Serve) -> None:
    headers = serve("examples/errors").get("/a", headers=KEY).headers

    assert ["42", "fast", "hi", None] == [headers.get(name) for name in ("x-rate", "x-mode", "x-ex", "x-no")]


@pytest.mark.parametrize(("path", "text"), [("/t", "hello there"), ("/s", '{"a":"star"}'), ("/j", '{"a":"json"}')])
def test_examples_of_swagger_are_answered_for_every_kind_of_media_type(serve: Serve, path: str, text: str) -> None:
    assert text == serve("examples/swagger").get(path).text


def test_an_example_that_its_schema_forbids_is_named_at_start() -> None:
    written = DOCUMENTS / "examples" / "forbidden.yaml"

    [problem] = contract.of(written).problems

    assert "forbidden.yaml#/paths/~1a/get/responses/200/content/application~1json" in str(problem)
    assert "the schema forbids the example" in str(problem)


def test_the_example_of_a_header_is_sent_wherever_it_is(serve: Serve) -> None:
    headers = serve("header-examples").get("/p").headers

    assert ["aa", "bb", "1,2", '{"a":1}', "e"] == [headers[f"x-{name}"] for name in "abcde"]


PET: Node = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("kind", "example", "shown"),
    [
        ("application/xml", "<pet><id>9</id></pet>", "<pet><id>9</id></pet>"),
        ("application/vnd.pet+xml", "<?xml version='1.0'?>\n<pet><id>9</id></pet>", None),
        ("text/csv", "id,name\n9,Rex\n", "id,name\n9,Rex\n"),
        ("application/x-www-form-urlencoded", "id=9&name=Rex", None),
        ("application/json", '{"id": 9, "name": "Rex"}', '{"id":9,"name":"Rex"}'),
    ],
)
def test_an_example_that_is_a_text_is_what_is_sent(tmp_path: Path, kind: str, example: str, shown: str | None) -> None:
    schema = {"type": "array", "items": PET} if kind == "text/csv" else PET
    written = document({"/pet": {"get": {"responses": answers(schema, kind=kind, example=example)}}})
    with Client(served(tmp_path, written)) as client:
        assert (shown or example) == client.get("/pet").text
    assert () == contract.of(tmp_path / "test.json").problems


def test_an_example_in_xml_that_the_schema_forbids_is_sent_only_by_its_name(tmp_path: Path) -> None:
    examples = {"nameless": {"value": "<pet><name>Rex</name></pet>"}, "good": {"value": "<pet><id>9</id></pet>"}}
    reply = answers(PET, kind="application/xml", examples=examples)
    with Client(served(tmp_path, document({"/pet": {"get": {"responses": reply}}}))) as client:
        usual, named = (client.get("/pet", headers=each) for each in ({}, {"Prefer": "example=nameless"}))

    assert ("<pet><id>9</id></pet>", "<pet><name>Rex</name></pet>") == (usual.text, named.text)


TEXT: Node = {"type": "string"}


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (
            {"properties": {"code": {**TEXT, "examples": ["GONE"]}, "message": {**TEXT, "examples": ["None left"]}}},
            True,
        ),
        ({"properties": {"code": TEXT, "message": TEXT}, "examples": [{"code": "GONE", "message": "None left"}]}, True),
        ({"properties": {"code": {"type": "integer"}, "message": {**TEXT, "examples": ["None left"]}}}, False),
        ({"properties": {"code": {**TEXT, "enum": ["GONE"]}, "message": TEXT}}, False),
    ],
)
def test_an_error_that_is_asked_for_is_the_one_that_its_schema_shows(tmp_path: Path, error: Node, shown: bool) -> None:
    schema = {"type": "object", "required": ["code", "message"], **error}
    written = document({"/a": {"get": {"responses": {**answers(PET), **answers(schema, "404")}}}})
    with Client(served(tmp_path, written)) as client:
        body = client.get("/a", headers={"Prefer": "code=404"}).json()

    assert ({"code": "GONE", "message": "None left"} == body) is shown
    assert shown or body["message"] == "Asked for by the Prefer header" or body["code"] == 404


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "object"}, [{"id": 1}]),
        ({"type": "object", "properties": {"n": {"const": 1}}, "required": ["n"]}, None),
    ],
)
def test_a_list_is_shown_although_its_schema_is_a_bare_object(tmp_path: Path, schema: Node, shown: object) -> None:
    """Converters of Postman collections write `type: object` for every body."""
    reply = answers(schema, example=[{"id": 1}])
    with Client(served(tmp_path, document({"/a": {"get": {"responses": reply}}}))) as client:
        assert (shown or {"n": 1}) == client.get("/a").json()

    said = "the schema is ignored" if shown else "the schema forbids the example"
    assert [True] == [said in str(problem) for problem in contract.of(tmp_path / "test.json").problems]
