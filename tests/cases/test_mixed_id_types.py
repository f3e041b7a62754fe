"""An id that a request has as a number and a reply as a text names the same item, and is not lost."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_id_is_kept_in_the_form_in_which_replies_show_it(serve: Serve) -> None:
    api = serve("mixed-id-types")
    for name in ("Ann", "Bob"):
        api.post("/carriers", json={"name": name})
        api.post("/parcels", json={"to": f"{name}'s house"})

    assigned = api.post("/parcels/1/assign", json={"carrier_id": 2}).json()
    assert ("assigned", "2") == (assigned["status"], assigned["carrier_id"])
    assert assigned == api.get("/parcels/1").json()


def test_a_list_below_an_item_has_those_that_name_it_in_the_other_form(serve: Serve) -> None:
    api = serve("mixed-id-types")
    api.post("/carriers", json={"name": "Ann"})
    for to in ("north", "south"):
        api.post("/parcels", json={"to": to})
    api.post("/parcels/2/assign", json={"carrier_id": 1})

    assert ["south"] == [each["to"] for each in api.get("/carriers/1/parcels").json()]
