"""Items that only a list below another item shows: who may not read the list may not change them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import path_parameter
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

TEXT: Node = {"type": "string", "minLength": 1}
TRIP: Node = {
    "type": "object",
    "required": ["name"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "name": TEXT},
}
COST: Node = {
    "type": "object",
    "required": ["what"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "what": TEXT},
}
NO: Node = {status: {"description": "refused"} for status in ("400", "401", "404")}
PATHS: Node = {
    "/trips": {"post": {"requestBody": takes(TRIP), "responses": answers(TRIP, "201") | NO}},
    "/trips/{trip_id}": {
        "parameters": [path_parameter("trip_id", {"type": "integer"})],
        "get": {"responses": answers(TRIP) | NO},
    },
    "/trips/{trip_id}/costs": {
        "parameters": [path_parameter("trip_id", {"type": "integer"})],
        "get": {"responses": answers({"type": "array", "items": COST}) | NO},
        "post": {"requestBody": takes(COST), "responses": answers(COST, "201") | NO},
    },
    "/trips/{trip_id}/costs/{cost_id}": {
        "parameters": [path_parameter(name, {"type": "integer"}) for name in ("trip_id", "cost_id")],
        "patch": {"requestBody": takes(COST), "responses": answers(COST) | NO},
        "delete": {"responses": {"204": {"description": "gone"}} | NO},
    },
}


class Trips(Server):
    """Trips of users and what they cost. `is_open`: any user changes a cost."""

    def __init__(self, *, is_open: bool) -> None:
        super().__init__()
        self.is_open = is_open
        self.trips: list[tuple[str, Node, dict[int, Node]]] = []
        self.made = 0

    async def answer(self, ask: Ask) -> Answer:
        _, kind, *rest = ask.path.split("/")
        if not ask.bearer or kind != "trips":
            return Answer(404 if ask.bearer else 401)
        if not rest:
            self.trips.append((ask.bearer, {**json.loads(ask.raw), "id": len(self.trips) + 1}, {}))
            return Answer(201, self.trips[-1][1])
        owner, trip, costs = self.trips[int(rest[0]) - 1] if int(rest[0]) <= len(self.trips) else ("", {}, {})
        may_pass = self.is_open and ask.method == "PATCH" and owner
        if owner != ask.bearer and not may_pass:
            return Answer(404)
        return Answer(200, trip) if len(rest) == 1 else self._costs(ask, costs, rest[2:])

    def _costs(self, ask: Ask, costs: dict[int, Node], rest: list[str]) -> Answer:
        if not rest and ask.method == "GET":
            return Answer(200, [*costs.values()])
        if not rest:
            self.made += 1
            costs[self.made] = {**json.loads(ask.raw), "id": self.made}
            return Answer(201, costs[self.made])
        if int(rest[0]) not in costs:
            return Answer(404)
        if ask.method == "DELETE":
            del costs[int(rest[0])]
            return Answer(204)
        costs[int(rest[0])] |= {"what": json.loads(ask.raw)["what"]}
        return Answer(200, costs[int(rest[0])])


@pytest.mark.parametrize("is_open", [False, True])
def test_who_may_not_list_entries_may_not_change_one(tmp_path: Path, is_open: bool) -> None:
    bearer = {"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}
    file = tmp_path / "trips.json"
    file.write_text(json.dumps(document(PATHS, **bearer, security=[{"token": []}])), encoding="utf-8")
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, f"token-of-{name}") for name in ("ada", "bob")]
    with Target.asgi(Trips(is_open=is_open), users) as target:
        result = run_checks(contract, target, only=["ownership"])

    change = "PATCH /trips/{trip_id}/costs/{cost_id}"
    found = {(each.verdict, each.operation) for each in result.findings}
    assert found == ({("failure", change)} if is_open else set())
    assert result.outcomes[change, "ownership"] == ("failed" if is_open else "passed")
