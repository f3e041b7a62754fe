"""Cases about request bodies."""

from __future__ import annotations

import gzip

import pytest

from tests.cases.conftest import Serve

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("request_line", "kind", "body", "status"),
    [
        ("GET /g", JSON, b"", 200), ("POST /o", "", b"", 200), ("POST /o", JSON, b"", 200),
        ("POST /o", JSON, b"{}", 400),
        ("POST /q", "", b"", 400), ("POST /q", JSON, b"null", 400), ("DELETE /d", JSON, b"[1]", 204),
        ("DELETE /d", JSON, b'["x"]', 400), ("POST /st", JSON, b'"ab"', 204), ("POST /st", JSON, b"ab", 400),
        ("POST /st", "text/plain", b"abcd", 400), ("POST /o", JSON, b'{"a":1,"a":2}', 200),
        ("POST /any", JSON, b"{}", 400), ("POST /any", JSON, b'{"w":1}', 204), ("POST /anyapp", JSON, b"{}", 400),
        ("POST /anyj", "application/x+json", b"{}", 400), ("POST /anyapp", "application/x+json", b"{}", 400),
        ("POST /anyj", JSON, b'{"w":1}', 415),
    ],
)  # fmt: skip
def test_23_a_body_is_read_by_its_media_type(
    serve: Serve, request_line: str, kind: str, body: bytes, status: int
) -> None:
    method, path = request_line.split()

    reply = serve("23-body-basics").request(method, path, content=body, headers={"content-type": kind} if kind else {})

    assert status == reply.status_code


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("", 204), ("&items[0][price]=p1&items[0][qty]=2&meta[k]=v", 204), ("&items[0][qty]=x", 400),
        ("&ids=1&ids=2", 204), ("&ids=1&ids=z", 400),
    ],
)  # fmt: skip
def test_23_a_form_has_names_with_dots_and_brackets(serve: Serve, fields: str, status: int) -> None:
    api, headers = serve("23-body-basics"), {"content-type": FORM}

    reply = api.post("/form", content="MessagingBinding.Address=abc" + fields, headers=headers)

    assert status == reply.status_code
    assert 400 == api.post("/form", content="MessagingBinding.Address=ab", headers=headers).status_code


def test_23_an_empty_json_body_is_a_missing_one(serve: Serve) -> None:
    reply = serve("23-body-basics").post("/q", content=b"", headers={"content-type": JSON})

    assert (400, "body: a request body is required") == (reply.status_code, reply.json()["detail"])


def test_23_a_content_encoding_is_refused_by_name(serve: Serve) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}

    reply = serve("23-body-basics").post("/o", content=gzip.compress(b'{"a":1}'), headers=headers)

    assert (415, "identity") == (reply.status_code, reply.headers["accept-encoding"])
