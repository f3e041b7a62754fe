"""What a document says in words about references is what the mock does: unknown ones, and deletions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.contracts.magazine import magazine_document
from tests.inference.pets import NUMBER, TEXT, collection, item
from tests.web.document import Node, document, served


def author(client: Client) -> int:
    id: int = client.post("/authors", json={"name": "Ada"}).json()["id"]
    return id


def article(client: Client, author_id: int) -> int:
    made = client.post("/articles", json={"title": "Engines", "author_id": author_id, "words": 9})
    assert 201 == made.status_code, made.text
    id: int = made.json()["id"]
    return id


def test_an_item_that_does_not_exist_is_refused_where_the_document_says_so(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(magazine_document()))) as client:
        gone = author(client)
        assert 204 == client.delete(f"/authors/{gone}").status_code
        refused = client.post("/articles", json={"title": "Engines", "author_id": gone, "words": 9})
        assert (422, True) == (refused.status_code, f"there is no author with the id {gone}" in refused.text)
        assert [] == client.get("/articles").json()

        first = article(client, author(client))
        update = {"title": "Engines", "author_id": 99, "words": 9}
        assert 422 == client.put(f"/articles/{first}", json=update).status_code
        assert 422 == client.post("/issues", json={"name": "May", "article_ids": [first, 99]}).status_code
        assert 201 == client.post("/issues", json={"name": "May", "article_ids": [first]}).status_code


def test_with_materialize_every_item_exists(tmp_path: Path) -> None:
    app = served(tmp_path, document(magazine_document()), settings=ServiceSettings(materialize=True))
    with Client(app) as client:
        assert 201 == client.post("/articles", json={"title": "Engines", "author_id": 9, "words": 9}).status_code


def test_an_item_that_others_name_is_kept_where_the_document_says_so(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(magazine_document()))) as client:
        ada, bob = author(client), author(client)
        first = article(client, ada)
        refused = client.delete(f"/authors/{ada}")

        assert (409, True) == (refused.status_code, "the author still has article items" in refused.text)
        assert 200 == client.get(f"/authors/{ada}").status_code
        assert 204 == client.delete(f"/authors/{bob}").status_code
        assert 204 == client.delete(f"/articles/{first}").status_code
        assert 204 == client.delete(f"/authors/{ada}").status_code


def test_items_that_name_another_one_are_deleted_with_it_where_the_document_says_so(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(magazine_document()))) as client:
        first, second = article(client, author(client)), article(client, author(client))
        for id in (first, first, second):
            assert 201 == client.post("/remarks", json={"article_id": id, "text": "Good"}).status_code
        assert 204 == client.delete(f"/articles/{first}").status_code

        assert [second] == [one["article_id"] for one in client.get("/remarks").json()]


@pytest.mark.parametrize("said", ["The group still has members", ""])
def test_an_item_with_others_below_it_is_kept_where_the_document_says_so(tmp_path: Path, said: str) -> None:
    paths: Node = collection("/groups", item()) | collection("/groups/{id}/members", item(), parameter="memberId")
    if said:
        paths["/groups/{id}"]["delete"]["responses"]["409"] = {"description": said}
    with Client(served(tmp_path, document(paths))) as client:
        at = f"/groups/{client.post('/groups', json={'name': 'Blue'}).json()['id']}"
        member = client.post(f"{at}/members", json={"name": "Ada"}).json()["id"]
        removed = client.delete(at)

        assert (409 if said else 204) == removed.status_code
        if said:
            client.delete(f"{at}/members/{member}")
            assert 204 == client.delete(at).status_code


def test_without_a_sentence_an_unknown_item_is_accepted(tmp_path: Path) -> None:
    note = item(("id", "name", "pet_id"), pet_id=NUMBER, text=TEXT)
    paths = collection("/pets", item()) | collection("/notes", note)
    paths["/notes"]["post"]["responses"]["404"] = {"description": "Nothing is here"}
    with Client(served(tmp_path, document(paths))) as client:
        assert 201 == client.post("/notes", json={"name": "one", "pet_id": 7}).status_code


def test_the_check_of_the_mock_finds_that_it_does_what_the_document_says(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document(magazine_document())))
    only = ["unknown-reference", "held-item", "deleted-with-item", "stated-count"]
    result = check_app(sandbox(path, seed=1), load_contract(path), only=only)

    assert [] == [(each.check, each.operation, each.expected, each.seen) for each in result.findings]
    assert set(only) == {check for (_, check), outcome in result.outcomes.items() if outcome == "passed"} & set(only)
