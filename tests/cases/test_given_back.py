"""What a create takes and an action gives back, no more than there is, and what is empty in a state."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_order_takes_from_the_stock_no_more_than_there_is_and_a_cancellation_gives_it_back(serve: Serve) -> None:
    api = serve("given-back")
    api.post("/products", json={"name": "Bag", "stock": 3, "price": 5})

    def order(quantity: int) -> int:
        return api.post("/orders", json={"product_id": 1, "quantity": quantity}).status_code

    def stock() -> int:
        return int(api.get("/products/1").json()["stock"])

    assert ([409, 201, 409], 1) == ([order(4), order(2), order(2)], stock())
    assert ([200, 409], 3) == ([api.post("/orders/1/cancel").status_code for _ in range(2)], stock())
    assert (201, 0) == (order(3), stock())


def test_a_time_is_null_in_the_state_that_a_sentence_names_also_after_another_one(serve: Serve) -> None:
    api = serve("given-back")
    made = api.post("/tickets", json={"title": "Lamp"}).json()
    closed = api.patch("/tickets/1", json={"status": "closed"}).json()
    opened = api.patch("/tickets/1", json={"status": "open"}).json()

    assert ("open", None) == (made["status"], made["closed_at"])
    assert ("closed", "2026") == (closed["status"], closed["closed_at"][:4])
    assert ("open", None) == (opened["status"], opened["closed_at"])
