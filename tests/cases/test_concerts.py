"""Room that is measured in seats, what is done only once, and deliveries that a test of a hook makes."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_concert_is_full_by_the_seats_of_its_tickets(serve: Serve) -> None:
    api = serve("concerts")
    made = api.post("/concerts", json={"title": "Zither", "capacity": 3}).json()
    bought = [api.post("/concerts/1/tickets", json={"holder": "Kim", "seats": n}).status_code for n in (2, 2, 1)]

    assert (True, False) == (made["free"], made["sold_out"])
    assert ([201, 409, 201], 3) == (bought, api.get("/concerts/1").json()["tickets_sold"])


def test_a_ticket_is_checked_in_once_and_begins_when_it_is_bought(serve: Serve) -> None:
    api = serve("concerts")
    api.post("/concerts", json={"title": "Zither"})
    ticket = api.post("/concerts/1/tickets", json={"holder": "Kim"}).json()
    path = f"/concerts/1/tickets/{ticket['code']}/check-in"

    assert ("2026-01-01", None) == (ticket["bought_at"][:10], ticket.get("checked_in_at"))
    assert [200, 409] == [api.post(path).status_code for _ in range(2)]


def test_what_a_post_starts_is_in_the_list_beside_it(serve: Serve) -> None:
    api = serve("concerts")
    for _ in range(2):
        api.post("/hooks", json={"url": "http://127.0.0.1/"})
    sent = api.post("/hooks/2/test")

    assert (202, "pending", 2) == (sent.status_code, sent.json()["status"], sent.json()["hook_id"])
    assert ([], [sent.json()]) == (api.get("/hooks/1/deliveries").json(), api.get("/hooks/2/deliveries").json())
    assert 404 == api.post("/hooks/9/test").status_code
