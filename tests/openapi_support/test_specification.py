"""What the text of OpenAPI 3.2 shows in its examples; `specification.yaml` has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.client import Client

DOCUMENT = Path(__file__).parent / "specification.yaml"
XML = {"content-type": "application/xml"}
NIL = '<Three xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" />'
ORDERED = f'<OneTwoThree><One>Some text</One><Two unit="cubits">42</Two>{NIL}</OneTwoThree>'
REPORT = "<Report>Some preamble text.<data>42</data>Some postamble text.</Report>"


@pytest.fixture(scope="module")
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(DOCUMENT, seed=1)) as client:
        yield client


@pytest.mark.parametrize(("target", "status"), [
    ("/whole/form?foo=a+%2B+b&bar=true", 204), ("/whole/form?foo=a&tags=x,y", 204), ("/whole/form", 400),
    ("/whole/form?foo=a&bar=maybe", 400), ("/whole/form?bar=true", 400), ("/whole/form?foo=a&other=1", 400),
    ("/whole/form?foo=a&where=%7B%22x%22%3A1%7D", 204), ("/whole/form?foo=a&where=%7B%22x%22%3A%22no%22%7D", 400),
    ("/whole/json?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D", 204), ("/whole/json", 400),
    ("/whole/json?%7B%22numbers%22%3A%5B1%2C%22x%22%5D%7D", 400), ("/whole/json?%7B%22numbers", 400),
    ("/whole/json?%7B%22numbers%22%3A%5B%5D%2C%22s%22%3A%22a%26b%3Dc+d%22%7D", 204),
    ("/whole/text?%24.a.b%5B1%3A1%5D", 204), ("/whole/text?a.b", 400), ("/whole/text", 204),
])  # fmt: skip
def test_the_whole_query_is_judged_as_its_media_type(api: Client, target: str, status: int) -> None:
    assert status == api.get(target).status_code


@pytest.mark.parametrize(("cookie", "status"), [
    ("greeting=Hello%2C world!; code=42", 204), ("greeting=Hello", 400), ("code=-1", 400),
    ("ids=1; ids=2", 204), ("ids=1; ids=x", 400), ("ids=x; ids=1", 400), ("ids=1; ids=2; ids=3", 400),
    ("hello=Hello%2C%20world%21", 204),
])  # fmt: skip
def test_a_cookie_of_its_own_style_is_read_as_it_was_sent(api: Client, cookie: str, status: int) -> None:
    assert status == api.get("/cookies", headers={"cookie": cookie}).status_code


@pytest.mark.parametrize(("kind", "text"), [
    ("application/jsonl", '{"level":1,"message":"Hi!"}\n{"level":2,"message":"Bye!"}\n'),
    ("application/json-seq", '\x1e{"level":3}\n'),
])  # fmt: skip
def test_the_text_of_an_example_is_the_stream(api: Client, kind: str, text: str) -> None:
    assert text == api.get("/lines", headers={"accept": kind}).text


def test_a_media_type_may_be_a_reference_to_a_reference(api: Client) -> None:
    replies = [api.post("/media", json={"a": value}) for value in (7, "x")]

    assert [200, 400] == [each.status_code for each in replies]
    assert {"a": 7} == replies[0].json()


@pytest.mark.parametrize(("accept", "text"), [("text/plain", "plain"), ("text/csv", "any")])
def test_the_most_specific_media_type_describes_the_response(api: Client, accept: str, text: str) -> None:
    assert text == api.get("/specific", headers={"accept": accept}).text


def test_headers_are_written_in_their_style(api: Client) -> None:
    headers = api.get("/headers").headers

    assert ("R=1,G=2", "R,1,G,2") == (headers["x-map"], headers["x-pairs"])
    assert ["a=1; Expires=Wed, 09 Jun 2041 10:18:14 GMT", "b=2"] == headers.get_list("set-cookie")


@pytest.mark.parametrize(("method", "status"), [("COPY", 200), ("MOVE", 400), ("PUT", 200)])
def test_a_page_may_use_the_methods_of_the_document(api: Client, method: str, status: int) -> None:
    asked = {"origin": "http://page.test", "access-control-request-method": method}

    assert status == api.request("OPTIONS", "/headers", headers=asked).status_code


@pytest.mark.parametrize("path", ["/locked/fragment", "/locked/absolute"])
def test_a_requirement_may_name_its_scheme_by_uri(api: Client, path: str) -> None:
    replies = [api.get(path, headers=headers) for headers in ({}, {"x-key": "1"})]

    assert [401, 204] == [each.status_code for each in replies]


@pytest.mark.parametrize(("path", "text"), [("/xml/ordered", ORDERED), ("/xml/report", REPORT)])
def test_elements_and_texts_of_xml_have_their_order(api: Client, path: str, text: str) -> None:
    reply = api.post(path, content=text, headers=XML)

    assert 200 == reply.status_code, reply.text
    assert reply.text.endswith(text)


@pytest.mark.parametrize(("path", "text", "status"), [
    ("/xml/ordered", "<OneTwoThree><One>x</One><Two>42</Two><Three>true</Three></OneTwoThree>", 400),
    ("/xml/report", "<Report>a<data>x</data>b</Report>", 400),
    ("/xml/report", "<Report>a<data>1</data></Report>", 400),
    ("/xml/documentation", "<Documentation><![CDATA[<b>x</b>]]></Documentation>", 204),
    ("/xml/product", "<product><description>T</description></product>", 204),
    ("/xml/product", '<product count="x"><description>T</description></product>', 400),
])  # fmt: skip
def test_xml_is_read_by_its_node_types(api: Client, path: str, text: str, status: int) -> None:
    assert status == api.post(path, content=text, headers=XML).status_code


def test_an_example_in_a_file_is_sent_as_it_is(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n\xff\x00"
    (tmp_path / "red.png").write_bytes(picture)
    (tmp_path / "log.json-seq").write_text('\x1e{\n"m": 1}\n\x1e{"m": 2}\n')
    (tmp_path / "api.yaml").write_text("""openapi: 3.2.0
info: {title: T, version: '1'}
paths:
  /image:
    get: {responses: {'200': {description: ok, content: {image/png: {schema: {}, examples: {red: {externalValue: ./red.png}}}}}}}
  /log:
    get: {responses: {'200': {description: ok, content: {application/json-seq: {itemSchema: {required: [m]}, examples: {log: {externalValue: log.json-seq}}}}}}}
""")  # noqa: E501

    with Client(mockserver.create_app(tmp_path / "api.yaml")) as client:
        assert picture == client.get("/image").content
        assert b'\x1e{\n"m": 1}\n\x1e{"m": 2}\n' == client.get("/log").content


def test_the_check_finds_nothing_wrong_with_our_mock() -> None:
    contract = contracts.of(str(DOCUMENT))
    with Target.asgi(mockserver.create_app(DOCUMENT, seed=1)) as target:
        results = [run_checks(contract, target), conform(contract, target, mode="quick")]

    assert [] == [(each.operation, each.check) for result in results for each in result.findings]
