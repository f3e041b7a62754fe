"""Boards of two users: `sharing` finds what stays open after a share is taken back, and viewers who change one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, document, takes

USERS = {"ann-secret-token-1": "ann", "bob-secret-token-2": "bob"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NEW: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT, "plan": TEXT}}
BOARD: Node = {
    "type": "object",
    "required": ["id", "title", "plan", "owner"],
    "properties": {"id": {"type": "integer"}, "title": TEXT, "plan": TEXT, "owner": {"type": "string"}},
}
DONE: Node = {"204": {"description": "done"}}
REFUSED: Node = {"403": {"description": "A viewer may not do this."}, "404": {"description": "there is none"}}


def written(refusals: Node = REFUSED, *, by_id: bool = False) -> Node:
    """The document. With `by_id` a POST makes a share that has an id of its own."""
    id, viewer = path_parameter("board_id", {"type": "integer"}), path_parameter("user")
    total: Node = {"X-Total-Count": {"schema": {"type": "integer"}, "description": "All boards that match."}}
    lists = answers({"type": "array", "items": BOARD})
    lists["200"]["headers"] = total
    paths: Node = {
        "/boards": {
            "post": {"requestBody": takes(NEW), "responses": answers(BOARD, "201") | {"422": {"description": "bad"}}},
            "get": {
                "parameters": [{"name": "q", "in": "query", "schema": TEXT}],
                "responses": lists,
            },
        },
        "/boards/{board_id}": {
            "parameters": [id],
            "get": {"responses": answers(BOARD) | {"404": {"description": "no"}}},
            "patch": {"requestBody": takes({**NEW, "required": []}), "responses": answers(BOARD) | refusals},
            "delete": {"responses": {"204": {"description": "gone"}} | refusals},
        },
        "/boards/{board_id}/viewers/{user}": {
            "parameters": [id, viewer],
            "put": {"description": "Lets another user view the board.", "responses": DONE | refusals},
            "delete": {"description": "Takes this back.", "responses": DONE | refusals},
        },
    }  # fmt: skip
    if by_id:
        one, who = paths.pop("/boards/{board_id}/viewers/{user}"), {"user": {"type": "string", "minLength": 1}}
        share = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **who}}
        asked = takes({"type": "object", "required": ["user"], "properties": who})
        paths["/boards/{board_id}/shares"] = {
            "parameters": [id],
            "post": {"requestBody": asked, "responses": answers(share, "201") | refusals},
        }
        share_id = path_parameter("share_id", {"type": "integer"})
        paths["/boards/{board_id}/shares/{share_id}"] = {"parameters": [id, share_id], "delete": one["delete"]}
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=schemes)


@dataclass
class Boards:
    """The service. Its flaw is named after what a user can do who is no viewer any more, or only a viewer."""

    flaw: str = ""
    boards: dict[int, Node] = field(default_factory=dict)
    viewers: dict[int, set[str]] = field(default_factory=dict)
    former: dict[int, set[str]] = field(default_factory=dict)

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        if user is None:
            return Answer(401, {}, (("WWW-Authenticate", "Bearer"),))
        _, _, *rest = ask.path.split("/")
        if not rest:
            return self._list(ask, user) if ask.method == "GET" else self._add(sent(ask), user)
        board = self.boards.get(integer(rest[0]) or 0)
        if board is None or not self._sees(user, board, "read"):
            return Answer(404, {})
        if ask.method == "GET":
            return Answer(200, board)
        if board["owner"] != user and ask.method != self.flaw:
            return Answer(403, {})
        return self._change(ask, board, rest[1:])

    def _sees(self, user: str, board: Node, how: str) -> bool:
        was = how == self.flaw and user in self.former[board["id"]]
        return board["owner"] == user or user in self.viewers[board["id"]] or was

    def _list(self, ask: Ask, user: str) -> Answer:
        word = ask.query.get("q", "")
        seen = [each for each in self.boards.values() if self._sees(user, each, "list")]
        found = [each for each in seen if word in each["title"] or word in each["plan"]]
        if self.flaw == "search" and word:
            found += [each for each in self.boards.values() if each not in found and word in each["plan"]]
        total = len(self.boards) if self.flaw == "total" else len(found)
        return Answer(200, found, (("X-Total-Count", str(total)),))

    def _add(self, body: Node, user: str) -> Answer:
        if not all(
            isinstance(body.get(name, "x"), str) and 0 < len(body.get(name, "x")) <= 80 for name in BOARD["required"]
        ):
            return Answer(422, {})
        if "title" not in body:
            return Answer(422, {})
        id = len(self.boards) + len(self.former) + 1
        self.boards[id] = {"id": id, "plan": "none", **body, "owner": user} | {"id": id}
        self.viewers[id], self.former[id] = set(), set()
        return Answer(201, self.boards[id])

    def _change(self, ask: Ask, board: Node, rest: list[str]) -> Answer:
        users = sorted(USERS.values())
        if rest and ask.method == "POST":
            if sent(ask).get("user") not in users:
                return Answer(404, {})
            self.viewers[board["id"]].add(sent(ask)["user"])
            return Answer(201, {"id": users.index(sent(ask)["user"]), "user": sent(ask)["user"]})
        if rest and ask.method == "DELETE" and (integer(rest[1]) or 0) in range(len(users)) and rest[1].isdigit():
            rest = [rest[0], users[int(rest[1])]]
        if rest and ask.method == "PUT":
            if rest[1] not in USERS.values():
                return Answer(404, {})
            self.viewers[board["id"]].add(rest[1])
            return Answer(204)
        if rest:
            self.viewers[board["id"]].discard(rest[1])
            self.former[board["id"]].add(rest[1])
            return Answer(204)
        if ask.method == "DELETE":
            del self.boards[board["id"]]
            return Answer(204)
        board |= {name: value for name, value in sent(ask).items() if name in ("title", "plan")}
        return Answer(200, board)


def checked(folder: Path, app: Boards, document: Node, only: str = "sharing") -> CheckResult:
    file = folder / "boards.json"
    file.write_text(json.dumps(document))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(app), users) as target:
        return run_checks(contract, target, only=[only])


def found(result: CheckResult) -> list[tuple[str, str]]:
    return sorted((each.verdict, each.operation) for each in result.findings)


@pytest.mark.parametrize("only", ["sharing", "ownership"])
def test_a_service_that_takes_shares_back_passes(only: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Boards(), written(), only)

    assert [] == found(result)
    assert "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == only}


@pytest.mark.parametrize("flaw", ["read", "list"])
def test_what_stays_open_after_a_share_is_taken_back_is_a_failure(flaw: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Boards(flaw), written())

    assert {("failure", "DELETE /boards/{board_id}/viewers/{user}")} == set(found(result))
    assert any("Takes this back" in each.statement.source for each in result.findings if each.statement)


@pytest.mark.parametrize("flaw", ["PATCH", "DELETE"])
def test_a_viewer_who_changes_a_board_is_a_failure_where_the_document_forbids_it(flaw: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Boards(flaw), written())

    assert {"failure"} == {verdict for verdict, _ in found(result)}


def test_a_viewer_who_changes_a_board_is_a_warning_where_only_a_status_is_listed(tmp_path: Path) -> None:
    refusals = {"403": {"description": "refused"}, "404": {"description": "none"}}
    result = checked(tmp_path, Boards("PATCH"), written(refusals))

    assert {"warning"} == {verdict for verdict, _ in found(result)}


@pytest.mark.parametrize("flaw", ["search", "total"])
def test_a_search_in_another_field_and_a_total_in_a_header_leak(flaw: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Boards(flaw), written(), "ownership")

    assert [("failure", "GET /boards")] == found(result)


@pytest.mark.parametrize("flaw", ["", "read"])
def test_a_share_may_have_an_id_of_its_own(flaw: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Boards(flaw), written(by_id=True))

    operation = "DELETE /boards/{board_id}/shares/{share_id}"
    assert ([("failure", operation)] if flaw else []) == found(result)
    assert flaw or "passed" == result.outcomes[operation, "sharing"]
