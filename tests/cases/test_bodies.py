"""Cases about request bodies."""

from __future__ import annotations

import gzip

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

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
        ("POST /anyj", JSON, b'{"w":1}', 415), ("POST /o", JSON, b'\xef\xbb\xbf{"a":1}', 200),
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


@pytest.mark.parametrize("text", ["SGVsbG8=", "SGVsbG8", "a+b/", "a-b_", "", "SGVs\r\nbG8="])
def test_base64_is_accepted_wherever_it_is(serve: Serve, text: str) -> None:
    assert [200, 200, 200, 200, 204] == _sent_as_base64(serve("base64"), text)


@pytest.mark.parametrize("text", ["@@", "a", "a=b=", "SGVsbG8==="])
def test_what_is_not_base64_is_refused_wherever_it_is(serve: Serve, text: str) -> None:
    assert [400, 400, 400, 400, 400] == _sent_as_base64(serve("base64"), text)


def _sent_as_base64(api: Client, text: str) -> list[int]:
    """The statuses with a text as a field of a form of two kinds, a JSON property, a query parameter and a body."""
    plain = {"Content-Type": "text/plain"}
    return [
        reply.status_code
        for reply in (
            api.post("/form", data={"b": text}),
            api.post("/form", files={"b": (None, text)}),
            api.post("/form", json={"b": text}),
            api.get("/q", params={"b": text}),
            api.post("/raw", content=text.encode(), headers=plain),
        )
    ]


def test_a_refusal_shows_what_base64_is(serve: Serve) -> None:
    refused = serve("base64").post("/form", json={"b": "@@"})

    assert 'body b: "@@" is not a valid byte, such as SGVsbG8= (base64)' == refused.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(b"\xff\x00", "/wA="), (b"SGVsbG8=", "SGVsbG8="), (b"{}", "e30=")],
    ids=["bytes", "base64", "text"],
)
def test_a_file_for_base64_is_encoded_unless_it_is_base64(serve: Serve, sent: bytes, shown: str) -> None:
    reply = serve("base64").post("/form", files={"b": ("b.bin", sent)})

    assert (200, shown) == (reply.status_code, reply.json()["b"])


def test_files_of_a_list_for_base64_are_encoded(serve: Serve) -> None:
    files = [("b", (None, "")), *(("l", ("b.bin", sent)) for sent in (b"\xff\x00", b"SGVsbG8="))]

    assert ["/wA=", "SGVsbG8="] == serve("base64").post("/form", files=files).json()["l"]


def test_a_write_without_a_body_has_the_properties_in_its_query(serve: Serve) -> None:
    api = serve("fields-in-the-query")

    made = api.post("/cards?name=Buy&idList=l1&pos=3&token=t").json()
    other = api.post("/cards?name=Sell&idList=l2").json()
    assert ("Buy", "l1", 3) == (made["name"], made["idList"], made["pos"])
    assert made == api.get(f"/cards/{made['id']}").json()
    assert [other] == api.get("/cards?idList=l2").json()

    changed = api.put(f"/cards/{made['id']}?pos=4").json()
    assert made | {"pos": 4} == changed == api.get(f"/cards/{made['id']}").json()


def test_a_patch_without_a_body_changes_what_its_query_has(serve: Serve) -> None:
    api = serve("fields-in-the-query")
    api.post("/people?dry_run=false&name=x", json={"name": "Ada", "age": 36})

    assert 204 == api.patch("/people/1?name=Eve").status_code
    assert {"id": 1, "name": "Eve", "age": 36} == api.get("/people/1").json()
    assert 404 == api.patch("/people/9?name=Eve").status_code
