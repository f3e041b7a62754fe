"""Writes whose reply is a text, such as `OK`, are kept like others."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_create_that_answers_with_a_text_is_kept(serve: Serve) -> None:
    api = serve("said-replies")
    created = api.post("/notes", json={"text": "one"})

    assert (200, "OK") == (created.status_code, created.text)
    assert created.headers["content-type"].startswith("text/plain")
    (shown,) = api.get("/notes").json()
    assert "one" == shown["text"]
    assert created.headers["location"].endswith(f"/notes/{shown['id']}")


def test_a_replacement_that_answers_with_a_text_is_kept(serve: Serve) -> None:
    api = serve("said-replies")
    address = api.post("/notes", json={"text": "one"}).headers["location"]
    replaced = api.put(address, json={"text": "two"})

    assert (200, "Saved") == (replaced.status_code, replaced.text)
    assert "two" == api.get(address).json()["text"]


def test_a_deletion_that_answers_with_a_json_text_is_kept(serve: Serve) -> None:
    api = serve("said-replies")
    address = api.post("/notes", json={"text": "one"}).headers["location"]

    assert "OK" == api.delete(address).json()
    assert 404 == api.get(address).status_code
    assert [] == api.get("/notes").json()


def test_a_text_that_can_be_the_new_id_is_it(serve: Serve) -> None:
    api = serve("said-replies")
    id = api.post("/tags", json={"name": "red"}).text

    assert "red" == api.get(f"/tags/{id}").json()["name"]


def test_an_id_that_the_service_sets_is_not_taken_from_a_create(serve: Serve) -> None:
    api = serve("said-replies")
    id = api.post("/tags", json={"name": "red"}).text
    other = api.post("/tags", json={"name": "blue", "id": id}).text

    assert id != other
    assert "red" == api.get(f"/tags/{id}").json()["name"]
