"""Coverage says what a run has seen of the document, and what it has not, and why."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.conformance.coverage_recorder import CoverageRecorder
from contracts.model.coverage import Coverage, united
from contracts.model.finding import RecordedExchange
from contracts.report.report import read_report
from contracts.runner.in_process import load_contract
from contracts.runner.runner import run_checks
from contracts.runner.settings import INTERNAL
from tests.contracts.small_shop import DOCUMENT, SmallShop
from tests.process import run


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "openapi.json"
    written = copy.deepcopy(DOCUMENT)
    written["paths"]["/items"]["get"]["parameters"] = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}}
    ]
    content = written["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["examples"] = {"pen": {"value": {"name": "pen", "price": 3}}, "cup": {"value": {"name": "cup", "price": 4}}}
    created = written["paths"]["/items"]["post"]["responses"]["201"]
    written["paths"]["/items/{id}"]["get"]["operationId"] = "getItem"
    created["links"] = {"one": {"operationId": "getItem", "parameters": {"id": "$response.body#/id"}}}
    file.write_text(json.dumps(written))
    return file


def sent(method: str, path: str, status: int, body: Any = None, answer: Any = None) -> RecordedExchange:
    content = None if body is None else json.dumps(body).encode()
    headers = (("content-type", "application/json"),)
    reply = b"" if answer is None else json.dumps(answer).encode()
    return RecordedExchange(method, INTERNAL + path, headers, content, status, headers, reply)


def recorded(document: Path, *exchanges: RecordedExchange) -> Coverage:
    recorder = CoverageRecorder(load_contract(document), INTERNAL)
    for each in exchanges:
        recorder.saw(each)
    return recorder.coverage({})


def missing(coverage: Coverage, kind: str) -> dict[tuple[str, str], str]:
    """Place and name of each missing target, and why it is missing."""
    return {(each.place, each.what): each.why for each in coverage.missing if each.kind == kind}


def test_nothing_is_covered_without_an_exchange(document: Path) -> None:
    coverage = recorded(document)

    assert [0] * len(coverage.numbers()) == [covered for covered, _ in coverage.numbers().values()]
    assert "no request was sent" == missing(coverage, "operations")["GET /items", "success"]


def test_an_operation_that_never_answered_with_success_is_missing_and_says_what_it_answered(document: Path) -> None:
    coverage = recorded(document, *[sent("GET", "/items", 401)] * 3, sent("DELETE", "/items/7", 204))

    found = missing(coverage, "operations")
    assert "it answered only with 401 (3 times)" == found["GET /items", "success"]
    assert ("DELETE /items/{id}", "success") not in found
    assert ("DELETE /items/{id}", "404") in missing(coverage, "statuses")


def test_a_keyword_is_covered_by_a_valid_and_an_invalid_value(document: Path) -> None:
    below = "/components/schemas/Input/properties/name"

    valid = recorded(document, sent("POST", "/items", 201, {"name": "x", "price": 1}))
    both = recorded(document, sent("POST", "/items", 201, {"name": "x", "price": 1}),
                    sent("PUT", "/items/1", 422, {"name": "x" * 61, "price": 1}))  # fmt: skip

    assert "every value that was sent is valid" == missing(valid, "constraints")[below, "maxLength: invalid"]
    assert (below, "maxLength: valid") not in missing(valid, "constraints")
    assert (below, "maxLength: invalid") not in missing(both, "constraints")
    assert (below, "minLength: invalid") in missing(both, "constraints")


def test_parameters_are_covered_given_and_left_out_and_by_their_schema(document: Path) -> None:
    without = recorded(document, sent("GET", "/items", 200))
    given = recorded(document, sent("GET", "/items", 200), sent("GET", "/items?limit=99", 422))

    assert {("GET /items", "query limit: given"): "no request had it"} == {
        key: why for key, why in missing(without, "parameters").items() if key[0] == "GET /items"
    }
    assert [] == [key for key in missing(given, "parameters") if key[0] == "GET /items"]
    limits = {what for place, what in missing(given, "constraints") if "parameters" in place and "GET" not in place}
    assert "maximum: invalid" not in {what for place, what in missing(given, "constraints") if "/get/" in place}
    assert "maximum: valid" in limits


def test_examples_links_and_fields_are_covered_by_what_was_sent_and_answered(document: Path) -> None:
    item = {"id": 1, "name": "pen", "price": 3}
    coverage = recorded(document, sent("POST", "/items", 201, {"name": "pen", "price": 3}, item),
                        sent("GET", "/items/1", 200, None, item))  # fmt: skip

    assert {("POST /items", "cup")} == missing(coverage, "examples").keys()
    assert {} == missing(coverage, "links")
    assert {"color"} == {what for _, what in missing(coverage, "fields")}


def test_two_runs_together_miss_what_both_miss(document: Path) -> None:
    one = recorded(document, sent("GET", "/items", 200))
    other = recorded(document, sent("DELETE", "/items/1", 204))

    whole = united([one, other])

    assert whole is not None
    assert {"POST /items", "GET /items/{id}", "PUT /items/{id}"} == {place for place, _ in missing(whole, "operations")}


@pytest.mark.parametrize("body", [[[[[1]]]], {"name": {"a": []}}, "text", None, 1e300, {"price": "9" * 5000}])
def test_no_value_breaks_the_recorder(document: Path, body: Any) -> None:
    path = "/items/" + "9" * 5000 + "?limit=" + "9" * 5000

    coverage = recorded(document, sent("POST", "/items", 500, body, body), sent("GET", path, 200, None, body))

    assert 0 < coverage.percent < 100


def test_our_own_checks_meet_every_keyword_with_valid_and_invalid_values(document: Path) -> None:
    contract = load_contract(document)
    recorder = CoverageRecorder(contract, INTERNAL)
    with Target.asgi(SmallShop(), base_url=INTERNAL) as target:
        target.on_exchange.append(recorder.saw)
        result = run_checks(contract, target, only=["validation", "create", "defaults"])

    found = missing(recorder.coverage(result.outcomes), "constraints")

    assert [] == [key for key in found if key[0].startswith("/components/schemas/Input/properties/price")]


def test_the_summary_the_page_and_the_json_have_the_same_numbers(
    document: Path, browse: Callable[..., str], tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    done = run("check", str(document), "--quick", "--only", "create", "--database", "none", "--report", str(folder))

    [percent] = re.findall(r"^coverage (\d+) %: .*operations", done.stdout, re.MULTILINE)
    page = browse((folder / "coverage.html").as_uri())
    coverage = read_report(folder).coverage
    assert coverage is not None
    assert {int(percent)} == {coverage.percent, int(re.findall(r"Coverage (\d+) %", page)[0])}
    assert "Not seen: statements" in page
    assert 'href="coverage.html"' in (folder / "report.html").read_text()
