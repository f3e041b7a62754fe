"""Collections of odd shapes, slugs, numbers like the example, and amounts that follow from lines."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_post_that_shows_the_list_adds_to_it_and_a_query_names_what_is_deleted(serve: Serve) -> None:
    api = serve("corner-shop")
    added = [api.post("/bookmarks", json={"link": link, "title": "t"}).json() for link in ("/a", "/b")]

    assert [["/a"], ["/a", "/b"]] == [[each["link"] for each in shown] for shown in added]
    assert 204 == api.delete("/bookmarks?link=/a").status_code
    assert [{"link": "/b", "title": "t"}] == api.get("/bookmarks").json()


def test_a_put_to_a_collection_orders_and_changes_what_its_day_names(serve: Serve) -> None:
    api = serve("corner-shop")
    for date, begin in (("2027-01-04", "10:00"), ("2027-01-04", "11:00"), ("2027-01-05", "09:00")):
        api.put("/collections", json={"date": date, "from": begin})

    assert [("2027-01-04", "11:00", 1), ("2027-01-05", "09:00", 1)] == [
        (each["date"], each["from"], each["bags"]) for each in api.get("/collections").json()
    ]


def test_a_short_form_shows_what_an_object_of_the_item_has(serve: Serve) -> None:
    api = serve("corner-shop")
    made = api.post("/customers", json={"name": "Acme", "address": {"city": "Ulm"}})
    api.post("/customers", json={"name": "Bolt"})

    assert (201, b"") == (made.status_code, made.content)
    assert made.headers["location"].endswith("/customers/1")
    assert [{"id": 1, "name": "Acme", "city": "Ulm"}, {"id": 2, "name": "Bolt"}] == api.get("/customers").json()


def test_numbers_and_addresses_are_like_the_examples(serve: Serve) -> None:
    api = serve("corner-shop")
    made = [api.post("/parcels", json={"fee": "1.00"}).json() for _ in range(2)]

    assert ["PCL-24-0001", "PCL-24-0002"] == [each["number"] for each in made]
    assert "https://parcels.example/t/PCL-24-0002" == made[1]["track_url"]
    assert "2026-01-01" == made[0]["sent_on"]


def test_amounts_follow_from_lines_and_decimals_are_sorted_as_numbers(serve: Serve) -> None:
    api = serve("corner-shop")
    lines = [{"quantity": 2, "unit_price": 1200}, {"quantity": 1, "unit_price": 200}]
    made = [api.post("/parcels", json={"fee": fee, "lines": lines}).json() for fee in ("9.90", "80.00", "120.50")]

    assert ([2400, 200], 2600) == ([each["total"] for each in made[0]["lines"]], made[0]["value"])
    assert ["120.50", "80.00", "9.90"] == [each["fee"] for each in api.get("/parcels?sort=-fee").json()]


def test_problem_details_name_the_entry_of_a_list_in_brackets(serve: Serve) -> None:
    refused = serve("corner-shop").post("/parcels", json={"fee": "1.00", "lines": [{"quantity": 0, "unit_price": 1}]})
    assert (400, ["lines[0].quantity"]) == (refused.status_code, list(refused.json()["errors"]))


def test_a_description_says_that_a_slug_names_an_item(serve: Serve) -> None:
    api = serve("corner-shop")
    made = [api.post("/articles", json={"title": title, "text": "see #news"}).json() for title in ("Big Day", "Rain")]

    assert [("big-day", 1), ("rain", 2)] == [(each["slug"], each["number"]) for each in made]
    assert made[0] == api.get("/articles/big-day").json() == api.get("/articles/1").json()
    assert ["news"] == made[0]["hashtags"]


def test_a_value_that_is_taken_gets_the_status_that_says_so(serve: Serve) -> None:
    api = serve("corner-shop")
    assert [201, 400] == [api.post("/articles", json={"title": "Day", "text": "t"}).status_code for _ in range(2)]


def test_a_put_that_needs_nothing_keeps_the_rest_and_a_success_says_the_state(serve: Serve) -> None:
    api = serve("corner-shop")
    api.post("/articles", json={"title": "Day", "text": "long"})

    assert "long" == api.put("/articles/day", json={"title": "Days"}).json()["text"]
    assert "live" == api.put("/articles/1/publish").json()["state"]
