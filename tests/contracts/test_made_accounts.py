"""Without two credentials, the check makes accounts where the document says how, so that it can compare users."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from click.testing import CliRunner, Result

from contracts.cli.check import check
from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.accounts import DOCUMENT, Accounts, signed
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NO: Node = {"description": "no"}


def checked(folder: Path, app: Any, written: Node, *options: str) -> Result:
    path = folder / "service.yaml"
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    with _served(app) as url:
        chosen = ("--only", "ownership", "--report", str(folder / "reports"))
        return CliRunner().invoke(check, [str(path), "--url", url, *chosen, *options])


def failures(folder: Path) -> list[tuple[str, str]]:
    return sorted((each.check, each.operation) for each in read_report(folder / "reports").failures)


@pytest.mark.parametrize(
    ("options", "made"),
    [((), 2), (("--auth", signed("ann")), 1), (("--auth", signed("ann"), "--auth", signed("bob")), 0)],
)
@pytest.mark.parametrize(
    ("flaw", "found"), [("", []), ("take-over", [("ownership", "PUT /accounts/{username}/password")])]
)
def test_as_many_accounts_are_made_as_two_users_need(
    tmp_path: Path, options: tuple[str, ...], made: int, flaw: str, found: list[tuple[str, str]]
) -> None:
    app = Accounts(frozenset({flaw} - {""}))

    done = checked(tmp_path, app, DOCUMENT, *options)

    assert found == failures(tmp_path), done.output
    assert made == done.output.count("made the account contract-check")
    left = read_report(tmp_path / "reports").result.left_behind
    assert made == sum(each.startswith("the account contract-check") for each in left)


def test_no_account_is_made_where_no_credential_is_wanted(tmp_path: Path) -> None:
    done = checked(tmp_path, Accounts(), DOCUMENT, "--no-auth")

    assert "made the account" not in done.output


class Diaries:
    """Diaries of their writers, who log in by a form. With `shared`, anybody reads and changes those of others."""

    def __init__(self, *, shared: bool = False) -> None:
        self.shared = shared
        self.passwords: dict[str, str] = {}
        self.diaries: dict[str, tuple[str, Node]] = {}

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/signup":
            return self._signed_up(sent(ask))
        if ask.path == "/auth/token":
            form = dict(parse_qsl(ask.raw.decode()))
            is_right = form.get("grant_type") == "password" and self.passwords.get(form.get("username", ""), "")
            if not is_right or is_right != form.get("password"):
                return Answer(400)
            return Answer(200, {"access_token": f"token-of-{form['username']}", "token_type": "bearer"})
        writer = ask.bearer.removeprefix("token-of-")
        if writer not in self.passwords:
            return Answer(401, headers=(("www-authenticate", "Bearer"),))
        return self._diary(ask, writer)

    def _signed_up(self, body: Node) -> Answer:
        mail, password = body.get("email"), body.get("password")
        if not isinstance(mail, str) or "@" not in mail or not isinstance(password, str) or len(password) < 10:
            return Answer(422)
        if body.get("password_again") != password or mail in self.passwords:
            return Answer(409)
        self.passwords[mail] = password
        return Answer(201, {"email": mail})

    def _diary(self, ask: Ask, writer: str) -> Answer:
        if ask.path == "/diaries":
            if ask.method == "GET":
                return Answer(200, [each for owner, each in self.diaries.values() if self.shared or owner == writer])
            if not isinstance(sent(ask).get("title"), str):
                return Answer(422)
            id = str(len(self.diaries) + 1)
            self.diaries[id] = writer, {"id": int(id), "title": sent(ask)["title"]}
            return Answer(201, self.diaries[id][1])
        owner, diary = self.diaries.get(ask.path.removeprefix("/diaries/"), ("", {}))
        return Answer(200, diary) if diary and (self.shared or owner == writer) else Answer(404)


def diaries_document(said: str, about: str = "") -> Node:
    diary: Node = {
        "type": "object",
        "required": ["id", "title"],
        "properties": {"id": {"type": "integer"}, "title": TEXT},
    }
    new: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT}}
    names = ("email", "password", "password_again")
    account: Node = {"type": "object", "required": [*names], "properties": dict.fromkeys(names, TEXT)}
    login: Node = {
        "type": "object",
        "required": ["username", "password"],
        "properties": {name: {"type": "string"} for name in ("grant_type", "username", "password")},
    }
    token: Node = {"type": "object", "properties": {"access_token": TEXT, "token_type": TEXT}}
    mail: Node = {"type": "object", "properties": {"email": TEXT}}
    bad: Node = {"401": NO, "404": NO, "422": NO}
    paths: Node = {
        "/signup": {"post": {"security": [], "requestBody": takes(account), "responses": answers(mail, "201") | bad}},
        "/auth/token": {
            "post": {
                "security": [],
                "requestBody": takes(login, "application/x-www-form-urlencoded"),
                "responses": answers(token) | {"400": NO},
            }
        },
        "/diaries": {
            "get": {
                "description": said,
                "responses": answers({"type": "array", "items": diary}) | bad,
            },
            "post": {"requestBody": takes(new), "responses": answers(diary, "201") | bad},
        },
        "/diaries/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(diary) | bad},
        },
    }
    schemes = {"securitySchemes": {"login": {"type": "http", "scheme": "bearer"}}}
    written = document(paths, security=[{"login": []}], components=schemes)
    return {**written, "info": {**written["info"], "description": about}}


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("The diaries of the caller.", ""),
        ("Own diaries, oldest first", ""),
        ("", "A writer sees only their own diaries. Diaries of others are not found."),
    ],
)
@pytest.mark.parametrize(("shared", "found"), [(False, set()), (True, {"ownership"})])
def test_a_form_logs_in_with_what_was_registered(
    tmp_path: Path, said: str, about: str, *, shared: bool, found: set[str]
) -> None:
    done = checked(tmp_path, Small(Diaries(shared=shared)), diaries_document(said, about))

    assert 2 == done.output.count("by POST /signup, so that two users can be compared"), done.output
    assert found == {each for each, _ in failures(tmp_path)}
