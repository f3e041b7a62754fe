"""Contents of items: how large a file may be, as a sentence says, and its entity tag."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(("size", "status"), [(2048, 201), (2049, 413)])
def test_a_file_of_a_form_is_as_large_as_the_document_says(serve: Serve, size: int, status: int) -> None:
    reply = serve("sized-contents").post("/maps", files={"file": ("north.bin", b"n" * size)})

    assert status == reply.status_code


@pytest.mark.parametrize(("size", "status", "shown"), [(100, 204, 100), (101, 422, 5)])
def test_a_file_that_is_the_whole_body_is_refused_with_the_documented_status(
    serve: Serve, size: int, status: int, shown: int
) -> None:
    api = serve("sized-contents")
    api.post("/maps", files={"file": ("north.bin", b"north")})
    reply = api.put("/maps/1/content", content=b"s" * size, headers={"content-type": "application/octet-stream"})

    assert status == reply.status_code
    assert shown == len(api.get("/maps/1/content").content)


def test_a_content_has_the_tag_that_its_header_describes(serve: Serve) -> None:
    api, binary = serve("sized-contents"), {"content-type": "application/octet-stream"}
    api.post("/maps", files={"file": ("north.bin", b"north")})
    tag = api.get("/maps/1/content").headers["etag"]

    assert f'"{sha256(b"north").hexdigest()}"' == tag
    assert 304 == api.get("/maps/1/content", headers={"if-none-match": tag}).status_code
    assert 412 == api.put("/maps/1/content", content=b"s", headers={**binary, "if-match": '"other"'}).status_code
    assert 204 == api.put("/maps/1/content", content=b"south", headers={**binary, "if-match": tag}).status_code
    assert f'"{sha256(b"south").hexdigest()}"' == api.get("/maps/1/content").headers["etag"]
