"""The check `order`: a list that is sorted by a field of the items, and not by their arrival."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

TIME: Node = {"type": "string", "format": "date-time"}
VISIT: Node = {
    "type": "object",
    "required": ["id", "seen_at"],
    "properties": {"id": {"type": "integer"}, "seen_at": TIME},
}
NEW: Node = {"type": "object", "required": ["seen_at"], "properties": {"seen_at": TIME}}


class Visits:
    """The server. With `by_arrival` it lists what came last first."""

    def __init__(self, *, by_arrival: bool) -> None:
        self.by_arrival = by_arrival
        self.visits: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.path != "/visits":
            return Answer(404)
        if ask.method == "POST":
            time = sent(ask).get("seen_at")
            if type(time) is not str:
                return Answer(400)
            self.visits.append({"id": len(self.visits) + 1, "seen_at": time})
            return Answer(201, self.visits[-1])
        latest = sorted(self.visits, key=lambda each: str(each["seen_at"]), reverse=True)
        return Answer(200, self.visits[::-1] if self.by_arrival else latest)


@pytest.mark.parametrize(("by_arrival", "found"), [(False, set()), (True, {("order", "failure")})])
def test_items_that_arrive_out_of_order_are_listed_in_order(
    tmp_path: Path, by_arrival: bool, found: set[tuple[str, str]]
) -> None:
    listed = {
        "description": "Sorted by `seen_at`, the newest first.",
        "responses": answers({"type": "array", "items": VISIT}),
    }
    made = {"requestBody": takes(NEW), "responses": answers(VISIT, "201") | {"400": {"description": "no"}}}

    seen = verdicts(tmp_path, {"/visits": {"get": listed, "post": made}}, Visits(by_arrival=by_arrival), "order")

    assert found == seen
