"""A PUT whose body cannot have every field, at items that say deep inside when they were changed."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.contracts.test_control_requests import TEXT, Flags, flags
from tests.contracts.test_foreign_shapes import sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node

FIELDS: Node = {"name": TEXT, "nick": TEXT, "login": TEXT}


class Users(Flags):
    """Users whose login no PUT changes. `keeps`: one without a nick keeps it; `moves`: each makes another version."""

    def __init__(self, *, keeps: bool = False, moves: bool = False) -> None:
        super().__init__(lambda body, is_new: 200 if all(isinstance(each, str) for each in body.values()) else 400)
        self.keeps, self.moves, self.seconds = keeps, moves, count()

    def __call__(self, ask: Ask) -> Answer:
        number = int(ask.path.rpartition("/")[2]) if ask.path.rpartition("/")[2].isdigit() else 0
        before = dict(self.flags.get(number, {}))
        answer = super().__call__(ask)
        if ask.method not in ("PUT", "POST") or answer.status >= 300:
            return answer
        user = self.flags[number or self.next - 1]
        user |= {"login": before["login"]} if "login" in before else {}
        user |= {"nick": before["nick"]} if self.keeps and "nick" in before and "nick" not in sent(ask) else {}
        second = next(self.seconds)
        user["meta"] = {"changed": f"2026-11-30T10:{second // 60:02}:{second % 60:02}Z", "version": 1}
        user["meta"]["version"] += second if self.moves else 0
        return Answer(answer.status, user)


@pytest.mark.parametrize(
    ("server", "found"),
    [(Users(), set()), (Users(keeps=True), {"failure"}), (Users(moves=True), {"failure"})],
    ids=["right", "keeps a nick", "is no idempotent"],
)
def test_a_put_keeps_what_its_body_cannot_have_and_tells_when_it_came(
    tmp_path: Path, server: Users, found: set[str]
) -> None:
    paths = flags(FIELDS, method="put")
    put = paths["/flags/{id}"]["put"]["requestBody"]["content"]["application/json"]
    put["schema"] = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "nick": TEXT}}
    for operation in (paths["/flags"]["post"], paths["/flags/{id}"]["get"], paths["/flags/{id}"]["put"]):
        for status in operation["responses"].keys() & {"200", "201"}:
            media = operation["responses"][status]["content"]["application/json"]
            media["schema"]["properties"]["meta"] = {"type": "object", "readOnly": True}

    assert found == {verdict for check, verdict in verdicts(tmp_path, paths, server, "replace") if check == "replace"}
