"""Correct servers whose requests look like something else: links that lead elsewhere, what only others may do."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent, verdicts
from tests.contracts.tickets import Tickets, changed, checked
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
MOMENT: Node = {"type": "string", "format": "date-time"}
ADDRESS: Node = {"type": "string", "format": "uri"}


class Badges:
    """Badges with an address behind each; `/b/{code}` leads there. A new one has no time of a change."""

    def __init__(self, *, loses: str = "") -> None:
        self.items: dict[str, Node] = {}
        self.loses, self.numbers = loses, count(1)

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/badges":
            return self._all(ask)
        one = re.fullmatch(r"/(badges|b)/([\w-]+)", ask.path)
        found = self.items.get(one[2]) if one is not None else None
        if one is None or found is None:
            return Answer(404)
        if one[1] == "b":
            return Answer(302, headers=(("location", found["url"]),)) if ask.method == "GET" else Answer(405)
        if ask.method == "DELETE":
            del self.items[one[2]]
            return Answer(204)
        if ask.method == "PUT":
            found |= {"url": sent(ask)["url"], "updated_at": self._moment()}
        return Answer(200, {name: value for name, value in found.items() if name != self.loses})

    def _moment(self) -> str:
        return f"2026-01-01T00:00:{next(self.numbers) % 60:02d}.000Z"

    def _all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, list(self.items.values()))
        code = f"c{next(self.numbers)}"
        new = {"code": code, "url": sent(ask)["url"], "created_at": self._moment(), "updated_at": None}
        self.items[code] = new
        return Answer(201, {name: value for name, value in new.items() if name != self.loses})


def badges() -> Node:
    new: Node = {"type": "object", "required": ["url"], "properties": {"url": ADDRESS}}
    times: Node = {"created_at": MOMENT, "updated_at": {**MOMENT, "type": ["string", "null"]}}
    badge: Node = {
        "type": "object",
        "required": ["code", "created_at", "updated_at"],
        "properties": {"code": {"type": "string", "readOnly": True}, "url": ADDRESS, **times},
    }
    code = [path_parameter("code")]
    return {
        "/badges": {
            "get": {"responses": answers({"type": "array", "items": badge})},
            "post": {"requestBody": takes(new), "responses": answers(badge, "201")},
        },
        "/badges/{code}": {
            "parameters": code,
            "get": {"responses": answers(badge) | {"404": NO}},
            "put": {"requestBody": takes(new), "responses": answers(badge) | {"404": NO}},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        },
        "/b/{code}": {"parameters": code, "get": {"responses": {"302": {"description": "There."}, "404": NO}}},
    }


@pytest.mark.parametrize(("loses", "expected"), [("", set()), ("url", {("read-back", "failure")})])
def test_what_leads_to_the_address_of_an_item_does_not_show_the_item(
    tmp_path: Path, loses: str, expected: set[tuple[str, str]]
) -> None:
    assert expected == verdicts(tmp_path, badges(), Badges(loses=loses), "read-back", "timestamps")


LANGUAGES = ("da", "fi", "nl")


class Dubbings(Small):
    """Dubbings of films, one for each language but that of the film. With `one_at_a_time` a busy server refuses."""

    def __init__(self, *, one_at_a_time: bool = False) -> None:
        super().__init__(self.handle_now)
        self.titles: list[str] = []
        self.films: dict[int, dict[str, Node]] = {}
        self.one_at_a_time, self.busy = one_at_a_time, 0

    async def answer(self, ask: Ask) -> Answer:
        self.busy += 1
        try:
            await asyncio.sleep(0.01)
            is_late = self.one_at_a_time and self.busy > 1 and ask.path.endswith("dubbings")
            return Answer(422) if is_late else self.handle_now(ask)
        finally:
            self.busy -= 1

    def handle_now(self, ask: Ask) -> Answer:
        if ask.path == "/films":
            number = len(self.films) + 1
            self.films[number] = {}
            self.titles.append(sent(ask)["title"])
            return Answer(201, {"id": number, "title": self.titles[-1]})
        place = re.fullmatch(r"/films/(\d+)(/dubbings)?", ask.path)
        found = self.films.get(int(place[1])) if place else None
        if place is None or found is None:
            return Answer(404)
        if not place[2]:
            return Answer(200, {"id": int(place[1]), "title": self.titles[int(place[1]) - 1]})
        language = sent(ask).get("language")
        if ask.method == "POST" and language not in LANGUAGES[1:] and not self.one_at_a_time:
            return Answer(422)
        if ask.method == "POST" and language in found and not self.one_at_a_time:
            return Answer(409)
        if ask.method == "POST":
            number = len(found) + 1
            found[str(number) if self.one_at_a_time else str(language)] = {**sent(ask), "id": number}
            return Answer(201, {**sent(ask), "id": number})
        return Answer(200, list(found.values()))


def dubbings() -> Node:
    film: Node = {"type": "object", "required": ["title"], "properties": {"id": {"type": "integer"}, "title": TEXT}}
    fields: Node = {"language": {"enum": list(LANGUAGES)}, "voice": TEXT}
    new: Node = {"type": "object", "required": ["language", "voice"], "properties": fields}
    shown: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **fields}}
    film_id = [path_parameter("film_id", {"type": "integer"})]
    refused: Node = {"404": NO, "409": NO, "422": NO}
    return {
        "/films": {"post": {"requestBody": takes(film), "responses": answers(film, "201")}},
        "/films/{film_id}": {"parameters": film_id, "get": {"responses": answers(film) | {"404": NO}}},
        "/films/{film_id}/dubbings": {
            "parameters": film_id,
            "get": {"responses": answers({"type": "array", "items": shown}) | {"404": NO}},
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | refused},
        },
    }


@pytest.mark.parametrize("one_at_a_time", [False, True])
def test_a_create_that_is_refused_alone_too_is_not_refused_for_the_others(tmp_path: Path, one_at_a_time: bool) -> None:
    file = tmp_path / "films.json"
    file.write_text(json.dumps(document(dubbings())))
    with Target.asgi(Dubbings(one_at_a_time=one_at_a_time), []) as target:
        result = run_checks(contracts.of(file), target, only=["concurrent-creates"])

    found = {(each.verdict, each.operation) for each in result.findings}
    assert found == ({("failure", "POST /films/{film_id}/dubbings")} if one_at_a_time else set())


class Reviewed(Tickets):
    """Tickets that are closed by anybody but their owner, who gets 403."""

    def _item(self, user: str, method: str, id: str, below: str, body: bytes) -> tuple[int, object]:
        if below == "/close" and self.items.get(id, ("", {}))[0] == user:
            return 403, {}
        return super()._item(user, method, id, below, body)


def test_what_only_others_may_do_is_open_to_them(tmp_path: Path) -> None:
    written = changed()
    written["info"]["description"] = (
        "A ticket is changed and deleted only by its owner, and closed only by somebody else."
    )
    written["paths"]["/tickets/{ticket_id}/close"]["post"]["responses"]["403"] = {"description": "Not allowed."}

    result = checked(tmp_path, Reviewed(frozenset({"close"})), "ownership", document=written)

    assert () == result.findings


@pytest.mark.parametrize(("flaw", "expected"), [("read", []), ("update", [("failure", "PATCH /tickets/{ticket_id}")])])
def test_everybody_may_read_what_only_its_owner_changes(
    tmp_path: Path, flaw: str, expected: list[tuple[str, str]]
) -> None:
    written = changed()
    written["info"]["description"] = "Everybody reads every ticket; a ticket is changed and deleted only by its owner."
    flaws = frozenset({"list", "filter", "search", "total", "read", "comments", "comment", flaw})

    result = checked(tmp_path, Tickets(flaws), "ownership", document=written)

    assert expected == [(each.verdict, each.operation) for each in result.findings]


class Signals:
    """Signals with an `Idempotency-Key`; all have the same values. `is_broken`: the key is not looked at."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.items: list[Node] = [{"id": 1, "kind": "storm"}, {"id": 2, "kind": "storm"}]
        self.kept: dict[str, Node] = {}
        self.is_broken = is_broken

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/signals" and ask.method == "GET":
            return Answer(200, self.items)
        if ask.path == "/signals":
            key = ask.headers["idempotency-key"]
            if key in self.kept:
                if self.is_broken:
                    self.items.append({"id": len(self.items) + 1, "kind": "storm"})
                return Answer(201, self.kept[key])
            self.items.append({"id": len(self.items) + 1, **sent(ask)})
            self.kept[key] = self.items[-1]
            return Answer(201, self.items[-1])
        number = int(ask.path.rpartition("/")[2])
        return Answer(200, self.items[number - 1]) if 0 < number <= len(self.items) else Answer(404)


def signals() -> Node:
    new: Node = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["storm"]}}}
    signal: Node = {**new, "required": ["id"], "properties": {"id": {"type": "integer"}, **new["properties"]}}
    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": TEXT}
    return {
        "/signals": {
            "get": {"responses": answers({"type": "array", "items": signal})},
            "post": {"parameters": [key], "requestBody": takes(new), "responses": answers(signal, "201")},
        },
        "/signals/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(signal) | {"404": NO}},
        },
    }


@pytest.mark.parametrize("is_broken", [False, True])
def test_equal_items_of_other_requests_do_not_count_for_a_key(tmp_path: Path, is_broken: bool) -> None:
    found = verdicts(tmp_path, signals(), Signals(is_broken=is_broken), "idempotency-key")

    assert found == ({("idempotency-key", "failure")} if is_broken else set())


KINDS = ["packed", "moved", "scanned", "weighed", "delivered", "lost"]


def crate_events() -> Callable[[Ask], Answer]:
    """Crates that take no further events once one has said that they are delivered or lost."""
    crates: list[list[str]] = []

    def handle(ask: Ask) -> Answer:
        if ask.path == "/crates":
            crates.append([])
            return Answer(201, {"id": len(crates)})
        number = int(ask.path.split("/")[2]) - 1
        if number >= len(crates):
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, {"id": number + 1})
        if crates[number][-1:] in (["delivered"], ["lost"]):
            return Answer(409)
        crates[number].append(sent(ask)["kind"])
        return Answer(201, {"id": len(crates[number]), "kind": sent(ask)["kind"]})

    return handle


def test_requests_at_the_same_time_are_equal_to_those_that_conflict_one_after_the_other(tmp_path: Path) -> None:
    new: Node = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": KINDS}}}
    event: Node = {**new, "properties": {"id": {"type": "integer"}, **new["properties"]}}
    crate: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    paths: Node = {
        "/crates": {"post": {"responses": answers(crate, "201")}},
        "/crates/{crateId}": {
            "parameters": [path_parameter("crateId", {"type": "integer"})],
            "get": {"responses": answers(crate) | {"404": NO}},
        },
        "/crates/{crateId}/events": {
            "parameters": [path_parameter("crateId", {"type": "integer"})],
            "post": {"requestBody": takes(new), "responses": answers(event, "201") | {"404": NO, "409": NO}},
        },
    }
    file = tmp_path / "crates.json"
    file.write_text(json.dumps(document(paths)))
    compared = 0
    for seed in range(12):
        with Target.asgi(Small(crate_events()), []) as target:
            result = run_checks(contracts.of(file), target, only=["concurrent-repeat"], seed=seed)
        assert [] == [(each.expected, each.seen) for each in result.findings]
        compared += [*result.outcomes.values()].count("passed")

    assert compared


STATE: Node = {
    "type": "string",
    "enum": ["planned", "sailing", "ended"],
    "description": "The state. It cannot be changed through updates.",
}


class Journeys:
    """Journeys, whose state stays as it was made. `refuses`: another one is refused. `forgets`: the name stays, too."""

    def __init__(self, *, refuses: bool = False, forgets: bool = False) -> None:
        self.items: dict[int, Node] = {}
        self.refuses, self.forgets = refuses, forgets

    def __call__(self, ask: Ask) -> Answer:
        body = sent(ask) if ask.method != "GET" else {}
        is_valid = body.get("state", "ended") in STATE["enum"] and isinstance(body.get("name", ""), str)
        if ask.method != "GET" and not (body and is_valid):
            return Answer(400)
        if ask.path == "/journeys":
            asked = {name: body[name] for name in ("name", "state") if name in body}
            self.items[len(self.items) + 1] = {"id": len(self.items) + 1, "state": "planned", **asked}
            return Answer(201, self.items[len(self.items)]) if "name" in body else Answer(400)
        found = self.items.get(int(ask.path.rpartition("/")[2]))
        if found is None:
            return Answer(404)
        if self.refuses and body.get("state", found["state"]) != found["state"]:
            return Answer(400)
        if "name" in body and not self.forgets:
            found["name"] = body["name"]
        return Answer(200, found)


def journeys() -> Node:
    fields: Node = {"name": TEXT, "state": STATE}
    new: Node = {"type": "object", "required": ["name"], "properties": fields}
    journey: Node = {**new, "required": ["id", "name", "state"], "properties": {"id": {"type": "integer"}, **fields}}
    change = takes({"type": "object", "minProperties": 1, "properties": fields})
    return {
        "/journeys": {"post": {"requestBody": takes(new), "responses": answers(journey, "201") | {"400": NO}}},
        "/journeys/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(journey) | {"404": NO}},
            "patch": {"requestBody": change, "responses": answers(journey) | {"400": NO, "404": NO}},
        },
    }


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize("forgets", [False, True])
def test_what_no_update_changes_is_not_expected_as_an_update_sends_it(
    tmp_path: Path, refuses: bool, forgets: bool
) -> None:
    found = verdicts(tmp_path, journeys(), Journeys(refuses=refuses, forgets=forgets), "validation", "edge-input")

    assert {check for check, _ in found} == ({"edge-input"} if forgets else set())


class Voyages:
    """Voyages, whose harbour stays as it was made. `is_open`: an update changes it all the same."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.items: dict[int, Node] = {}
        self.is_open = is_open

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/voyages":
            asked = {name: sent(ask)[name] for name in ("harbour", "berths") if name in sent(ask)}
            self.items[len(self.items) + 1] = {"id": len(self.items) + 1, "berths": 1, **asked}
            return Answer(201, self.items[len(self.items)])
        found = self.items.get(int(ask.path.rpartition("/")[2]))
        if found is None:
            return Answer(404)
        if ask.method == "PATCH":
            found |= {name: sent(ask)[name] for name in ("harbour", "berths")[not self.is_open :] if name in sent(ask)}
        return Answer(200, found)


def voyages() -> Node:
    berths: Node = {"type": "integer", "minimum": 1}
    fields: Node = {"harbour": TEXT, "berths": berths}
    new: Node = {"type": "object", "required": ["harbour"], "properties": fields}
    voyage: Node = {**new, "required": ["id"], "properties": {"id": {"type": "integer"}, **fields}}
    said = "Changes the berths. `harbour` cannot be changed and is ignored."
    change = takes({"type": "object", "properties": {"berths": berths}})
    return {
        "/voyages": {"post": {"requestBody": takes(new), "responses": answers(voyage, "201")}},
        "/voyages/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(voyage) | {"404": NO}},
            "patch": {"description": said, "requestBody": change, "responses": answers(voyage) | {"404": NO}},
        },
    }


@pytest.mark.parametrize("is_open", [False, True])
def test_what_an_update_ignores_may_be_chosen_in_a_create(tmp_path: Path, is_open: bool) -> None:
    found = verdicts(tmp_path, voyages(), Voyages(is_open=is_open), "mass-assignment")

    assert {check for check, _ in found} == ({"mass-assignment"} if is_open else set())
