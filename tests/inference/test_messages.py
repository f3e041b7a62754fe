"""What is around an item in requests and replies, what the service sets, and what is never shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NAME, NUMBER, TEXT, collection, given, item, pets
from tests.web.document import Node, answers, document, served, takes

STAMP: Node = {"type": "string", "format": "date-time"}


def wrapped(schema: Node, *names: str, **beside: Node) -> Node:
    """An object that holds the schema under these names, with something beside it."""
    *above, last = names
    inner = {"type": "object", "required": [last, *beside], "properties": {last: schema, **beside}}
    return wrapped(inner, *above) if above else inner


@pytest.mark.parametrize(
    ("names", "beside"),
    [
        (("data",), {}), (("pet",), {}), (("result",), {"success": {"type": "boolean"}}), (("data", "pet"), {}),
        (("data",), {"meta": {"type": "object"}, "message": TEXT}),
        (("data",), {"operation": TEXT, "resource": TEXT, "service": TEXT, "status_code": NUMBER}),
    ],
)  # fmt: skip
def test_the_item_of_a_wrapped_reply_is_what_is_kept(tmp_path: Path, names: tuple[str, ...], beside: Node) -> None:
    paths = collection("/pets", item())
    paths["/pets"]["post"]["responses"] = answers(wrapped(item(), *names, **beside), "201")
    paths["/pets/{id}"]["get"]["responses"] = answers(wrapped(item(), *names, **beside))
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        for name in names:
            made = made[name]

        assert "Rex" == made["name"]
        assert [made] == client.get("/pets").json()
        read = client.get(f"/pets/{made['id']}").json()
        for name in names:
            read = read[name]
        assert made == read


@pytest.mark.parametrize(
    "names", [("data",), ("pets",), ("items",), ("results",), ("data", "pets"), ("_embedded", "pets")]
)
def test_the_items_of_a_wrapped_list_are_those_that_are_kept(tmp_path: Path, names: tuple[str, ...]) -> None:
    paths = collection("/pets", item())
    listed = wrapped({"type": "array", "items": item()}, *names, total={"type": "integer"})
    paths["/pets"]["get"]["responses"] = answers(listed)
    with Client(served(tmp_path, document(paths))) as client:
        made = [client.post("/pets", json={"name": name}).json() for name in "ab"]
        body = client.get("/pets").json()
        holder: Any = body
        for name in names[:-1]:
            holder = holder[name]

        assert made == holder[names[-1]]
        assert 2 == holder["total"]


def shaped(**properties: Node) -> Node:
    """The schema of an object with all of these properties."""
    return {"type": "object", "required": [*properties], "properties": properties}


def test_a_wrapped_request_is_unwrapped(tmp_path: Path) -> None:
    paths = collection("/pets", item())
    paths["/pets"]["post"]["requestBody"] = takes(wrapped(given(item()), "pet"))
    paths["/pets/{id}"]["patch"]["requestBody"] = takes(wrapped(given(item()), "pet"))
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"pet": {"name": "Rex"}}).json()

        assert "Rex" == made["name"]
        assert made | {"name": "Max"} == client.patch(f"/pets/{made['id']}", json={"pet": {"name": "Max"}}).json()


def test_names_in_another_case_are_the_same_property(tmp_path: Path) -> None:
    shown = item(friendly_name=TEXT)
    paths = collection("/pets", shown)
    asked = {"type": "object", "properties": {"Name": NAME, "FriendlyName": TEXT}}
    paths["/pets"]["post"]["requestBody"] = takes(asked, "application/x-www-form-urlencoded")
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", data={"Name": "Rex", "FriendlyName": "Rexy"}).json()

        assert ("Rex", "Rexy") == (made["name"], made["friendly_name"])


@pytest.mark.parametrize(("created", "updated"), [("created_at", "updated_at"), ("dateCreated", "lastModified")])
def test_stamps_tell_when_it_was_made_and_when_it_was_changed(tmp_path: Path, created: str, updated: str) -> None:
    shown = item(("id", "name", created, updated), **{created: STAMP, updated: STAMP})
    paths = collection("/pets", shown)
    for path, method in (("/pets", "post"), ("/pets/{id}", "put"), ("/pets/{id}", "patch")):
        paths[path][method]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        client.post("/_mock/clock?advance=60")
        changed = client.patch(f"/pets/{made['id']}", json={"name": "Max"}).json()

        assert made[created] == made[updated] == changed[created]
        passed = datetime.fromisoformat(changed[updated]) - datetime.fromisoformat(made[updated])
        assert 60 <= passed.total_seconds() < 70


def test_numbers_can_be_stamps_too(tmp_path: Path) -> None:
    shown = item(("id", "name", "created"), created={"type": "integer", "example": 1700000000})
    paths = collection("/pets", shown)
    paths["/pets"]["post"]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        client.post("/_mock/clock?advance=60")
        later = client.post("/pets", json={"name": "Max"}).json()

        assert 60 <= later["created"] - made["created"] < 70


def test_what_is_read_only_is_set_by_the_service(tmp_path: Path) -> None:
    state = {"type": "string", "enum": ["new", "old"], "readOnly": True}
    shown = item(("id", "name", "state"), state=state)
    with Client(served(tmp_path, document(collection("/pets", shown)))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        for state_sent in ("new", "old"):
            changed = client.put(f"/pets/{made['id']}", json={"name": "Max", "state": state_sent})
            assert made["state"] == changed.json().get("state", made["state"])

        assert made["state"] == client.get(f"/pets/{made['id']}").json()["state"]


def test_what_is_write_only_is_never_shown(tmp_path: Path) -> None:
    shown = item(secret={"type": "string", "writeOnly": True})
    paths = collection("/pets", shown)
    paths["/pets"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["password"] = TEXT
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex", "secret": "s3cret", "password": "passw0rd"})
        replies = [made, client.get(f"/pets/{made.json()['id']}"), client.get("/pets")]

        assert all("s3cret" not in reply.text and "passw0rd" not in reply.text for reply in replies)


@pytest.mark.parametrize(("status", "answer"), [("200", 200), ("202", 202), ("2XX", 200)])
def test_a_success_has_the_documented_status(tmp_path: Path, status: str, answer: int) -> None:
    paths = collection("/pets", item())
    paths["/pets"]["post"]["responses"] = answers(item(), status)
    with Client(served(tmp_path, document(paths))) as client:
        assert answer == client.post("/pets", json={"name": "Rex"}).status_code


def test_a_duplicate_is_refused_where_the_document_has_a_conflict(tmp_path: Path) -> None:
    written = pets()
    written["paths"]["/pets"]["post"]["responses"] |= {"409": {"description": "there is one of that name"}}
    with Client(served(tmp_path, written)) as client:
        first = client.post("/pets", json={"name": "Rex"})
        second = client.post("/pets", json={"name": "Rex"})
        other = client.post("/pets", json={"name": "Tom"})

        assert [201, 409, 201] == [first.status_code, second.status_code, other.status_code]
        assert 200 == client.patch(f"/pets/{other.json()['id']}", json={"name": "Rex"}).status_code, "no 409 there"


@pytest.mark.parametrize("text", ["Conflict", "the pet was changed meanwhile", "too many pets"])
def test_a_conflict_that_names_no_property_makes_nothing_unique(tmp_path: Path, text: str) -> None:
    written = pets()
    written["paths"]["/pets"]["post"]["responses"] |= {"409": {"description": text}}
    with Client(served(tmp_path, written)) as client:
        assert [201, 201] == [client.post("/pets", json={"name": "Rex"}).status_code for _ in range(2)]


def test_a_patch_is_refused_for_a_duplicate_where_it_documents_a_conflict(tmp_path: Path) -> None:
    written = pets()
    changes = [each["patch"] for each in written["paths"].values() if "patch" in each]
    for operation in (written["paths"]["/pets"]["post"], *changes):
        operation["responses"] |= {"409": {"description": "The name is taken."}}
    with Client(served(tmp_path, written)) as client:
        client.post("/pets", json={"name": "Rex"})
        other = client.post("/pets", json={"name": "Tom"}).json()

        assert 409 == client.patch(f"/pets/{other['id']}", json={"name": "Rex"}).status_code


def test_without_a_documented_conflict_two_may_be_called_alike(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets())) as client:
        assert [201, 201] == [client.post("/pets", json={"name": "Rex"}).status_code for _ in range(2)]


def test_what_a_reply_must_show_and_nobody_gave_is_made_up_and_stays(tmp_path: Path) -> None:
    shown = item(("id", "name", "owner"), owner={"type": "string", "format": "email"})
    paths = collection("/pets", shown)
    paths["/pets"]["post"]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        id = made["id"]

        assert "@" in made["owner"]
        assert made == client.get(f"/pets/{id}").json()
        assert [made] == client.get("/pets").json()
        assert made["owner"] == client.patch(f"/pets/{id}", json={"name": "Max"}).json()["owner"]


FOUR_DIGITS: Node = {"type": "string", "pattern": "^[0-9]{4}$"}


@pytest.mark.parametrize(
    ("schema", "sent", "has"),
    [
        (shaped(title=TEXT, id=TEXT), "ada", {"id": "ada"}), (shaped(name=TEXT, number=NUMBER), 7, {"number": 7}),
        (shaped(name=TEXT, owner=TEXT), "ada", {"owner": "ada"}), (shaped(id=FOUR_DIGITS), "ada", {}),
        ({"type": "array", "items": shaped(name=TEXT)}, ["red", "blue"], [{"name": "red"}, {"name": "blue"}]),
    ],
    ids=["its id", "a number", "its own name", "no id of this kind", "several"],
)  # fmt: skip
def test_an_object_that_stands_for_what_a_client_named_has_its_id(
    tmp_path: Path, schema: Node, sent: Any, has: Any
) -> None:
    paths = collection("/pets", item(("id", "name", "owner"), owner=schema))
    asked = {"type": "object", "properties": {"name": NAME, "owner": {"type": ["string", "integer", "array"]}}}
    paths["/pets"]["post"]["requestBody"] = takes(asked)
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex", "owner": sent}).json()

        shown, wanted = (each if isinstance(each, list) else [each] for each in (made["owner"], has))
        assert wanted == [{k: v for k, v in one.items() if k in part} for one, part in zip(shown, wanted, strict=True)]
        assert made == client.get(f"/pets/{made['id']}").json()


def test_a_range_of_media_types_is_answered_in_json(tmp_path: Path) -> None:
    paths = collection("/pets", item())
    paths["/pets"]["post"]["responses"] = answers(item(), "201", kind="*/*")
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"})

        assert ("application/json", "Rex") == (made.headers["content-type"], made.json()["name"])


def test_a_delete_may_show_what_it_took_away(tmp_path: Path) -> None:
    paths = collection("/pets", item())
    paths["/pets/{id}"]["delete"]["responses"] = answers(item())
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()
        deleted = client.delete(f"/pets/{made['id']}")

        assert (200, made) == (deleted.status_code, deleted.json())
        assert 404 == client.get(f"/pets/{made['id']}").status_code


@pytest.mark.parametrize(
    ("uri", "is_own"),
    [
        (TEXT, True),
        (TEXT | {"format": "uri-reference"}, True),
        (TEXT | {"pattern": r"^/kennels/\w+/pets/\d+$"}, True),
        (TEXT | {"pattern": r"^urn:"}, False),
        (TEXT | {"format": "uri"}, False),
        (TEXT | {"example": "spotify:track:6rqhFgbbKwnb9MLmUQDhG6"}, False),
    ],
)
def test_an_item_shows_its_own_path_where_it_may_be_one(tmp_path: Path, uri: Node, is_own: bool) -> None:
    paths = collection("/kennels/{kennel}/pets", item(("id", "name", "uri"), uri=uri))
    for operation in [
        paths["/kennels/{kennel}/pets"]["post"],
        *map(paths["/kennels/{kennel}/pets/{id}"].get, ("put", "patch")),
    ]:
        operation["requestBody"] = takes(given(item()))
    with Client(served(tmp_path, document(paths, servers=[{"url": "/v2"}] if "pattern" not in uri else []))) as client:
        base = "" if "pattern" in uri else "/v2"
        made = client.post(f"{base}/kennels/north/pets", json={"name": "Rex"}).json()

        assert is_own == (f"{base}/kennels/north/pets/{made['id']}" == made["uri"])
        if is_own:
            assert made == client.get(made["uri"]).json()
