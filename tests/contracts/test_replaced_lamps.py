"""What becomes of the fields that a PUT omits, and where the Location of a new item leads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

POWER: Node = {"type": "integer", "minimum": 1, "maximum": 99, "default": 40}
LAMP: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "power": POWER}}
SHOWN: Node = {
    "type": "object",
    "required": ["number", "code", "name", "power"],
    "properties": {"number": {"type": "integer"}, "code": TEXT, **LAMP["properties"]},
}


def lamps(said: str) -> Node:
    """Paths of lamps; `said` is what is said about PUT."""
    created = answers(SHOWN, "201")
    created["201"]["headers"] = {"Location": {"schema": TEXT}}
    return {
        "/lamps": {
            "get": {"responses": answers({"type": "array", "items": SHOWN})},
            "post": {"requestBody": takes(LAMP), "responses": created | {"400": {"description": "no"}}},
        },
        "/lamps/{code}": {
            "parameters": [path_parameter("code")],
            "get": {"responses": answers(SHOWN) | {"404": {"description": "no"}}},
            "put": {
                "description": said,
                "requestBody": takes(LAMP),
                "responses": answers(SHOWN) | {"400": {"description": "no"}, "404": {"description": "no"}},
            },
        },
    }


class Lamps:
    """Lamps. `keeps`: a PUT keeps what it omits. `located`: the field that its Location has."""

    def __init__(self, *, keeps: bool = False, located: str = "code") -> None:
        self.keeps, self.located = keeps, located
        self.items: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/lamps(?:/(\w+))?", ask.path)
        if match is None or (match[1] and match[1] not in self.items):
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, self.items[match[1]] if match[1] else list(self.items.values()))
        body = {name: value for name, value in sent(ask).items() if name in LAMP["properties"]}
        if not isinstance(body.get("name"), str):
            return Answer(400)
        if match[1]:
            item = self.items[match[1]]
            item.update({**({} if self.keeps else {"power": 40}), **body})
            return Answer(200, item)
        number = len(self.items) + 1
        item = {"number": number, "code": f"lamp{number}", "power": 40, **body}
        self.items[item["code"]] = item
        return Answer(201, item, (("Location", f"/lamps/{item[self.located]}"),))


def found(tmp_path: Path, said: str, server: Lamps) -> set[tuple[str, str]]:
    file = tmp_path / "lamps.json"
    file.write_text(json.dumps(document(lamps(said))))
    with Target.asgi(Small(server), []) as target:
        result = run_checks(contracts.of(file), target, only=["replaced-defaults", "reply"])
    return {(each.check, each.verdict) for each in result.findings}


@pytest.mark.parametrize(
    "said",
    [
        "Replaces a lamp. Optional properties that are left out get their default values again.",
        "Replaces a lamp. Omitted fields are reset to their defaults.",
    ],
)
def test_a_put_that_resets_what_it_omits_as_described_is_compared(tmp_path: Path, said: str) -> None:
    assert set() == found(tmp_path, said, Lamps())
    assert {("replaced-defaults", "failure")} == found(tmp_path, said, Lamps(keeps=True))


@pytest.mark.parametrize(
    "said",
    [
        "Changes a lamp. Properties that are left out stay as they are.",
        "Changes a lamp. Omitted fields keep their values and are not reset to the default.",
        "Changes the given fields only.",
    ],
)
def test_a_put_that_keeps_what_it_omits_as_described_has_no_findings(tmp_path: Path, said: str) -> None:
    assert set() == found(tmp_path, said, Lamps(keeps=True))


def test_a_location_that_leads_nowhere_is_a_failure(tmp_path: Path) -> None:
    assert {("reply", "failure")} == found(tmp_path, "Replaces a lamp.", Lamps(located="number"))
