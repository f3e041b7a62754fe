"""Cases about media types: ranges, parameters, one value a line."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve

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
