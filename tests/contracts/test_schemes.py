"""Each operation gets the credential of the security scheme that it requires, from both parts of the check."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.things import Things, checked, document

BASIC, BEARER = {"type": "http", "scheme": "basic"}, {"type": "http", "scheme": "bearer"}
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
OAUTH = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://id.test/token", "scopes": {}}}}
SECRET = "a-secret-of-the-tests"

CHOSEN = [word for name in ("create", "read-back", "listed", "authentication", "ignored_auth", "not_a_server_error")
          for word in ("--only", name)]  # fmt: skip
"""Checks that use every operation, and those of credentials."""

PROOFS = {
    "basic": ("authorization", "Basic " + base64.b64encode(f"{SECRET}:".encode()).decode()),
    "bearer": ("authorization", f"Bearer {SECRET}"),
    "oauth": ("authorization", f"Bearer {SECRET}"),
    "key": ("x-key", SECRET),
}


def secured(one: str, many: str) -> dict[str, Any]:
    """The document; single things require the scheme `one`, and the list the scheme `many`."""
    schemes = {"bearer": BEARER, "key": KEY, "oauth": OAUTH, "basic": BASIC}
    made = document(components={"securitySchemes": schemes})
    for path, item in made["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                operation["security"] = [{one if "{" in path else many: []}]
                operation["responses"]["401"] = {"description": "no credential"}
    return made


def guard(one: str, many: str, others: list[str]) -> Things:
    """The service that accepts only these schemes. `others` gets what it has seen of the others."""

    def before(request: Request) -> Response | None:
        name, value = PROOFS[one if "id" in request.path_params else many]
        given = request.headers.get(name)
        others.extend(key for key in ("authorization", "x-key") if key != name and key in request.headers)
        wrong = given != value and given != value.replace("Bearer", "bearer")
        return JSONResponse({"error": "who?"}, 401, {"www-authenticate": "Bearer"}) if wrong else None

    return Things(before)


@pytest.mark.parametrize(("one", "many"), [("bearer", "basic"), ("basic", "key"), ("key", "oauth"), ("oauth", "basic")])
def test_each_operation_gets_the_credential_of_its_scheme(one: str, many: str, tmp_path: Path) -> None:
    others: list[str] = []

    with _served(guard(one, many, others)) as url:
        done = checked(url, tmp_path, "--auth", SECRET, *CHOSEN, written=secured(one, many))

    assert 0 == done.exit_code, done.output
    assert "passed" in done.output


@pytest.mark.parametrize(
    ("name", "scheme", "value", "outcome"),
    [
        ("Authorization", "bearer", PROOFS["bearer"][1], "passed"),
        ("authorization", "bearer", PROOFS["bearer"][1], "passed"),
        ("Authorization", "basic", PROOFS["basic"][1], "passed"),
        ("Authorization", "bearer", f"token {SECRET}", None),  # Schemathesis would send it with each request
    ],
)
def test_the_header_of_an_auth_file_is_left_out_to_see_whether_it_is_needed(
    name: str, scheme: str, value: str, outcome: str | None, tmp_path: Path
) -> None:
    users = tmp_path / "users.yaml"
    users.write_text(yaml.safe_dump({"auth": [{"name": "ann", "fixedHeaders": [{"name": name, "value": value}]}]}))

    def before(request: Request) -> Response | None:
        known, given = (each.partition(" ") for each in (value, request.headers.get("authorization", "")))
        is_known = (known[0].lower(), known[2]) == (given[0].lower(), given[2])
        return None if is_known else JSONResponse({"error": "who?"}, 401, {"www-authenticate": "Bearer"})

    with _served(Things(before)) as url:
        chosen = ("--only", "ignored_auth", "--only", "authentication")
        done = checked(url, tmp_path, "--auth-file", str(users), *chosen, written=secured(scheme, scheme))

    outcomes = read_report(tmp_path / "reports").result.outcomes
    assert 0 == done.exit_code, done.output
    assert "passed" == outcomes["GET /things", "authentication"]
    assert outcome == outcomes.get(("GET /things", "ignored_auth"))


@pytest.mark.parametrize(("header", "parameter"), [("authorization", None), ("X-Api-Key", "X-Api-Key")])
def test_a_credential_is_sent_and_mentioned_where_the_document_names_no_scheme(
    header: str, parameter: str | None, tmp_path: Path
) -> None:
    written = document()
    if parameter:
        for item in written["paths"].values():
            item["parameters"] = [*item.get("parameters", ()), {
                "name": parameter, "in": "header", "required": True, "schema": {"type": "string"}}]  # fmt: skip
    seen: set[str | None] = set()

    def before(request: Request) -> None:
        seen.add(request.headers.get(header))

    with _served(Things(before)) as url:
        done = checked(url, tmp_path, "--auth", SECRET, "--only", "create", written=written)

    assert {f"Bearer {SECRET}" if header == "authorization" else SECRET} == seen
    assert 0 == done.exit_code, done.output
