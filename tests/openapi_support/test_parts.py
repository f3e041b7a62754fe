"""Multipart bodies: parts in order, with media types and headers of their own (OpenAPI 3.2 sections 4.14.4, 4.15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.response_validation import response_violations
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import RecordedExchange
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver.contract import Contract
from mockserver.openapi import multipart
from mockserver.openapi.multipart import BodyPart
from mockserver.web.curl_example import curl_for
from tests.client import Client
from tests.openapi_support.streamed_messages import streamed_messages

DOCUMENT = Path(__file__).parent / "parts.yaml"
MIXED, FORM = "multipart/mixed", "multipart/form-data"
JSON = {"Content-Type": "application/json"}
PICTURE = {"Content-Type": "image/png", "Content-Location": "https://camera.example/1.png"}
ABOUT = (JSON, '{"author": "Ada"}')


@pytest.fixture(scope="module")
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(DOCUMENT, seed=1)) as client:
        yield client


@pytest.fixture(scope="module")
def contract() -> Contract:
    return contracts.of(str(DOCUMENT))


Written = tuple[Mapping[str, str], str]


def body(*parts: Written, boundary: str = "B") -> str:
    heads = ("".join(f"{name}: {value}\r\n" for name, value in headers.items()) for headers, _ in parts)
    written = (f"{head}\r\n{content}\r\n" for head, (_, content) in zip(heads, parts, strict=True))
    return "".join(f"--{boundary}\r\n{each}" for each in written) + f"--{boundary}--\r\n"


def send(api: Client, path: str, content: str, kind: str = MIXED) -> tuple[int, str]:
    reply = api.post(path, content=content, headers={"content-type": f"{kind}; boundary=B"})
    return reply.status_code, reply.json()["detail"] if reply.content else ""


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([ABOUT, (PICTURE, "PNG")], ""),
        ([(JSON, '{"author": ""}'), (PICTURE, "PNG")], 'body 0.author: "" is shorter than 1 character'),
        ([(JSON, '{"author"'), (PICTURE, "PNG")], "body 0: not JSON"),
        ([(PICTURE, "PNG"), ABOUT], "body 1: the part must be image/*; its content type is application/json"),
        (
            [ABOUT, ({**PICTURE, "Content-Type": "text/css"}, "")],
            "body 1: the part must be image/*; its content type is",
        ),
        (
            [ABOUT, ({"Content-Location": "https://a.example"}, "")],
            "body 1: the part must be image/*; it has no content",
        ),
        ([ABOUT, ({"Content-Type": "image/gif"}, "GIF")], "body 1: the part needs the header Content-Location"),
        ([ABOUT, ({**PICTURE, "Content-Location": "no URI"}, "")], "body 1: the header Content-Location of the part: "),
        ([ABOUT, ({**PICTURE, "Content-ID": "<1>"}, "")], "body 1: the header Content-ID of the part: "),
        ([ABOUT, (PICTURE, ""), (PICTURE, "")], "body 2: the list has more entries than are allowed"),
        ([ABOUT], "body: [{"),
        ([], "body: [] has less than 2 items"),
    ],
)
def test_the_parts_of_a_request_are_judged_in_their_order(api: Client, parts: list[Written], says: str) -> None:
    status, said = send(api, "/pictures", body(*parts))

    assert (204 if not says else 400) == status, said
    assert said.startswith(says)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (body(ABOUT, (PICTURE, "PNG"))[:-8], f"{MIXED}; boundary=B"),
        (body(ABOUT, (PICTURE, "PNG")), MIXED),
        (body(ABOUT, (PICTURE, "PNG")), f"{MIXED}; boundary=other"),
        (body(*[ABOUT] * 2001), f"{MIXED}; boundary=B"),
    ],
)
def test_a_body_that_is_not_multipart_is_refused(api: Client, content: str, kind: str) -> None:
    reply = api.post("/pictures", content=content, headers={"content-type": kind})

    assert 400 == reply.status_code
    assert reply.json()["detail"].startswith("the multipart body cannot be read: ")


def test_what_is_before_the_first_and_after_the_last_boundary_is_passed_over(api: Client) -> None:
    assert (204, "") == send(api, "/pictures", f"hello\r\n{body(ABOUT, (PICTURE, 'PNG'))}bye")


XML, TEXT, PNG = {"Content-Type": "application/xml"}, {}, {"Content-Type": "image/png"}


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        ([(XML, "<a><author>Ada</author></a>"), (TEXT, "hello"), (PNG, "PNG")], ""),
        ([(XML, "<a><author></author></a>"), (TEXT, "hello"), (PNG, "PNG")], "body 1.0.author: "),
        ([(JSON, '{"author": "Ada"}'), (TEXT, "hello"), (PNG, "PNG")], "body 1.0: the part must be application/xml"),
        ([(XML, "<a><author>Ada</author></a>"), (TEXT, "")], "body 1"),
    ],
)
def test_parts_in_a_part_are_judged_too(api: Client, inner: list[Written], says: str) -> None:
    nested = ({"Content-Type": f"{MIXED}; boundary=C"}, body(*inner, boundary="C"))

    status, said = send(api, "/reports", body((JSON, "[1, 2]"), nested))

    assert (204 if not says else 400) == status, said
    assert said.startswith(says)


@pytest.mark.parametrize(
    ("picture", "table", "says"),
    [
        ("image/png", "text/csv", ""),
        ("image/gif", "text/csv", "body 0.picture: the part must be image/png"),
        ("image/png", "text/html", "body 1.0: the part must be text/csv"),
    ],
)
def test_parts_in_a_part_have_encodings_by_name_and_by_place(api: Client, picture: str, table: str, says: str) -> None:
    named = {"Content-Disposition": 'form-data; name="picture"; filename="p"', "Content-Type": picture}
    form = ({"Content-Type": f"{FORM}; boundary=C"}, body((named, "PNG"), boundary="C"))
    listed = ({"Content-Type": f"{MIXED}; boundary=C"}, body(({"Content-Type": table}, "a,b"), boundary="C"))

    status, said = send(api, "/envelopes", body(form, listed))

    assert (204 if not says else 400) == status, said
    assert said.startswith(says)


def test_parts_are_nested_up_to_a_bound(api: Client) -> None:
    content = "x"
    for depth in range(10):
        content = body(({"Content-Type": f"{MIXED}; boundary=B{depth}"}, content), boundary=f"B{depth + 1}")

    reply = api.post("/reports", content=content, headers={"content-type": f"{MIXED}; boundary=B10"})

    assert "nested more than 4 levels deep" in reply.text


def test_the_parts_of_a_reply_are_made_as_documented(api: Client) -> None:
    reply = api.get("/reports")
    numbers, inner = multipart.read(reply.content, reply.headers["content-type"], most=10)
    about, text, picture = multipart.read(inner.content, str(inner.header("content-type")), most=10)

    assert ["application/json", MIXED] == [numbers.media_type, inner.media_type]
    assert ["application/xml", "text/plain", "image/png"] == [each.media_type for each in (about, text, picture)]
    assert (b"<author>" in about.content, b"\x89PNG") == (True, picture.content[:4])


def disposition(name: str, **headers: str) -> dict[str, str]:
    further = {key.replace("_", "-"): value for key, value in headers.items()}
    return {"Content-Disposition": f'form-data; name="{name}"', **further}


ID = (disposition("id"), "7")
PHOTO = (disposition("picture", Content_Type="image/png", X_Copyright="Ada"), "PNG")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([ID, PHOTO], ""),
        ([ID, (disposition("picture", X_Copyright="Ada"), "PNG")], ""),
        (
            [ID, (disposition("picture", Content_Type="image/png"), "")],
            "body picture: the part needs the header X-Copy",
        ),
        ([ID, (disposition("picture", X_Copyright="A"), "")], "body picture: the header X-Copyright of the part: "),
        (
            [ID, (disposition("picture", X_Copyright="Ada", Content_Type="text/css"), "")],
            "body picture: the part must be",
        ),
        ([ID, PHOTO, (disposition("about"), "<a><author>Ada</author></a>")], ""),
        ([ID, PHOTO, *[(disposition("about"), "<a><author>A</author></a>")] * 2], ""),
        ([ID, PHOTO, (disposition("about"), "<a><author></author></a>")], "body about.0.author: "),
    ],
)
def test_the_parts_of_a_form_are_judged_by_their_encoding_objects(api: Client, parts: list[Written], says: str) -> None:
    status, said = send(api, "/forms", body(*parts), FORM)

    assert (204 if not says else 400) == status, said
    assert said.startswith(says)


@pytest.mark.parametrize(("author", "status"), [("Ada", 204), ("", 400)])
def test_a_field_of_a_form_may_have_parts_itself(api: Client, author: str, status: int) -> None:
    inner = body(({}, "4"), (JSON, f'{{"author": "{author}"}}'), boundary="C")
    further = (disposition("further", Content_Type=f"{MIXED}; boundary=C"), inner)

    assert status == send(api, "/forms", body(ID, PHOTO, further), FORM)[0]


def test_a_form_may_be_described_as_a_list(api: Client) -> None:
    id, name = (disposition("id"), "7"), (disposition("name"), "Ada")

    assert [204, 400] == [send(api, "/ordered-forms", body(*parts), FORM)[0] for parts in ((id, name), (name, id))]


def test_with_an_interval_parts_are_sent_one_by_one(api: Client) -> None:
    whole, kind = (reply := api.get("/pictures")).content, reply.headers["content-type"]
    head, *parts, end = streamed_messages(DOCUMENT, "/pictures")

    assert b"content-length" not in dict(head["headers"])
    assert [len(multipart.read(whole, kind, most=99)) + 1, b""] == [len(parts), end["body"]]
    assert whole == b"".join(part["body"] for part in parts)
    assert 2 == len(streamed_messages(DOCUMENT, "/pictures", 2))


GOOD = BodyPart((("Content-Type", "image/png"), ("X-Number", "1")), b"PNG")


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (GOOD, []),
        (msgspec.structs.replace(GOOD, headers=GOOD.headers[:1]), ["1: the part needs the header X-Number"]),
        (
            msgspec.structs.replace(GOOD, headers=(GOOD.headers[0], ("X-Number", "0"))),
            ["1: the header X-Number of the part: 0 is less"],
        ),
        (
            msgspec.structs.replace(GOOD, headers=(("Content-Type", "image/gif"), GOOD.headers[1])),
            ["1: the part must be image/png; its"],
        ),
    ],
)
def test_the_check_judges_each_part_of_a_response(contract: Contract, second: BodyPart, found: list[str]) -> None:
    content, kind = multipart.write([GOOD, second], MIXED)
    exchange = RecordedExchange("GET", "/pictures", (), None, 200, (("content-type", kind),), content)
    cut = replace(exchange, reply_body=content[: content.index(b"--", 4)] + content[-60:-40])

    assert found == [text[: len(found[0])] for text in seen(contract, exchange)]
    assert [] == seen(contract, cut)


def test_the_check_judges_a_response_without_its_end(contract: Contract) -> None:
    content, kind = multipart.write([GOOD], MIXED)
    headers = (("content-type", kind), ("content-length", str(len(content) - 6)))

    [said] = seen(contract, RecordedExchange("GET", "/pictures", (), None, 200, headers, content[:-6]))

    assert "is missing" in said


def seen(contract: Contract, exchange: RecordedExchange) -> list[str]:
    operation = next(each for each in contract.document.operations if each.operation_id == "watchPictures")
    return [each.seen for each in response_violations(operation, exchange, contract)]


class Careless:
    """Our mock of the document, which answers 204 to what has the text in its body, whatever else it has."""

    def __init__(self, path: str, text: bytes) -> None:
        self._app, self._path, self._text = mockserver.create_app(DOCUMENT, seed=1), path, text

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", self._path):
            await self._app(scope, receive, send)
            return
        content = await whole(receive)
        if self._text in content:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return

        async def again() -> dict[str, Any]:
            return {"type": "http.request", "body": content}

        await self._app(scope, again, send)


async def whole(receive: Any) -> bytes:
    content, message = b"", {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        content += message.get("body", b"")
    return content


@pytest.mark.parametrize(
    ("app", "found"),
    [
        (mockserver.create_app(DOCUMENT, seed=1), {}),
        (Careless("/forms", b"image/png"), {"POST /forms": "failure"}),
        (Careless("/pictures", b"Content-ID"), {}),
        (Careless("/pictures", b"Content-Location"), {"POST /pictures": "warning"}),
        (Careless("/ordered-forms", b"form-data"), {"POST /ordered-forms": "failure"}),
    ],
)
def test_a_server_that_ignores_parts_is_found(contract: Contract, app: Any, found: dict[str, str]) -> None:
    with Target.asgi(app) as target:
        result = run_checks(contract, target, only=["multipart-parts"])

    assert found == {each.operation: each.verdict for each in result.findings}


def test_schemathesis_reports_nothing_about_our_mock(contract: Contract) -> None:
    with Target.asgi(mockserver.create_app(DOCUMENT, seed=1)) as target:
        result = conform(contract, target, mode="quick")

    assert [] == [(each.operation, each.check) for each in result.findings]


def test_a_printed_curl_line_has_the_media_types_and_headers_of_the_parts() -> None:
    service = next(iter(mockserver.create_app(DOCUMENT, seed=1).services.values()))
    lines = {name: curl_for(service, "", each.operation) for name, each in service.endpoints.items()}

    assert ';type=image/png;headers="X-Copyright: ' in lines["sendForm"]
    assert r"\r\nContent-Type: image/png\r\nContent-Location: https://" in lines["sendPicture"]
