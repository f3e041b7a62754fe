"""The numbers of a report are those of the items: below an item, and of the whole service."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
KIND: Node = {"type": "string", "enum": ["water", "heat"]}
GAUGE: Node = {"name": TEXT, "kind": KIND}
READING: Node = {"litres": {**NUMBER, "minimum": 0, "maximum": 500}}


def shown(fields: Node, **more: Node) -> Node:
    every = {"id": NUMBER, **fields, **more}
    return {"type": "object", "required": [*every], "properties": every}


def new(fields: Node) -> Node:
    return takes({"type": "object", "required": [*fields], "properties": fields})


def numbers(**fields: Node) -> Node:
    return {
        "get": {"responses": answers({"type": "object", "required": [*fields], "properties": fields}) | {"404": NO}}
    }


def gauges_document() -> Node:
    gauge = shown(GAUGE, status={"type": "string", "enum": ["open", "sealed"]})
    reading = shown(READING, gauge_id=NUMBER)
    one = {"parameters": [path_parameter("id", NUMBER)]}
    mean = {"type": ["number", "null"], "description": "Mean of the litres, rounded to two decimals; null without any."}
    return {
        "/gauges": {"post": {"requestBody": new(GAUGE), "responses": answers(gauge, "201") | {"400": NO}}},
        "/gauges/{id}": {
            **one,
            "get": {"responses": answers(gauge) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/gauges/{id}/seal": {**one, "post": {"responses": answers(gauge) | {"404": NO, "409": NO}}},
        "/gauges/{id}/summary": {
            **one,
            **numbers(readings=NUMBER, mean_litres=mean, max_litres={"type": ["integer", "null"]}),
        },
        "/gauges/{id}/readings": {
            **one,
            "post": {"requestBody": new(READING), "responses": answers(reading, "201") | {"400": NO, "404": NO}},
        },
        "/readings/{reading_id}": {
            "parameters": [path_parameter("reading_id", NUMBER)],
            "get": {"responses": answers(reading) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/stats": numbers(
            gauges=NUMBER,
            sealed={**NUMBER, "description": "Gauges that are sealed now."},
            by_kind={
                "type": "object",
                "additionalProperties": NUMBER,
                "description": "Number of gauges for each kind.",
            },
        ),
    }


class Gauges:
    """The server. `flaw` is what it does wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw, self.last, self.sealed, self.most = flaw, 0, 0, dict[int, int]()
        self.gauges: dict[int, Node] = {}
        self.readings: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/(gauges|readings|stats)(?:/(\d{1,9})(?:/(seal|summary|readings))?)?", ask.path)
        if match is None:
            return Answer(404)
        kind, id, below = match[1], int(match[2] or 0), match[3] or ""
        if kind == "stats":
            return Answer(200, self.stats()) if not id and ask.method == "GET" else Answer(404 if id else 405)
        if not id:
            return self.add_gauge(ask) if (kind, ask.method) == ("gauges", "POST") else Answer(405)
        items = self.gauges if kind == "gauges" else self.readings
        if id not in items:
            return Answer(404)
        if below:
            return self.below(ask, self.gauges[id], below)
        if ask.method == "DELETE":
            gone = items.pop(id)
            self.sealed -= gone.get("status") == "sealed" and self.flaw != "sealed ones stay after a delete"
        return Answer(204) if ask.method == "DELETE" else Answer(200, items[id]) if ask.method == "GET" else Answer(405)

    def number(self) -> int:
        self.last += 1
        return self.last

    def stats(self) -> Node:
        kinds = [each["kind"] for each in self.gauges.values()]
        by_kind = {each: kinds.count(each) for each in KIND["enum"]}
        if self.flaw == "all kinds are one":
            by_kind = {"water": len(kinds), "heat": 0} if "heat" in kinds else {"water": 0, "heat": len(kinds)}
        return {"gauges": len(kinds), "sealed": self.sealed, "by_kind": by_kind}

    def add_gauge(self, ask: Ask) -> Answer:
        body = sent(ask)
        if not isinstance(body.get("name"), str) or body.get("kind") not in KIND["enum"]:
            return Answer(400)
        gauge = {"id": self.number(), "name": body["name"], "kind": body["kind"], "status": "open"}
        self.gauges[gauge["id"]] = gauge
        return Answer(201, gauge)

    def below(self, ask: Ask, gauge: Node, below: str) -> Answer:
        if ask.method != ("GET" if below == "summary" else "POST"):
            return Answer(405)
        if below == "seal":
            if gauge["status"] == "sealed":
                return Answer(409)
            gauge["status"] = "sealed"
            self.sealed += 1
            return Answer(200, gauge)
        if below == "summary":
            return Answer(200, self.summary(gauge))
        litres = sent(ask).get("litres")
        if type(litres) is not int or not 0 <= litres <= 500:
            return Answer(400)
        reading = {"id": self.number(), "litres": litres, "gauge_id": gauge["id"]}
        self.readings[reading["id"]] = reading
        self.most[gauge["id"]] = max(litres, self.most.get(gauge["id"], 0))
        return Answer(201, reading)

    def summary(self, gauge: Node) -> Node:
        litres = [each["litres"] for each in self.readings.values() if each["gauge_id"] == gauge["id"]]
        mean = round(sum(litres) / len(litres), 2) if litres else None
        if self.flaw == "the mean is a whole number" and litres:
            mean = sum(litres) // len(litres)
        if self.flaw == "equal values count once" and litres:
            mean = round(sum(set(litres)) / len(set(litres)), 2)
        most = max(litres, default=None)
        if self.flaw == "the highest stays" and litres:
            most = self.most[gauge["id"]]
        return {"readings": len(litres), "mean_litres": mean, "max_litres": most}


@pytest.mark.parametrize(
    "flaw",
    [
        "",
        "the mean is a whole number",
        "equal values count once",
        "the highest stays",
        "sealed ones stay after a delete",
        "all kinds are one",
    ],
)
def test_the_numbers_of_a_report_follow_from_the_items(tmp_path: Path, flaw: str) -> None:
    seen = verdicts(tmp_path, gauges_document(), Gauges(flaw), "report-figure")

    assert seen == ({("report-figure", "failure")} if flaw else set())
