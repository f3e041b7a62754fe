"""The check `content`: what is put at a path is what a GET shows. Its service is the mock, with a bug before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract

DOCUMENT = Path(__file__).parent.parent / "cases" / "documents" / "contents.yaml"
Change = Callable[[dict[str, Any], bytes], bytes]
App = Callable[[Any, Any, Any], Awaitable[None]]


def after(change: Change, app: App) -> App:
    """The app, whose requests have bodies as `change` leaves them."""

    async def changed(scope: Any, receive: Any, send: Any) -> None:
        async def altered() -> Any:
            message = await receive()
            body = message.get("body", b"")
            return {**message, "body": change(scope, body)} if body and not message.get("more_body") else message

        headers = [(name, value) for name, value in scope.get("headers", ()) if name != b"content-length"]
        await app({**scope, "headers": headers}, altered, send)

    return changed


def at(path: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda scope, body: change(body) if scope["method"] == "PUT" and path in scope["path"] else body


def failed(change: Change) -> set[str]:
    contract = load_contract(DOCUMENT)
    result = check_app(after(change, sandbox(DOCUMENT, seed=1)), contract, mode="quick", only=["content"])
    return {found.operation for found in result.findings if found.verdict == "failure"}


def test_what_was_put_is_found() -> None:
    result = check_app(sandbox(DOCUMENT, seed=1), load_contract(DOCUMENT), mode="quick", only=["content"])

    assert not result.findings
    assert {
        "PUT /files/{name}",
        "PUT /notes/{key}",
        "PUT /settings/theme",
        "PUT /users/{id}/tags",
        "PUT /limits/rate",
    } == {
        operation
        for (operation, check), outcome in result.outcomes.items()
        if (check, outcome) == ("content", "passed")
    }


@pytest.mark.parametrize(
    ("change", "operation"),
    [
        (at("/files/", lambda body: body[:-1]), "PUT /files/{name}"),
        (at("/notes/", bytes.upper), "PUT /notes/{key}"),
        (at("/limits/", lambda body: b"1"), "PUT /limits/rate"),
        (at("/tags", lambda body: b"[]"), "PUT /users/{id}/tags"),
    ],
)
def test_what_is_changed_or_lost_is_a_failure(change: Change, operation: str) -> None:
    assert {operation} == failed(change)
