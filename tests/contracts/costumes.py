"""Costumes that are repaired and hired out, several together: a small service with at most one flaw."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import sent
from tests.planted_bugs.server import Answer, Ask, Server

DOCUMENT = Path(__file__).with_name("costumes.yaml")

Item = dict[str, Any]


class Costumes(Server):
    """The server. `flaw` is what it does wrong."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__()
        self.flaw, self.last, self.codes = flaw, 0, set[str]()
        self.costumes: dict[int, Item] = {}
        self.repairs: dict[int, Item] = {}
        self.hires: dict[int, Item] = {}
        one = {"GET": self.one}
        self.route("/costumes", GET=self.page, POST=self.add_costume)
        self.route("/costumes/{id}", **one, PATCH=self.change, DELETE=self.remove_costume)
        self.route("/costumes/{id}/repairs", GET=self.repairs_of, POST=self.add_repair)
        self.route("/repairs/{id}", **one, DELETE=self.remove_repair)
        self.route("/hires", GET=self.all_hires, POST=self.hire)
        self.route("/hires/{id}", **one)
        self.route("/hires/{id}/return", POST=self.give_back)

    def no_path(self, ask: Ask) -> Answer:
        return error(404)

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        return Answer(405, {"message": "no"}, (("allow", ", ".join(allowed)),))

    def found(self, ask: Ask) -> Item | None:
        items = getattr(self, ask.path.split("/")[1])
        id = ask.params["id"]
        return items.get(int(id)) if re.fullmatch(r"\d{1,9}", id) else None

    def number(self) -> int:
        self.last += 1
        return self.last

    async def one(self, ask: Ask) -> Answer:
        item = self.found(ask)
        return Answer(200, item) if item is not None else error(404)

    async def page(self, ask: Ask) -> Answer:
        size, start = int(ask.query.get("limit", "10")), int(ask.query.get("cursor") or 0)
        items = [each for each in self.costumes.values() if each["id"] > start]
        more = len(items) >= size if self.flaw == "a full page has a cursor" else len(items) > size
        shown = items[:size]
        return Answer(200, {"data": shown, "next_cursor": str(shown[-1]["id"]) if more and shown else None})

    async def add_costume(self, ask: Ask) -> Answer:
        body = sent(ask)
        if not is_costume(body, {"code", "value_cents"}):
            return error(400)
        if body["code"].lower() in self.codes:
            return error(409)
        self.codes.add(body["code"].lower())
        new = {"id": self.number(), "code": body["code"], "value_cents": body["value_cents"]}
        self.costumes[new["id"]] = {**new, "out": False, "last_repaired_on": None}
        return Answer(201, self.costumes[new["id"]])

    async def change(self, ask: Ask) -> Answer:
        item, body = self.found(ask), sent(ask)
        if item is None or not is_costume(body, set()):
            return error(404 if item is None else 400)
        code = body.get("code", item["code"])
        taken = {each["code"] for each in self.costumes.values() if each is not item}
        same = {each.lower() for each in taken} if self.flaw != "PATCH compares letters" else taken
        if (code.lower() if self.flaw != "PATCH compares letters" else code) in same:
            return error(409)
        self.codes = {*(each.lower() for each in taken), code.lower()}
        item |= {name: body[name] for name in ("code", "value_cents") if name in body}
        return Answer(200, item)

    async def remove_costume(self, ask: Ask) -> Answer:
        item = self.found(ask)
        if item is None:
            return error(404)
        del self.costumes[item["id"]]
        self.codes.discard(item["code"] if self.flaw == "capitals are not freed" else item["code"].lower())
        self.repairs = {id: each for id, each in self.repairs.items() if each["costume_id"] != item["id"]}
        return Answer(204)

    async def repairs_of(self, ask: Ask) -> Answer:
        item, last = self.found(ask), ask.query.get("to", "9999-12-31")
        if item is None:
            return error(404)
        mine = [each for each in self.repairs.values() if each["costume_id"] == item["id"] and each["done_on"] <= last]
        if self.flaw == "the last day is left out":
            mine = [each for each in mine if each["done_on"] < last]
        return Answer(200, {"data": sorted(mine, key=lambda each: each["done_on"], reverse=True)})

    async def add_repair(self, ask: Ask) -> Answer:
        item, body = self.found(ask), sent(ask)
        if item is None:
            return error(404)
        if not is_day(body.get("done_on")) or type(body.get("cents")) is not int or not 0 <= body["cents"] <= 90000:
            return error(400)
        repair = {"id": self.number(), "costume_id": item["id"], "done_on": body["done_on"], "cents": body["cents"]}
        self.repairs[repair["id"]] = {**repair, "created_at": self.stamp()}
        self.note_last(item)
        return Answer(201, self.repairs[repair["id"]])

    def note_last(self, item: Item) -> None:
        days = (each["done_on"] for each in self.repairs.values() if each["costume_id"] == item["id"])
        item["last_repaired_on"] = max(days, default=None)

    async def remove_repair(self, ask: Ask) -> Answer:
        repair = self.found(ask)
        if repair is None:
            return error(404)
        del self.repairs[repair["id"]]
        if self.flaw != "a deleted repair stays the last":
            self.note_last(self.costumes[repair["costume_id"]])
        return Answer(204)

    async def all_hires(self, ask: Ask) -> Answer:
        before = ask.query.get("due_before", "9999-12-31")
        due = [each for each in self.hires.values() if each["ends_on"] < before]
        key = "id" if self.flaw == "hires in order of creation" else "ends_on"
        return Answer(200, {"data": sorted(due, key=lambda each: each[key])})

    async def hire(self, ask: Ask) -> Answer:
        body = sent(ask)
        ids, days = body.get("costume_ids"), (body.get("starts_on"), body.get("ends_on"))
        is_valid = isinstance(ids, list) and 1 <= len(ids) <= 5 and all(type(id) is int for id in ids)
        is_valid = is_valid and len(set(ids)) == len(ids) and all(map(is_day, days)) and days[0] <= days[1]
        customer = body.get("customer")
        if not is_valid or not isinstance(customer, str) or not customer or not set(ids) <= self.costumes.keys():
            return error(400)
        named = [self.costumes[id] for id in ids]
        if any(each["out"] for each in named):
            return error(409)
        values = [each["value_cents"] for each in named]
        total = sum(set(values) if self.flaw == "equal values count once" else values)
        for each in named:
            each["out"] = True
        hire = {"id": self.number(), "costume_ids": ids, "customer": customer, "starts_on": days[0], "ends_on": days[1]}
        self.hires[hire["id"]] = {**hire, "status": "open", "total_value": total}
        return Answer(201, self.hires[hire["id"]])

    async def give_back(self, ask: Ask) -> Answer:
        hire = self.found(ask)
        if hire is None or hire["status"] != "open":
            return error(404 if hire is None else 409)
        hire["status"] = "returned"
        ids = hire["costume_ids"][:1] if self.flaw == "only the first comes back" else hire["costume_ids"]
        for id in ids:
            self.costumes[id]["out"] = False
        return Answer(200, hire)


def error(status: int) -> Answer:
    return Answer(status, {"message": "no"})


def is_costume(body: Item, needed: set[str]) -> bool:
    code, cents = body.get("code", "x"), body.get("value_cents", 1)
    is_right = isinstance(code, str) and code != "" and type(cents) is int and 0 <= cents <= 900000
    return needed <= body.keys() and is_right


def is_day(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text) is not None


def checked_costumes(folder: Path, flaw: str, *only: str) -> CheckResult:
    """What these checks find of a server with a flaw."""
    file = folder / "costumes.json"
    file.write_text(json.dumps(yaml.safe_load(DOCUMENT.read_text())))
    with Target.asgi(Costumes(flaw), []) as target:
        return run_checks(contracts.of(file), target, only=only)
