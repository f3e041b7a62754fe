"""Washing machines are taken for an hour: what was released is free again, and a neighbour is allowed."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
MOMENT: Node = {"type": "string", "format": "date-time"}
MACHINE: Node = {"type": "object", "required": ["brand"], "properties": {"brand": TEXT}}
WASH: Node = {"machine_id": NUMBER, "who": TEXT, "begins_at": MOMENT, "ends_at": MOMENT}
NEW: Node = {"type": "object", "required": [*WASH], "properties": WASH}
SHOWN: Node = {
    "type": "object",
    "required": ["id", *WASH, "state"],
    "properties": {"id": NUMBER, **WASH, "state": {"type": "string", "enum": ["planned", "released"]}},
}
CHANGE: Node = {"type": "object", "properties": {name: WASH[name] for name in ("who", "begins_at", "ends_at")}}
LONGEST = timedelta(hours=4)
SAYS = """Plans a wash. Refused with 422 if it lasts longer than four hours. Refused with 409 if the machine is
taken for some part of that time. A wash may begin at the moment another one ends."""

RELEASES = "Releases the machine, which can be released\nonly once. Its time is free again."


def laundry(refused: str = SAYS, release: str = RELEASES) -> Node:
    place = {"parameters": [path_parameter("id", NUMBER)]}
    bad: Node = {"404": NO, "409": NO, "422": NO}
    shown_machine: Node = {**MACHINE, "properties": {"id": NUMBER, **MACHINE["properties"]}}
    return {
        "/machines": {"post": {"requestBody": takes(MACHINE), "responses": answers(shown_machine, "201") | bad}},
        "/machines/{id}": {**place, "get": {"responses": answers(shown_machine) | {"404": NO}}},
        "/washes": {
            "get": {"responses": answers({"type": "array", "items": SHOWN})},
            "post": {"description": refused, "requestBody": takes(NEW), "responses": answers(SHOWN, "201") | bad},
        },
        "/washes/{id}": {
            **place,
            "get": {"responses": answers(SHOWN) | {"404": NO}},
            "patch": {"requestBody": takes(CHANGE), "responses": answers(SHOWN) | bad},
        },
        "/washes/{id}/release": {**place, "post": {"description": release, "responses": answers(SHOWN) | bad}},
    }


class Laundry:
    """Machines and washes. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.machines: list[Node] = []
        self.washes: list[Node] = []
        self.last = 0

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        if kind == "machines" and not rest:
            self.machines.append({"id": len(self.machines) + 1, **sent(ask)})
            return Answer(201, self.machines[-1])
        if kind == "washes" and not rest:
            return self.plan(sent(ask)) if ask.method == "POST" else Answer(200, self.washes)
        known = {str(each["id"]): each for each in (self.machines if kind == "machines" else self.washes)}
        item = known.get(rest[0])
        if item is None:
            return Answer(404)
        if rest[1:] == ["release"]:
            if item["state"] == "released" and self.flaw != "released twice":
                return Answer(409)
            item["state"] = "released"
        if ask.method == "PATCH":
            changed = item | {name: value for name, value in sent(ask).items() if name in CHANGE["properties"]}
            refused = self.refused(changed)
            if refused:
                return Answer(refused)
            item |= changed
        return Answer(200, item)

    def plan(self, body: Node) -> Answer:
        refused = self.refused(body)
        if refused:
            return Answer(refused)
        self.last += 1
        self.washes.append({"id": self.last, **body, "state": "planned"})
        return Answer(201, self.washes[-1])

    def refused(self, body: Node) -> int:
        """The status by which a wash is refused; 0 if it is not."""
        begins, ends = (datetime.fromisoformat(body[name]) for name in ("begins_at", "ends_at"))
        if not begins < ends <= begins + LONGEST or body["machine_id"] not in {each["id"] for each in self.machines}:
            return 422
        for each in self.washes:
            before, after = (datetime.fromisoformat(each[name]) for name in ("begins_at", "ends_at"))
            is_next = (ends == before or begins == after) and self.flaw != "neighbours"
            is_free = is_next or ends < before or begins > after
            counts = each["state"] == "planned" or self.flaw == "released ones count"
            is_other = each["id"] != body.get("id") and each["machine_id"] == body["machine_id"]
            if is_other and counts and not is_free:
                return 409
        return 0


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("released twice", {("repeated-request", "failure")}),
        ("neighbours", {("overlap", "failure")}),
        ("released ones count", {("freed-item", "failure")}),
    ],
)
def test_a_machine_is_free_when_it_was_released(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    checks = ["create", "overlap", "freed-item", "read-back", "edge-input", "repeated-request"]
    checks += ["update", "update-several-fields", "update-every-field", "lifecycle"]

    assert found == set(verdicts(tmp_path, laundry(), Laundry(flaw), *checks))


@pytest.mark.parametrize(
    ("refused", "release", "says"),
    [
        (SAYS, "Releases the wash.", False),
        (SAYS.replace("part of that time", "part of that time by a wash that is not released"), "Done.", True),
        (SAYS + " Released washes do not count.", "Done.", True),
    ],
)
def test_only_a_sentence_says_what_is_free_again(tmp_path: Path, refused: str, release: str, says: bool) -> None:
    found = set(verdicts(tmp_path, laundry(refused, release), Laundry("released ones count"), "freed-item"))

    assert found == ({("freed-item", "failure")} if says else set())


class SlowLaundry(Server):
    """A laundry that looks for others and stores a wash after a pause, during which it answers other requests."""

    def __init__(self, *, looks_again: bool) -> None:
        super().__init__()
        self.laundry, self.looks_again = Laundry(), looks_again

    async def answer(self, ask: Ask) -> Answer:
        if ask.method != "POST" or ask.path != "/washes":
            return self.laundry(ask)
        known = [*self.laundry.washes]
        await asyncio.sleep(0.002)
        if self.looks_again:
            return self.laundry(ask)
        later, self.laundry.washes = self.laundry.washes, known
        answer = self.laundry(ask)
        self.laundry.washes = [*later, *self.laundry.washes[len(known) :]]
        return answer


@pytest.mark.parametrize(("looks_again", "found"), [(True, set()), (False, {("overlap", "failure")})])
def test_of_requests_at_once_one_gets_the_machine(
    tmp_path: Path, looks_again: bool, found: set[tuple[str, str]]
) -> None:
    file = tmp_path / "laundry.json"
    file.write_text(json.dumps(document(laundry())))
    with Target.asgi(SlowLaundry(looks_again=looks_again)) as target:
        result = run_checks(contracts.of(file), target, only=["overlap"])

    assert found == {(each.check, each.verdict) for each in result.findings}
    assert result.outcomes["POST /washes", "overlap"] == ("failed" if found else "passed")
