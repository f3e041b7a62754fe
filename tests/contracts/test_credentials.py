"""Users of a Web Fuzzing Commons file log in, and none of their secrets is written anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.pytest_plugin.plugin import _served
from tests.planted_bugs.notes import KEYS, Notes
from tests.planted_bugs.server import Answer, Ask
from tests.process import run

NOTES = str(Path(__file__).parents[1] / "planted_bugs/notes.yaml")
PASSWORDS = {"ada": "the password of ada", "bob": "the password of bob"}
TENANT = "a-tenant-that-is-a-secret-too"


class Guarded(Notes):
    """Notes whose keys are handed out at a login, in the body or as a cookie; a key may come as a cookie too."""

    def __init__(self) -> None:
        super().__init__()
        self.route("/login", POST=self.login)

    async def login(self, ask: Ask) -> Answer:
        asked = json.loads(ask.raw)
        if PASSWORDS.get(asked.get("user")) != asked.get("pass"):
            return Answer(403, {"message": "no"})
        key = dict(zip(PASSWORDS, KEYS, strict=True))[asked["user"]]
        return Answer(200, {"token": {"key": key}}, (("set-cookie", f"session={key}; Path=/; HttpOnly"),))

    def enter(self, ask: Ask, open_by: str = "") -> None:
        session = ask.headers.get("cookie", "").removeprefix("session=")
        if session in KEYS:
            return
        super().enter(ask, open_by)


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The address of the guarded notes."""
    with _served(Guarded()) as address:
        yield f"{address}/api"


def written(folder: Path, users: list[dict[str, Any]], template: dict[str, Any] | None = None) -> str:
    """A file of users."""
    path = folder / "users.yaml"
    path.write_text(yaml.safe_dump({"auth": users, **({"authTemplate": template} if template else {})}))
    return str(path)


def login(**more: Any) -> dict[str, Any]:
    """A login endpoint, as a template for all users."""
    names = {"usernameField": "user", "passwordField": "pass"}
    where = {"endpoint": "/login", "verb": "POST", "contentType": "application/json"}
    return {"loginEndpointAuth": {**where, "payloadUserPwd": names, **more}}


def user(name: str, password: str | None = None) -> dict[str, Any]:
    return {"name": name, "loginEndpointAuth": {
        "payloadUserPwd": {"username": name, "password": password or PASSWORDS[name]}}}  # fmt: skip


OLDER = {"extractFromField": "/token/key", "httpHeaderName": "X-Api-Key", "headerPrefix": ""}
NEWER = {"extractFrom": "body", "extractSelector": "/token/key", "sendIn": "header", "sendName": "X-Api-Key"}


@pytest.mark.parametrize("way", [{"token": OLDER}, {"token": NEWER}, {"expectCookies": True}])
def test_users_log_in_with_a_token_or_a_cookie_and_no_secret_is_written(
    tmp_path: Path, guarded: str, way: dict[str, Any]
) -> None:
    users = written(tmp_path, [user("ada"), user("bob")], login(**way))
    chosen = ("--only", "delete", "--only", "GET *", "--quick", "--report", str(tmp_path / "reports"))

    done = run("check", NOTES, "--url", guarded, "--auth-file", users, *chosen)

    written_texts = [path.read_text("utf-8") for path in (tmp_path / "reports").iterdir()] + [done.stdout, done.stderr]
    outcomes = {each["outcome"] for each in json.loads((tmp_path / "reports/report.json").read_text())["outcomes"]}
    assert 0 == done.returncode, done.stdout
    assert {"passed"} == {outcome for outcome in outcomes if not outcome.startswith("skipped")}
    assert [] == [secret for secret in (*KEYS, *PASSWORDS.values()) for text in written_texts if secret in text]


def test_users_with_fixed_headers_need_no_login(tmp_path: Path, guarded: str) -> None:
    header = {"name": "X-Api-Key", "value": KEYS[0]}
    users = written(tmp_path, [{"name": "ada", "fixedHeaders": [header]}])

    done = run("check", NOTES, "--url", guarded, "--auth-file", users, "--only", "delete", "--quick",
               "--report", str(tmp_path))  # fmt: skip

    assert 0 == done.returncode, done.stdout


def test_header_options_are_sent_with_every_request_and_are_not_written(tmp_path: Path) -> None:
    seen: list[tuple[bool, bool]] = []

    class Listening(Notes):
        async def answer(self, ask: Ask) -> Answer:
            seen.append((ask.headers.get("x-api-key") == KEYS[0], ask.headers.get("x-place") == TENANT))
            return await super().answer(ask)

    with _served(Listening()) as address:
        done = run("check", NOTES, "--url", f"{address}/api", "--auth", KEYS[0], "--header", f"X-Place: {TENANT}",
                   "--only", "create", "--only", "GET *", "--quick", "--report", str(tmp_path))  # fmt: skip

    written_texts = [path.read_text("utf-8") for path in tmp_path.iterdir()] + [done.stdout, done.stderr]
    assert 0 == done.returncode, done.stdout
    assert (True, False) not in seen
    assert (True, True) in seen
    assert [] == [text for text in written_texts if TENANT in text]


@pytest.mark.parametrize(("users", "expected"), [
    ([user("ada", "wrong")], "user 'ada': the login at"),
    ([{"name": "ada"}], "Must specify either"),
    ([{"name": "ada", "loginEndpointAuth": {"verb": "EAT", "endpoint": "/login"}}], "EAT"),
])  # fmt: skip
def test_an_invalid_file_of_users_is_refused_with_a_reason(
    tmp_path: Path, guarded: str, users: list[dict[str, Any]], expected: str
) -> None:
    template = login(token=NEWER) if "payloadUserPwd" in users[0].get("loginEndpointAuth", {}) else None

    done = run("check", NOTES, "--url", guarded, "--auth-file", written(tmp_path, users, template))

    assert 2 == done.returncode
    assert expected in done.stderr
    assert "wrong" not in done.stderr


def test_the_sandbox_credentials_are_not_sent_to_other_machines(tmp_path: Path) -> None:
    done = run("check", "datagrid", "--url", "https://datagrid.invalid/v1", "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "no credential for datagrid.invalid: use --auth" in done.stderr
    assert [] == list(tmp_path.iterdir())


def test_no_auth_sends_no_credential(tmp_path: Path, guarded: str) -> None:
    done = run("check", NOTES, "--url", guarded, "--no-auth", "--quick", "--only", "create", "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "answered 401 without a credential: give a credential by --auth, --header or --auth-file" in done.stdout
