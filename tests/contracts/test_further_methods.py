"""The methods that OpenAPI 3.2 added are checked, and our mock of a document with them has no findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver.openapi.document import ADDITIONAL
from tests.openapi_support.conftest import DOCUMENT

METHODS = ["query-safe", "additional-method"]


class Broken:
    """Our mock with a bug: a QUERY that creates a station, one that fails the second time, or a method refused."""

    def __init__(self, bug: str) -> None:
        self._app, self._bug, self._queries = mockserver.create_app(DOCUMENT, seed=1), bug, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        method = scope.get("method")
        if method == "QUERY":
            self._queries += 1
            if self._bug == "creates":
                await self._create(scope)
            elif self._bug == "once" and self._queries > 1:
                scope = {**scope, "path": "/v1/stations/gone", "raw_path": b"/v1/stations/gone", "method": "GET"}
        if method == "COPY" and self._bug == "refuses":
            scope = {**scope, "method": "MOVE"}
        await self._app(scope, receive, send)

    async def _create(self, scope: Any) -> None:
        body = json.dumps({"name": f"station {self._queries}"}).encode()

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            pass

        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "method": "POST", "headers": headers}, receive, send)


@pytest.mark.parametrize(
    ("bug", "found"),
    [
        ("none", set()),
        ("creates", {"query-safe"}),
        ("once", {"query-safe"}),
        ("refuses", {"additional-method"}),
    ],
)
def test_a_bug_in_a_further_method_is_a_failure(bug: str, found: set[str]) -> None:
    contract = contracts.of(str(DOCUMENT))
    with Target.asgi(Broken(bug), (), base_url="http://stations/v1") as target:
        result = run_checks(contract, target, only=METHODS)

    assert {("failure", name) for name in found} == {
        (each.verdict, each.check) for each in result.findings if each.check != "document"
    }
    assert {"passed"} == {outcome for (_, name), outcome in result.outcomes.items() if name in {*METHODS} - found}


def test_schemathesis_has_no_failure_on_our_mock_of_what_3_2_added() -> None:
    contract = contracts.of(str(DOCUMENT))
    with Target.asgi(mockserver.create_app(DOCUMENT, seed=1), (), base_url="http://stations/v1") as target:
        result = conform(contract, target, mode="quick", seed=1)

    assert "" == (result.stopped or "")
    assert [] == [(each.operation, each.check, each.expected, each.seen) for each in result.findings]
    assert {"QUERY /stations", "GET /events", "GET /lines", "POST /lines"} <= {name for name, _ in result.outcomes}


def test_a_method_is_sent_as_the_document_spells_it(mock_api_factory: Any, tmp_path: Path) -> None:
    methods = {"Notify": {"responses": {"204": {"description": "told"}}}}
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {ADDITIONAL: methods}}}
    file = tmp_path / "api.json"
    file.write_text(json.dumps(document))
    with mock_api_factory(file, port=True) as api, Target.http(api.url, ()) as target:
        result = run_checks(contracts.of(str(file)), target, only=METHODS)

        assert {"passed"} == set(result.outcomes.values())
        assert ["Notify"] == [each.request.method for each in api.requests()]


def test_what_a_method_does_by_its_name_is_no_mass_assignment(tmp_path: Path) -> None:
    """`LOCK` sets `locked`, whatever its body has; so does our mock, which infers that from the name."""
    schema = {
        "type": "object",
        "required": ["text"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "text": {"type": "string"},
            "locked": {"type": "boolean", "readOnly": True},
        },
    }
    note: dict[str, Any] = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}}
    shown = {"description": "a note", **note}
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {
        "/notes": {"post": {"requestBody": note, "responses": {"201": shown}}},
        "/notes/{id}": {
            "parameters": [own],
            "get": {"responses": {"200": shown, "404": {"description": "none"}}},
            ADDITIONAL: {"LOCK": {"responses": {"200": shown, "404": {"description": "none"}}}},
        },
    }
    written = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    file = tmp_path / "notes.json"
    file.write_text(json.dumps(written | {"components": {"schemas": {"Note": schema}}}))
    with Target.asgi(mockserver.create_app(file, seed=1), (), base_url="http://notes") as target:
        result = run_checks(contracts.of(str(file)), target, only=[*METHODS, "mass-assignment"])

    assert [] == [(each.check, each.seen) for each in result.findings]
    assert {"mass-assignment", "additional-method"} <= {
        name for (_, name), outcome in result.outcomes.items() if outcome == "passed"
    }


def test_objects_in_the_style_cookie_are_not_expected_of_schemathesis(tmp_path: Path) -> None:
    prefs = {"type": "object", "required": ["lang"], "properties": {"lang": {"type": "string", "enum": ["de", "en"]}}}
    parameter = {"name": "prefs", "in": "cookie", "style": "cookie", "required": True, "schema": prefs}
    me = {"get": {"parameters": [parameter], "responses": {"204": {"description": "done"}}}}
    file = tmp_path / "me.json"
    info = {"title": "T", "version": "1"}
    file.write_text(json.dumps({"openapi": "3.2.0", "info": info, "paths": {"/me": me}}))
    with Target.asgi(mockserver.create_app(file, seed=1), (), base_url="http://me") as target:
        result = conform(contracts.of(str(file)), target, mode="quick", seed=1)

    assert [] == [(each.operation, each.check, each.seen) for each in result.findings]
