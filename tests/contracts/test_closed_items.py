"""An item that is closed to the other user is closed at every operation below it, which the check `ownership` tries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

USERS = {"ann-secret-token-1": "ann", "bob-secret-token-2": "bob"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
PLOT: Node = {
    "type": "object",
    "required": ["id", "name", "state", "seen"],
    "properties": {
        "id": {"type": "string"}, "name": TEXT, "state": {"enum": ["open", "closed"]}, "seen": {"type": "integer"},
    },
}  # fmt: skip
LITRES: Node = {"type": "object", "required": ["litres"], "properties": {"litres": {"type": "integer", "minimum": 1}}}
LOG: Node = {"type": "array", "items": LITRES}
NOT_FOUND: Node = {"404": {"description": "there is none"}}
FORBIDDEN: Node = {"403": {"description": "not for this user"}, **NOT_FOUND}


def written(refusals: Node, **words: str) -> Node:
    """The document; `words` are descriptions of the operations below a plot, by the last step of the path."""
    below = {
        "log": {"get": {"responses": answers(LOG) | refusals}},
        "map": {
            "get": {"responses": answers({"type": "object"}) | NOT_FOUND, "description": "Everyone may see the map."}
        },
        "waterings": {"post": {"requestBody": takes(LITRES), "responses": answers(LITRES, "201") | refusals}},
        "retire": {"post": {"responses": answers(PLOT) | refusals}},
        "alert": {"post": {"responses": answers(None, "202") | refusals}},
        "cheers": {"post": {"responses": answers(None, "202") | NOT_FOUND}},
    }
    for name, text in words.items():
        next(iter(below[name].values()))["description"] = text
    id = {"parameters": [path_parameter("plot_id")]}
    paths: Node = {
        "/plots": {
            "post": {"requestBody": takes(NEW), "responses": answers(PLOT, "201")},
            "get": {"responses": answers({"type": "array", "items": PLOT})},
        },
        "/plots/{plot_id}": {
            **id,
            "get": {"responses": answers(PLOT) | refusals},
            "patch": {"requestBody": takes(NEW), "responses": answers(PLOT) | refusals},
            "delete": {"responses": {"204": {"description": "gone"}} | refusals},
        },
        **{f"/plots/{{plot_id}}/{name}": {**id, **item} for name, item in below.items()},
    }
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=schemes)


@dataclass
class Plots:
    """The service. It answers others with `refusal`, or lets them read (and cheer) where `readable`.

    `open` is an act that it lets them do, too; `late` is one whose effect comes before the refusal. Where `unchecked`,
    a read looks no plot up. Where `reserved`, only others retire a plot.
    """

    refusal: int = 404
    readable: bool = False
    open: str = ""
    late: str = ""
    unchecked: bool = False
    reserved: bool = False
    plots: dict[str, tuple[str, Node]] = field(default_factory=dict)
    logs: dict[str, list[Node]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        _, _, id, *rest = [*ask.path.split("/"), ""]
        if user is None:
            return Answer(401, {}, (("WWW-Authenticate", "Bearer"),))
        if not id:
            return self._collection(ask, user)
        act = next(iter(rest), "") or ask.method
        if act == "log" and self.unchecked:
            return Answer(200, self.logs.get(id, []))
        owner, plot = self.plots.get(id, ("", {}))
        if not plot:
            return Answer(404, {})
        mine = user == owner or act in ("map", self.open) or (self.readable and act in ("GET", "log", "cheers"))
        if mine and not (self.reserved and act == "retire" and user == owner):
            return self._done(ask, act, plot)
        if act == self.late:
            self._done(ask, act, plot)
        return Answer(self.refusal if user != owner else 403, {})

    def _collection(self, ask: Ask, user: str) -> Answer:
        if ask.method == "GET":
            return Answer(200, [plot for owner, plot in self.plots.values() if self.readable or owner == user])
        if not 1 <= len(str(sent(ask).get("name", ""))) <= 80:
            return Answer(422, {})
        plot = {"id": f"plot-{next(self.numbers)}", "name": sent(ask)["name"], "state": "open", "seen": 0}
        self.plots[plot["id"]] = user, plot
        self.logs[plot["id"]] = []
        return Answer(201, plot)

    def _done(self, ask: Ask, act: str, plot: Node) -> Answer:
        plot["seen"] += 1  # it changes with each request
        if act == "DELETE":
            del self.plots[plot["id"]]
            return Answer(204)
        if act == "PATCH":
            plot["name"] = sent(ask).get("name", plot["name"])
        if act == "retire":
            plot["state"] = "closed"
        if act == "waterings":
            self.logs[plot["id"]].append({"litres": sent(ask).get("litres", 1)})
            return Answer(201, self.logs[plot["id"]][-1])
        if act in ("alert", "cheers"):
            return Answer(202)
        return Answer(200, {"log": self.logs[plot["id"]], "map": {}}.get(act, plot))


def checked(folder: Path, app: Plots, document: Node) -> CheckResult:
    file = folder / "plots.json"
    file.write_text(json.dumps(document))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(app), users) as target:
        return run_checks(contract, target, only=["ownership"])


def found(result: CheckResult) -> list[tuple[str, str]]:
    return sorted((each.verdict, each.operation) for each in result.findings)


@pytest.mark.parametrize(
    "app", [Plots(), Plots(403), Plots(403, readable=True), Plots(403, readable=True, reserved=True)]
)
def test_a_service_that_keeps_its_items_closed_passes(app: Plots, tmp_path: Path) -> None:
    result = checked(tmp_path, app, written(FORBIDDEN))

    assert [] == found(result)
    assert "passed" == result.outcomes["GET /plots/{plot_id}", "ownership"]


@pytest.mark.parametrize(
    ("act", "operation"),
    [
        ("log", "GET /plots/{plot_id}/log"),
        ("retire", "POST /plots/{plot_id}/retire"),
        ("alert", "POST /plots/{plot_id}/alert"),
        ("DELETE", "DELETE /plots/{plot_id}"),
    ],
)
def test_what_another_may_not_read_is_closed_at_each_operation(act: str, operation: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(open=act), written(NOT_FOUND))

    assert [("failure", operation)] == found(result)
    assert any(each.status == 404 and each.method == "GET" for each in result.findings[0].exchanges)


def test_a_read_that_looks_nothing_up_is_found_by_what_it_shows(tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(unchecked=True), written(NOT_FOUND))

    assert [("failure", "GET /plots/{plot_id}/log")] == found(result)


@pytest.mark.parametrize(("act", "method"), [("log", "GET"), ("alert", "POST")])
def test_another_status_than_that_of_the_refused_read_makes_a_warning(act: str, method: str, tmp_path: Path) -> None:
    document = written(FORBIDDEN)
    document["paths"][f"/plots/{{plot_id}}/{act}"][method.lower()]["responses"].pop("403")
    result = checked(tmp_path, Plots(403, open=act), document)

    assert [("warning", f"{method} /plots/{{plot_id}}/{act}")] == found(result)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [("log", "The log is public."), ("alert", "Any user may raise an alert."), ("retire", "Can be retired by anyone.")],
)
def test_what_the_document_opens_to_others_is_left_out(act: str, sentence: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(open=act), written(NOT_FOUND, **{act: sentence}))

    assert [] == found(result)


def test_who_may_not_change_an_item_may_not_do_what_is_forbidden_at_another_operation(tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(403, readable=True, open="retire"), written(FORBIDDEN))

    assert [("failure", "POST /plots/{plot_id}/retire")] == found(result)
    assert any(each.status == 403 and each.method in ("PATCH", "DELETE") for each in result.findings[0].exchanges)


def test_what_is_forbidden_to_the_owner_is_for_others(tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(403, readable=True, open="retire", reserved=True), written(FORBIDDEN))

    assert [] == found(result)


def test_an_own_item_is_said_by_a_sentence(tmp_path: Path) -> None:
    document = written(NOT_FOUND, retire="Retires an own plot. It stays in the list.")
    result = checked(tmp_path, Plots(404, readable=True, open="retire"), document)

    assert [("failure", "POST /plots/{plot_id}/retire")] == found(result)


@pytest.mark.parametrize(
    ("act", "operation"),
    [
        ("PATCH", "PATCH /plots/{plot_id}"),
        ("DELETE", "DELETE /plots/{plot_id}"),
        ("retire", "POST /plots/{plot_id}/retire"),
    ],
)
@pytest.mark.parametrize("readable", [False, True])
def test_a_refused_request_of_another_changes_nothing(act: str, operation: str, readable: bool, tmp_path: Path) -> None:
    result = checked(tmp_path, Plots(403, readable, late=act), written(FORBIDDEN))

    assert ("failure", operation) in found(result)
