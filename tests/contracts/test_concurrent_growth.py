"""Jars get coins, several at the same time: what is inside grows with each of them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
JAR: Node = {
    "type": "object",
    "required": ["id", "label", "cents_inside"],
    "properties": {"id": NUMBER, "label": TEXT, "cents_inside": {**NUMBER, "readOnly": True}},
}
COIN: Node = {"type": "object", "required": ["id", "cents"], "properties": {"id": NUMBER, "cents": NUMBER}}
NEW_COIN: Node = {"type": "object", "required": ["cents"], "properties": {"cents": {**NUMBER, "minimum": 1}}}
NEW_JAR: Node = {"type": "object", "required": ["label"], "properties": {"label": TEXT}}


def jars_document() -> Node:
    at: Node = {"parameters": [path_parameter("id", NUMBER)]}
    return document(
        {
            "/jars": {"post": {"requestBody": takes(NEW_JAR), "responses": answers(JAR, "201")}},
            "/jars/{id}": {**at, "get": {"responses": answers(JAR) | {"404": NO}}},
            "/jars/{id}/coins": {
                **at,
                "post": {"requestBody": takes(NEW_COIN), "responses": answers(COIN, "201") | {"404": NO}},
            },
        }
    )


class Jars(Server):
    """Jars of coins. One that is not `careful` reads what is inside, waits, and then writes the sum."""

    def __init__(self, *, careful: bool) -> None:
        super().__init__()
        self.careful = careful
        self.jars: list[Node] = []
        self.coins = 0

    async def answer(self, ask: Ask) -> Answer:
        _, *rest = ask.path.strip("/").split("/")
        if not rest:
            self.jars.append({"id": len(self.jars) + 1, "label": sent(ask).get("label"), "cents_inside": 0})
            return Answer(201, self.jars[-1])
        number = int(rest[0]) - 1 if rest[0].isdecimal() else -1
        if not 0 <= number < len(self.jars):
            return Answer(404)
        if rest[1:] == ["coins"]:
            return await self.filled(self.jars[number], sent(ask)["cents"])
        return Answer(200, self.jars[number])

    async def filled(self, jar: Node, cents: int) -> Answer:
        before = jar["cents_inside"]
        await asyncio.sleep(0.01)
        jar["cents_inside"] = (jar["cents_inside"] if self.careful else before) + cents
        self.coins += 1
        return Answer(201, {"id": self.coins, "cents": cents})


@pytest.mark.parametrize(("careful", "found"), [(True, set()), (False, {("concurrent-growth", "failure")})])
def test_coins_at_the_same_time_are_all_inside(tmp_path: Path, *, careful: bool, found: set[tuple[str, str]]) -> None:
    file = tmp_path / "jars.json"
    file.write_text(json.dumps(jars_document()))
    with Target.asgi(Jars(careful=careful), ()) as target:
        result = run_checks(contracts.of(file), target, only=["concurrent-growth"])

    assert found == {(each.check, each.verdict) for each in result.findings}
    assert ("POST /jars/{id}/coins", "concurrent-growth") in result.outcomes
