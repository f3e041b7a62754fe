"""Small things of OpenAPI 3.2: XML nodes, serialized examples, the whole query as a parameter, default mappings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from mockserver import contract as contracts
from mockserver.web.curl_example import curl_for
from tests.client import Client

DOCUMENT = Path(__file__).parent / "small_things.yaml"
NIL = '<maybe xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" />'
NOTE = '<note lang="en">a &lt;b&gt;</note>'
LISTS = "<items><item>1</item><item>2</item></items><p>x</p>"


@pytest.fixture(scope="module")
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(DOCUMENT, seed=1)) as client:
        yield client


@pytest.mark.parametrize(("start", "end"), [("", ""), (NIL, ""), ("", "<deep>d</deep>")])
def test_xml_is_read_and_written_by_its_node_types(api: Client, start: str, end: str) -> None:
    """`none` is no element of its own, and an element that is null says so (OpenAPI 3.2 section 4.26)."""
    sent = f'<doc id="3"><title>t</title>{start}{NOTE}{LISTS}{end}</doc>'

    reply = api.post("/xml", content=sent, headers={"content-type": "application/xml"})

    assert 200 == reply.status_code, reply.text
    assert [True, True] == [start in reply.text, end in reply.text]
    assert (NOTE in reply.text, LISTS in reply.text, "<inner>" in reply.text) == (True, True, False)


@pytest.mark.parametrize(("path", "content", "status"), [
    ("/line", "<Line><name>A</name>to you</Line>", 200),
    ("/line", "<Line>to <name>A</name>you</Line>", 200),
    ("/line", "<Line>\n  <name>A</name>\n</Line>", 400),
    ("/letter", "<Letter>Dear <name>A</name>42</Letter>", 200),
    ("/letter", "<Letter>Dear <name>A</name>soon</Letter>", 400),
    ("/letter", "<Letter>Dear 42<name>A</name></Letter>", 400),
])  # fmt: skip
def test_texts_of_an_element_may_be_before_and_after_its_children(
    api: Client, path: str, content: str, status: int
) -> None:
    reply = api.post(path, content=content, headers={"content-type": "application/xml"})

    assert status == reply.status_code, reply.text
    joined = content.replace("to <name>A</name>you", "<name>A</name>to you")
    assert (joined in reply.text) == (status == 200)


def test_null_in_the_place_of_a_number_that_may_not_be_null_is_refused(api: Client) -> None:
    nil = NIL.replace("maybe", "title")

    reply = api.post(
        "/xml", content=f'<doc id="3">{nil}{NOTE}{LISTS}</doc>', headers={"content-type": "application/xml"}
    )

    assert 400 == reply.status_code


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        ("text/csv", "a;\n1\n2\n"),
        ("application/xml", '<doc id="3" xmlns:p="https://p.example"><x>1</x></doc>'),
    ],
)
def test_a_serialized_example_is_sent_as_it_is_written(api: Client, accept: str, text: str) -> None:
    assert text == api.get("/samples", headers={"accept": accept}).text


def test_a_serialized_example_may_be_chosen_by_its_name(api: Client) -> None:
    headers = {"accept": "text/csv", "prefer": "example=one"}

    assert "a;\n1\n2\n" == api.get("/samples", headers=headers).text


@pytest.mark.parametrize(
    ("cookie", "status"),
    [("theme=dark", 204), ("theme=dark; list=", 204), ("theme=dark; list=x", 400), ("list=1", 400)],
)
def test_an_empty_list_in_a_cookie_is_one(api: Client, cookie: str, status: int) -> None:
    assert status == api.get("/theme", headers={"cookie": cookie}).status_code


def test_a_printed_request_has_the_whole_query(api: Client) -> None:
    service = next(iter(mockserver.create_app(DOCUMENT, seed=1).services.values()))
    target = curl_for(service, "", service.endpoints["search"].operation).split("'")[1]

    assert "?limit=" in target
    assert 200 == api.get(target).status_code


def test_schemathesis_reports_nothing_about_our_mock() -> None:
    with Target.asgi(mockserver.create_app(DOCUMENT, seed=1)) as target:
        result = conform(contracts.of(str(DOCUMENT)), target, mode="quick")

    assert [] == [(each.operation, each.check) for each in result.findings]


def test_a_generated_value_selects_the_default_also_where_a_client_does_not_know_it(api: Client) -> None:
    made = [api.post("/pets", json={"name": "Rex", **more}).json()["kind"] for more in ({}, {"kind": "dog"})]

    assert ["Other", "dog"] == made
