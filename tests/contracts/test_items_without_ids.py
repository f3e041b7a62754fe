"""Items whose replies show no id: a check that could not tell them apart finds nothing."""

from __future__ import annotations

from pathlib import Path

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.web.document import answers, document, served, takes

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}


def test_an_answer_without_an_id_is_not_taken_for_a_deleted_one(tmp_path: Path) -> None:
    survey = {"type": "object", "required": ["title"], "properties": {"id": NUMBER | {"readOnly": True}, "title": TEXT}}
    answer = {"type": "object", "required": ["value"], "properties": {"value": TEXT}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": NUMBER}
    missing = {"404": {"description": "none"}}
    written = document({
        "/surveys": {"post": {"requestBody": takes(survey), "responses": answers(survey, "201")}},
        "/surveys/{id}": {
            "parameters": [parameter],
            "get": {"responses": answers(survey) | missing},
            "delete": {"responses": {"204": {"description": "gone"}} | missing},
        },
        "/surveys/{id}/answers": {
            "parameters": [parameter],
            "get": {"responses": answers({"type": "array", "items": answer}) | missing},
            "post": {"requestBody": takes(answer), "responses": {"201": {"description": "Created"}} | missing},
        },
    })  # fmt: skip
    sandbox = served(tmp_path, written)
    with Target.asgi(sandbox) as target:
        result = run_checks(contracts.of(tmp_path / "test.json"), target, only=["deleted-owner"])

    assert [] == [each.check for each in result.findings]
