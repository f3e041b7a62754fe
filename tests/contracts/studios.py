"""A small server of studios with sessions, and of bills, whose document says what their figures are about."""

from __future__ import annotations

import re

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
DAY: Node = {"type": "string", "format": "date"}
NO: Node = {"description": "no"}
MOST = 600

STUDIO: Node = {
    "type": "object",
    "required": ["id", "name", "last_day"],
    "properties": {
        "id": NUMBER,
        "name": TEXT,
        "last_day": {"type": ["string", "null"], "description": "The latest day of a session; null without one."},
    },
}
MINUTES: Node = {"type": "integer", "minimum": 1, "maximum": MOST}
SESSION: Node = {
    "type": "object",
    "required": ["id", "studio_id", "day", "minutes"],
    "properties": {"id": NUMBER, "studio_id": NUMBER, "day": DAY, "minutes": MINUTES},
}
LINE: Node = {
    "type": "object",
    "required": ["pieces", "price"],
    "properties": {
        "pieces": {"type": "integer", "minimum": 1, "maximum": 500},
        "price": {"type": "integer", "minimum": 1, "maximum": 500},
    },
}
LINES: Node = {"type": "array", "minItems": 1, "maxItems": 5, "items": LINE}
BILL: Node = {
    "type": "object",
    "required": ["id", "status", "lines", "total_cents"],
    "properties": {
        "id": NUMBER,
        "status": {"type": "string", "enum": ["new", "sent", "cancelled"]},
        "lines": LINES,
        "total_cents": NUMBER,
    },
}
DUE: Node = {"type": "object", "required": ["bills", "cents"], "properties": {"bills": NUMBER, "cents": NUMBER}}
SAID = f"All sessions of a studio on one day together have at most {MOST} minutes (409)."
REPORT = "Counts the bills in status `sent` and adds up their totals."


def _new(**fields: Node) -> Node:
    return takes({"type": "object", "required": list(fields), "properties": fields})


def studio_document() -> Node:
    """The paths of the document."""
    one, refused = [path_parameter("id", NUMBER)], {"400": NO, "404": NO, "409": NO}
    sort = {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["id", "total", "-total"]}}
    paths: Node = {
        "/studios": {"post": {"requestBody": _new(name=TEXT), "responses": answers(STUDIO, "201") | {"400": NO}}},
        "/studios/{id}": {"parameters": one, "get": {"responses": answers(STUDIO) | {"404": NO}}},
        "/studios/{id}/sessions": {
            "parameters": one,
            "post": {
                "description": SAID,
                "requestBody": _new(day=DAY, minutes=MINUTES),
                "responses": answers(SESSION, "201") | refused,
            },
        },
        "/sessions/{session_id}": {
            "parameters": [path_parameter("session_id", NUMBER)],
            "get": {"responses": answers(SESSION) | {"404": NO}},
            "patch": {
                "requestBody": takes({"type": "object", "properties": {"day": DAY, "minutes": MINUTES}}),
                "responses": answers(SESSION) | refused,
            },
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/bills": {
            "get": {"parameters": [sort], "responses": answers({"type": "array", "items": BILL})},
            "post": {"requestBody": _new(lines=LINES), "responses": answers(BILL, "201") | {"400": NO}},
        },
        "/bills/{id}": {"parameters": one, "get": {"responses": answers(BILL) | {"404": NO}}},
        "/reports/due": {"get": {"description": REPORT, "responses": answers(DUE)}},
    }
    for action in ("cancel", "send"):
        paths[f"/bills/{{id}}/{action}"] = {
            "parameters": one,
            "post": {"responses": answers(BILL) | {"404": NO, "409": NO}},
        }
    return paths


class Studios:
    """The server. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        self.broken, self.last = broken, 0
        self.studios: dict[int, Node] = {}
        self.sessions: dict[int, Node] = {}
        self.bills: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        for pattern, handle in (
            (r"/studios(?:/(\d+)(/sessions)?)?", self._studio),
            (r"/sessions/(\d+)()", self._session),
            (r"/bills(?:/(\d+)(?:/(send|cancel))?)?", self._bill),
        ):
            match = re.fullmatch(pattern, ask.path)
            if match is not None:
                return handle(ask, match[1], match[2] or "")
        if ask.path == "/reports/due" and ask.method == "GET":
            wanted = ("sent", "cancelled") if self.broken == "cancelled bills are due" else ("sent",)
            due = [each for each in self.bills.values() if each["status"] in wanted]
            return Answer(200, {"bills": len(due), "cents": sum(each["total_cents"] for each in due)})
        return Answer(404)

    def _number(self) -> int:
        self.last += 1
        return self.last

    def _studio(self, ask: Ask, id: str | None, below: str) -> Answer:
        body = sent(ask)
        if id is None:
            if ask.method != "POST" or not isinstance(body.get("name"), str):
                return Answer(405 if ask.method != "POST" else 400)
            studio = {"id": self._number(), "name": body["name"]}
            self.studios[studio["id"]] = studio
            return Answer(201, self._shown(studio))
        found = self.studios.get(int(id))
        if found is None:
            return Answer(404)
        if not below:
            return Answer(200, self._shown(found)) if ask.method == "GET" else Answer(405)
        if ask.method != "POST" or not self._is_session(body, ("day", "minutes")):
            return Answer(405 if ask.method != "POST" else 400)
        if self._minutes(found["id"], body["day"], None) + body["minutes"] > MOST:
            return Answer(409)
        session = {"id": self._number(), "studio_id": found["id"], "day": body["day"], "minutes": body["minutes"]}
        self.sessions[session["id"]] = session
        return Answer(201, session)

    def _shown(self, studio: Node) -> Node:
        days = [each["day"] for each in self.sessions.values() if each["studio_id"] == studio["id"]]
        last = days[-1] if self.broken == "day of the last one" and days else max(days, default=None)
        return {**studio, "last_day": last}

    @staticmethod
    def _is_session(body: Node, needed: tuple[str, ...]) -> bool:
        day, minutes = body.get("day", "2026-01-01"), body.get("minutes", 1)
        is_day = isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) is not None
        return set(needed) <= body.keys() and is_day and type(minutes) is int and 1 <= minutes <= MOST

    def _minutes(self, studio: int, day: str, but: Node | None) -> int:
        alike = [each for each in self.sessions.values() if each["studio_id"] == studio and each["day"] == day]
        return sum(each["minutes"] for each in alike if each is not but)

    def _session(self, ask: Ask, id: str, _: str) -> Answer:
        session = self.sessions.get(int(id))
        if session is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.sessions[session["id"]]
            return Answer(204)
        if ask.method == "PATCH":
            body = sent(ask)
            if not self._is_session(body, ()):
                return Answer(400)
            new = {**session, **{name: body[name] for name in ("day", "minutes") if name in body}}
            is_much = self._minutes(new["studio_id"], new["day"], session) + new["minutes"] > MOST
            if is_much and self.broken != "too much by PATCH":
                return Answer(409)
            session |= new
        return Answer(200, session) if ask.method in ("GET", "PATCH") else Answer(405)

    def _bill(self, ask: Ask, id: str | None, action: str) -> Answer:
        if id is None and ask.method == "GET":
            order = ask.query.get("sort", "")
            found = list(self.bills.values())
            if order.endswith("total"):
                key = str if self.broken == "sorted as texts" else int
                found.sort(key=lambda each: key(each["total_cents"]), reverse=order.startswith("-"))
            return Answer(200, found)
        if id is None:
            lines = sent(ask).get("lines")
            if ask.method != "POST" or not isinstance(lines, list) or not lines:
                return Answer(405 if ask.method != "POST" else 400)
            total = sum(each["pieces"] * each["price"] for each in lines)
            bill = {"id": self._number(), "status": "new", "lines": lines, "total_cents": total}
            self.bills[bill["id"]] = bill
            return Answer(201, bill)
        found_bill = self.bills.get(int(id))
        if found_bill is None:
            return Answer(404)
        if action:
            if ask.method != "POST":
                return Answer(405)
            if found_bill["status"] != {"send": "new", "cancel": "sent"}[action]:
                return Answer(409)
            found_bill["status"] = {"send": "sent", "cancel": "cancelled"}[action]
        return Answer(200, found_bill) if action or ask.method == "GET" else Answer(405)
