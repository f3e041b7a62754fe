"""A contract check ends with findings and valid reports, whatever the server sends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import requests
from click.testing import CliRunner, Result

from contracts.cli.check import check
from contracts.client.response_bounds import MAX_RESPONSE, ResponseTooLarge, decoded
from contracts.client.retry_after import retry_after
from contracts.client.target import BadResponse, Request, Target
from contracts.client.transport import HttpTransport, ReceivedResponse
from contracts.conformance.bounded_adapter import BoundedAdapter, UnreadableResponse
from tests.contracts.closing_server import closing
from tests.contracts.hostile_server import KINDS, SLOW, hostile, packed

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      responses: {"200": {description: things, content: {application/json: {schema: {type: array}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"201": {description: a thing, content: {application/json: {schema: {type: object}}}}}
components:
  schemas:
    Thing: {type: object, required: [id], properties: {id: {type: string}}}
"""

ENDED_EARLY = {"no HTTP", "nothing", "odd fields", "interim responses", "continue", *SLOW}
"""Where the check stops at once, because the server answers nothing at all."""

UNREADABLE = {
    "no gzip": "a body that is not gzip: Error -3",
    "cut gzip": "a body that is not gzip: it ends too early",
    "gzip bomb": "a response of more than 32 MiB",
    "double gzip bomb": "a response of more than 32 MiB",
    "nested 100,000 deep": "nested",
    "300 MB": "a response of more than 32 MiB",
    "endless body": "a response of more than 32 MiB",
    "too little": "a response that is no valid HTTP: peer closed connection",
    "invalid length": "a response that is no valid HTTP: bad Content-Length",
    "invalid chunk": "a response that is no valid HTTP: illegal chunk header",
    "injected field": "a response that is no valid HTTP: illegal header line",
    "invalid location": "a response that is no valid HTTP: Invalid URL in location header",
    "endless head": "a response that is no valid HTTP: Receive buffer too long",
    **dict.fromkeys(["interim responses", "continue", *SLOW], "no response in 1 s"),
}
"""What findings say that they have seen."""

READ = {
    "HTTP/1.0": b"[]",
    "no length": b"[]",
    "two lengths": "a response that is no valid HTTP: conflicting Content-Length headers",
    "length and chunks": b"[]",
    "interim and final": b"[]",
    "trailers": b"[]",
    "large field": b"[]",
    "too large field": "a response that is no valid HTTP: Receive buffer too long",
    "many cookies": b"[]",
    "unknown coding": b"[]",
}
"""What is read of odd responses: the body of one that is allowed, or what is wrong with it."""

FORMATS = {"report.json": json.loads, "report.sarif": json.loads, "report.xml": ET.fromstring}


def checked(url: str, folder: Path, *options: str) -> Result:
    document = folder / "things.yaml"
    document.write_text(DOCUMENT)
    arguments = [str(document), "--url", url, "--quick", "--timeout", "1", "--report", str(folder / "reports")]
    return CliRunner().invoke(check, [*arguments, *options])


@pytest.mark.parametrize("kind", [*sorted(KINDS.keys() - READ.keys()), *SLOW])
def test_a_check_of_a_hostile_server_ends_with_findings(kind: str, tmp_path: Path) -> None:
    with hostile(kind) as url:
        done = checked(url, tmp_path)

    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert (2 if kind in ENDED_EARLY else 1) == done.exit_code, done.output
    assert "Traceback" not in done.output
    assert "\x1b" not in done.output
    assert "ended early: " in done.output or " failure" in done.output
    assert UNREADABLE.get(kind, "") in done.output
    for name, read in FORMATS.items():
        read((tmp_path / "reports" / name).read_text("utf-8"))


@pytest.mark.parametrize("kind", READ)
def test_an_odd_response_is_read_where_http_allows_it(kind: str) -> None:
    with hostile(kind) as url, Target.http(url, timeout=5) as target:
        try:
            seen: bytes | str = target.send(Request("GET", "/things")).reply_body
        except BadResponse as fault:
            seen = fault.seen

    assert READ[kind] == seen


def test_content_after_a_response_without_content_is_not_taken_for_the_next_one() -> None:
    with closing("204 with content") as (url, received), Target.http(url, timeout=5) as target:
        statuses = [target.send(Request(method, "/things")).status for method in ("DELETE", "POST", "GET")]

    assert [204, 204, 204] == statuses
    assert [0, 1, 2] == [number for _, number in received]


@pytest.mark.parametrize("kind", sorted({"no gzip", "300 MB", "gzip bomb", "redirects", "nested 300 deep"}))
def test_schemathesis_reports_a_response_that_cannot_be_read(kind: str, tmp_path: Path) -> None:
    with hostile(kind) as url:
        done = checked(url, tmp_path, "--only", "answered")

    report = json.loads((tmp_path / "reports" / "report.json").read_text("utf-8"))
    # On a busy machine the time bound ends 300 MB before their size does.
    assert 1 == done.exit_code or kind == "300 MB", done.output
    assert {"answered"} == {found["check"] for found in report["findings"]}


@pytest.mark.parametrize("layers", [1, 2])
def test_decoding_stops_at_the_bound(layers: int) -> None:
    body = packed(layers).partition(b"\r\n\r\n")[2]

    with pytest.raises(ResponseTooLarge):
        decoded(body, ", ".join(["gzip"] * layers))

    assert len(body) < MAX_RESPONSE


def test_the_error_of_a_response_that_is_too_large_keeps_nothing_of_it() -> None:
    with hostile("gzip bomb") as url, Target(HttpTransport(), url) as target:
        asked = requests.Request("GET", url).prepare()
        with pytest.raises(UnreadableResponse, match="more than 32 MiB") as found:
            BoundedAdapter(target).send(asked, timeout=60)

    assert found.value.__context__ is None


def test_the_log_of_exchanges_forgets_large_responses() -> None:
    body = b"1" * 20_000_000

    class Large(HttpTransport):
        def send(self, sent: object) -> ReceivedResponse:
            return ReceivedResponse(200, (), body)

    with Target(Large(), "http://target.local") as target:
        for _ in range(10):
            target.send(Request("GET", "/"))

    assert 3 == len(target.log)


@pytest.mark.parametrize(("value", "expected"), [("7", 7.0), ("²", None), ("-1", None), ("soon", None)])
def test_only_digits_are_a_time_to_wait(value: str, expected: float | None) -> None:
    assert expected == retry_after(429, [("Retry-After", value)])
