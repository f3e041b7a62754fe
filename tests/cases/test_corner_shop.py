"""Problem details that name what is wrong."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_problem_details_name_the_entry_of_a_list_in_brackets(serve: Serve) -> None:
    refused = serve("corner-shop").post("/parcels", json={"fee": "1.00", "lines": [{"quantity": 0, "unit_price": 1}]})
    assert (400, ["lines[0].quantity"]) == (refused.status_code, list(refused.json()["errors"]))
