"""`mockserver run`: Arazzo workflows against the built-in mock, and against servers in this process."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner, Result

from contracts.cli.run import run
from contracts.pytest_plugin.plugin import _served
from tests.process import ROOT

PAGE = (ROOT / "docs/how-to/workflows.md").read_text(encoding="utf-8")
SHOP = str(ROOT / "docs/shop.yaml")

ECHO: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Echo", "version": "1"},
    "paths": {
        "/echo/{id}": {
            "post": {
                "operationId": "echo",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "tags", "in": "query", "explode": False, "schema": {"type": "array"}},
                    {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                ],
                "requestBody": {"content": {"application/json": {}}},
                "responses": {"200": {"description": "what was sent"}},
            }
        },
        "/count": {"get": {"operationId": "count", "responses": {"200": {"description": "later"}}}},
    },
}


class EchoServer:
    """Answers what it was sent; `/count` answers 503 and only at the third request 200."""

    def __init__(self) -> None:
        self.counted = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        self.counted += scope["path"] == "/count"
        status = 503 if scope["path"] == "/count" and self.counted < 3 else 200
        answer = {
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": body.decode(),
            "pets": [{"name": "Tom"}, {"name": "Jerry"}],
            "none": None,
            "my.dotted": {"key": 1},
        }
        headers = [(b"content-type", b"application/json"), (b"x-limit", b"5")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


@pytest.fixture(scope="module")
def echo_url() -> Any:
    with _served(EchoServer()) as address:
        yield address


Run = Callable[..., tuple[Result, dict[str, Any]]]


@pytest.fixture
def ran(tmp_path: Path) -> Run:
    """Runs workflows of the shop, or of the echo server with an `url`; gives the result and the JSON report."""

    def of(workflows: Any, *arguments: str, **further: Any) -> tuple[Result, dict[str, Any]]:
        place = "echo.json" if "--url" in arguments else SHOP
        (tmp_path / "echo.json").write_text(json.dumps(ECHO))
        written = {
            "arazzo": "1.0.1",
            "info": {"title": "Test", "version": "1"},
            "sourceDescriptions": [{"name": "api", "url": place, "type": "openapi"}],
            "workflows": workflows,
            **further,
        }
        (tmp_path / "w.arazzo.yaml").write_text(yaml.safe_dump(written, sort_keys=False))
        result = CliRunner().invoke(
            run, [str(tmp_path / "w.arazzo.yaml"), "--report", str(tmp_path / "r"), *arguments], catch_exceptions=False
        )
        report = tmp_path / "r" / "workflows.json"
        return result, json.loads(report.read_text()) if report.exists() else {}

    return of


def workflow(*steps: dict[str, Any], id: str = "w", **further: Any) -> dict[str, Any]:
    return {"workflowId": id, "steps": list(steps), **further}


def step(id: str, operation: str = "listCustomers", **further: Any) -> dict[str, Any]:
    return {"stepId": id, "operationId": operation, **further}


def echo(**further: Any) -> dict[str, Any]:
    path = {"name": "id", "in": "path", "value": "a b/c"}
    return step("echo", "echo", **{**further, "parameters": [path, *further.get("parameters", [])]})


def sent(report: dict[str, Any]) -> dict[str, Any]:
    """What the echo server got in the last step."""
    got: dict[str, Any] = json.loads(report["workflows"][-1]["steps"][-1]["response"]["body"])
    return got


def test_the_commands_of_the_page_print_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert (ROOT / "docs/orders.arazzo.yaml").read_text() == written
    wrong = yaml.safe_load(written.replace("shop.yaml", SHOP))
    wrong["workflows"][0]["steps"][:2] = [
        step("first", outputs={"id": "$response.boddy#/id"}),
        step("second", outputs={"n": "$steps.first.outputs.name"}),
    ]
    del wrong["workflows"][0]["steps"][2:], wrong["workflows"][0]["outputs"]
    (tmp_path / "wrong.arazzo.yaml").write_text(yaml.safe_dump(wrong))
    (tmp_path / "orders.arazzo.yaml").write_text(written)
    (tmp_path / "shop.yaml").write_text(Path(SHOP).read_text())
    monkeypatch.chdir(tmp_path)

    for block in re.findall(r"```console\n\$ mockserver run (.*?)```", PAGE, re.DOTALL):
        command, _, expected = block.partition("\n")
        assert expected == CliRunner().invoke(run, shlex.split(command)).output


def test_the_options_that_the_page_names_exist() -> None:
    known = {option for parameter in run.params for option in parameter.opts}

    assert set(re.findall(r"`(--[\w-]+)", PAGE)) <= known


def test_the_command_is_listed_and_an_openapi_document_is_told_apart() -> None:
    entry_points = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'run = "contracts.cli.commands:run"' in entry_points

    result = CliRunner().invoke(run, [SHOP])

    assert 2 == result.exit_code
    assert "`mockserver serve" in result.output


CONDITIONS = {
    "$statusCode == 200": True,
    "$statusCode == '200'": True,
    "$statusCode != 200": False,
    "$statusCode >= 200 && $statusCode < 300": True,
    "$statusCode == 404 || ($method == 'post' && !($statusCode > 200))": True,
    "$response.header.X-Limit == 5": True,
    "$response.header.x-limit > 10": False,
    "$response.body#/pets/0/name == 'tom'": True,
    "$response.body.pets[1].name == 'Jerry'": True,
    "$response.body.my.dotted.key == 1": True,
    "$response.body#/none == null": True,
    "$response.body#/nowhere == null": True,
    "$response.body#/pets != null": True,
    "$response.body#/nowhere < 5": False,
    "$request.path.id == 'a b/c'": True,
    "$request.query.q == 'it''s'": True,
    "$request.body#/n == 1": True,
    "$request.header.X-Mine == 'yes'": True,
    "$inputs.flag == true": True,
    "{$inputs.flag == false}": False,
    "$url != null": True,
    "$sourceDescriptions.api.url == 'echo.json'": True,
    "!$inputs.flag": False,
}


def test_simple_conditions_compare_loosely_and_without_case(ran: Run, echo_url: str) -> None:
    parameters = [{"name": "q", "in": "query", "value": "it's"}, {"name": "X-Mine", "in": "header", "value": "yes"}]
    one = echo(
        parameters=parameters,
        requestBody={"payload": {"n": 1}},
        successCriteria=[{"condition": text} for text in CONDITIONS],
    )

    result, report = ran([workflow(one, inputs={"properties": {"flag": {"type": "boolean"}}})], "--url", echo_url,
                         "--input", "flag=true")  # fmt: skip

    assert CONDITIONS == {each["condition"]: each["met"] for each in report["workflows"][0]["steps"][0]["criteria"]}
    assert 1 == result.exit_code
    assert "$statusCode != 200: $statusCode is 200" in result.output


TYPED = [
    ("regex", "$statusCode", "^2\\d\\d$", True),
    ("regex", "$response.body#/pets/0/name", "^J", False),
    ("regex", "$response.body#/pets/0/name", "^{$inputs.start}", True),
    ("regex", "$response.body#/nowhere", ".*", False),
    ("jsonpath", "$response.body", "$.pets[?@.name == 'Tom']", True),
    ("jsonpath", "$response.body", "$.pets[?@.name == 'Spike']", False),
    ("jsonpath", "$response.body", "$[?count(@.pets) > 0]", True),
    ("jsonpath", "$response.body", "$[?@.name == 'Spike']", False),
]


def test_conditions_of_other_types_look_at_their_context(ran: Run, echo_url: str) -> None:
    criteria = [{"type": kind, "context": context, "condition": text} for kind, context, text, _ in TYPED]
    one = echo(successCriteria=criteria)

    _, report = ran([workflow(one, inputs={"properties": {"start": {"default": "To"}}})], "--url", echo_url)

    assert [met for *_, met in TYPED] == [each["met"] for each in report["workflows"][0]["steps"][0]["criteria"]]


def test_parameters_are_sent_in_the_style_of_the_operation(ran: Run, echo_url: str) -> None:
    parameters = [
        {"name": "tags", "in": "query", "value": ["a", "b,c"]},
        {"name": "filter", "in": "query", "value": {"size": 3}},
        {"name": "left-out", "in": "query", "value": "$inputs.missing"},
        {"name": "session", "in": "cookie", "value": "s1"},
        {"name": "X-Trace", "in": "header", "value": "id-{$inputs.n}"},
    ]

    _, report = ran([workflow(echo(parameters=parameters))], "--url", echo_url, "--input", "n=7")

    got = sent(report)
    assert ("/echo/a%20b%2Fc", "tags=a,b%2Cc&filter[size]=3") == (got["path"], got["query"])
    assert ("session=s1", "id-7") == (got["headers"]["cookie"], got["headers"]["x-trace"])


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ({"payload": {"n": "$inputs.n", "no": "$inputs.missing"}}, "application/json", '{"n":7}'),
        ({"payload": '{"n": "{$inputs.n}", "t": "n{$inputs.n}"}'}, "application/json", '{"n":7,"t":"n7"}'),
        ({"payload": '{"n": {$inputs.n}}'}, "application/json", '{"n": 7}'),
        ({"contentType": "application/xml", "payload": "<n>{$inputs.n}</n>"}, "application/xml", "<n>7</n>"),
        (
            {"contentType": "application/x-www-form-urlencoded", "payload": {"a": "$inputs.n", "b": ["x y", "z"]}},
            "application/x-www-form-urlencoded",
            "a=7&b=x%20y&b=z",
        ),
        (
            {"payload": {"pets": [{"id": 1}]}, "replacements": [{"target": "/pets/0/id", "value": "$inputs.n"}]},
            "application/json",
            '{"pets":[{"id":7}]}',
        ),
    ],
)  # fmt: skip
def test_bodies_are_written_in_their_media_type(
    ran: Run, echo_url: str, body: dict[str, Any], kind: str, expected: str
) -> None:
    inputs = {"properties": {"n": {"type": "integer"}}}

    _, report = ran([workflow(echo(requestBody=body), inputs=inputs)], "--url", echo_url, "--input", "n=7")

    assert (expected, kind) == (sent(report)["body"], sent(report)["headers"]["content-type"])


def test_a_multipart_body_has_a_part_for_each_field(ran: Run, echo_url: str) -> None:
    body = {"contentType": "multipart/form-data", "payload": {"name": "Tom", "meta": {"age": 3}}}

    _, report = ran([workflow(echo(requestBody=body))], "--url", echo_url)

    assert 'name="name"\r\n\r\nTom\r\n' in sent(report)["body"]
    assert '{"age":3}' in sent(report)["body"]
    assert sent(report)["headers"]["content-type"].startswith("multipart/form-data; boundary=")


def test_a_failed_step_is_retried_until_it_passes_and_not_more_often_than_it_may_be(ran: Run) -> None:
    def of(limit: int) -> tuple[Result, dict[str, Any]]:
        retry = {"name": "again", "type": "retry", "retryAfter": 0, "retryLimit": limit}
        with _served(EchoServer()) as url:
            one = step("count", "count", successCriteria=[{"condition": "$statusCode == 200"}], onFailure=[retry])
            return ran([workflow(one)], "--url", url)

    enough, report = of(5)
    assert (0, [False, False, True]) == (enough.exit_code, outcomes(report))
    too_few, report = of(1)
    assert (1, [False, False]) == (too_few.exit_code, outcomes(report))
    assert "then: retry (again)" in too_few.output


def outcomes(report: dict[str, Any]) -> list[bool]:
    return [each["outcome"] == "passed" for each in report["workflows"][0]["steps"]]


def visited(report: dict[str, Any]) -> list[str]:
    return [each["stepId"] for each in report["workflows"][0]["steps"]]


def test_actions_go_to_steps_and_end_the_workflow(ran: Run) -> None:
    missing = [{"name": "id", "in": "path", "value": 987654}]
    steps = [
        step("a", onSuccess=[{"name": "no", "type": "end", "criteria": [{"condition": "$statusCode == 500"}]},
                             {"name": "skip", "type": "goto", "stepId": "c"}]),
        step("b"),
        step("c", "getOrder", parameters=missing, successCriteria=[{"condition": "$statusCode == 200"}],
             onFailure=[{"name": "known", "type": "goto", "stepId": "d",
                         "criteria": [{"condition": "$statusCode == 404"}]}]),
        step("d", onSuccess=[{"reference": "$components.successActions.stop"}]),
        step("e"),
    ]  # fmt: skip
    components = {"successActions": {"stop": {"name": "stop", "type": "end"}}}

    result, report = ran([workflow(*steps)], components=components)

    assert (["a", "c", "d"], 0) == (visited(report), result.exit_code)


@pytest.mark.parametrize("source", ["{$sourceDescriptions.api.url}", "$sourceDescriptions.api"])
def test_a_step_may_name_its_operation_by_a_path(ran: Run, source: str) -> None:
    """The second form is that of Redocly's examples."""
    result, report = ran([workflow({"stepId": "list", "operationPath": f"{source}#/paths/~1customers/get"})])

    assert (0, [True]) == (result.exit_code, outcomes(report)), result.output


def test_a_failed_step_ends_its_workflow_and_the_ones_that_depend_on_it_are_skipped(ran: Run) -> None:
    missing = [{"name": "id", "in": "path", "value": 987654}]
    first = workflow(step("a", "getOrder", parameters=missing), step("b"), id="first")
    second = workflow(step("c"), id="second", dependsOn=["first"])

    result, report = ran([second, first, workflow(step("d"), id="third")])

    assert 1 == result.exit_code
    outcomes = [(each["workflowId"], each["outcome"]) for each in report["workflows"]]
    assert [("first", "failed"), ("second", "skipped"), ("third", "passed")] == outcomes
    assert "it depends on first, which did not pass" in result.output


def test_a_workflow_calls_another_with_inputs_and_uses_its_outputs(ran: Run) -> None:
    sign_up = workflow(
        step("post", "createCustomer", requestBody={"payload": {"name": "$inputs.name"}},
             outputs={"id": "$response.body#/id"}),
        id="sign-up", inputs={"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        outputs={"id": "$steps.post.outputs.id"},
    )  # fmt: skip
    order = workflow(
        {"stepId": "first", "workflowId": "sign-up", "parameters": [{"name": "name", "value": "Ada"}],
         "successCriteria": [{"condition": "$statusCode == 201"}], "outputs": {"id": "$outputs.id"}},
        step("see", "getCustomer",
             parameters=[{"name": "customerId", "in": "path", "value": "$steps.first.outputs.id"}],
             successCriteria=[{"condition": "$response.body#/name == 'Ada'"},
                              {"condition": "$response.body#/id == $workflows.sign-up.outputs.id"}]),
        id="order",
    )  # fmt: skip

    result, report = ran([sign_up, order])

    assert (0, ["order"]) == (result.exit_code, [each["workflowId"] for each in report["workflows"]])
    assert "sign-up" == report["workflows"][0]["steps"][0]["workflow"]["workflowId"]


def test_a_workflow_of_another_description_is_called(ran: Run, tmp_path: Path) -> None:
    other = {
        "arazzo": "1.0.0",
        "info": {"title": "Other", "version": "1"},
        "sourceDescriptions": [{"name": "shop", "url": SHOP, "type": "openapi"}],
        "workflows": [workflow(step("list"), id="list", outputs={"status": "$steps.list.outputs.n"})],
    }
    other["workflows"][0]["steps"][0]["outputs"] = {"n": "$statusCode"}  # type: ignore[index]
    (tmp_path / "other.arazzo.yaml").write_text(yaml.safe_dump(other))
    sources = [{"name": "other", "url": "other.arazzo.yaml", "type": "arazzo"}, {"name": "api", "url": SHOP}]
    called = {"stepId": "call", "workflowId": "$sourceDescriptions.other.list",
              "successCriteria": [{"condition": "$outputs.status == 200"}]}  # fmt: skip

    result, _ = ran([workflow(called, step("own"))], sourceDescriptions=sources)

    assert 0 == result.exit_code, result.output


def test_inputs_are_validated_before_anything_is_sent(ran: Run) -> None:
    inputs = {"$ref": "#/components/inputs/order"}
    components = {"inputs": {"order": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}}}
    described = [workflow(step("a"), inputs=inputs)]

    for arguments, expected in [
        ((), "cannot run: workflow w: the input n is missing: give --input n=…\n"),
        (("--input", "n=many"), 'cannot run: workflow w: input n: "many" is not of type "integer"\n'),
        (("--input", "m=1"), "cannot run: no workflow has an input 'm'; there are: n\n"),
    ]:
        result, _ = ran(described, *arguments, components=components)
        assert (2, expected) == (result.exit_code, result.output)
    assert 0 == ran(described, "--input", "n=1", components=components)[0].exit_code


def test_secrets_are_in_no_output_and_no_report(ran: Run, echo_url: str, tmp_path: Path) -> None:
    inputs = {"properties": {"pin": {"type": "string", "format": "password"}}}
    one = echo(
        parameters=[{"name": "X-Pin", "in": "header", "value": "$inputs.pin"}], outputs={"token": "$response.body"}
    )

    result, report = ran([workflow(one, inputs=inputs)], "--url", echo_url, "-v", "--input", "pin=hunter2000",
                         "--auth", "credential-of-mine")  # fmt: skip

    written = "".join(each.read_text() for each in (tmp_path / "r").iterdir())
    assert "X-Pin: " in result.output
    assert report["workflows"]
    for text in ("hunter2000", "credential-of-mine"):
        assert text not in result.output + written


MISTAKES = [
    ({"workflows": []}, "/workflows: must have at least 1 entry"),
    ({"workflows": [{"workflowId": "w", "steps": [{"stepId": "a", "operationID": "x"}]}]}, "did you mean operationId?"),
    ({"workflows": [workflow({"stepId": "a"})]}, "/steps/0: a step needs exactly one of operationId, operationPath"),
    ({"workflows": [workflow(step("a"), step("a"))]}, "2 steps are called 'a'"),
    (
        {"workflows": [workflow(step("a", "nothing"))]},
        "no source has the operation 'nothing'; there are: listCustomers",
    ),
    ({"workflows": [workflow(step("a", parameters=[{"name": "q", "value": 1}]))]}, "`in` is missing: where does q go?"),
    ({"workflows": [workflow(step("a", successCriteria=[{"condition": "$statusCode = 200"}]))]}, "cannot read '= 200'"),
    ({"workflows": [workflow(step("a", successCriteria=[{"condition": "$statusCode == ok"}]))]}, "single quotes: 'ok'"),
    (
        {
            "workflows": [
                workflow(step("a", successCriteria=[{"condition": "//a", "type": "xpath", "context": "$url"}]))
            ]
        },
        "conditions of type xpath are not supported",
    ),
    (
        {"workflows": [workflow(step("a", onFailure=[{"name": "n", "type": "goto", "stepId": "z"}]))]},
        "there is no step 'z'; there are: a",
    ),
    (
        {"workflows": [workflow(step("a"), dependsOn=["v"]), workflow(step("a"), id="v", dependsOn=["w"])]},
        "dependsOn goes in a circle",
    ),
    (
        {"workflows": [workflow(step("a", parameters=[{"reference": "$components.parameters.p"}]))]},
        "components have no parameters 'p'; there are: none",
    ),
    ({"arazzo": "2.0.0"}, "#/arazzo: version '2.0.0' is not known"),
    ({"sourceDescriptions": [{"name": "api", "url": "https://example.com/a.yaml"}]}, "or --outside to fetch it"),
    ({"sourceDescriptions": [{"name": "api", "url": "gone.yaml"}]}, "give --source api=FILE"),
]


@pytest.mark.parametrize(("further", "expected"), MISTAKES)
def test_a_mistake_is_told_with_its_place_before_anything_is_sent(
    ran: Run, further: dict[str, Any], expected: str
) -> None:
    result, report = ran(deepcopy(further).pop("workflows", [workflow(step("a"))]), **further_without(further))

    assert (2, {}) == (result.exit_code, report)
    assert expected in result.output
    assert "w.arazzo.yaml#/" in result.output


def further_without(further: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in further.items() if name != "workflows"}


def test_a_path_parameter_with_another_name_is_told(ran: Run) -> None:
    misnamed = step("see", "getCustomer", parameters=[{"name": "customer", "in": "path", "value": "1"}])
    result, _ = ran([workflow(misnamed)])

    told = "the path parameter customerId of GET /customers/{customerId} is not given; the step gives customer, which"
    assert 1 == result.exit_code
    assert told in result.output


def test_a_run_may_begin_with_items(ran: Run) -> None:
    found = step("find", outputs={"id": "$response.body#/0/id"})
    seen = step(
        "see", "getCustomer", parameters=[{"name": "customerId", "in": "path", "value": "$steps.find.outputs.id"}]
    )

    assert "id is nothing" in ran([workflow(found, seen)])[0].output
    result, report = ran([workflow(found, seen)], "--items", "3")
    assert 0 == result.exit_code, result.output
    assert 3 == len(json.loads(report["workflows"][0]["steps"][0]["response"]["body"]))


def test_a_response_without_a_body_is_told(ran: Run, tmp_path: Path) -> None:
    (tmp_path / "bare.json").write_text(json.dumps(ECHO))
    read = step("count", "count", successCriteria=[{"condition": "$response.body#/token != null"}])

    result, _ = ran([workflow(read)], "--source", f"api={tmp_path / 'bare.json'}")
    assert 1 == result.exit_code
    assert "response: no body" in result.output


def test_a_goto_in_a_circle_ends_after_the_most_steps(ran: Run) -> None:
    again = {"name": "again", "type": "goto", "stepId": "a"}

    result, report = ran([workflow(step("a", onSuccess=[again]))], "--max-steps", "5")

    assert 2 == result.exit_code
    assert "more than 5 steps" in report["stopped"]


def test_a_service_that_is_not_there_is_told(ran: Run) -> None:
    result, report = ran([workflow(echo())], "--url", "http://127.0.0.1:1")

    assert 2 == result.exit_code
    assert "127.0.0.1:1" in report["stopped"]


def test_a_response_that_breaks_the_document_is_told_and_fails_with_strict(ran: Run, tmp_path: Path) -> None:
    document = deepcopy(ECHO)
    document["paths"]["/count"]["get"]["responses"] = {"204": {"description": "nothing"}}
    with _served(EchoServer()) as url:
        one = step("count", "count", successCriteria=[{"condition": "$statusCode == 503"}])
        (tmp_path / "other.json").write_text(json.dumps(document))
        usual, _ = ran([workflow(one)], "--url", url, "--source", f"api={tmp_path / 'other.json'}")
        strict, _ = ran([workflow(one)], "--url", url, "--source", f"api={tmp_path / 'other.json'}", "--strict")

    assert "breaks the document" in usual.output
    assert (0, 1) == (usual.exit_code, strict.exit_code)


def test_junit_has_a_failure_for_a_step_that_failed(ran: Run, tmp_path: Path) -> None:
    ran([workflow(step("a"), step("b", successCriteria=[{"condition": "$statusCode == 404"}]))])

    root = ET.parse(tmp_path / "r" / "workflows.xml").getroot()
    suite = root[0]
    assert ("2", "1") == (suite.get("tests"), suite.get("failures"))
    assert ["b: GET /customers"] == [case.get("name") for case in suite if case.find("failure") is not None]
