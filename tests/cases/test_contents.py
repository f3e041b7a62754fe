"""What a client puts at a path is what it gets there, and uploaded files are described and returned as they were."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve

BYTES = {"content-type": "application/octet-stream"}


def test_a_file_is_got_as_it_was_put(serve: Serve) -> None:
    api = serve("contents")

    assert 404 == api.get("/files/a.bin").status_code
    assert [201, 204] == [api.put("/files/a.bin", content=c, headers=BYTES).status_code for c in (b"\x00\xff", b"\x01")]
    got = api.get("/files/a.bin")

    assert (b"\x01", "application/octet-stream") == (got.content, got.headers["content-type"])
    assert 404 == api.get("/files/b.bin").status_code
    assert [204, 404] == [api.delete("/files/a.bin").status_code, api.get("/files/a.bin").status_code]


def test_a_text_is_got_as_it_was_put_and_its_key_is_listed(serve: Serve) -> None:
    api = serve("contents")

    put = api.put("/notes/x", content="hé", headers={"content-type": "text/plain; charset=utf-8"})

    assert ["hé", "hé"] == [put.text, api.get("/notes/x").text]
    assert ["x"] == api.get("/notes").json()
    assert [204, 404] == [api.delete("/notes/x").status_code, api.get("/notes/x").status_code]
    assert [] == api.get("/notes").json()


def test_a_single_value_starts_as_the_example_and_is_got_as_it_was_put(serve: Serve) -> None:
    api = serve("contents")

    assert "light" == api.get("/settings/theme").json()
    assert "dark" == api.put("/settings/theme", json="dark").json()
    assert "dark" == api.get("/settings/theme").json()
    assert 400 == api.put("/settings/theme", json="pink").status_code
    assert 204 == api.put("/limits/rate", json=10**15).status_code
    assert 10**15 == api.get("/limits/rate").json()


def test_a_list_of_texts_is_got_as_it_was_put_for_each_owner(serve: Serve) -> None:
    api = serve("contents")

    api.put("/users/1/tags", json=["a"])
    api.put("/users/2/tags", json=[])

    assert [["a"], []] == [api.get(f"/users/{id}/tags").json() for id in (1, 2)]
    api.delete("/users/1/tags")
    assert [] == api.get("/users/1/tags").json()


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_an_image_is_got_in_the_media_type_in_which_it_was_put(serve: Serve, kind: str) -> None:
    api = serve("contents")

    api.put("/avatar", content=b"pixels", headers={"content-type": kind})
    got = api.get("/avatar")

    assert (b"pixels", kind) == (got.content, got.headers["content-type"])
    assert [204, 404] == [api.delete("/avatar").status_code, api.get("/avatar").status_code]


def test_an_uploaded_file_is_described_and_downloaded(serve: Serve) -> None:
    api = serve("uploads")

    made = api.post("/files", files={"file": ("C:\\a\\report.pdf", b"hello", "application/pdf")}, data={"purpose": "x"})
    file = made.json()

    assert ("report.pdf", 5, "application/pdf", "5d41402abc4b2a76b9719d911017c592", "x") == tuple(
        file[name] for name in ("filename", "bytes", "content_type", "md5", "purpose")
    )
    assert [file] == api.get("/files").json()
    assert b"hello" == api.get(f"/files/{file['id']}/content").content
    assert 404 == api.get("/files/nowhere/content").status_code
    assert 204 == api.delete(f"/files/{file['id']}").status_code
    assert 404 == api.get(f"/files/{file['id']}/content").status_code


def test_a_body_of_bytes_is_described_and_downloaded(serve: Serve) -> None:
    api = serve("uploads")

    blob = api.post("/blobs?filename=b.png", content=b"hello", headers={"content-type": "image/png"}).json()
    got = api.get(f"/blobs/{blob['blobId']}/download")

    assert ("b.png", 5, "image/png") == (blob["name"], blob["contentLength"], blob["mimeType"])
    assert "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" == blob["checksum"]
    assert (b"hello", "image/png") == (got.content, got.headers["content-type"])


def test_a_file_below_an_item_is_shown_at_its_own_path(serve: Serve) -> None:
    api = serve("uploads")

    made = api.post("/documents/1/attachments", files={"attachment": ("r.txt", b"hello!")}, data={"title": "x"})

    assert {"attachmentId": 1, "fileName": "r.txt", "size": "6", "title": "x"} == made.json()["data"]
    assert b"hello!" == api.get("/documents/1/attachments/1").content
    assert [404, 404] == [api.get(f"/documents/{at}").status_code for at in ("1/attachments/2", "2/attachments/1")]


def test_an_empty_text_has_its_media_type(serve: Serve) -> None:
    api = serve("contents")

    put = api.put("/notes/x", content=b"", headers={"content-type": "text/plain"})
    got = api.get("/notes/x")

    assert [(200, b"", "text/plain")] * 2 == [
        (each.status_code, each.content, each.headers["content-type"].partition(";")[0]) for each in (put, got)
    ]
    assert "content-type" not in api.put("/users/1/tags", json=["a"]).headers


def test_a_content_is_part_of_a_snapshot(serve: Serve) -> None:
    api = serve("contents")
    api.put("/files/a.bin", content=b"\x00\xff", headers=BYTES)
    snapshot = api.get("/_mock/snapshot").json()

    api.delete("/files/a.bin")
    api.put("/_mock/snapshot", json=snapshot)

    assert b"\x00\xff" == api.get("/files/a.bin").content
