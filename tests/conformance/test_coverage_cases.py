"""Schemathesis generates requests from schemas without a bound; the check sends some of each kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.conformance import coverage_cases
from contracts.conformance.coverage_cases import chosen_evenly
from contracts.conformance.schemathesis_run import conform
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

CASES = [("string", number) for number in range(9000)] + [("method", 1), ("header", 1), ("header", 2)]


def test_each_kind_of_request_is_chosen_and_none_is_cut_off() -> None:
    chosen = chosen_evenly(CASES, 100, lambda each: each[0])

    assert 100 == len(chosen)
    assert chosen == sorted(chosen, key=CASES.index)
    assert CASES[-3:] == chosen[-3:]
    assert 8900 < max(number for kind, number in chosen if kind == "string")


def test_few_requests_stay_as_they_are() -> None:
    assert CASES[:50] == chosen_evenly(CASES[:50], 50, lambda each: each[0])


def test_an_operation_with_a_large_schema_gets_a_bounded_number_of_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_cases, "MOST_CASES", 30)
    text: Node = {"type": "string", "minLength": 2, "maxLength": 8, "enum": ["one", "two", "three"]}
    inner: Node = {"type": "object", "properties": {f"f{number}": text for number in range(12)}}
    file = tmp_path / "jars.json"
    post: Node = {
        "requestBody": takes(inner),
        "responses": answers({"type": "object"}) | {"400": {"description": "no"}},
    }
    file.write_text(json.dumps(document({"/jars": {"post": post}})))
    asked: list[Ask] = []

    def handle(ask: Ask) -> Answer:
        asked.append(ask)
        return Answer(400 if ask.method == "POST" else 405, headers=(("allow", "POST"),))

    with Target.asgi(Small(handle), []) as target:
        result = conform(contracts.of(file), target, mode="quick", seed=1)

    note = next(each for each in result.examined.notes if "POST /jars" in each)
    assert "requests that follow from the schemas of POST /jars" in note
    assert {"POST", "TRACE"} <= {each.method for each in asked}
    assert len(asked) < 30 + 60  # the examples and the random requests are not among the bounded ones
