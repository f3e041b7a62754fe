"""What a sentence says of all changes of an item is not said of what others do with it: they vote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver import contract as contracts
from tests.inference.pets import collection, item
from tests.web.document import Node, answers, document, takes


@pytest.mark.parametrize(
    ("method", "path", "is_own"),
    [("patch", "/motions/{id}", True), ("post", "/motions/{id}/close", True), ("put", "/motions/{id}/vote", False)],
)
def test_a_sentence_about_changes_is_about_the_actions_that_it_names(
    tmp_path: Path, method: str, path: str, is_own: bool
) -> None:
    motion = item(("id", "title", "status"), status={"type": "string", "enum": ["open", "closed"]})
    paths = collection("/motions", motion)
    one: Node = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
    shown = answers(motion) | {"404": {"description": "no"}}
    paths["/motions/{id}"] = one | {
        "get": {"responses": shown},
        "patch": {"requestBody": takes(motion), "responses": shown},
    }
    paths["/motions/{id}/close"] = one | {"post": {"responses": shown}}
    paths["/motions/{id}/vote"] = one | {"put": {"responses": shown}}
    written = document(paths)
    written["info"]["description"] = "All users see all motions. Only the owner of a motion can change or close it."
    written["components"] = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    written["security"] = [{"key": []}]
    file = tmp_path / "motions.json"
    file.write_text(json.dumps(written))

    stated = contracts.of(file).behaviour.operations.get((path, method))

    assert is_own is (stated is not None and stated.own is not None)
