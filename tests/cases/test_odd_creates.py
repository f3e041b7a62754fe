"""Cases about creates whose reply is not the new item: a page of all, or files of another resource."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_create_may_answer_with_the_page_of_all(serve: Serve) -> None:
    api = serve("page-of-created")

    pages = [api.post("/notes", json={"text": text}).json() for text in ("one", "two")]

    assert [1, 2] == [page["total_count"] for page in pages]
    assert {"one", "two"} == {note["text"] for note in pages[1]["entries"]}
    assert pages[1] == api.get("/notes").json()


def test_what_has_no_id_is_nobodys_parent(serve: Serve) -> None:
    reply = serve("uploaded-versions").post("/files/7/content", files={"file": b"x"}, data={"note": "first"})

    assert 200 == reply.status_code
    assert reply.json().keys() >= {"entries", "total_count"}
