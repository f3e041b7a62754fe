"""The cost of a job follows from the rate at its start, whatever the rate of its machine is at the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
RATE: Node = {"type": "integer", "minimum": 1, "maximum": 500}
MINUTES: Node = {"type": "integer", "minimum": 0, "maximum": 20_000}
MACHINE: Node = {
    "type": "object",
    "required": ["id", "label", "rate"],
    "properties": {"id": NUMBER, "label": TEXT, "rate": RATE},
}
JOB: Node = {
    "type": "object",
    "required": ["id", "machine_id", "rate", "minutes", "cost"],
    "properties": {
        "id": NUMBER,
        "machine_id": NUMBER,
        "rate": {**RATE, "description": "Rate of the machine at the start of the job."},
        "minutes": MINUTES,
        "cost": {"type": ["integer", "null"]},
    },
}


def _new(**fields: Node) -> Node:
    return takes({"type": "object", "required": list(fields), "properties": fields})


def job_document() -> Node:
    """The paths of the document."""
    one, refused = {"parameters": [path_parameter("id", NUMBER)]}, {"400": NO, "404": NO, "409": NO}
    asked = _new(label=TEXT, rate=RATE)
    return {
        "/machines": {"post": {"requestBody": asked, "responses": answers(MACHINE, "201") | {"400": NO}}},
        "/machines/{id}": {
            **one,
            "get": {"responses": answers(MACHINE) | {"404": NO}},
            "put": {"requestBody": asked, "responses": answers(MACHINE) | {"400": NO, "404": NO}},
        },
        "/jobs": {"post": {"requestBody": _new(machine_id=NUMBER), "responses": answers(JOB, "201") | refused}},
        "/jobs/{id}": {**one, "get": {"responses": answers(JOB) | {"404": NO}}},
        "/jobs/{id}/work": {**one, "post": {"requestBody": _new(minutes=MINUTES), "responses": answers(JOB) | refused}},
        "/jobs/{id}/end": {**one, "post": {"responses": answers(JOB) | refused}},
    }


class Jobs:
    """The server: a machine has one job at a time. With `present` a cost follows from the rate at the end."""

    def __init__(self, *, present: bool) -> None:
        self.present, self.last = present, 0
        self.machines: dict[int, Node] = {}
        self.jobs: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/(machines|jobs)(?:/(\d+)(?:/(work|end))?)?", ask.path)
        if match is None:
            return Answer(404)
        items, body = (self.machines if match[1] == "machines" else self.jobs), sent(ask)
        item = items.get(int(match[2])) if match[2] else None
        if match[2] and item is None:
            return Answer(404)
        if item is None:
            create = self._machine if match[1] == "machines" else self._job
            return create(body, None) if ask.method == "POST" else Answer(405)
        if match[3]:
            return self._act(item, match[3], body) if ask.method == "POST" else Answer(405)
        if match[1] == "machines" and ask.method == "PUT":
            return self._machine(body, item)
        return Answer(200, item) if ask.method == "GET" else Answer(405)

    def _machine(self, body: Node, item: Node | None) -> Answer:
        if not isinstance(body.get("label"), str) or type(body.get("rate")) is not int or not 1 <= body["rate"] <= 500:
            return Answer(400)
        self.last += item is None
        shown = {"id": self.last if item is None else item["id"], "label": body["label"], "rate": body["rate"]}
        self.machines[shown["id"]] = shown
        return Answer(201 if item is None else 200, shown)

    def _job(self, body: Node, _: Node | None) -> Answer:
        machine = self.machines.get(body["machine_id"]) if type(body.get("machine_id")) is int else None
        if machine is None:
            return Answer(400 if "machine_id" not in body else 404)
        if any(each["machine_id"] == machine["id"] and each["cost"] is None for each in self.jobs.values()):
            return Answer(409)
        self.last += 1
        job = {"id": self.last, "machine_id": machine["id"], "rate": machine["rate"], "minutes": 0, "cost": None}
        self.jobs[self.last] = job
        return Answer(201, job)

    def _act(self, job: Node, action: str, body: Node) -> Answer:
        if job["cost"] is not None:
            return Answer(409)
        if action == "work":
            if type(body.get("minutes")) is not int or not 0 <= body["minutes"] <= 20_000:
                return Answer(400)
            job["minutes"] = body["minutes"]
        else:
            rate = self.machines[job["machine_id"]]["rate"] if self.present else job["rate"]
            job["cost"] = job["minutes"] * rate
        return Answer(200, job)


@pytest.mark.parametrize(("present", "found"), [(False, set()), (True, {("kept-result", "failure")})])
def test_a_cost_follows_from_what_the_job_took(tmp_path: Path, present: bool, found: set[tuple[str, str]]) -> None:
    assert verdicts(tmp_path, job_document(), Jobs(present=present), "kept-result", "kept-copy") == found
