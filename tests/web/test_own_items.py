"""Items of accounts: what one account makes is not there for another one, where the document says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
SECURED = {"security": [{"token": []}]}


def thing(**properties: Any) -> Node:
    return {"type": "object", "required": [*properties], "properties": properties}


ENTRY = thing(id=NUMBER, title=TEXT, owner_id=NUMBER)
CREDENTIALS = thing(email=TEXT, password=TEXT)
USER = thing(id=NUMBER, email=TEXT)
REMARK = thing(id=NUMBER, text=TEXT)


def diary(**words: str) -> Node:
    """The document of a diary; `words` are descriptions of operations on entries, by method and `list`."""

    def operation(name: str, responses: Node, **rest: Any) -> Node:
        return {"description": words.get(name, ""), "responses": responses, **SECURED, **rest}

    missing = {"404": {"description": "no such entry"}}
    forbidden = {"403": {"description": "refused"}} if "delete" in words else {}
    by_id = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]}
    paths = {
        "/register": {"post": {"requestBody": takes(CREDENTIALS), "responses": answers(USER, "201")}},
        "/login": {"post": {"requestBody": takes(CREDENTIALS), "responses": answers(thing(token=TEXT))}},
        "/me": {"get": operation("me", answers(USER))},
        "/entries": {
            "get": operation("list", answers({"type": "array", "items": ENTRY})),
            "post": operation("post", answers(ENTRY, "201"), requestBody=takes(thing(title=TEXT))),
        },
        "/entries/{id}": {
            "get": operation("get", answers(ENTRY) | missing),
            "put": operation("put", answers(ENTRY) | missing, requestBody=takes(thing(title=TEXT))),
            "delete": operation("delete", {"204": {"description": "gone"}} | forbidden | missing),
        }
        | by_id,
        "/entries/{id}/remarks": {
            "get": operation("remarks", answers({"type": "array", "items": REMARK}) | missing),
            "post": operation("remark", answers(REMARK, "201") | missing, requestBody=takes(thing(text=TEXT))),
        }
        | by_id,
    }
    return document(paths, components={"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}})


def registered(client: Client, email: str) -> dict[str, str]:
    """The headers of a new account."""
    sent = {"email": email, "password": "secret"}
    assert 201 == client.post("/register", json=sent).status_code
    return {"Authorization": f"Bearer {client.post('/login', json=sent).json()['token']}"}


def made(client: Client, headers: dict[str, str], title: str) -> Any:
    answer = client.post("/entries", json={"title": title}, headers=headers)
    assert 201 == answer.status_code
    return answer.json()


def titles(client: Client, headers: dict[str, str]) -> list[str]:
    return [each["title"] for each in client.get("/entries", headers=headers).json()]


def test_your_items_are_not_there_for_another_account(tmp_path: Path) -> None:
    with Client(served(tmp_path, diary(list="List your entries"))) as client:
        ada, bob = registered(client, "ada@example.org"), registered(client, "bob@example.org")
        entry, other = made(client, ada, "of Ada"), made(client, bob, "of Bob")
        path = f"/entries/{entry['id']}"

        assert [1, 2] == [entry["owner_id"], other["owner_id"]]
        assert ["of Ada"] == titles(client, ada)
        assert ["of Bob"] == titles(client, bob)
        assert 404 == client.get(path, headers=bob).status_code
        assert 404 == client.put(path, json={"title": "x"}, headers=bob).status_code
        assert 404 == client.delete(path, headers=bob).status_code
        assert 404 == client.get(f"{path}/remarks", headers=bob).status_code
        assert 404 == client.post(f"{path}/remarks", json={"text": "x"}, headers=bob).status_code
        assert "of Ada" == client.get(path, headers=ada).json()["title"]
        assert 201 == client.post(f"{path}/remarks", json={"text": "x"}, headers=ada).status_code
        assert 204 == client.delete(path, headers=ada).status_code


def test_items_that_all_read_are_changed_by_who_made_them_alone(tmp_path: Path) -> None:
    with Client(served(tmp_path, diary(delete="Only the author may delete an entry"))) as client:
        ada, bob = registered(client, "ada@example.org"), registered(client, "bob@example.org")
        path = f"/entries/{made(client, ada, 'of Ada')['id']}"

        assert ["of Ada"] == titles(client, bob)
        assert 200 == client.get(path, headers=bob).status_code
        assert 403 == client.delete(path, headers=bob).status_code
        assert 204 == client.delete(path, headers=ada).status_code


def test_what_a_sentence_leaves_to_others_is_done_by_others(tmp_path: Path) -> None:
    written = diary(delete="")
    written["info"]["description"] = "An entry is deleted only by its author, and approved only by someone else."
    written["paths"]["/entries/{id}/approve"] = {
        "parameters": written["paths"]["/entries/{id}"]["parameters"],
        "post": {"responses": answers(ENTRY) | {"403": {"description": "refused"}}, **SECURED},
    }
    with Client(served(tmp_path, written)) as client:
        ada, bob = registered(client, "ada@example.org"), registered(client, "bob@example.org")
        path = f"/entries/{made(client, ada, 'of Ada')['id']}"

        assert 200 == client.post(f"{path}/approve", headers=bob).status_code
        assert 403 == client.delete(path, headers=bob).status_code


def test_a_shared_response_says_nothing_about_whose_items_are(tmp_path: Path) -> None:
    written = diary()
    written["components"]["responses"] = {"Missing": {"description": "Does not exist (for the caller)."}}
    written["paths"]["/entries/{id}"]["get"]["responses"]["404"] = {"$ref": "#/components/responses/Missing"}
    with Client(served(tmp_path, written)) as client:
        ada, bob = registered(client, "ada@example.org"), registered(client, "bob@example.org")
        made(client, ada, "of Ada")

        assert ["of Ada"] == titles(client, bob)


def test_a_credential_of_no_account_sees_all_items(tmp_path: Path) -> None:
    with Client(served(tmp_path, diary(list="List your entries"))) as client:
        ada, anyone = registered(client, "ada@example.org"), {"Authorization": "Bearer sandbox"}
        entry = made(client, ada, "of Ada")

        assert ["of Ada"] == titles(client, anyone)
        assert 200 == client.get(f"/entries/{entry['id']}", headers=anyone).status_code


def test_without_a_sentence_all_accounts_share_their_items(tmp_path: Path) -> None:
    with Client(served(tmp_path, diary())) as client:
        ada, bob = registered(client, "ada@example.org"), registered(client, "bob@example.org")
        entry = made(client, ada, "of Ada")

        assert ["of Ada"] == titles(client, bob)
        assert 204 == client.delete(f"/entries/{entry['id']}", headers=bob).status_code


def test_a_listed_credential_says_who_asks(tmp_path: Path) -> None:
    known = [{"value": name, "name": name} for name in ("ada", "bob")]
    written = diary(list="List your entries") | {"x-service": {"credentials": known}}
    with Client(served(tmp_path, written)) as client:
        ada, bob = ({"Authorization": f"Bearer {name}"} for name in ("ada", "bob"))
        made(client, ada, "of Ada")

        assert [] == titles(client, bob)
        assert ["of Ada"] == titles(client, ada)
