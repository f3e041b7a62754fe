"""Items whose id nothing in the document shows: a reply has several values that may be in the path."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.process import run
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
DONE: Node = {"200": {"description": "done"}}


def checked(tmp_path: Path, server: Groups, asked: Node) -> CheckResult:
    paths: Node = {
        "/groups": {"post": {"requestBody": takes(asked), "responses": DONE | {"422": NO}}},
        "/groups/{group}": {
            "parameters": [path_parameter("group")],
            "get": {"responses": DONE | {"404": NO}},
            "delete": {"responses": DONE | {"404": NO}},
        },
    }
    file = tmp_path / "groups.json"
    file.write_text(json.dumps(document(paths)))
    with Target.asgi(Small(server), []) as target:
        return run_checks(contracts.of(file), target, only=["read-back", "delete", "lifecycle"])


class Groups:
    """Groups, which are found by the property `key` of their replies; with an empty one by none."""

    def __init__(self, key: str) -> None:
        self.key, self.groups, self.made = key, dict[str, Node](), 0

    def __call__(self, ask: Ask) -> Answer:
        found = re.fullmatch(r"/groups(?:/([^/]+))?", ask.path)
        if found is None or ask.method not in ("POST", "GET", "DELETE"):
            return Answer(404 if found is None else 405)
        if ask.method == "POST":
            if not all(isinstance(each, str) for each in sent(ask).values()):
                return Answer(422)
            self.made += 1
            group = {**sent(ask), "id": f"g-{self.made}"}
            self.groups[str(group.get(self.key, ""))] = group
            return Answer(200, group)
        if not found[1] or found[1] not in self.groups:
            return Answer(404)
        return Answer(200, self.groups.pop(found[1]) if ask.method == "DELETE" else self.groups[found[1]])


@pytest.mark.parametrize(("key", "outcome"), [("id", "skipped"), ("title", "passed"), ("", "failed")])
def test_the_id_is_what_a_read_finds(tmp_path: Path, key: str, outcome: str) -> None:
    """A wrong guess makes no failure: it is said what to state."""
    asked: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT, "note": TEXT}}
    result = checked(tmp_path, Groups(key), asked)

    found = result.outcomes["GET /groups/{group}", "read-back"], result.outcomes["DELETE /groups/{group}", "delete"]
    assert {outcome} == {each.partition(":")[0] for each in found}
    assert ("failure" in {each.verdict for each in result.findings}) == (outcome == "failed")
    assert all("identity: {field: id}" in each for each in found) == (outcome == "skipped")


def test_a_name_of_the_thing_is_rather_its_id_than_its_title(tmp_path: Path) -> None:
    asked: Node = {
        "type": "object",
        "required": ["title", "groupname"],
        "properties": {"title": TEXT, "groupname": TEXT},
    }
    server = Groups("groupname")

    assert not [each for each in checked(tmp_path, server, asked).findings if each.verdict == "failure"]


def test_the_body_of_a_get_means_nothing(tmp_path: Path) -> None:
    """So an invalid one may be ignored (RFC 9110 section 9.3.1); that of a POST may not."""
    file = tmp_path / "groups.json"
    one: Node = {"requestBody": takes({"type": "object"}), "responses": answers({}) | {"400": NO}}
    item: Node = {"parameters": [path_parameter("group")], "get": one}
    file.write_text(json.dumps(document({"/groups": {"get": one, "post": one}, "/groups/{group}": item})))
    with Target.asgi(Small(lambda _: Answer(200, {"id": "g-1"})), []) as target:
        found = conform(contracts.of(file), target).findings
        ours = run_checks(contracts.of(file), target, only=["validation"])

    accepted = {each.operation for each in found if each.check == "negative_data_rejection"}
    assert {"POST /groups"} == accepted
    assert {"POST /groups"} == {op for op, check in ours.outcomes if check == "validation"}


def test_the_only_item_of_a_list_is_the_created_one(tmp_path: Path) -> None:
    """The document has an object: that is one failure, and the item is tested all the same."""
    group: Node = {"type": "object", "required": ["id", "title"], "properties": {"id": TEXT, "title": TEXT}}
    asked: Node = {"type": "object", "required": ["title"], "properties": {"title": {**TEXT, "minLength": 1}}}
    paths: Node = {
        "/groups": {"post": {"requestBody": takes(asked), "responses": answers(group, "201") | {"422": NO}}},
        "/groups/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(group) | {"404": NO}}},
    }
    server = Groups("id")

    def handle(ask: Ask) -> Answer:
        made = server(ask)
        return Answer(201, [{"id": made.body["id"]}]) if ask.method == "POST" and made.status == 200 else made

    file = tmp_path / "groups.json"
    file.write_text(json.dumps(document(paths)))
    with Target.asgi(Small(handle), []) as target:
        result = run_checks(
            contracts.of(file), target, only=["create", "read-back", "lifecycle", "edge-input", "document"]
        )

    assert "passed" == result.outcomes["GET /groups/{id}", "read-back"]
    assert {"document"} == {each.check for each in result.findings}


def test_what_has_no_type_is_a_text_in_a_query(tmp_path: Path) -> None:
    """A service may know only some texts, also where the value is a number before it is written."""
    file = tmp_path / "groups.json"
    query: Node = {"name": "operator", "in": "query", "schema": {"title": "Operator"}}
    get: Node = {"parameters": [query], "responses": answers({}) | {"400": NO}}
    file.write_text(json.dumps(document({"/groups": {"get": get}})))

    def handle(ask: Ask) -> Answer:
        return Answer(200 if ask.query.get("operator", "e") in ("e", "lt") else 400, {})

    with Target.asgi(Small(handle), []) as target:
        found = conform(contracts.of(file), target).findings

    assert {"warning"} == {each.verdict for each in found if each.check == "positive_data_acceptance"}


def test_an_origin_is_no_secret(tmp_path: Path) -> None:
    """It is the beginning of each address of the service, which a report shows."""
    file = tmp_path / "groups.json"
    file.write_text(json.dumps(document({"/groups": {"get": {"responses": answers({"type": "array"})}}})))
    with _served(Small(lambda _: Answer(200, {}))) as base:
        header, reports = f"Origin: {base}", str(tmp_path / "reports")
        done = run("check", str(file), "--url", base, "--header", header, "--quick", "--report", reports)

    assert 1 == done.returncode
    assert f"-X GET {base}/groups" in done.stdout
