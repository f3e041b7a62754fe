"""The check `byte-ranges`. Its service is the mock, whose responses to requests with `Range` are changed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract

App = Callable[[Any, Any, Any], Awaitable[None]]
Response = tuple[int, dict[bytes, bytes], bytes]
Change = Callable[[str, Response], Response]

BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
GET = "GET /files/{name}"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that clients put, and that are shown in parts too."""
    contents = {"200": {"description": "all", **BINARY}, "206": {"description": "a part", **BINARY}}
    responses = {**contents, "404": {"description": "unknown"}, "416": {"description": "no such part"}}
    put = {"requestBody": {"required": True, **BINARY}, "responses": {"204": {"description": "stored"}}}
    delete = {"responses": {"204": {"description": "deleted"}, "404": {"description": "unknown"}}}
    paths = {"/files/{name}": {"parameters": [NAME], "put": put, "get": {"responses": responses}, "delete": delete}}
    path = tmp_path_factory.mktemp("ranges") / "api.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}))
    return path


def changed(app: App, change: Change) -> App:
    """The app, whose whole responses to requests with `Range` are as `change` makes them; it gets the range too."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        wanted = dict(scope.get("headers", ())).get(b"range", b"").decode()
        if not wanted:
            await app(scope, receive, send)
            return
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        await app(scope, receive, keep)
        headers = dict(messages[0]["headers"])
        body = b"".join(each.get("body", b"") for each in messages[1:])
        status, headers, body = change(wanted, (messages[0]["status"], headers, body))
        headers[b"content-length"] = str(len(body)).encode()
        await send({**messages[0], "status": status, "headers": [*headers.items()]})
        await send({"type": "http.response.body", "body": body})

    return answered


def without_range(app: App) -> App:
    """The app as a server that knows no ranges."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        headers = [pair for pair in scope.get("headers", ()) if pair[0] != b"range"]
        await app({**scope, "headers": headers}, receive, send)

    return answered


def without_condition(app: App) -> App:
    """The app as a server that does not look at `If-Range`."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        headers = [pair for pair in scope.get("headers", ()) if pair[0] != b"if-range"]
        await app({**scope, "headers": headers}, receive, send)

    return answered


def found(app: App, document: Path) -> list[tuple[str, str]]:
    """The verdict of each finding, and what was expected."""
    result = check_app(app, load_contract(document), mode="quick", only=["byte-ranges"])
    assert ("byte-ranges", GET) in {(check, operation) for operation, check in result.outcomes}
    return [(each.verdict, each.expected) for each in result.findings]


def test_a_server_with_ranges_has_no_findings(document: Path) -> None:
    result = check_app(sandbox(document, seed=1), load_contract(document), mode="quick", only=["byte-ranges"])

    assert ((), "passed") == (result.findings, result.outcomes[GET, "byte-ranges"])


def test_ignored_ranges_are_a_warning(document: Path) -> None:
    verdicts = {verdict for verdict, _ in found(without_range(sandbox(document, seed=1)), document)}

    assert {"warning"} == verdicts


def one_more(wanted: str, response: Response) -> Response:
    status, headers, body = response
    return status, headers, body + b"!" if status == 206 else body


def wrong_place(wanted: str, response: Response) -> Response:
    status, headers, body = response
    return status, headers | ({b"content-range": b"bytes 0-1/9999"} if status == 206 else {}), body


def all_are_partial(wanted: str, response: Response) -> Response:
    return (206, *response[1:]) if response[0] == 416 else response


def refused(wanted: str, response: Response) -> Response:
    return (400, *response[1:]) if wanted.startswith("lines") else response


@pytest.mark.parametrize(("change", "expected"), [
    (one_more, "has the 2 bytes from 1 on"), (wrong_place, "has the Content-Range bytes 1-2/"),
    (all_are_partial, "gets a 416"), (refused, "a unit that no server knows is ignored"),
])  # fmt: skip
def test_a_wrong_part_is_a_failure(document: Path, change: Change, expected: str) -> None:
    findings = found(changed(sandbox(document, seed=1), change), document)

    assert ["failure"] == [verdict for verdict, told in findings if expected in told]


def test_a_part_of_another_version_is_a_failure(document: Path) -> None:
    findings = found(without_condition(sandbox(document, seed=1)), document)

    assert [("failure", "the whole content is sent where If-Range names another version of it")] == findings


def test_a_refusal_that_does_not_say_how_long_the_content_is_is_a_warning(document: Path) -> None:
    def silent(wanted: str, response: Response) -> Response:
        status, headers, body = response
        kept = {name: value for name, value in headers.items() if status != 416 or name != b"content-range"}
        return status, kept, body

    findings = found(changed(sandbox(document, seed=1), silent), document)

    assert ["warning"] == [verdict for verdict, _ in findings]
