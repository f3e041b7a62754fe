"""Operations that take JSON Lines, NDJSON or JSON text sequences get such bodies, valid ones and broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract
from tests.contracts.asgi_app import live

READING = {
    "type": "object",
    "required": ["sensor", "value"],
    "properties": {"sensor": {"type": "string", "minLength": 1}, "value": {"type": "number"}},
}
TYPES = ("application/jsonl", "application/x-ndjson", "application/json-seq")
NAME = "streamed-request"


def is_reading(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("sensor"), str)
        and value["sensor"] != ""
        and isinstance(value.get("value"), int | float)
        and not isinstance(value["value"], bool)
    )


class Readings:
    """A service that takes a stream of readings, right or with one bug."""

    def __init__(self, bug: str = "") -> None:
        self._bug, self.bodies = bug, list[bytes]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        content = (await receive())["body"]
        self.bodies.append(content)
        status = self._status(content, dict(scope["headers"])[b"content-type"])
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def _status(self, content: bytes, kind: bytes) -> int:
        if self._bug == "takes another type":
            return 415
        if self._bug == "reads one value":
            content = content.replace(b"\x1e", b"")
            return 204 if self._are_valid([content]) else 400
        if self._bug == "refuses none":
            return 204
        if self._bug == "refuses no items" and not content:
            return 400
        mark = b"\x1e" if kind.endswith(b"json-seq") else b"\n"
        texts = [each for each in content.split(mark) if each.strip()]
        if self._bug == "looks at the first item":
            texts = texts[:1]
        return 204 if self._are_valid(texts) else 400

    def _are_valid(self, texts: list[bytes]) -> bool:
        try:
            values = [json.loads(each) for each in texts]
        except ValueError:
            return False
        return self._bug == "validates none" or all(map(is_reading, values))


def document(folder: Path, kind: str, responses: dict[str, Any] | None = None, **media: Any) -> Path:
    stated = responses or {"204": {"description": "stored"}, "400": {"description": "not valid"}}
    body = {"required": True, "content": {kind: {"itemSchema": READING, **media}}}
    paths = {"/intake": {"post": {"requestBody": body, "responses": stated}}}
    file = folder / "readings.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}))
    return file


def checked(app: Any, file: Path) -> CheckResult:
    with Target.asgi(app, (), base_url="http://readings") as target:
        return run_checks(contract.of(str(file)), target, only=[NAME])


@pytest.mark.parametrize("kind", TYPES)
def test_a_right_service_and_our_mock_pass(tmp_path: Path, kind: str) -> None:
    file = document(tmp_path, kind)
    service = Readings()

    results = [checked(app, file) for app in (service, mockserver.create_app(file))]

    assert [(), ()] == [result.findings for result in results]
    assert all(("POST /intake", NAME) in result.outcomes for result in results)
    assert {0, 1, 3} <= {body.count(b"\n") for body in service.bodies}


@pytest.mark.parametrize(
    ("bug", "verdict", "expected"),
    [
        ("takes another type", "failure", "with 1 valid item is accepted"),
        ("reads one value", "warning", "with 3 valid items is accepted"),
        ("refuses no items", "warning", "without items is accepted"),
        ("refuses none", "failure", "whose second item is not JSON is refused with 400"),
        ("looks at the first item", "failure", "whose second item is not JSON is refused with 400"),
        ("validates none", "failure", "whose second item is invalid (sensor/required) is refused with 400"),
    ],
)
@pytest.mark.parametrize("kind", TYPES)
def test_each_bug_is_found(tmp_path: Path, kind: str, bug: str, verdict: str, expected: str) -> None:
    result = checked(Readings(bug), document(tmp_path, kind))

    assert (verdict, f"a stream of {kind} {expected}") in {(each.verdict, each.expected) for each in result.findings}


def test_the_items_of_the_documented_example_are_sent_first(tmp_path: Path) -> None:
    service = Readings()
    example = {"examples": {"one": {"value": [{"sensor": "roof", "value": 21.5}]}}}

    checked(service, document(tmp_path, "application/jsonl", **example))

    assert {"sensor": "roof", "value": 21.5} == json.loads(service.bodies[0])


@pytest.mark.parametrize(
    "success",
    [
        {"207": {"description": "a status for each"}},
        {"200": {"description": "ok", "content": {"application/jsonl": {"itemSchema": READING}}}},
        {
            "200": {
                "description": "ok",
                "content": {
                    "application/json": {"schema": {"type": "object", "properties": {"errors": {"type": "array"}}}}
                },
            }
        },
    ],
    ids=["207", "a stream", "errors"],
)
def test_a_service_that_answers_each_item_may_accept_a_broken_one(tmp_path: Path, success: dict[str, Any]) -> None:
    service = Readings("refuses none")

    result = checked(service, document(tmp_path, "application/jsonl", {**success, "400": {"description": "bad"}}))

    assert [] == [each for each in result.findings if each.check == NAME]
    assert 3 == len(service.bodies)


def test_a_refusal_that_is_not_documented_is_a_warning(tmp_path: Path) -> None:
    file = document(tmp_path, "application/jsonl", {"204": {"description": "stored"}})

    assert {"warning"} == {each.verdict for each in checked(Readings("refuses none"), file).findings}
