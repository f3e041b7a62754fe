"""Checks of what an attacker would try: forged tokens, injection, hidden operations, guesses at a login."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from contracts.checks import CHECKS
from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.conformance.engine_checks import EXPECTED
from contracts.conformance.response_rules import RESPONSE_RULES
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts import published_keys
from tests.contracts.accounts import Accounts, checked_accounts
from tests.contracts.published_keys import TOKEN, PublishedKeys
from tests.contracts.tickets import Answer, Tickets, changed, checked


def found(result: CheckResult, check: str) -> list[tuple[str, str]]:
    return sorted({(each.verdict, each.operation) for each in result.findings if each.check == check})


SECURITY = ("forged-token", "injection", "hidden-operation", "user-enumeration", "login-attempts", "debug-pages")


@pytest.mark.parametrize(
    ("flaw", "check", "verdict", "operation"),
    [
        ("none", "forged-token", "failure", "GET /accounts"),
        ("unsigned", "forged-token", "failure", "GET /accounts"),
        ("tampered", "forged-token", "failure", "GET /accounts"),
        ("sql", "injection", "failure", "GET /accounts"),
        ("script", "injection", "failure", "GET /accounts"),
        ("login", "injection", "failure", "POST /accounts/login"),
        ("hidden", "hidden-operation", "failure", "GET /accounts/{username}"),
        ("enumeration", "user-enumeration", "failure", "POST /accounts/login"),
        ("unlimited", "login-attempts", "warning", "POST /accounts/login"),
        ("debug", "debug-pages", "warning", "GET /accounts"),
    ],
)
def test_a_flaw_is_found(flaw: str, check: str, verdict: str, operation: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(frozenset({flaw})), check)

    assert [(verdict, operation)] == found(result, check)


@pytest.mark.parametrize("check", SECURITY)
def test_a_correct_service_passes(check: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(), check)

    assert [] == found(result, check)
    assert {"passed"} == {outcome for (_, name), outcome in result.outcomes.items() if name == check}


def test_a_key_that_everybody_tries_first_is_a_failure(tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(key=b"secret"), "forged-token")

    assert [("failure", "GET /accounts")] == found(result, "forged-token")


def test_a_credential_that_is_no_token_is_a_skip(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(), "forged-token")

    assert "skipped: the credential is no JSON Web Token" == result.outcomes["GET /tickets", "forged-token"]


def test_rude_checks_run_only_if_they_are_asked_for(tmp_path: Path) -> None:
    ordinary = checked_accounts(tmp_path, Accounts(), "POST /accounts/login")
    probing = checked_accounts(tmp_path, Accounts(), "POST /accounts/login", probe_security=True)

    rude = {"user-enumeration", "login-attempts"}
    assert rude == rude & {name for _, name in probing.outcomes}
    assert set() == rude & {name for _, name in ordinary.outcomes}


LINK = {"type": "string", "format": "uri"}


@pytest.mark.parametrize("fetches", [True, False])
def test_an_address_on_the_own_machine_that_is_fetched_is_a_warning(*, fetches: bool, tmp_path: Path) -> None:
    document: dict[str, Any] = changed()
    create = document["paths"]["/tickets"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    document["paths"]["/tickets"]["post"]["requestBody"]["content"]["application/json"]["schema"] = {
        **create,
        "properties": {**create["properties"], "link": LINK},
    }

    def hook(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        if (method, path) != ("POST", "/tickets"):
            return None
        data = json.loads(body)
        link = data.pop("link", "")
        if fetches and link.startswith("http://127.0.0.1:"):
            urllib.request.urlopen(link, timeout=5).close()
        return app.answer("POST", "/tickets", headers, json.dumps(data).encode()) if link else None

    app = Tickets(hook=hook)
    result = checked(tmp_path, app, "fetched-address", document=document)

    assert ([("warning", "POST /tickets")] if fetches else []) == found(result, "fetched-address")


def test_the_table_of_fault_codes_has_every_code_and_names_checks_that_exist() -> None:
    text = (Path(__file__).parents[2] / "docs" / "fault-codes.md").read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if re.match(r"\| \d", line)]
    known = {each.name for each in CHECKS} | {"document", *RESPONSE_RULES, *EXPECTED}

    assert [*range(100, 121), *range(200, 206), 300, 301, 302, *range(304, 311)] == [int(row[1]) for row in rows]
    assert set() == {name for row in rows for name in re.findall("`(.+?)`", row[3])} - known


@pytest.mark.parametrize(("confused", "seen"), [(True, ["signed by HS256 with the public key"]), (False, [])])
def test_a_public_key_signs_no_token(confused: bool, seen: list[str], tmp_path: Path) -> None:
    (tmp_path / "me.json").write_text(json.dumps(published_keys.DOCUMENT))
    contract = contracts.of(tmp_path / "me.json")
    with Target.asgi(PublishedKeys(confused=confused), [user_with_secret(contract, "ann", TOKEN)]) as target:
        result = run_checks(contract, target, only=["forged-token"])

    assert "passed" in result.outcomes["GET /me", "forged-token"] or confused
    assert seen == [each.expected.removeprefix("a token ")[:35] for each in result.findings]
