"""With `Prefer` a client chooses a response: a code, an example by name, or new values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.request import prefer
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import answers, document, served

CAT = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
}
PROBLEM = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
EXAMPLES = {"tom": {"value": {"name": "Tom", "age": 3}}, "kit ten": {"value": {"name": "Kit", "age": 0}}}


def ask(folder: Path, preference: str, *more: str, method: str = "GET", url: str = "/cat") -> httpx.Response:
    """The reply to a request with one `Prefer` header for each value."""
    responses = (
        answers(CAT, examples=EXAMPLES)
        | answers(PROBLEM, "404")
        | answers(PROBLEM, "5XX", examples={"down": {"value": {"message": "We are down"}}})
        | {"202": {"description": "later"}}
    )
    parameter = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    written = document({"/cat": {"get": {"parameters": [parameter], "responses": responses}}})
    with Client(served(folder, written)) as client:
        return client.request(method, url, headers=[("Prefer", value) for value in (preference, *more)])


@pytest.mark.parametrize(
    ("preference", "status", "body"),
    [
        ("code=200", 200, {"name": "Tom", "age": 3}),
        ("example=tom", 200, {"name": "Tom", "age": 3}),
        ('example="kit ten"', 200, {"name": "Kit", "age": 0}),
        ("code=503", 503, {"message": "We are down"}),
        ("example=down, code=500", 500, {"message": "We are down"}),
        ("Code=503; q=1, code=200", 503, {"message": "We are down"}),
    ],
)
def test_a_documented_response_can_be_chosen(tmp_path: Path, preference: str, status: int, body: Any) -> None:
    response = ask(tmp_path, preference)

    assert (status, body) == (response.status_code, response.json())
    assert response.headers["preference-applied"]


def test_a_response_without_an_example_is_generated_from_its_schema(tmp_path: Path) -> None:
    response = ask(tmp_path, "code=404")

    assert 404 == response.status_code
    assert ["message"] == list(response.json())


def test_a_response_without_a_body_has_none(tmp_path: Path) -> None:
    response = ask(tmp_path, "code=202")

    assert (202, b"") == (response.status_code, response.content)


@pytest.mark.parametrize(
    "preference", ["code=201", "code=418", "code=none", "code=099", "code", "example=felix", "code=404, example=tom"]
)
def test_an_error_about_an_undocumented_response_lists_the_documented_ones(tmp_path: Path, preference: str) -> None:
    response = ask(tmp_path, preference)

    assert (400, "application/problem+json") == (response.status_code, response.headers["content-type"])
    assert "there are: " in response.json()["detail"]
    assert "preference-applied" not in response.headers


def test_an_error_about_an_undocumented_code_names_overrides(tmp_path: Path) -> None:
    detail = ask(tmp_path, "code=418").json()["detail"]

    assert "POST /_mock/overrides" in detail
    assert "--lenient-prefer" in detail


@pytest.mark.parametrize(
    ("preference", "status", "expected"),
    [("code=418", 418, "418"), ("code=500", 500, "We are down"), ("code=299", 299, ""), ("code=99", 400, "documented")],
)
def test_a_lenient_mock_answers_with_undocumented_codes(
    tmp_path: Path, preference: str, status: int, expected: str
) -> None:
    written = document({"/cat": {"get": {"responses": answers(CAT) | answers(status="5XX", example=DOWN)}}})
    with Client(served(tmp_path, written, settings=ServiceSettings(lenient_prefer=True))) as client:
        response = client.get("/cat", headers={"Prefer": preference})

    assert status == response.status_code
    assert expected in response.text


DOWN = {"message": "We are down"}


def test_dynamic_values_differ_each_time_and_are_no_examples(tmp_path: Path) -> None:
    written = document({"/cat": {"get": {"responses": answers(CAT, examples=EXAMPLES)}}})
    with Client(served(tmp_path, written), headers={"Prefer": "dynamic=true"}) as client:
        seen = [client.get("/cat").json() for _ in range(6)]

    assert len({str(cat) for cat in seen}) > 1
    assert all({"name", "age"} == set(cat) for cat in seen)
    assert EXAMPLES["tom"]["value"] not in seen


@pytest.mark.parametrize("preference", ["return=minimal", "respond-async, wait=10", "dynamic=false", "", ",;=", '"'])
def test_other_preferences_and_malformed_ones_are_ignored(tmp_path: Path, preference: str) -> None:
    response = ask(tmp_path, preference)

    assert {"name": "Tom", "age": 3} == response.json()
    assert "preference-applied" not in response.headers


def test_preferences_may_be_in_several_headers(tmp_path: Path) -> None:
    response = ask(tmp_path, "return=minimal", "code=500", "example=down")

    assert {"message": "We are down"} == response.json()
    assert "code=500, example=down" == response.headers["preference-applied"]


def test_an_invalid_request_is_refused_whatever_it_prefers(tmp_path: Path) -> None:
    assert 400 == ask(tmp_path, "code=200", url="/cat?n=many").status_code


def test_a_preference_works_for_vendors_and_stores_nothing(admin: Client) -> None:
    limited = admin.get(SERVERS, headers={"Prefer": "code=429"})
    forced = admin.post(SERVERS, json=LINEAR, headers={"Prefer": "code=201"})

    assert 429 == limited.status_code
    assert {"title", "detail"} <= set(limited.json()["error"])
    assert 201 == forced.status_code
    assert [] == admin.get(SERVERS).json()["data"]


def test_a_preference_does_not_replace_a_credential(sandbox: Any) -> None:
    with Client(sandbox) as client:
        assert 401 == client.get(SERVERS, headers={"Prefer": "code=200"}).status_code


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,6}", fullmatch=True),
            st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
        )
    )
)
def test_preferences_are_read_back_unchanged(pairs: list[tuple[str, str]]) -> None:
    quoted = [(name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in pairs]
    header = " , ".join(f'{name}="{value}"; parameter=1' for name, value in quoted)

    assert pairs == list(prefer.preferences(header))


@given(st.text(st.characters(codec="latin-1")))
def test_no_header_makes_the_reader_fail(text: str) -> None:
    assert all(name == name.lower() for name, _ in prefer.preferences(text))
