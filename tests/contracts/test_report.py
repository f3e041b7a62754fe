"""The forms of a report: whatever a server answers, they stay readable by what reads them."""

from __future__ import annotations

import json
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from contracts.examination import Result
from contracts.finding import Exchange, finding
from contracts.report.junit import as_junit
from contracts.report.page import as_html
from contracts.report.record import Report, as_json

ANYTHING = st.text()


def report(seen: str, body: bytes = b"", stopped: str = "") -> Report:
    exchange = Exchange("GET", "http://service/a", (), None, 500, (), body)
    found = finding("paging", "GET /a", expected="a page", seen=seen, exchanges=(exchange,))
    return Report("Things", "1", "http://service", 0, "quick",
                  Result((found,), {("GET /a", "paging"): "failed", ("GET /b", "order"): "passed"}, 3, 0.5,
                         stopped=stopped))  # fmt: skip


@given(ANYTHING, st.binary())
def test_the_xml_is_well_formed_whatever_was_seen(seen: str, body: bytes) -> None:
    root = ET.fromstring(as_junit(report(seen, body)).encode("utf-8"))

    assert 1 == len(root.findall("testsuite/testcase/failure"))


@given(ANYTHING, st.binary())
def test_the_json_reads_back_as_it_was_written(seen: str, body: bytes) -> None:
    read = json.loads(as_json(report(seen, body)))

    assert seen == read["findings"][0]["seen"]


def test_what_a_server_answers_never_becomes_markup() -> None:
    page = as_html(report("<script>alert(1)</script>", b"<img src=x onerror=alert(1)>"))

    assert "<script" not in page
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
        exchange = Exchange("POST", url, (("authorization", "Bearer ${ADMIN}"),), body, 500, ())
        subprocess.run(["sh", "-c", exchange.curl()], env={"PATH": "/usr/bin:/bin", "ADMIN": "top"}, check=True,
                       capture_output=True, timeout=20)  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()

    assert [("/a?q=it%27s", "Bearer top", body)] == heard
