"""A service that refuses the usual body of a create is examined with another one; what it refuses is reported."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from tests.contracts.test_choices_of_servers import contract_of
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}


class Tents:
    """Tents, found by their names. `least` and `most` are the berths that a tent may have."""

    def __init__(self, least: int, most: int, *, decodes: bool = True, hides: bool = True) -> None:
        self.least, self.most, self.decodes, self.hides = least, most, decodes, hides
        self.tents: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/tents(?:/(\d+))?", ask.path)
        tent = self.tents.get(int(match[1])) if match is not None and match[1] else None
        if match is None or (match[1] and (tent is None or tent["state"] == "deleted")):
            return Answer(404)
        if tent is not None and ask.method == "DELETE":
            tent["state"] = "deleted"
            return Answer(204)
        if tent is not None:
            return Answer(200, tent)
        if ask.method == "GET":
            return Answer(200, self._found(ask.query.get("q", "")))
        body = sent(ask)
        berths = body.get("berths")
        if body.keys() != {"name", "berths"} or not isinstance(body["name"], str) or type(berths) is not int:
            return Answer(400)
        if not self.least <= berths <= self.most:
            return Answer(400)
        id = len(self.tents)
        self.tents[id] = {"id": id, "state": "new", **body}
        return Answer(201, self.tents[id])

    def _found(self, wanted: str) -> list[Node]:
        wanted = wanted if self.decodes else quote(wanted)
        shown = [each for each in self.tents.values() if each["state"] != "deleted" or not self.hides]
        return [each for each in shown if wanted.casefold() in each["name"].casefold()]


def tents_document(least: int, most: int) -> Node:
    berths: Node = {"type": "integer", "minimum": least, "maximum": most}
    new: Node = {
        "type": "object",
        "required": ["name", "berths"],
        "additionalProperties": False,
        "properties": {"name": TEXT, "berths": berths},
    }
    states: Node = {"type": "string", "enum": ["new", "deleted"]}
    tent: Node = {
        "type": "object",
        "required": ["id", "name", "berths", "state"],
        "properties": {"id": {"type": "integer"}, "name": TEXT, "berths": berths, "state": states},
    }
    search = {"name": "q", "in": "query", "description": "Search in the names", "schema": TEXT}
    return {
        "/tents": {
            "get": {
                "description": "Tents; deleted ones are left out.",
                "parameters": [search],
                "responses": answers({"type": "array", "items": tent}),
            },
            "post": {"requestBody": takes(new), "responses": answers(tent, "201") | {"400": NO}},
        },
        "/tents/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(tent) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


CHECKS = ("create", "listed", "validation", "filter", "delete")


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Tents(2, 9), set()),
        (Tents(3, 9), {("validation", "failure")}),
        (Tents(2, 8), {("validation", "failure")}),
        (Tents(2, 9, decodes=False), {("filter", "failure")}),
        (Tents(2, 9, hides=False), {("delete", "failure")}),
    ],
    ids=["correct", "smallest refused", "largest refused", "encoded", "deleted ones listed"],
)
def test_what_a_small_service_does_wrongly_is_told_as_that(
    tmp_path: Path, server: Tents, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, tents_document(2, 9), server, *CHECKS)


CRATE: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT, "driver": TEXT}}
DRIVER: Node = {"type": "string", "example": "custom"}


@pytest.mark.parametrize(("driver", "outcome"), [("local", "passed"), ("custom", "passed"), ("", "skipped")])
def test_an_example_that_names_nothing_is_left_out(tmp_path: Path, driver: str, outcome: str) -> None:
    """No crate can be made with `custom`, which the example names, where the service knows another `driver` only."""
    new: Node = {"type": "object", "properties": {"name": TEXT, "driver": DRIVER}}
    paths: Node = {
        "/crates": {"post": {"requestBody": takes(new), "responses": answers(CRATE, "201") | {"400": NO, "404": NO}}},
        "/crates/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(CRATE) | {"404": NO}},
        },
    }
    crates: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        if ask.method != "POST":
            crate = crates.get(ask.path)
            return Answer(404) if crate is None else Answer(200, crate)
        body = sent(ask)
        if not all(isinstance(each, str) for each in body.values()):
            return Answer(400)
        if not driver or body.get("driver", driver) != driver:
            return Answer(404)
        crate = {**body, "id": len(crates) + 1}
        crates[f"/crates/{crate['id']}"] = crate
        return Answer(201, crate)

    with Target.asgi(Small(handle), []) as target:
        result = run_checks(contract_of(tmp_path, paths), target, only=["identity"])

    assert outcome == result.outcomes["POST /crates", "identity"].partition(":")[0]
