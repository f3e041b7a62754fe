"""The checks of every response: `http-response`, `leaked-internals` and `undocumented-secret`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from contracts.runner.runner import CheckResult
from tests.contracts.tickets import USERS, Answer, Hook, Tickets, changed, checked

PYTHON = b'Traceback (most recent call last):\n  File "/srv/app.py", line 7, in get\nKeyError: 1'
TRACES = {
    "python": PYTHON,
    "java": b"java.lang.NullPointerException\n\tat com.shop.Tickets.get(Tickets.java:42)\n",
    "java in JSON": b'{"trace": "No value\\n\\tat java.base/java.util.Optional.orElseThrow(Optional.java:377)"}',
    "node": b"Error: no\n    at Layer.handle (/srv/node_modules/express/lib/router/layer.js:95:5)",
    "dotnet": b"   at Shop.Tickets.Get(Int32 id) in C:\\src\\Tickets.cs:line 12",
    "php": b"Stack trace:\n#0 /var/www/index.php(12): get()",
    "go": b"goroutine 1 [running]:\nmain.get()",
}
MESSAGES = (
    b'sqlite3.OperationalError: near "x": syntax error',
    b"SQLSTATE[42000]: Syntax error",
    b"You have an error in your SQL syntax; check the manual",
    b"psycopg2.errors.UndefinedTable: relation",
    b"/srv/shop/data/tickets/7.json: No such file or directory",
    b"[Errno 2] No such file or directory: '/srv/shop/data/7.json'",
    b"ENOENT: no such file or directory, open '/srv/shop/7.json'",
)


def found(result: CheckResult, *checks: str) -> set[tuple[str, str, str]]:
    return {(each.verdict, each.check, each.operation) for each in result.findings if each.check in checks}


def missing_answered(status: int, value: Any) -> Hook:
    """Tickets that do not exist are answered otherwise."""

    def hook(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        return (status, value) if method == "GET" and path.startswith("/tickets/contract") else None

    return hook


@pytest.mark.parametrize("text", [*TRACES.values(), *MESSAGES])
def test_internals_in_an_error_are_a_failure(text: bytes, tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(hook=missing_answered(404, text)), "odd-input")

    assert ("failure", "leaked-internals", "GET /tickets/{ticket_id}") in found(result, "leaked-internals")


def test_a_text_that_the_client_sent_itself_is_no_leak(tmp_path: Path) -> None:
    def echo(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        return (422, b"cannot read: " + body) if method == "POST" and path == "/tickets" and len(body) < 99 else None

    result = checked(tmp_path, Tickets(hook=echo), "malformed-body")

    assert set() == found(result, "leaked-internals")


def created_answered(**more: Any) -> Hook:
    """A created ticket is shown with more fields."""
    known = Tickets()

    def hook(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        if method != "POST" or path != "/tickets":
            return None
        status, item = known.answer(method, path, headers, body)
        return (status, {**item, **more}) if status == 201 else None

    return hook


def test_a_secret_that_the_schema_does_not_name_is_a_failure(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(hook=created_answered(password_hash="$2b$12$abc")), "create")

    assert {("failure", "undocumented-secret", "POST /tickets")} == found(result, "undocumented-secret")


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_a_digest_of_a_credential_is_a_failure_whatever_its_field_is_called(algorithm: str, tmp_path: Path) -> None:
    digest = hashlib.new(algorithm, next(iter(USERS)).encode(), usedforsecurity=False).hexdigest()
    result = checked(tmp_path, Tickets(hook=created_answered(fingerprint=digest)), "create")

    assert {("failure", "undocumented-secret", "POST /tickets")} == found(result, "undocumented-secret")
    (seen,) = {each.seen for each in result.findings if each.check == "undocumented-secret"}
    assert seen.startswith(f"fingerprint is {algorithm}(${{")


@pytest.mark.parametrize("more", [{"color": "red"}, {"password": None}, {"has_password": True}, {"next_token": "x"}])
def test_other_undocumented_fields_are_no_secrets(more: dict[str, Any], tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(hook=created_answered(**more)), "create")

    assert set() == found(result, "undocumented-secret")


def test_a_401_without_a_challenge_is_one_warning_at_each_operation(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(challenges=False), "authentication")

    assert {"warning"} == {verdict for verdict, _, _ in found(result, "http-response")}
    assert {"the header WWW-Authenticate with status 401"} == {
        each.expected for each in result.findings if each.check == "http-response"
    }


@pytest.mark.parametrize(
    ("method", "status"), [("DELETE", 201), ("PUT", 304), ("DELETE", 205), ("GET", 413), ("GET", 426), ("DELETE", 415)]
)
def test_a_status_that_http_forbids_here_is_a_failure(method: str, status: int, tmp_path: Path) -> None:
    def hook(asked: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        return (status, b"content") if asked == method and path.startswith("/tickets/t") else None

    result = checked(tmp_path, Tickets(hook=hook), "delete", "replace", "read-back")

    assert ("failure", "http-response", f"{method} /tickets/{{ticket_id}}") in found(result, "http-response")


def test_an_operation_without_security_that_returns_401_is_a_warning(tmp_path: Path) -> None:
    document = changed()
    document["paths"]["/tickets"]["get"]["security"] = []
    result = checked(
        tmp_path,
        Tickets(hook=lambda method, path, *_: (401, {}) if (method, path) == ("GET", "/tickets") else None),
        "listed",
        document=document,
    )

    assert {("warning", "http-response", "GET /tickets")} == found(result, "http-response")


def test_a_correct_service_keeps_all_rules(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(), "create", "delete", "authentication", "odd-input", "malformed-body")

    assert set() == found(result, "http-response", "leaked-internals", "undocumented-secret")
