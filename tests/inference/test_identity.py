"""Where an id is, what it is called and what it looks like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import NAME, NUMBER, TEXT, collection, given, item
from tests.web.document import Node, answers, document, served, takes

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def shown_as(name: str, schema: Node, **properties: Node) -> Node:
    """The schema of an item whose id is called so."""
    return {"type": "object", "required": [name, "name"], "properties": {name: schema, "name": NAME, **properties}}


@pytest.mark.parametrize(
    ("schema", "looks"),
    [
        ({"type": "integer"}, r"[0-9]+"),
        ({"type": "string", "format": "uuid"}, UUID),
        ({"type": "string", "example": "pet_4f2a9c01"}, r"pet_[0-9a-z]{8}"),
        ({"type": "string", "example": "507f1f77bcf86cd799439011"}, r"[0-9a-f]{24}"),
        ({"type": "string", "pattern": "^P-[0-9]{6}$"}, r"P-[0-9]{6}"),
        ({"type": "string", "maxLength": 8}, r".{1,8}"),
        ({"type": "string", "pattern": "^[A-Z]{3}$", "example": "REX"}, r"[A-Z]{3}"),
        ({"type": "integer", "minimum": 1000, "maximum": 1999}, r"1[0-9]{3}"),
    ],
)
def test_a_new_id_is_what_the_schema_and_its_example_show(tmp_path: Path, schema: Node, looks: str) -> None:
    paths = collection("/pets", shown_as("id", schema), id=schema)
    with Client(served(tmp_path, document(paths))) as client:
        made = [client.post("/pets", json={"name": name}).json() for name in "abc"]

        assert all(re.fullmatch(looks, str(one["id"])) for one in made), made
        assert 3 == len({one["id"] for one in made})
        assert made == [client.get(f"/pets/{one['id']}").json() for one in made]


def test_an_id_is_valid_for_the_path_as_for_the_property(tmp_path: Path) -> None:
    """The property says only that it is a text, the path which texts can be read."""
    narrow = {"type": "string", "pattern": "^[a-z]{3}[0-9]{3}$"}
    paths = collection("/pets", shown_as("id", TEXT), id=narrow)
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()

        assert re.fullmatch("[a-z]{3}[0-9]{3}", made["id"])
        assert 200 == client.get(f"/pets/{made['id']}").status_code


@pytest.mark.parametrize("written", ["integer", "number"])
def test_an_id_that_the_path_writes_as_a_number_is_made_of_digits(tmp_path: Path, written: str) -> None:
    paths = collection("/pets", shown_as("id", TEXT), id={"type": written})
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()

        assert re.fullmatch("[0-9]+", made["id"])
        assert made == client.get(f"/pets/{made['id']}").json()


@pytest.mark.parametrize("shown", [TEXT, NUMBER])
def test_the_number_of_a_removed_item_is_not_given_again(tmp_path: Path, shown: Node) -> None:
    paths = collection("/pets", shown_as("id", shown), id=NUMBER)
    with Client(served(tmp_path, document(paths))) as client:
        made = []
        for name in "abc":
            made.append(client.post("/pets", json={"name": name}).json()["id"])
            client.delete(f"/pets/{made[-1]}")

        assert ["1", "2", "3"] == [str(id) for id in made]


def test_an_id_is_given_again_only_when_there_is_no_other(tmp_path: Path) -> None:
    few: Node = {"type": "string", "pattern": "^[ab]{3}$"}
    with Client(served(tmp_path, document(collection("/pets", shown_as("id", few), id=few)))) as client:
        made = []
        for name in "abcdefghi":
            made.append(client.post("/pets", json={"name": name}).json()["id"])
            client.delete(f"/pets/{made[-1]}")

        assert 8 == len(set(made[:8]))
        assert made[8] in made[:8]


def test_a_name_that_people_choose_is_no_number_in_a_path(tmp_path: Path) -> None:
    """An account is read by a number that no reply shows; its `username` is another thing."""
    shown = {"type": "object", "required": ["username"], "properties": {"username": TEXT}}
    paths = collection("/accounts", shown, parameter="accountId", id=NUMBER)
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/accounts", json={"username": "rex"})

        assert {"username": "rex"} == client.get(made.headers["location"]).json()


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("petId", "id"), ("pet_id", "id"), ("petId", "petId"), ("petId", "pet_id"), ("id", "id"), ("uuid", "uuid"),
        ("pet", "id"), ("pet", "slug"), ("sid", "sid"), ("key", "key"), ("pet_uuid", "uuid"), ("petId", "PetId"),
    ],
)  # fmt: skip
def test_the_id_is_the_property_that_is_called_as_the_path_says(tmp_path: Path, parameter: str, name: str) -> None:
    paths = collection("/pets", shown_as(name, TEXT, owner=TEXT), parameter=parameter, id=TEXT)
    for path in paths.values():
        for method in ("post", "put"):
            if method in path:
                path[method]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"}).json()

        assert made == client.get(f"/pets/{made[name]}").json()


def test_a_client_that_must_send_the_id_chooses_it(tmp_path: Path) -> None:
    shown = shown_as("code", TEXT)
    paths = collection("/coupons", shown, parameter="code", id=TEXT)
    paths["/coupons"]["post"]["responses"] |= {"409": {"description": "there already"}}
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/coupons", json={"code": "SPRING", "name": "a"})

        assert (201, {"code": "SPRING", "name": "a"}) == (made.status_code, made.json())
        assert made.json() == client.get("/coupons/SPRING").json()
        assert 409 == client.post("/coupons", json={"code": "SPRING", "name": "b"}).status_code
        assert made.json() == client.get("/coupons/SPRING").json()


def test_a_client_that_may_send_the_id_need_not(tmp_path: Path) -> None:
    shown = shown_as("id", TEXT)
    paths = collection("/pets", shown, id=TEXT)
    paths["/pets"]["post"]["requestBody"] = takes({"type": "object", "properties": {"id": TEXT, "name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        own = client.post("/pets", json={"id": "rex", "name": "Rex"}).json()
        other = client.post("/pets", json={"name": "Tom"}).json()

        assert "rex" == own["id"]
        assert own == client.get("/pets/rex").json()
        assert other == client.get(f"/pets/{other['id']}").json()


def test_an_id_that_no_path_can_name_is_not_taken_from_the_client(tmp_path: Path) -> None:
    paths = collection("/pets", shown_as("id", NUMBER), id={"type": "integer", "minimum": 1})
    paths["/pets"]["post"]["requestBody"] = takes({"type": "object", "properties": {"id": NUMBER, "name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        good, bad = (client.post("/pets", json={"id": id, "name": "Rex"}).json() for id in (5, -5))

        assert 5 == good["id"]
        assert bad == client.get(f"/pets/{bad['id']}").json()


def test_a_new_id_is_one_that_paths_can_name_even_behind_the_largest(tmp_path: Path) -> None:
    few = {"type": "integer", "minimum": 1, "maximum": 10}
    paths = collection("/pets", shown_as("id", NUMBER), id=few)
    paths["/pets"]["post"]["requestBody"] = takes({"type": "object", "properties": {"id": NUMBER, "name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        largest = client.post("/pets", json={"id": 10, "name": "Rex"}).json()
        another = client.post("/pets", json={"name": "Tom"}).json()

        assert (10, True) == (largest["id"], 1 <= another["id"] < 10)
        assert another == client.get(f"/pets/{another['id']}").json()


def test_an_id_that_no_reply_shows_is_told_by_the_location(tmp_path: Path) -> None:
    shown = {"type": "object", "required": ["name"], "properties": {"name": NAME}}
    paths = collection("/pets", item())
    paths["/pets"]["post"]["responses"] = {"201": {"description": "made"}}
    paths["/pets/{id}"]["get"]["responses"] = answers(shown)
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"name": "Rex"})

        assert 201 == made.status_code
        assert {"name": "Rex"} == client.get(made.headers["location"]).json()


def test_a_location_is_an_address_whatever_stands_in_the_path(tmp_path: Path) -> None:
    """It goes out in a header, which has room for ASCII only, and what was percent-encoded stays so."""
    paths = collection("/owners/{owner}/pets", item())
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/owners/%E7%BF%BF%2525%20x/pets", json={"name": "Rex"})

        assert "/owners/%E7%BF%BF%2525%20x/pets/1" == made.headers["location"]
        assert made.json() == client.get(made.headers["location"]).json()


def test_an_id_under_another_name_in_the_request_is_taken_over(tmp_path: Path) -> None:
    """A pool is created by its `name`; its replies call that `pool_name`, as its path does."""
    shown = {"type": "object", "required": ["pool_name"], "properties": {"pool_name": TEXT, "size": NUMBER}}
    asked = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "size": NUMBER}}
    paths = collection("/pools", shown, parameter="pool_name", id=TEXT)
    paths["/pools"]["post"]["requestBody"] = takes(asked)
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pools", json={"name": "north", "size": 3}).json()

        assert {"pool_name": "north", "size": 3} == made
        assert made == client.get("/pools/north").json()


def test_where_no_post_makes_items_a_put_does(tmp_path: Path) -> None:
    shown = shown_as("key", TEXT)
    paths = collection("/flags", shown, parameter="key", id=TEXT)
    del paths["/flags"]["post"]
    paths["/flags/{key}"]["put"] |= {
        "requestBody": takes(given(shown, "key")),
        "responses": answers(shown) | answers(shown, "201"),
    }
    with Client(served(tmp_path, document(paths))) as client:
        made, again = (client.put("/flags/dark", json={"name": name}) for name in ("on", "off"))

        assert (201, {"key": "dark", "name": "on"}) == (made.status_code, made.json())
        assert (200, {"key": "dark", "name": "off"}) == (again.status_code, again.json())
        assert [again.json()] == client.get("/flags").json()


def test_an_id_is_a_plain_value_also_where_a_schema_allows_an_object(tmp_path: Path) -> None:
    """As of an address that is shown as a text, or as an object with more about it."""
    either = {"anyOf": [{"type": "object", "properties": {"ip": TEXT}, "required": ["ip"]}, {"type": "string"}]}
    paths = collection("/ips", shown_as("ip", either), parameter="ip", id=TEXT)
    paths["/ips"]["post"]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    with Client(served(tmp_path, document(paths))) as client:
        assert 201 == client.post("/ips", json={"name": "a"}).status_code


@pytest.mark.parametrize("pattern", ["stable|[0-9]+", "^(stable|[0-9]+)$"])
def test_an_id_is_all_that_its_pattern_means(tmp_path: Path, pattern: str) -> None:
    """Who writes no `^` and `$` around the pattern of an id means the whole of it all the same."""
    named = {**item(("name",), name=TEXT | {"pattern": pattern})}
    del named["properties"]["id"]
    paths = collection("/branches", named, parameter="name", id=TEXT | {"pattern": pattern})
    paths["/branches"]["post"]["requestBody"]["content"]["application/json"]["schema"].pop("required")
    with Client(served(tmp_path, document(paths))) as client:
        names = [client.post("/branches", json={}).json()["name"] for _ in range(3)]

        assert [] == [name for name in names if not re.fullmatch("stable|[0-9]+", name)]
        assert 3 == len(set(names))
        assert "stable" == client.post("/branches", json={"name": "stable"}).json()["name"]


def test_a_reply_that_is_a_bare_value_is_the_id_where_it_can_be(tmp_path: Path) -> None:
    """As where a path wants a number and the reply of the create is a UUID: then it is not the id."""
    for shown, looks in ((TEXT, "1"), (NUMBER, 1), (TEXT | {"format": "uuid"}, UUID)):
        paths = collection("/pets", item())
        paths["/pets"]["post"]["responses"] = answers(shown, "201")
        with Client(served(tmp_path, document(paths))) as client:
            made = client.post("/pets", json={"name": "Rex"})

            assert 201 == made.status_code
            assert looks == made.json() or re.fullmatch(str(looks), made.json())
            assert [{"id": 1, "name": "Rex"}] == client.get("/pets").json()


@pytest.mark.parametrize("named", [False, True])
def test_one_of_a_few_values_at_the_end_of_a_path_is_an_id_only_where_a_client_names_it(
    tmp_path: Path, named: bool
) -> None:
    """What says `start` or `stop` is nothing that a POST makes and that runs out; a color may be made by its name."""
    choice: Node = {"type": "string", "enum": ["red", "blue"]}
    shown = {"type": "object", "properties": {"color": choice} if named else {"count": NUMBER}}
    paths = collection("/colors", {**shown, "required": []}, parameter="color", id=choice)
    with Client(served(tmp_path, document(paths))) as client:
        done = [client.post("/colors", json={"color": "red"} if named else {"count": 1}).status_code for _ in range(4)]

        assert [201] * 4 == done
        assert [200, 404 if named else 200] == [client.get(f"/colors/{one}").status_code for one in choice["enum"]]


def test_a_name_that_only_requests_have_is_no_id(tmp_path: Path) -> None:
    """Two people may choose one name, and no reply says that it is the id."""
    paths = collection("/bundles", shown_as("id", TEXT), parameter="bundle_id", id=TEXT)
    paths["/bundles"]["post"] |= {
        "requestBody": takes({"properties": {"name": TEXT}}),
        "responses": answers(None, "201"),
    }
    for method in ("get", "put", "patch"):
        paths["/bundles/{bundle_id}"][method]["responses"] = answers({"type": "object"})
    del paths["/bundles"]["get"]
    with Client(served(tmp_path, document(paths))) as client:
        made = [client.post("/bundles", json={"name": "one"}) for _ in range(2)]
        places = {reply.headers["location"] for reply in made}

        assert [201, 201] == [reply.status_code for reply in made]
        assert 2 == len(places)
        assert [200, 200] == [client.get(place).status_code for place in places]
