"""The order of lists by short sentences: by name, in the order of their time, the newest day first."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_list_of_things_by_name_is_sorted_by_it(serve: Serve) -> None:
    api = serve("stage")
    for name in ("North", "Yard", "Hall"):
        api.post("/stages", json={"name": name})

    assert ["Hall", "North", "Yard"] == [each["name"] for each in api.get("/stages").json()]


def test_their_time_is_the_time_that_clients_send(serve: Serve) -> None:
    api = serve("stage")
    api.post("/stages", json={"name": "North"})
    for hour in (3, 1, 2):
        api.post("/stages/1/acts", json={"at": f"2026-05-01T0{hour}:00:00Z"})

    assert ["T01", "T02", "T03"] == [each["at"][10:13] for each in api.get("/stages/1/acts").json()]


def test_the_newest_day_comes_first_where_items_have_no_other_time(serve: Serve) -> None:
    api = serve("stage")
    api.post("/stages", json={"name": "North"})
    for day in (2, 3, 1):
        api.post("/stages/1/repairs", json={"done_on": f"2026-05-0{day}"})

    assert ["03", "02", "01"] == [each["done_on"][-2:] for each in api.get("/stages/1/repairs").json()]
