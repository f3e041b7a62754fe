"""A check has passed only if it compared something: what it is about must have happened."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.things import Things, checked, document


def test_a_check_of_a_list_that_is_refused_is_skipped(tmp_path: Path) -> None:
    def before(request: Request) -> Response | None:
        is_list = request.method == "GET" and request.url.path == "/things"
        return JSONResponse({"error": "not here"}, 404) if is_list else None

    with _served(Things(before)) as url:
        done = checked(url, tmp_path)

    outcomes = read_report(tmp_path / "reports").result.outcomes
    assert "failed" == outcomes["GET /things", "listed"]
    passed = {key[1] for key, outcome in outcomes.items() if (key[0], outcome) == ("GET /things", "passed")}
    assert set() == passed & {"order", "unpaged-list"}
    assert "never answered with success: GET /things" in done.output


def test_checks_of_schemathesis_count_only_where_what_they_are_about_has_happened(tmp_path: Path) -> None:
    with _served(Things()) as url:
        checked(url, tmp_path)

    names = {check for _, check in read_report(tmp_path / "reports").result.outcomes}
    assert {"not_a_server_error", "negative_data_rejection", "positive_data_acceptance", "unsupported_method"} <= names
    assert set() == names & {"object_level_authorization", "ignored_auth", "missing_required_header",
                             "response_headers_conformance", "use_after_free"}  # fmt: skip


def test_the_summary_says_what_was_examined(tmp_path: Path) -> None:
    with _served(Things()) as url:
        done = checked(url, tmp_path)

    report = read_report(tmp_path / "reports")
    examined = report.result.examined
    assert report.coverage is not None
    covered, total = report.coverage.numbers()["statements"]
    assert f"{covered} of {total} statements were examined" in done.output
    assert f", {covered} of {total} statements\n" in done.output
    assert "examined: 5 of 5 operations answered with success" in done.output
    assert () == examined.never_succeeded
    assert 0 < examined.statements_examined <= len(examined.statements)


def test_a_run_in_which_no_operation_answered_with_success_has_examined_nothing(tmp_path: Path) -> None:
    written = document()
    written["paths"] = {f"/#X-Target={path}": item for path, item in written["paths"].items() if "{" not in path}
    with _served(Things()) as url:
        done = checked(url, tmp_path, written=written)

    assert 2 == done.exit_code, done.output
    assert "ended early: nothing was examined: none of the 2 operations answered with success" in done.output
    assert "no request has this path: `#` begins the fragment, which is not sent (RFC 3986 section 3.5)" in done.output
    assert "nothing was examined" in read_report(tmp_path / "reports").result.stopped


def test_a_run_of_one_check_may_consist_of_requests_that_are_refused(tmp_path: Path) -> None:
    with _served(Things()) as url:
        done = checked(url, tmp_path, "--only", "unsupported_method")

    assert 0 == done.exit_code, done.output
