"""The check of `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) in any response."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts.runner.in_process import check_app, load_contract

GOOD = "Mon, 31 Dec 2029 23:59:59 GMT"


def found(folder: Path, headers: dict[str, str], **documented: Any) -> set[tuple[str, str]]:
    """Verdict and expectation of each finding about a service that sends these headers."""
    response = {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}
    response["headers"] = {name: {"schema": schema} for name, schema in documented.items()}
    written = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"},
               "paths": {"/status": {"get": {"deprecated": True, "responses": {"200": response}}}}}  # fmt: skip
    file = folder / "api.json"
    file.write_text(json.dumps(written))

    async def status(_: Request) -> JSONResponse:
        return JSONResponse({}, headers=headers)

    result = check_app(Starlette(routes=[Route("/status", status)]), load_contract(file), mode="quick")
    return {(each.verdict, each.expected) for each in result.findings if each.check == "deprecation-headers"}


@pytest.mark.parametrize("headers", [
    {}, {"Deprecation": "@1688169599", "Sunset": GOOD}, {"Deprecation": "@-1"}, {"Deprecation": "@1688169599;x=1"},
])  # fmt: skip
def test_valid_dates_are_accepted(tmp_path: Path, headers: dict[str, str]) -> None:
    assert set() == found(tmp_path, headers, Deprecation={"type": "string"}, Sunset={"type": "string"})


@pytest.mark.parametrize("value", ["true", "1688169599", "@x", GOOD, "@99999999999999"])
def test_another_form_is_a_failure_where_the_header_is_documented(tmp_path: Path, value: str) -> None:
    expected = "Deprecation is a date such as @1688169599"

    assert {("failure", expected)} == found(tmp_path, {"Deprecation": value}, Deprecation={"type": "string"})


@pytest.mark.parametrize("value", ["2029-12-31", "Mon, 31 Dec 2029 23:59:59 +0000", "Mon, 31 Feb 2029 23:59:59 GMT"])
def test_a_sunset_that_is_no_http_date_is_a_warning_where_it_is_not_documented(tmp_path: Path, value: str) -> None:
    assert {("warning", f"Sunset is a date such as {GOOD}")} == found(tmp_path, {"Sunset": value})


def test_a_document_of_a_draft_is_followed(tmp_path: Path) -> None:
    assert set() == found(tmp_path, {"Deprecation": "true"}, Deprecation={"type": "boolean"})


def test_a_sunset_before_the_deprecation_is_a_failure(tmp_path: Path) -> None:
    headers = {"Deprecation": "@1988169599", "Sunset": GOOD}

    assert {("failure", "Sunset is not before Deprecation")} == found(tmp_path, headers, Sunset={"type": "string"})
