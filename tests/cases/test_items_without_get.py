"""Items that no GET shows alone: they exist all the same, with what is below them, and an unknown one is not found."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_item_with_actions_alone_is_the_one_that_was_created(serve: Serve) -> None:
    api = serve("items-without-get")
    made = api.post("/alarms", json={"text": "smoke"})

    assert {"id": 1, "text": "smoke", "state": "ringing"} == made.json()
    assert "location" not in made.headers
    assert {"id": 1, "text": "smoke", "state": "silenced"} == api.post("/alarms/1:silence").json()
    assert ["silenced"] == [each["state"] for each in api.get("/alarms").json()]
    assert 404 == api.post("/alarms/7:silence").status_code


def test_what_is_below_an_item_that_does_not_exist_is_not_found(serve: Serve) -> None:
    api = serve("items-without-get")
    api.post("/alarms", json={"text": "smoke"})

    assert [200, 404] == [api.get(f"/alarms/{id}/advice").status_code for id in (1, 7)]


def test_an_item_that_names_an_unknown_one_is_refused_as_its_description_says(serve: Serve) -> None:
    api = serve("items-without-get")
    api.post("/alarms", json={"text": "smoke"})

    assert [201, 404, 422] == [api.post("/shifts", json={"alarmId": id}).status_code for id in (1, 9, "x")]


def test_what_is_created_below_another_item_is_shown_in_it(serve: Serve) -> None:
    api = serve("items-without-get")
    assert {"id": 1, "street": "Elm", "lanes": []} == api.post("/garages", json={"street": "Elm"}).json()

    lanes = [api.post("/garages/1/lanes", json={"name": name}).json() for name in ("A", "B")]
    assert [{"id": n, "garageId": 1, "name": name, "bays": []} for n, name in ((1, "A"), (2, "B"))] == lanes
    bay = api.post("/lanes/1/bays", json={"size": "small"}).json()
    api.patch("/lanes/2", json={"name": "C"})

    shown = api.get("/garages/1").json()["lanes"]
    assert [("A", [bay]), ("C", [])] == [(lane["name"], lane["bays"]) for lane in shown]
    assert [404, 404, 404] == [
        api.post("/garages/9/lanes", json={"name": "A"}).status_code,
        api.post("/lanes/9/bays", json={"size": "small"}).status_code,
        api.patch("/lanes/9", json={"name": "A"}).status_code,
    ]


def test_an_item_that_moves_or_is_deleted_leaves_the_list_it_was_in(serve: Serve) -> None:
    api = serve("items-without-get")
    api.post("/garages", json={"street": "Elm"})
    for name in ("A", "B"):
        api.post("/garages/1/lanes", json={"name": name})
    api.post("/lanes/1/bays", json={"size": "small"})

    bay = api.patch("/bays/1", json={"laneId": 2}).json()
    assert [("A", []), ("B", [bay])] == [(e["name"], e["bays"]) for e in api.get("/garages/1").json()["lanes"]]

    assert 204 == api.delete("/lanes/2").status_code
    assert ["A"] == [each["name"] for each in api.get("/garages/1").json()["lanes"]]
    assert 404 == api.get("/bays/1").status_code


def test_a_post_under_another_name_makes_the_item_that_it_shows(serve: Serve) -> None:
    api = serve("items-without-get")
    lecture = api.post("/lectures/", json={"topic": "Owls"})
    assert ("/lectures/1/", 200) == (lecture.headers["location"], api.get(lecture.headers["location"]).status_code)

    made = [api.post("/lectures/1/reserve/", json={"guest": guest}) for guest in ("Ada", "Bob")]

    assert [{"id": n, "lecture": 1, "guest": g} for n, g in ((1, "Ada"), (2, "Bob"))] == [e.json() for e in made]
    assert "/reservations/2/" == made[1].headers["location"]
    assert [2, 0] == [len(api.get(f"/reservations/?lecture={id}").json()) for id in (1, 5)]
    assert [204, 404] == [api.delete(f"/reservations/{id}/").status_code for id in (1, 7)]
    assert 404 == api.post("/lectures/9/reserve/", json={"guest": "Ada"}).status_code
