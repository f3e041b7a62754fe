"""Shapes of correct servers that others wrote: overlapping templates, 403 and 422, rules beyond the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import Finding
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

Handle = Callable[[Ask], Answer]
TEXT: Node = {"type": "string"}
THING: Node = {"type": "object", "required": ["name"], "properties": {"id": {"type": "integer"}, "name": TEXT}}

CHANGE: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}


def path_parameter(name: str, schema: Node = TEXT) -> Node:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def sent(ask: Ask) -> Node:
    """The object in a body; {} for another one."""
    try:
        value = json.loads(ask.raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class Small(Server):
    def __init__(self, handle: Handle) -> None:
        super().__init__()
        self.handle = handle

    async def answer(self, ask: Ask) -> Answer:
        return self.handle(ask)


@pytest.mark.parametrize(("schema", "expected"), [({}, set()), ({"schema": TEXT}, {"failure"})])
def test_a_swagger_response_without_a_schema_may_have_any_content_or_none(
    tmp_path: Path, schema: Node, expected: set[str]
) -> None:
    get = {"responses": {"200": {"description": "done"}, "404": {"description": "no", **schema}}}
    file = tmp_path / "swagger.json"
    head: Node = {"swagger": "2.0", "info": {"title": "Small", "version": "1"}, "produces": ["application/json"]}
    file.write_text(json.dumps({**head, "paths": {"/one": {"get": get}}}))
    with Target.asgi(Small(lambda ask: Answer(404, "no", media_type="text/plain")), []) as target:
        result = conform(contracts.of(file), target, only=["content_type_conformance"])

    assert expected == {each.verdict for each in result.findings}


def verdicts(
    tmp_path: Path, paths: Node, handle: Handle, *only: str, secret: str = "", **rest: Any
) -> set[tuple[str, str]]:
    """What a run of both parts finds, as pairs of check and verdict."""
    file = tmp_path / "test.json"
    file.write_text(json.dumps(document(paths, **rest)))
    contract = contracts.of(file)
    users = [user_with_secret(contract, "ada", secret)] if secret else []
    found: list[Finding] = []
    for part in (run_checks, conform):
        with Target.asgi(Small(handle), users) as target:
            result = part(contract, target, only=only)
        assert not result.stopped
        found += result.findings
    return {(each.check, each.verdict) for each in found}


LOGIN: Node = {
    "/users/login": {"post": {"requestBody": takes(THING), "responses": {"200": {"description": "done"}}}},
    "/users/{name}": {
        "parameters": [path_parameter("name")],
        "get": {"responses": {"200": {"description": "done"}, "404": {"description": "no"}}},
        "delete": {"responses": {"204": {"description": "gone"}, "404": {"description": "no"}}},
    },
}


@pytest.mark.parametrize(
    ("surplus", "expected"), [("GET, DELETE", set()), ("PATCH", {("method-not-allowed", "failure")})]
)
def test_allow_may_list_the_methods_of_another_template_that_matches(
    tmp_path: Path, surplus: str, expected: set[tuple[str, str]]
) -> None:
    def handle(ask: Ask) -> Answer:
        if ask.path == "/users/login":
            allow = f"POST, OPTIONS, {surplus}"
            methods, ok = {"POST": 200, "GET": 404, "DELETE": 404, "OPTIONS": 200}, 405
        else:
            allow, methods, ok = "GET, DELETE, OPTIONS", {"GET": 404, "DELETE": 404, "OPTIONS": 200}, 405
        return Answer(methods.get(ask.method, ok), headers=(("allow", allow),))

    both = ("method-not-allowed", "allow_header_conformance")
    assert expected == verdicts(tmp_path, LOGIN, handle, *both, "unsupported_method")


@pytest.mark.parametrize(("status", "expected"), [(404, "warning"), (200, "failure")])
def test_an_undocumented_method_that_is_not_found_is_a_warning_and_one_that_works_a_failure(
    tmp_path: Path, status: int, expected: str
) -> None:
    paths: Node = {"/ping": {"get": {"responses": {"200": {"description": "done"}}}}}

    found = verdicts(tmp_path, paths, lambda ask: Answer(200 if ask.method == "GET" else status), "unsupported_method")

    assert {("unsupported_method", expected)} == found


@pytest.mark.parametrize(("documented", "expected"), [({}, "warning"), ({"401": {"description": "no"}}, "failure")])
def test_403_for_a_missing_credential_is_a_failure_only_where_the_document_has_401(
    tmp_path: Path, documented: Node, expected: str
) -> None:
    paths: Node = {
        "/me": {"get": {"security": [{"key": []}], "responses": {"200": {"description": "done"}, **documented}}}
    }
    schemes = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200 if ask.headers.get("authorization", "").lower() == "bearer of-ada" else 403)

    found = verdicts(tmp_path, paths, handle, "authentication", secret="of-ada", components=schemes)

    assert {("authentication", expected)} == found


@pytest.mark.parametrize(("documented", "expected"), [({}, False), ({"400": {"description": "no"}}, True)])
def test_422_is_undocumented_only_where_the_document_has_another_refusal(
    tmp_path: Path, documented: Node, expected: bool
) -> None:
    paths: Node = {
        "/things": {"put": {"requestBody": takes(THING), "responses": {"200": {"description": "done"}, **documented}}}
    }

    def handle(ask: Ask) -> Answer:
        if ask.method != "PUT":
            return Answer(405, headers=(("allow", "PUT"),))
        body = sent(ask)
        return Answer(200 if isinstance(body.get("name"), str) and isinstance(body.get("id", 1), int) else 422)

    found = verdicts(tmp_path, paths, handle, "status_code_conformance")

    assert expected is (("status_code_conformance", "failure") in found)


@pytest.mark.parametrize(("schema", "expected"), [(TEXT, "warning"), ({"enum": ["on", "off"]}, "failure")])
def test_a_refused_valid_request_is_a_failure_only_if_it_has_no_free_text(
    tmp_path: Path, schema: Node, expected: str
) -> None:
    body: Node = {
        "type": "object",
        "required": ["state"],
        "properties": {"state": schema},
        "additionalProperties": False,
    }
    paths: Node = {"/lamp": {"put": {"requestBody": takes(body), "responses": {"200": {"description": "done"}}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200 if sent(ask) == {"state": "on"} else 400)

    assert {("positive_data_acceptance", expected)} == verdicts(tmp_path, paths, handle, "positive_data_acceptance")


class Things:
    """Things, with a PATCH of all; the id in a body must be that of the path; `rule` may refuse a new one."""

    def __init__(self, start: str = "", rule: Callable[[Node], bool] = lambda body: True) -> None:
        self.items: dict[int, Node] = {}
        self.start, self.rule, self.next = start, rule, 0

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/servers" and ask.method == "GET":
            return Answer(200, [{"id": "main"}])
        place = ask.path.removeprefix(self.start)
        body = sent(ask)
        if place == "/things" and ask.path.startswith(self.start):
            return self._all(ask.method, body)
        one = re.fullmatch(r"/things/(\d+)", place)
        if one is None or int(one[1]) not in self.items:
            return Answer(404)
        return self._one(ask.method, int(one[1]), body)

    def _all(self, method: str, body: Node) -> Answer:
        if method == "GET":
            return Answer(200, list(self.items.values()))
        if method == "PATCH":
            for each in self.items.values():
                each.update({name: value for name, value in body.items() if name != "id"})
            return Answer(200, {"count": len(self.items)})
        if method != "POST":
            return Answer(405, headers=(("allow", "GET, POST, PATCH"),))
        if not isinstance(body.get("name"), str) or not self.rule(body):
            return Answer(400)
        self.next += 1
        self.items[self.next] = {**body, "id": self.next}
        return Answer(201, self.items[self.next])

    def _one(self, method: str, id: int, body: Node) -> Answer:
        if method == "GET":
            return Answer(200, self.items[id])
        if method == "DELETE":
            return Answer(204 if self.items.pop(id) else 404)
        if method not in ("PUT", "PATCH"):
            return Answer(405, headers=(("allow", "GET, PUT, PATCH, DELETE"),))
        body = {**self.items[id], **body} if method == "PATCH" else body
        if not isinstance(body.get("name"), str) or body.get("id", id) != id:
            return Answer(400)
        self.items[id] = {**body, "id": id}
        return Answer(200, self.items[id])


def things_document(start: str = "", *parameters: Node) -> Node:
    count: Node = {"type": "object", "properties": {"count": {"type": "integer"}}}
    bad: Node = {"400": {"description": "no"}, "404": {"description": "no"}}
    at: Node = {"parameters": [*parameters]}
    return {
        f"{start}/things": {
            **at,
            "get": {"responses": answers({"type": "array", "items": THING})},
            "post": {"requestBody": takes(NEW), "responses": answers(THING, "201") | bad},
            "patch": {"requestBody": takes(CHANGE), "responses": answers(count) | bad},
        },
        f"{start}/things/{{id}}": {
            "parameters": [*parameters, path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(THING) | bad},
            "put": {"requestBody": takes(THING), "responses": answers(THING) | bad},
            "patch": {"requestBody": takes(CHANGE), "responses": answers(THING) | bad},
            "delete": {"responses": {"204": {"description": "gone"}} | bad},
        },
    }


STATE = ("create", "read-back", "delete", "not-found", "other-items-unchanged", "unsupported-media-type", "lifecycle")


def test_a_patch_of_all_items_and_an_id_that_must_be_that_of_the_path_raise_no_failure(tmp_path: Path) -> None:
    found = verdicts(tmp_path, things_document(), Things(), *STATE)

    assert "failure" not in {verdict for _, verdict in found}


def test_creates_that_an_unknown_rule_refuses_are_a_warning(tmp_path: Path) -> None:
    found = verdicts(
        tmp_path, things_document(), Things(rule=lambda body: body["name"].endswith(".")), *STATE, "text-preserved"
    )

    assert {("create", "warning")} == {
        (check, verdict) for check, verdict in found if check != "unsupported-media-type"
    }


def test_a_parent_that_nobody_can_create_is_taken_from_its_list(tmp_path: Path) -> None:
    servers: Node = {"type": "array", "items": {"type": "object", "properties": {"id": TEXT}}}
    paths: Node = {"/servers": {"get": {"responses": answers(servers)}}}
    paths |= things_document("/servers/{server_id}", path_parameter("server_id"))
    service = Things("/servers/main")

    found = verdicts(tmp_path, paths, service, *STATE)

    assert "failure" not in {verdict for _, verdict in found}
    assert service.next > 3
