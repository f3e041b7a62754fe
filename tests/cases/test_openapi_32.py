"""Cases about documents of OpenAPI 3.2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cases.conftest import DOCUMENTS, Serve
from tests.process import run


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        ("QUERY /find", {"q": "x"}, 200), ("QUERY /find", {}, 400), ("COPY /find", None, 204), ("GET /find", None, 405),
        ("GET /qs?a=1", None, 200), ("GET /qs?a=x", None, 400),
        ("POST /disc", {"x": 1}, 204), ("POST /disc", {"kind": "zzz", "x": 1}, 204),
        ("POST /disc", {"kind": "Other", "x": 1}, 204), ("POST /disc", {"kind": "Cat", "meow": 1}, 204),
        ("POST /disc", {"kind": "Cat"}, 400), ("POST /disc", {"kind": "Cat", "x": 1}, 400),
        ("POST /disc", {"kind": "zzz", "x": "s"}, 400), ("POST /disc", {"meow": 1}, 400),
    ],
)  # fmt: skip
def test_16_what_3_2_added_is_judged(serve: Serve, request_line: str, body: Any, status: int) -> None:
    method, target = request_line.split()

    reply = serve("16-oas32").request(method, target, **({} if body is None else {"json": body}))

    assert status == reply.status_code


def test_16_replies_are_made_from_item_schemas_media_types_and_examples(serve: Serve) -> None:
    api = serve("16-oas32")

    assert {"m": 1} == api.get("/mt").json()
    assert {"hit": "ck"} == api.get("/ck", headers={"cookie": "theme=dark"}).json()
    for path in ("/nd", "/jl"):
        assert {int} == {type(json.loads(line)["n"]) for line in api.get(path).text.splitlines()}
    event, data, end = api.get("/sse").text.split("\n")[:3]
    assert ("event: tick", "data: ", "") == (event, data[:6], end)


@pytest.mark.parametrize(("cookie", "status"), [("theme=dark", 200), ("theme=blue", 400), ("a=1", 200)])
def test_16_an_object_is_read_from_cookies(serve: Serve, cookie: str, status: int) -> None:
    assert status == serve("16-oas32").get("/ck", headers={"cookie": cookie}).status_code


def test_16_nothing_of_the_document_is_ignored() -> None:
    assert "not supported" not in run("infer", str(DOCUMENTS / "16-oas32.yaml")).stderr
