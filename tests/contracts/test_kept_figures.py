"""Numbers of an item that follow from what is below it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
BARREL: Node = {"type": "object", "required": ["id", "label", "litres"],
    "properties": {"id": {"type": "integer"}, "label": TEXT, "litres": {"type": "integer"}}}  # fmt: skip
LABEL: Node = {"type": "object", "required": ["label"], "properties": {"label": TEXT}, "additionalProperties": False}
FILLING: Node = {"type": "object", "required": ["litres"],
    "properties": {"litres": {"type": "integer", "minimum": 1, "maximum": 90}}}  # fmt: skip


def barrels(*, resets: bool) -> Callable[[Ask], Answer]:
    """Barrels that are filled. With `resets`, a PUT empties one."""
    items: list[Node] = []
    fillings: dict[str, list[Node]] = {}

    def handle(ask: Ask) -> Answer:
        _, _, number, *below = [*ask.path.split("/"), ""]
        if not number:
            items.append({"id": len(items) + 1, "litres": 0, "label": sent(ask)["label"]})
            return Answer(201, items[-1])
        if int(number) > len(items):
            return Answer(404)
        item = items[int(number) - 1]
        if below[0] == "fillings":
            if ask.method == "GET":
                return Answer(200, fillings.get(number, []))
            fillings.setdefault(number, []).append(sent(ask))
            item["litres"] += sent(ask)["litres"]
            return Answer(201, sent(ask))
        if ask.method == "PUT":
            item |= {"label": sent(ask)["label"], "litres": 0 if resets else item["litres"]}
        return Answer(200, item)

    return handle


PATHS: Node = {
    "/barrels": {"post": {"requestBody": takes(LABEL), "responses": answers(BARREL, "201")}},
    "/barrels/{barrelId}": {
        "parameters": [path_parameter("barrelId", {"type": "integer"})],
        "get": {"responses": answers(BARREL) | {"404": NO}},
        "put": {"requestBody": takes(LABEL), "responses": answers(BARREL) | {"404": NO}},
    },
    "/barrels/{barrelId}/fillings": {
        "parameters": [path_parameter("barrelId", {"type": "integer"})],
        "get": {"responses": answers({"type": "array", "items": FILLING}) | {"404": NO}},
        "post": {"requestBody": takes(FILLING), "responses": answers(FILLING, "201") | {"404": NO}},
    },
}


@pytest.mark.parametrize("resets", [False, True])
def test_a_put_of_the_same_values_resets_nothing_that_items_below_have_changed(tmp_path: Path, resets: bool) -> None:
    found = verdicts(tmp_path, PATHS, barrels(resets=resets), "owner-update")

    assert found == ({("owner-update", "failure")} if resets else set())
