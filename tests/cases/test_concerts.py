"""Lists in the order that "cheapest first" says, in pages of so many `items`."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_list_is_in_the_order_said_and_in_pages(serve: Serve) -> None:
    api = serve("concerts")
    for day, price in (("01", 30), ("02", 10), ("03", 20)):
        api.post("/concerts", json={"date": f"2027-03-{day}T19:00:00Z", "price": price})

    def prices(query: str = "") -> list[int]:
        return [each["price"] for each in api.get(f"/concerts{query}").json()]

    assert [10, 20, 30] == prices()
    assert [20, 30] == prices("?items=1&page=2") + prices("?items=1&page=3")
