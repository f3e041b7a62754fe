"""Cases about PUTs that change only what they send, and about PUTs, PATCHes and POSTs that create."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import collection
from tests.web.document import Node, answers, document, served, takes

TEXT: Node = {"type": "string"}
REFUSED: Node = {"404": {"description": "no"}, "422": {"description": "no"}}


def crates(asked: Node, **put: object) -> dict[str, Node]:
    """The paths of crates, each with a required label, whose PUT takes `asked`."""
    shown: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "label": TEXT, "note": TEXT}}
    paths = collection("/crates", shown | {"required": ["id"]})
    whole = {"type": "object", "required": ["label"], "properties": {"label": TEXT, "note": TEXT}}
    paths["/crates"]["post"]["requestBody"] = takes(whole)
    paths["/crates/{id}"]["put"] |= {"requestBody": takes(asked), **put}
    return paths


SOME: Node = {"type": "object", "properties": {"label": TEXT, "note": TEXT}}
WHOLE = SOME | {"required": ["label"]}


@pytest.mark.parametrize(
    ("asked", "said", "sent", "note"),
    [
        (SOME, "Updates a crate.", {"label": "b"}, "n"),
        (SOME, "Replaces a crate.", {"label": "b"}, None),
        (WHOLE, "Updates a crate.", {"label": "b"}, None),
    ],
)
def test_a_put_that_requires_nothing_keeps_what_it_does_not_send(
    tmp_path: Path, asked: Node, said: str, sent: Node, note: str | None
) -> None:
    with Client(served(tmp_path, document(crates(asked, summary=said)))) as client:
        client.post("/crates", json={"label": "a", "note": "n"})
        client.put("/crates/1", json=sent)

        assert ("b", note) == tuple(client.get("/crates/1").json().get(name) for name in ("label", "note"))


@pytest.mark.parametrize("said", ["Create or replace a crate", "Upserts a crate", "Update a crate"])
def test_a_put_that_says_so_creates(tmp_path: Path, said: str) -> None:
    with Client(served(tmp_path, document(crates(WHOLE, summary=said)))) as client:
        status = client.put("/crates/7", json={"label": "x"}).status_code

        assert (404 if said.startswith("Update") else 200) == status
        assert status == client.get("/crates/7").status_code


def test_a_patch_with_a_documented_201_creates(tmp_path: Path) -> None:
    paths = collection(
        "/meters", {"type": "object", "required": ["name"], "properties": {"name": TEXT, "place": TEXT}}, id=TEXT
    )
    del paths["/meters"]["post"]
    item = paths["/meters/{id}"]
    del item["put"]
    item["patch"] = {
        "requestBody": takes({"type": "object", "properties": {"place": TEXT}}, "application/merge-patch+json"),
        "responses": item["get"]["responses"] | answers(SOME, "201") | REFUSED,
    }
    kind = {"Content-Type": "application/merge-patch+json"}
    with Client(served(tmp_path, document(paths))) as client:
        statuses = [client.patch("/meters/m1", json={"place": p}, headers=kind).status_code for p in ("Ring", "Gasse")]

        assert [201, 200] == statuses
        assert "Gasse" == client.get("/meters/m1").json()["place"]


def test_an_own_method_of_an_item_that_a_patch_creates_makes_no_other_one(tmp_path: Path) -> None:
    shown: Node = {
        "type": "object",
        "required": ["id"],
        "properties": dict.fromkeys(("id", "serial", "place", "note"), TEXT),
    }
    paths = collection("/meters", shown, id=TEXT)
    del paths["/meters"]["post"]
    item = paths["/meters/{id}"]
    item["patch"]["responses"] |= answers(shown, "201")
    sent = {"type": "object", "properties": {"serial": TEXT}}
    one = next(each for each in item["parameters"] if each["name"] == "id")
    paths["/meters/{id}:replace"] = {
        "parameters": [one],
        "post": {
            "summary": "Exchanges the device of a meter. The serial changes.",
            "requestBody": takes(sent),
            "responses": answers(shown) | REFUSED,
        },
    }
    with Client(served(tmp_path, document(paths))) as client:
        client.patch("/meters/m1", json={"serial": "S1", "place": "Ring"})
        statuses = [client.post(f"/meters/{id}:replace", json={"serial": "S2"}).status_code for id in ("m1", "m9")]

        assert [200, 404] == statuses
        assert [("S2", "Ring")] == [(each["serial"], each["place"]) for each in client.get("/meters").json()]


@pytest.mark.parametrize(("refused", "second"), [("default", 409), ("409", 409), ("404", 201)])
def test_a_post_with_the_id_of_another_item_is_refused_where_a_response_fits(
    tmp_path: Path, refused: str, second: int
) -> None:
    shown: Node = {"type": "object", "required": ["serial"], "properties": {"serial": TEXT, "model": TEXT}}
    paths = collection("/drones", shown, parameter="serial", id=TEXT)
    create = paths["/drones"]["post"]
    create["requestBody"] = takes(shown)
    create["responses"] = answers(shown, "201") | {refused: {"description": "an error"}}
    with Client(served(tmp_path, document(paths))) as client:
        made = [client.post("/drones", json={"serial": "A", "model": model}).status_code for model in ("one", "two")]

        assert [201, second] == made
        assert ("one" if second == 409 else "two") == client.get("/drones/A").json()["model"]
