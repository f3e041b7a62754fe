"""Failures as Arazzo workflows, and the report in the format of Web Fuzzing Commons."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.cli.run import run as run_workflows
from contracts.model.finding import RecordedExchange, finding
from contracts.pytest_plugin.plugin import _served
from contracts.report.report import Report, read_report
from contracts.report.wfc import as_wfc
from contracts.reproduce.arazzo import as_arazzo
from contracts.runner.runner import CheckResult
from mockserver.openapi import pointer as json_pointer
from tests.contracts.small_shop import DOCUMENT, SmallShop
from tests.process import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report about a shop whose PUT stores nothing."""
    made = tmp_path_factory.mktemp("shop")
    (made / "openapi.json").write_text(json.dumps(DOCUMENT))
    with _served(SmallShop("put-lost")) as address:
        done = run("check", str(made / "openapi.json"), "--url", address, "--no-auth", "--quick", "--database", "none",
                   "--only", "replace", "--report", str(made / "r"))  # fmt: skip
    assert 1 == done.returncode, done.stdout + done.stderr
    return made / "r"


@pytest.fixture
def arazzo(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "failures.arazzo.json").read_text())
    return read


def test_every_step_names_an_operation_of_the_document(arazzo: dict[str, Any]) -> None:
    paths = [step["operationPath"] for workflow in arazzo["workflows"] for step in workflow["steps"]]

    assert "openapi" == arazzo["sourceDescriptions"][0]["type"]
    assert [] == [path for path in paths if not path.startswith("{$sourceDescriptions.api.url}#/paths/")]
    operations = [json_pointer.lookup(DOCUMENT, path.partition("#")[2]) for path in paths]
    assert [] == [each for each in operations if "responses" not in each]


def test_every_expression_names_an_output_of_an_earlier_step(arazzo: dict[str, Any]) -> None:
    used = 0
    for workflow in arazzo["workflows"]:
        offered: set[str] = set()
        for step in workflow["steps"]:
            named = set(re.findall(r"\$steps\.([\w-]+\.outputs\.\w+)", json.dumps(step)))
            used += len(named)
            assert named <= offered
            offered |= {f"{step['stepId']}.outputs.{name}" for name in step.get("outputs", ())}
    assert used > 0


def test_a_workflow_has_the_keys_of_the_specification_only(arazzo: dict[str, Any]) -> None:
    step_keys = {"stepId", "operationPath", "parameters", "requestBody", "successCriteria", "outputs"}

    assert {"arazzo", "x-exact-requests", "info", "sourceDescriptions", "workflows"} == arazzo.keys()
    assert re.fullmatch(r"1\.0\.\d+", arazzo["arazzo"])
    names = [workflow["workflowId"] for workflow in arazzo["workflows"]]
    assert len(names) == len(set(names)) > 0
    for workflow in arazzo["workflows"]:
        assert workflow.keys() <= {"workflowId", "summary", "description", "inputs", "steps"}
        assert [] == [step.keys() - step_keys for step in workflow["steps"] if step.keys() - step_keys]
        parameters = [each for step in workflow["steps"] for each in step.get("parameters", ())]
        assert {"path"} == {each["in"] for each in parameters}


@pytest.mark.parametrize(("bug", "exit_code"), [("put-lost", 1), ("", 0)])
def test_the_workflows_fail_on_the_broken_server_and_pass_on_the_mended_one(
    folder: Path, tmp_path: Path, bug: str, exit_code: int
) -> None:
    with _served(SmallShop(bug)) as address:
        result = CliRunner().invoke(
            run_workflows, [str(folder / "failures.arazzo.json"), "--source", f"api={folder.parent / 'openapi.json'}",
                            "--url", address, "--report", str(tmp_path)],
            catch_exceptions=False,
        )  # fmt: skip

    outcomes = {each["outcome"] for each in json.loads((tmp_path / "workflows.json").read_text())["workflows"]}
    assert (exit_code, {"failed" if exit_code else "passed"}) == (result.exit_code, outcomes), result.output


class OneAnswer:
    """Answers every request alike."""

    def __init__(self, status: int, kind: str, body: str) -> None:
        self.status, self.kind, self.body = status, kind, body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [(b"content-type", self.kind.encode()), (b"x-seen", b"1")]
            await send({"type": "http.response.start", "status": self.status, "headers": headers})
            await send({"type": "http.response.body", "body": self.body.encode()})


JSON = "application/json"
LONG = "x" * 50 + "1"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ((418, JSON, "{}"), (404, JSON, "{}")),
        ((422, JSON, '{"code": "a"}'), (422, JSON, '{"error": "a"}')),
        ((500, JSON, '{"error": "File \\"a.py\\""}'), (200, JSON, "[]")),
        ((200, JSON, '{"color": null}'), (200, JSON, '{"color": "red"}')),
        ((200, JSON, '{"name": "a"}'), (200, JSON, '{"name": "a", "price": 1}')),
        ((200, JSON, f'{{"name": "{LONG}"}}'), (200, JSON, '{"name": "short"}')),
        ((200, "text/plain", "[]"), (200, JSON, "[]")),
    ],
)
def test_the_last_criterion_tells_the_wrong_response_from_a_right_one(
    tmp_path: Path, wrong: tuple[int, str, str], right: tuple[int, str, str]
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    status, kind, body = wrong
    exchange = RecordedExchange("GET", "http://s/items", (), None, status, (("content-type", kind),), body.encode())
    found = finding("check", "GET /items", expected="right", seen="wrong", exchanges=(exchange,))
    report = Report("Shop", "1", "http://s", 0, "quick", CheckResult((found,), {}, 1, 0.1),
                    str(tmp_path / "openapi.json"), base="http://s", operations=("GET /items",))  # fmt: skip
    file = tmp_path / "failures.arazzo.json"
    file.write_text(as_arazzo(report))

    codes = []
    for answer in (wrong, right):
        with _served(OneAnswer(*answer)) as address:
            codes.append(CliRunner().invoke(run_workflows, [str(file), "--url", address]).exit_code)

    assert [1, 0] == codes


def test_secrets_are_inputs_and_a_request_to_no_operation_makes_no_workflow() -> None:
    known = RecordedExchange("GET", "http://s/items", (("authorization", "Bearer ${ADMIN}"),), None, 500, ())
    unknown = RecordedExchange("BREW", "http://s/items", (), None, 500, ())
    findings = tuple(
        finding("check", "GET /items", expected=str(n), seen="status 500", about=str(n), exchanges=(each,))
        for n, each in enumerate((known, unknown))
    )
    report = Report("Shop", "1", "http://s", 0, "quick", CheckResult(findings, {}, 2, 0.1), "the shop.yaml",
                    base="http://s", operations=("GET /items",))  # fmt: skip

    read = json.loads(as_arazzo(report))

    [workflow] = read["workflows"]
    assert ["ADMIN"] == workflow["inputs"]["required"]
    assert {"name": "authorization", "in": "header", "value": "Bearer {$inputs.ADMIN}"} in workflow["steps"][0][
        "parameters"
    ]
    assert "the%20shop.yaml" == read["sourceDescriptions"][0]["url"]


def test_the_wfc_report_has_each_failure_with_its_generated_test(folder: Path) -> None:
    wfc, report = json.loads((folder / "report.wfc.json").read_text()), read_report(folder)
    lines = (folder / "test_failures.py").read_text().splitlines()

    faults = wfc["faults"]["foundFaults"]
    assert len(report.failures) == len(faults) == wfc["totalTests"]
    assert {"PUT:/items/{id}"} == {each["operationId"] for each in faults} == {each["endpointId"] for each in faults}
    assert {117} == {each["code"] for fault in faults for each in fault["faultCategories"]}
    for case in wfc["testCases"]:
        assert f"def {case['name']}(" in lines[case["startLine"] - 1]
    assert {each["testCaseId"] for each in faults} == {each["id"] for each in wfc["testCases"]}
    assert "operations" in {each["name"] for each in wfc["extra"][0]["criteria"]}


def test_a_report_without_failures_is_a_wfc_report_too() -> None:
    report = Report("Shop", "1", "http://s", 0, "quick", CheckResult((), {}, 2, 0.1), operations=("GET /items",))

    read = json.loads(as_wfc(report))

    assert (0, 0, []) == (read["totalTests"], read["faults"]["totalNumber"], read["testFilePaths"])
    assert "" == as_arazzo(report)
