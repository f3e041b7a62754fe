"""The formats of a report: they stay valid for any response."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sarif_kit.validate import validation_errors

from contracts.model.finding import RecordedExchange, finding
from contracts.report.html_page import as_html
from contracts.report.junit import as_junit
from contracts.report.report import Report, ReportLine, UnreadableReport, as_json, from_json, read_report
from contracts.report.sarif import as_sarif
from contracts.report.source_lines import places
from contracts.report.summary import lines
from contracts.runner.runner import CheckResult
from mockserver import contract as contracts

ANYTHING = st.text()


def report(seen: str, body: bytes = b"", stopped: str = "") -> Report:
    exchange = RecordedExchange("GET", "http://service/a", (), None, 500, (), body)
    found = finding("paging", "GET /a", expected="a page", seen=seen, exchanges=(exchange,))
    return Report("Things", "1", "http://service", 0, "quick",
                  CheckResult((found,), {("GET /a", "paging"): "failed", ("GET /b", "order"): "passed"}, 3, 0.5,
                         stopped=stopped))  # fmt: skip


@given(ANYTHING, st.binary())
def test_the_xml_is_well_formed_for_any_response(seen: str, body: bytes) -> None:
    root = ET.fromstring(as_junit(report(seen, body)).encode("utf-8"))

    assert 1 == len(root.findall("testsuite/testcase/failure"))


@given(ANYTHING, st.binary())
def test_the_json_contains_any_response(seen: str, body: bytes) -> None:
    read = json.loads(as_json(report(seen, body)))

    assert seen == read["findings"][0]["seen"]


def test_the_content_of_a_response_never_becomes_markup() -> None:
    page = as_html(report("<script>alert(1)</script>", b"<img src=x onerror=alert(1)>"))

    assert 1 == page.count("<script")
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_failure_exits_with_one_and_an_early_end_with_two() -> None:
    assert (1, 2) == (report("x").exit_code, report("x", stopped="interrupted").exit_code)


def test_an_early_end_is_an_error_for_the_ci_server() -> None:
    root = ET.fromstring(as_junit(report("x", stopped="interrupted")))

    assert ["interrupted"] == [error.get("message") for error in root.iter("error")]


def test_the_curl_line_of_a_finding_sends_the_same_request_again() -> None:
    heard: list[tuple[str, str, bytes]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((self.path, self.headers["authorization"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/a?q=it%27s"
        body = b'{"name": "it\'s $HOME `id`"}'
        exchange = RecordedExchange("POST", url, (("authorization", "Bearer ${ADMIN}"),), body, 500, ())
        subprocess.run(["sh", "-c", exchange.curl()], env={"PATH": "/usr/bin:/bin", "ADMIN": "top"}, check=True,
                       capture_output=True, timeout=20)  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()

    assert [("/a?q=it%27s", "Bearer top", body)] == heard


@given(ANYTHING, st.binary())
def test_the_json_is_read_as_the_same_report(seen: str, body: bytes) -> None:
    written = report(seen, body)

    assert written == from_json(as_json(written))


@given(ANYTHING, st.binary(), st.sampled_from(["", "interrupted"]))
def test_the_sarif_log_is_valid_for_any_response(seen: str, body: bytes, stopped: str) -> None:
    log = json.loads(as_sarif(report(seen, body, stopped)))

    assert [] == validation_errors(log)


def test_code_scanning_recognises_a_finding_and_shows_the_statement() -> None:
    written = replace(report("x"), places={"GET /a": ReportLine("api/openapi.yaml", 7)})

    [run] = json.loads(as_sarif(written))["runs"]
    [result], [rule] = run["results"], run["tool"]["driver"]["rules"]

    assert {"primaryLocationLineHash", "findingId/v1"} == result["partialFingerprints"].keys()
    assert ("paging", 0, "error") == (result["ruleId"], result["ruleIndex"], result["level"])
    place = result["locations"][0]["physicalLocation"]
    assert ("api/openapi.yaml", 7) == (place["artifactLocation"]["uri"], place["region"]["startLine"])
    assert {"shortDescription", "fullDescription", "help", "name", "defaultConfiguration"} <= rule.keys()


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_places_are_the_lines_where_operations_begin(tmp_path: Path, format: str) -> None:
    written = {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"},
               "paths": {"/things": {"get": {"responses": {"200": {"description": "x"}}}}}}  # fmt: skip
    file = tmp_path / f"openapi.{format}"
    text = json.dumps(written, indent=2) if format == "json" else yaml.safe_dump(written, sort_keys=False)
    file.write_text(text)
    [begins] = [number for number, line in enumerate(text.splitlines(), 1) if "get" in line]

    found = places(contracts.of(file).document, ["GET /things", "GET /nowhere"])

    shown = f"{tmp_path.name}/openapi.{format}"
    assert {"GET /things": (shown, begins), "GET /nowhere": (shown, 1)} == found


@pytest.mark.parametrize("wrong", ["", "[]", "{}", '{"format": 99}', '{"format": 2, "findings": 7}'])
def test_a_file_that_is_no_report_is_refused_by_name(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(wrong)

    with pytest.raises(UnreadableReport, match=r"report\.json: not a report"):
        read_report(tmp_path)


@pytest.mark.parametrize(("alike", "others", "is_told"), [(12, 30, True), (12, 40, False), (9, 0, False)])
def test_the_reason_for_which_many_checks_were_skipped_is_printed(alike: int, others: int, is_told: bool) -> None:
    outcomes = {(f"GET /a{n}", "x"): "skipped: POST /a shows no id" for n in range(alike)}
    outcomes |= {(f"GET /b{n}", "x"): f"skipped: reason {n}" for n in range(others)}
    made = Report("Things", "1", "http://service", 0, "quick", CheckResult((), outcomes, 3, 0.5))

    told = f"{alike} of {alike + others} skipped checks have one reason: POST /a shows no id"
    assert is_told is (told in lines(made))
