"""What is a collection, what is an item, and what belongs to what: told from the paths."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import NAME, NUMBER, TEXT, collection, given, item, pets
from tests.web.document import Node, answers, document, served, takes


def test_what_is_created_is_read_listed_and_gone_when_it_is_deleted(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets())) as client:
        created = client.post("/pets", json={"name": "Rex"})
        id = created.json()["id"]
        read, listed = client.get(f"/pets/{id}"), client.get("/pets")
        deleted = client.delete(f"/pets/{id}")
        after = [client.get(f"/pets/{id}"), client.delete(f"/pets/{id}"), client.put(f"/pets/{id}", json={"name": "A"})]

        assert (201, {"id": id, "name": "Rex"}) == (created.status_code, created.json())
        assert created.headers["location"].endswith(f"/pets/{id}")
        assert (200, created.json()) == (read.status_code, read.json())
        assert [created.json()] == listed.json()
        assert (204, b"") == (deleted.status_code, deleted.content)
        assert [404, 404, 404] == [reply.status_code for reply in after]
        assert [] == client.get("/pets").json()


def test_the_location_of_a_new_item_leads_to_it(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets())) as client:
        created = client.post("/pets", json={"name": "Rex"})

        assert created.json() == client.get(created.headers["location"]).json()


def test_one_that_nobody_created_is_missing(tmp_path: Path) -> None:
    with Client(served(tmp_path, pets())) as client:
        assert [404, 404, 404, 404] == [
            client.get("/pets/7").status_code,
            client.put("/pets/7", json={"name": "Rex"}).status_code,
            client.patch("/pets/7", json={"name": "Rex"}).status_code,
            client.delete("/pets/7").status_code,
        ]


def test_items_below_different_owners_never_meet_and_go_with_their_owner(tmp_path: Path) -> None:
    toy = item()
    paths = collection("/pets", item()) | collection("/pets/{id}/toys", toy, parameter="toyId")
    with Client(served(tmp_path, document(paths))) as client:
        _, rex, tom = (client.post("/pets", json={"name": name}).json()["id"] for name in ("Ann", "Rex", "Tom"))
        ball = client.post(f"/pets/{rex}/toys", json={"name": "ball"}).json()
        mouse = client.post(f"/pets/{tom}/toys", json={"name": "mouse"}).json()

        assert [ball] == client.get(f"/pets/{rex}/toys").json()
        assert [mouse] == client.get(f"/pets/{tom}/toys").json()

        client.delete(f"/pets/{rex}")

        assert 404 == client.get(f"/pets/{rex}/toys/{ball['id']}").status_code
        assert [mouse] == client.get(f"/pets/{tom}/toys").json()


def test_an_item_shows_its_owner_where_it_has_a_property_of_that_name(tmp_path: Path) -> None:
    paths = collection("/pets", item(), parameter="petId")
    paths |= collection("/pets/{petId}/toys", item(("id", "name", "petId"), petId=NUMBER), parameter="toyId")
    for path, method in (("/pets/{petId}/toys", "post"), ("/pets/{petId}/toys/{toyId}", "put")):
        paths[path][method]["requestBody"] = takes({"type": "object", "properties": {"name": NAME}})
    paths["/pets/{petId}/toys"]["parameters"][0]["schema"] = NUMBER
    with Client(served(tmp_path, document(paths))) as client:
        _, rex = (client.post("/pets", json={"name": name}).json()["id"] for name in ("Ann", "Rex"))
        ball = client.post(f"/pets/{rex}/toys", json={"name": "ball"}).json()

        assert rex == ball["petId"]
        assert ball == client.get(f"/pets/{rex}/toys/{ball['id']}").json()


@pytest.mark.parametrize("parameter", ["id", "userId"])
def test_made_under_another_path_that_calls_its_owner_as_the_item_calls_its_id(tmp_path: Path, parameter: str) -> None:
    post = item(title=TEXT, userId=TEXT)
    paths = collection("/posts", post)
    del paths["/posts"]
    place = f"/users/{{{parameter}}}/posts"
    paths |= {place: collection(place, post)[place]}
    with Client(served(tmp_path, document(paths))) as client:
        one, other = (client.post(f"/users/{user}/posts", json={"name": "a"}).json() for user in ("7", "8"))

        assert one["id"] != other["id"]
        assert [one] == client.get("/users/7/posts").json()
        assert other == client.get(f"/posts/{other['id']}").json()


def test_nothing_can_be_put_below_an_owner_that_is_not_there(tmp_path: Path) -> None:
    paths = collection("/pets", item()) | collection("/pets/{id}/toys", item(), parameter="toyId")
    with Client(served(tmp_path, document(paths))) as client:
        assert 404 == client.post("/pets/7/toys", json={"name": "ball"}).status_code
        assert 404 == client.get("/pets/7/toys").status_code


def test_three_levels_go_with_the_highest(tmp_path: Path) -> None:
    paths = collection("/a", item(), parameter="a") | collection("/a/{a}/b", item(), parameter="b")
    paths |= collection("/a/{a}/b/{b}/c", item(), parameter="c")
    with Client(served(tmp_path, document(paths))) as client:
        a = client.post("/a", json={"name": "a"}).json()["id"]
        b = client.post(f"/a/{a}/b", json={"name": "b"}).json()["id"]
        c = client.post(f"/a/{a}/b/{b}/c", json={"name": "c"}).json()["id"]
        assert 200 == client.get(f"/a/{a}/b/{b}/c/{c}").status_code

        client.delete(f"/a/{a}")
        again = client.post("/a", json={"name": "a"}).json()["id"]

        assert 404 == client.get(f"/a/{a}/b/{b}/c/{c}").status_code
        assert [] == client.get(f"/a/{again}/b").json()


def test_an_item_may_be_made_and_listed_under_another_path_than_its_own(tmp_path: Path) -> None:
    post = item(title=TEXT, text=TEXT)
    paths = collection("/posts", post, parameter="postId")
    del paths["/posts"]
    paths |= {"/users/{userId}/posts": collection("/users/{userId}/posts", post)["/users/{userId}/posts"]}
    with Client(served(tmp_path, document(paths))) as client:
        ada, bob = (
            client.post(f"/users/{user}/posts", json={"name": user, "title": "T", "text": "…"}).json()
            for user in ("ada", "bob")
        )

        assert ada == client.get(f"/posts/{ada['id']}").json()
        assert [bob] == client.get("/users/bob/posts").json()
        assert ada | {"title": "New"} == client.patch(f"/posts/{ada['id']}", json={"title": "New"}).json()
        assert [ada | {"title": "New"}] == client.get("/users/ada/posts").json()
        assert 204 == client.delete(f"/posts/{ada['id']}").status_code
        assert [] == client.get("/users/ada/posts").json()


def tasks(project: str = "/projects", parameter: str = "id") -> Node:
    """Projects, and tasks that are made and listed below one, and are reached at `/tasks/{id}`; notes below a task."""
    task = item(("id", "name"), projectId=TEXT)
    below = f"{project}/{{{parameter}}}/tasks"
    paths = collection("/tasks", task, parameter="id") | collection(below, task)
    del paths["/tasks"], paths[below + "/{id}"]
    paths[below]["post"]["requestBody"] = takes(given(item()))
    projects = collection(project, item(), parameter=parameter)
    return document(paths | projects | collection("/tasks/{id}/notes", item(), parameter="noteId"))


@pytest.mark.parametrize("parameter", ["id", "projectId"])
def test_what_was_made_under_another_path_goes_with_its_owner(tmp_path: Path, parameter: str) -> None:
    with Client(served(tmp_path, tasks(parameter=parameter))) as client:
        one, other = (client.post("/projects", json={"name": name}).json()["id"] for name in "ab")
        kept, first, second = (client.post(f"/projects/{p}/tasks", json={"name": "t"}) for p in (other, one, one))
        gone = f"/tasks/{second.json()['id']}"
        note = client.post(f"{gone}/notes", json={"name": "n"}).json()
        assert gone == second.headers["location"]
        assert second.json() | {"name": "u"} == client.put(gone, json={"name": "u"}).json()
        assert second.json() == client.put(gone, json={"name": "t"}).json()
        assert [first.json(), second.json()] == client.get(f"/projects/{one}/tasks").json()
        assert [note] == client.get(f"{gone}/notes").json()

        client.delete(f"/projects/{one}")

        assert 404 == client.get(gone).status_code
        assert 404 == client.get(f"{gone}/notes/{note['id']}").status_code
        assert kept.json() == client.get(kept.headers["location"]).json()
        assert [kept.json()] == client.get(f"/projects/{other}/tasks").json()


def test_nothing_is_made_or_listed_under_the_path_of_an_owner_that_is_not_there(tmp_path: Path) -> None:
    with Client(served(tmp_path, tasks())) as client:
        assert 404 == client.post("/projects/7/tasks", json={"name": "t"}).status_code
        assert 404 == client.get("/projects/7/tasks").status_code
        assert {} == client.get("/_mock/state").json()["test"]


def test_such_an_owner_may_be_made_up(tmp_path: Path) -> None:
    with Client(served(tmp_path, tasks(), settings=ServiceSettings(materialize=True))) as client:
        made = client.post("/projects/7/tasks", json={"name": "t"}).json()

        assert [made] == client.get("/projects/7/tasks").json()
        assert 7 == client.get("/projects/7").json()["id"]


def test_an_owner_elsewhere_is_told_apart_by_all_that_stands_above_it(tmp_path: Path) -> None:
    """Project 1 of one team is another one than project 1 of another, and both have tasks at one place."""
    with Client(served(tmp_path, tasks("/teams/{team}/projects", "projectId"))) as client:
        for team in "ab":
            assert 1 == client.post(f"/teams/{team}/projects", json={"name": "p"}).json()["id"]
        one, other = (client.post(f"/teams/{t}/projects/1/tasks", json={"name": "t"}).headers["location"] for t in "ab")

        client.delete("/teams/a/projects/1")

        assert [404, 200] == [client.get(task).status_code for task in (one, other)]
        assert 404 == client.get("/teams/a/projects/1/tasks").status_code


def test_two_that_are_each_made_under_the_path_of_the_other_own_nothing(tmp_path: Path) -> None:
    paths = collection("/files", item(size=TEXT)) | collection("/folders", item(color=TEXT))
    paths["/folders/{id}/files"], paths["/files/{id}/folders"] = paths.pop("/files"), paths.pop("/folders")
    above = [{"name": "id", "in": "path", "required": True, "schema": NUMBER}]
    for path in ("/folders/{id}/files", "/files/{id}/folders"):
        paths[path]["parameters"] = above
    with Client(served(tmp_path, document(paths))) as client:
        file = client.post("/folders/1/files", json={"name": "f"})

        assert file.json() == client.get(file.headers["location"]).json()


def test_of_several_things_of_one_name_that_is_made_whose_schema_is_shown(tmp_path: Path) -> None:
    """As on GitHub: comments on issues and on pulls, each read under a path that names neither."""
    components, paths = {}, {}
    for kind in ("issue", "pull"):
        schema = item(body=TEXT, user=TEXT, **{f"{kind}_url": TEXT})
        components[f"{kind}-comment"] = schema
        shown = {"$ref": f"#/components/schemas/{kind}-comment"}
        one = collection(f"/{kind}s/comments", schema, parameter="commentId")[f"/{kind}s/comments/{{commentId}}"]
        many = collection(f"/{kind}s/{{number}}/comments", schema)[f"/{kind}s/{{number}}/comments"]
        one["get"]["responses"], many["post"]["responses"] = answers(shown), answers(shown, "201")
        many["get"]["responses"] = answers({"type": "array", "items": shown})
        paths |= {f"/{kind}s/comments/{{commentId}}": one, f"/{kind}s/{{number}}/comments": many}
    with Client(served(tmp_path, document(paths, components={"schemas": components}))) as client:
        issue = client.post("/issues/1/comments", json={"name": "I"}).json()
        pull = client.post("/pulls/1/comments", json={"name": "P"}).json()

        assert issue == client.get(f"/issues/comments/{issue['id']}").json()
        assert pull == client.get(f"/pulls/comments/{pull['id']}").json()
        assert [issue] == client.get("/issues/1/comments").json()
        assert [pull] == client.get("/pulls/1/comments").json()
        assert [] == client.get("/pulls/2/comments").json()


def test_operations_on_one_item_may_call_its_id_differently(tmp_path: Path) -> None:
    paths = collection("/pets", item(), parameter="petId")
    paths["/pets/{id}"] = collection("/pets", item())["/pets/{id}"]
    for method in ("put", "patch", "delete"):
        del paths["/pets/{petId}"][method]
    del paths["/pets/{id}"]["get"]
    with Client(served(tmp_path, document(paths))) as client:
        id = client.post("/pets", json={"name": "Rex"}).json()["id"]

        assert {"id": id, "name": "Max"} == client.put(f"/pets/{id}", json={"name": "Max"}).json()
        assert {"id": id, "name": "Tom"} == client.patch(f"/pets/{id}", json={"name": "Tom"}).json()
        assert {"id": id, "name": "Tom"} == client.get(f"/pets/{id}").json()
        assert 204 == client.delete(f"/pets/{id}").status_code
        assert 404 == client.get(f"/pets/{id}").status_code


def test_one_of_which_there_is_only_one_keeps_what_is_written(tmp_path: Path) -> None:
    settings = {"type": "object", "required": ["theme"], "properties": {"theme": NAME, "size": NUMBER}}
    path = {
        "get": {"responses": answers(settings)},
        "put": {"requestBody": takes(settings), "responses": answers(settings)},
        "patch": {"requestBody": takes({**settings, "required": []}), "responses": answers(settings)},
    }
    with Client(served(tmp_path, document({"/settings": path}))) as client:
        assert 200 == client.get("/settings").status_code
        assert "dark" == client.put("/settings", json={"theme": "dark", "size": 9}).json()["theme"]
        assert {"theme": "light", "size": 9} == client.patch("/settings", json={"theme": "light"}).json()
        assert {"theme": "light", "size": 9} == client.get("/settings").json()


def test_a_collection_without_items_is_listed(tmp_path: Path) -> None:
    event = item()
    path = collection("/events", event)["/events"]
    with Client(served(tmp_path, document({"/events": path}))) as client:
        first, second = (client.post("/events", json={"name": name}).json() for name in "ab")

        assert [first, second] == client.get("/events").json()


@pytest.mark.parametrize("word", ["search", "validate", "batch", "login"])
def test_a_post_that_asks_a_question_makes_nothing(tmp_path: Path, word: str) -> None:
    ask = {"requestBody": takes(given(item())), "responses": answers(item())}
    paths = collection("/pets", item()) | {f"/pets/{word}": {"post": ask}}
    with Client(served(tmp_path, document(paths))) as client:
        client.post(f"/pets/{word}", json={"name": "Rex"})

        assert [] == client.get("/pets").json()


@pytest.mark.parametrize("path", ["/pets.json", "/api/v1/pets", "/pets/"])
def test_versions_endings_and_slashes_say_nothing(tmp_path: Path, path: str) -> None:
    found = collection("/pets", item())
    base = path.removesuffix(".json").rstrip("/")
    one = base + "/{id}" + (".json" if path.endswith(".json") else "/" if path.endswith("/") else "")
    with Client(served(tmp_path, document({path: found["/pets"], one: found["/pets/{id}"]}))) as client:
        made = client.post(path, json={"name": "Rex"}).json()

        assert made == client.get(one.replace("{id}", str(made["id"]))).json()
        assert [made] == client.get(path).json()


@pytest.mark.parametrize("segment", ['pets"', "pets#Action=List", "all pets", "pets^2"])
def test_a_path_is_reached_as_clients_must_write_it(tmp_path: Path, segment: str) -> None:
    """RFC 3986 section 2.1: what a path may not have is written as an escape."""
    with Client(served(tmp_path, document(collection(f"/{segment}", item())))) as client:
        made = client.post("/" + quote(segment, safe="="), json={"name": "Rex"})

        assert 201 == made.status_code
        assert made.json() == client.get(f"/{quote(segment, safe='=')}/{made.json()['id']}").json()


def test_so_is_one_with_a_parameter_beside_such_a_text(tmp_path: Path) -> None:
    found = collection("/pets", item())
    paths = {"/pets": found["/pets"], "/pets/{id}#token": found["/pets/{id}"]}
    with Client(served(tmp_path, document(paths))) as client:
        assert 200 == client.get("/pets/1%23token").status_code


@pytest.mark.parametrize(("parameter", "name"), [("petId", "pet_id"), ("id", "petId"), ("petId", "petId")])
def test_an_item_shows_the_id_of_the_owner_that_it_was_created_below(tmp_path: Path, parameter: str, name: str) -> None:
    toy = item(**{name: {"type": "integer", "readOnly": True}})
    paths = collection("/pets", item(), parameter=parameter)
    paths |= collection(f"/pets/{{{parameter}}}/toys", toy, parameter="toyId")
    for path in paths.values():
        path["parameters"] = [each | {"schema": NUMBER} for each in path["parameters"]]
    with Client(served(tmp_path, document(paths))) as client:
        rex, tom = (client.post("/pets", json={"name": name}).json()["id"] for name in ("Rex", "Tom"))
        made = [client.post(f"/pets/{owner}/toys", json={"name": "ball"}).json()[name] for owner in (tom, rex)]

    assert [tom, rex] == made


def test_an_id_that_a_client_may_send_or_that_the_owner_has_too_is_not_that_of_the_owner(tmp_path: Path) -> None:
    kept: Node = {"type": "integer", "readOnly": True, "example": 77}
    toy = item(pet_id=NUMBER, id_of_pets=kept)
    paths = collection("/pets", item(id_of_pets=kept)) | collection("/pets/{id}/toys", toy, parameter="toyId")
    with Client(served(tmp_path, document(paths))) as client:
        rex = client.post("/pets", json={"name": "Rex"}).json()["id"]

        made = client.post(f"/pets/{rex}/toys", json={"name": "ball", "pet_id": 5}).json()

    assert (5, 77) == (made["pet_id"], made["id_of_pets"])


@pytest.mark.parametrize("example", [{"theme": "dark"}, None])
def test_a_single_item_shows_something_before_it_is_changed(tmp_path: Path, example: Node | None) -> None:
    schema: Node = {
        "type": "object",
        "properties": {"theme": {"enum": ["light", "dark"]}, "size": NUMBER, "deleted_at": TEXT},
    }
    shown = answers(schema)
    if example is not None:
        shown["200"]["content"]["application/json"]["example"] = example
    node: Node = {
        "get": {"responses": shown},
        "patch": {"requestBody": takes(schema), "responses": answers(schema)},
    }
    with Client(served(tmp_path, document({"/settings": node}))) as client:
        first = client.get("/settings").json()
        changed = client.patch("/settings", json={"size": 7}).json()

        assert ({"theme"} if example else {"theme", "size"}) == set(first)
        assert first | {"size": 7} == changed == client.get("/settings").json()


def test_a_list_below_a_segment_with_two_parameters_is_served(tmp_path: Path) -> None:
    order = item(first=NUMBER, last=NUMBER)
    shown = {"$ref": "#/components/schemas/Order"}
    listed = answers({"type": "array", "items": shown})
    both = [{"name": name, "in": "path", "required": True, "schema": NUMBER} for name in ("first", "last")]
    paths = collection("/orders", order)
    paths["/orders"]["get"]["responses"] = listed
    paths["/orders"]["post"]["responses"] = answers(shown, "201")
    paths["/orders/{id}"] = {"parameters": paths["/orders/{id}"]["parameters"], "get": {"responses": answers(shown)}}
    paths["/between(first={first},last={last})/orders"] = {"parameters": both, "get": {"responses": listed}}
    with Client(served(tmp_path, document(paths, components={"schemas": {"Order": order}}))) as client:
        for first, last in ((1, 2), (1, 3)):
            client.post("/orders", json={"name": "a", "first": first, "last": last})

        found = client.get("/between(first=1,last=3)/orders")

    assert [(1, 3)] == [(each["first"], each["last"]) for each in found.json()]
