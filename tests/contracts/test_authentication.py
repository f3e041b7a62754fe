"""The check `authentication`: what is refused has no effect, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.runner.runner import CheckResult
from tests.contracts.tickets import Answer, Tickets, changed, checked


def found(result: CheckResult) -> set[tuple[str, str]]:
    return {(each.verdict, each.operation) for each in result.findings if each.check == "authentication"}


def refusing(status: int, app: Tickets, *, with_effect: bool = False) -> Tickets:
    """The service answers requests without a valid credential otherwise; `with_effect` it does first what they ask."""

    def hook(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        app.hook, valid = None, {**headers, "authorization": "Bearer ann-secret-token-1"}
        refused = app.answer(method, path, headers, body)[0] == 401
        if refused and with_effect:
            app.answer(method, path, valid, body)
        app.hook = hook
        return (status, {}) if refused else None

    app.hook = hook
    return app


def test_a_service_that_refuses_with_401_passes(tmp_path: Path) -> None:
    assert set() == found(checked(tmp_path, Tickets(), "authentication"))


@pytest.mark.parametrize("status", [403, 404, 422, 302])
def test_another_refusal_is_a_warning(status: int, tmp_path: Path) -> None:
    result = checked(tmp_path, refusing(status, Tickets()), "authentication")

    assert {"warning"} == {verdict for verdict, _ in found(result)}


def test_another_refusal_than_the_documented_401_is_a_failure(tmp_path: Path) -> None:
    document = changed()
    document["paths"]["/tickets"]["get"]["responses"]["401"] = {"description": "no credential"}
    result = checked(tmp_path, refusing(403, Tickets()), "authentication", document=document)

    assert ("failure", "GET /tickets") in found(result)


def test_a_request_that_is_refused_and_done_all_the_same_is_a_failure(tmp_path: Path) -> None:
    result = checked(tmp_path, refusing(401, Tickets(), with_effect=True), "authentication")

    assert {
        ("failure", "POST /tickets"),
        ("failure", "PUT /tickets/{ticket_id}"),
        ("failure", "DELETE /tickets/{ticket_id}"),
    } <= found(result)


def test_a_service_that_asks_for_no_credential_is_a_failure(tmp_path: Path) -> None:
    result = checked(tmp_path, refusing(200, Tickets()), "authentication")

    assert {"failure"} == {verdict for verdict, _ in found(result)}
