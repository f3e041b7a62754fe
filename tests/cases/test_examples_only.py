"""Documents with examples and no schemas, as converters of Postman collections write them: they show the form."""

from __future__ import annotations

from tests.cases.conftest import Serve

MILK = {"id": 1, "title": "Milk", "done": False}


def test_a_list_begins_with_its_examples_and_has_what_is_created(serve: Serve) -> None:
    api = serve("examples-only")
    assert [MILK["title"], "Bread"] == [each["title"] for each in api.get("/todos").json()]

    made = api.post("/todos", json={"title": "Jam", "done": True, "note": "n", "price": 9.5})

    assert (201, {"id": 3, "title": "Jam", "done": True, "note": "n"}) == (made.status_code, made.json())
    last = api.get("/todos").json()[-1]
    assert {"id": 3, "title": "Jam", "done": True, "note": "n", "price": 9.5} == {
        k: last[k] for k in (*made.json(), "price")
    }
    assert made.json() == {name: api.get("/todos/3").json()[name] for name in made.json()}


def test_an_item_of_an_example_is_read_changed_and_deleted(serve: Serve) -> None:
    api = serve("examples-only")

    assert MILK == {name: api.get("/todos/1").json()[name] for name in MILK}
    assert {**MILK, "title": "Jam"} == api.patch("/todos/1", json={"title": "Jam"}).json()
    assert 204 == api.delete("/todos/1").status_code
    assert 404 == api.get("/todos/1").status_code
    assert ["Bread"] == [each["title"] for each in api.get("/todos").json()]


def test_a_wrapped_item_of_another_kind_of_id(serve: Serve) -> None:
    api = serve("examples-only")

    made = api.post("/users", json={"name": "Bo", "age": 3}).json()["data"]

    assert {"_id", "name", "age"} == made.keys()
    assert {"data": made} == api.get(f"/users/{made['_id']}").json()
    listed = api.get("/users").json()
    assert (["Ann", "Bo"], 2) == ([each["name"] for each in listed["data"]], listed["total"])


def test_no_value_is_refused_that_differs_from_the_examples(serve: Serve) -> None:
    made = serve("examples-only").post("/todos", json={"title": 5, "done": None})

    assert (201, 5, None) == (made.status_code, made.json()["title"], made.json()["done"])


def test_what_is_no_resource_is_answered_by_its_example(serve: Serve) -> None:
    api = serve("examples-only")

    assert {"token": "abc", "user": {"id": 7}} == api.post("/login", json={"user": "a", "password": "b"}).json()
    assert {"todos": 5, "items": [{"day": 1}]} == api.get("/stats").json()


def test_further_items_at_the_start_follow_those_of_the_examples(serve: Serve) -> None:
    api = serve("examples-only", items=3)

    listed = api.get("/todos").json()

    assert (["Milk", "Bread"], 3) == ([each["title"] for each in listed[:2]], len({each["id"] for each in listed}))
