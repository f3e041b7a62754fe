"""A list whose items are lines or a JSON text sequence shows what is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract
from tests.client import Client
from tests.inference.pets import TEXT, collection, item
from tests.web.document import Node, document, served


def pets(media_type: str) -> Node:
    """A document of pets whose list is a stream of this media type."""
    written = document(collection("/pets", item(kind=TEXT))) | {"openapi": "3.2.0"}
    [listed] = written["paths"]["/pets"]["get"]["responses"].values()
    listed["content"] = {media_type: {"itemSchema": item(kind=TEXT)}}
    return written


@pytest.mark.parametrize(("media_type", "mark"), [("application/jsonl", ""), ("application/json-seq", "\x1e")])
def test_a_stream_has_the_items_that_were_created(tmp_path: Path, media_type: str, mark: str) -> None:
    with Client(served(tmp_path, pets(media_type))) as client:
        empty = client.get("/pets")
        pet = client.post("/pets", json={"name": "Rex", "kind": "dog"}).json()
        other = client.post("/pets", json={"name": "Tom", "kind": "cat"}).json()
        shown = client.get("/pets")

    assert (200, "") == (empty.status_code, empty.text)
    assert media_type == shown.headers["content-type"]
    lines = shown.text.removesuffix("\n").split("\n")
    assert all(line.startswith(mark) for line in lines)
    assert [pet, other] == sorted((json.loads(line.removeprefix(mark)) for line in lines), key=lambda each: each["id"])


class Forgetful:
    """The mock of pets; its list has no items if `is_empty`."""

    def __init__(self, app: Any, *, is_empty: bool) -> None:
        self._app, self._is_empty = app, is_empty

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def emptied(message: Any) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else {**message, "headers": [TYPE]})

        is_list = self._is_empty and scope.get("path") == "/pets" and scope["method"] == "GET"
        await self._app({**scope, "extensions": {}}, receive, emptied if is_list else send)


TYPE = (b"content-type", b"application/jsonl")


@pytest.mark.parametrize(("is_empty", "outcome"), [(False, "passed"), (True, "failed")])
def test_the_check_looks_for_items_in_a_stream(tmp_path: Path, is_empty: bool, outcome: str) -> None:
    written = pets("application/jsonl")
    file = tmp_path / "pets.json"
    file.write_text(json.dumps(written))
    with Target.asgi(Forgetful(served(tmp_path, written), is_empty=is_empty), (), base_url="http://pets") as target:
        result = run_checks(contract.of(str(file)), target, only=["listed"])

    assert outcome == result.outcomes[("GET /pets", "listed")]
