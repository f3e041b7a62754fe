"""Bounds whose names leave out a part of the property's name."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_bound_is_about_the_only_property_that_ends_so(serve: Serve) -> None:
    api = serve("bounds")
    for rate in (30.5, 80):
        api.post("/cars", json={"daily_rate": rate, "front_doors": 2, "back_doors": 1})

    assert [30.5] == [car["daily_rate"] for car in api.get("/cars?max_rate=50").json()]
    assert 2 == len(api.get("/cars?minDoors=3").json())


def test_of_two_times_it_is_the_one_that_the_description_names(serve: Serve) -> None:
    api = serve("bounds")
    api.post("/rentals", json={"startDate": "2027-01-01", "endDate": "2027-02-01"})
    api.post("/rentals", json={"startDate": "2027-01-05", "endDate": "2027-05-01"})

    assert [2] == [each["id"] for each in api.get("/rentals?dateFrom=2027-03-01").json()]
    assert [1] == [each["id"] for each in api.get("/rentals?dateTo=2027-02-01").json()]
