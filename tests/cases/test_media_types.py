"""Cases about media types: ranges, parameters, one value a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import mockserver
from mockserver import contract
from tests.cases.conftest import Serve
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

JSON = {"content-type": "application/json"}


def test_24_a_body_under_a_range_is_read_judged_and_kept(serve: Serve) -> None:
    api = serve("24-star-media")

    assert {"id": 1, "name": "a"} == api.post("/things", json={"name": "a"}).json()
    assert [400, 400, 400] == [
        api.post("/things", content=body, headers=JSON).status_code for body in ('{"name":5}', "{}", "not json")
    ]
    assert {"id": 1, "name": "b"} == api.put("/things/1", json={"name": "b"}).json()
    assert 400 == api.put("/things/1", json={"name": 6}).status_code
    assert [{"id": 1, "name": "b"}] == api.get("/things").json()


@pytest.mark.parametrize(
    ("path", "accept", "answer"),
    [
        ("/odata", "application/json;odata.metadata=full", {"m": "full"}),
        ("/odata", "application/json;odata.metadata=minimal", {"m": "minimal"}),
        ("/odata", "application/json", {"m": "minimal"}),
        ("/prof", 'application/hal+json;profile="https://x.example/b"', {"p": "b"}),
        ("/prof", 'text/html, application/hal+json; profile="https://x.example/b"; q=0.5', {"p": "b"}),
    ],
)
def test_35_media_types_that_differ_by_a_parameter_are_two(
    serve: Serve, path: str, accept: str, answer: dict[str, str]
) -> None:
    assert answer == serve("35-media-params").get(path, headers={"accept": accept}).json()


@pytest.mark.parametrize(
    ("version", "body", "status"),
    [("; v=2", '{"b":1}', 204), (";v=1", '{"b":1}', 400), (";v=3", '{"b":1}', 415), ("", '{"a":1}', 204)],
)
def test_35_a_request_is_judged_by_the_schema_of_its_parameter(
    serve: Serve, version: str, body: str, status: int
) -> None:
    api = serve("35-media-params")

    reply = api.post("/up", content=body, headers={"content-type": f"application/json{version}"})

    assert status == reply.status_code


@pytest.mark.parametrize(
    ("version", "status"), [("; version=1", 200), (";version=2", 200), (";version=3", 406), ("", 200)]
)
def test_08_a_version_in_accept_chooses_the_response(serve: Serve, version: str, status: int) -> None:
    reply = serve("08-accept-params").get("/v", headers={"accept": f"application/vnd.acme.api+json{version}"})

    assert status == reply.status_code
    if status == 200:
        assert {"v": int(version[-1:] or 1)} == reply.json()


def test_items_of_ndjson_are_written_one_a_line_and_judged_line_by_line(serve: Serve) -> None:
    api, lines = serve("ndjson"), {"content-type": "application/x-ndjson"}

    assert '{"n":1}\n{"n":2}\n' == api.get("/events").text
    replies = [
        api.post("/events", content=body, headers=lines) for body in ('{"n":1}\n{"n":2}\n', '{"n":1}\n{"n":"x"}', "{")
    ]

    assert [204, 400, 400] == [reply.status_code for reply in replies]
    assert "line 1 is not JSON" in replies[2].text


XML = {"content-type": "application/xml"}


def test_a_resource_in_xml_alone_is_stored_and_shown(serve: Serve) -> None:
    api = serve("xml-only")
    book = '<b:book xmlns:b="http://ex/b"><name>A &amp; B</name><tags><tag>x</tag></tags><year>1999</year></b:book>'

    made = api.post("/books", content=book, headers=XML)

    shown = book.replace("book xmlns:b", 'book xmlns:b="http://ex/b" id="1" xmlns:b', 1).replace(
        ' xmlns:b="http://ex/b">', ">", 1
    )
    assert (201, "application/xml", True) == (made.status_code, made.headers["content-type"], shown in made.text)
    assert made.text == api.get("/books/1").text
    assert shown in api.get("/books").text
    assert 400 == api.post("/books", content="<book><name>a</name><year>x</year></book>", headers=XML).status_code


def test_items_are_shown_in_the_media_type_that_the_client_prefers(serve: Serve) -> None:
    api, xml = serve("xml-beside-json"), {"accept": "application/xml"}

    made = api.post("/items", json={"name": "a"}, headers=xml)

    assert "<name>a</name>" in made.text
    assert made.text == api.get("/items/1", headers={"accept": "application/xml, text/plain;q=0.5"}).text
    assert "<name>a</name>" in api.get("/items", headers=xml).text
    assert {"id": 1, "name": "a"} == api.get("/items/1", headers={"accept": "application/*"}).json()
    assert 406 == api.get("/items/1", headers={"accept": "text/html"}).status_code


def test_versions_in_media_types_show_the_items_each_by_its_schema(serve: Serve) -> None:
    api = serve("media-type-versions")
    item = api.post("/items", json={"name": "a"}).json()

    versions = [api.get("/items", headers={"accept": f"application/vnd.acme.v{n}+json"}) for n in (1, 2)]

    assert [[item], {"items": [item]}] == [reply.json() for reply in versions]
    assert "application/vnd.acme.v2+json" == versions[1].headers["content-type"]


def test_items_are_written_as_csv_and_yaml_and_of_other_types_the_example_is_sent(serve: Serve) -> None:
    api = serve("media-types-of-a-list")
    api.post("/i", json={"name": 'a,"b'})

    shown = {kind: api.get("/i", headers={"accept": kind}) for kind in ("text/csv", "application/yaml", "text/html")}

    assert ["text/csv", "application/yaml", "text/html"] == [reply.headers["content-type"] for reply in shown.values()]
    assert 'id,name\r\n1,"a,""b"\r\n' == shown["text/csv"].text
    assert 'items:\n- id: 1\n  name: a,"b\ntotal: 1\n' == shown["application/yaml"].text
    assert "<p>none</p>" == shown["text/html"].text
    assert 404 == api.get("/i/9", headers={"accept": "text/html"}).status_code


SLIPS = """swagger: '2.0'
info: {title: t, version: '1'}
consumes: [json]
produces: [json, nonsense]
paths:
  /tuners:
    post:
      parameters: [{in: body, name: body, schema: {type: object, required: [mail], properties: {mail: {type: string}}}}]
      responses: {'200': {description: ok, schema: {type: object, properties: {mail: {type: string}}}}}
  /upper:
    get:
      produces: ['Application/JSON; charset=UTF-8']
      responses: {'200': {description: ok, schema: {type: object}, examples: {'application/json': {a: b}}}}
"""


def test_a_short_name_of_a_media_type_is_read_as_what_is_meant(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(SLIPS)

    with Client(mockserver.create_app(tmp_path / "api.yaml", seed=1)) as client:
        sent, wrong = (client.post("/tuners", json=body) for body in ({"mail": "e"}, {}))
        assert {"a": "b"} == client.get("/upper").json()

    assert (200, {"mail": "e"}, "application/json") == (sent.status_code, sent.json(), sent.headers["content-type"])
    assert (400, 'body mail: "mail" is a required property') == (wrong.status_code, wrong.json()["detail"])
    said = [str(problem) for problem in contract.of(tmp_path / "api.yaml").problems]
    assert any("produces: 'json' is not a media type; it is read as 'application/json'" in each for each in said)
    assert any("produces: 'nonsense' is not a media type; no message has it" in each for each in said)


def test_a_short_name_is_read_so_in_openapi_3_too(tmp_path: Path) -> None:
    number: Node = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    action = {"requestBody": takes(number, kind="json"), "responses": answers(number, kind="json")}
    with Client(served(tmp_path, document({"/n": {"post": action}}))) as client:
        assert [{"n": 3}, 400] == [client.post("/n", json={"n": 3}).json(), client.post("/n", json={}).status_code]
