"""Numbers and names of an item that follow from its other fields."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve

FIGURES = ("hours", "gross", "net", "shift_count", "days")


def _shown(sheet: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sheet[name] for name in FIGURES)


def test_figures_follow_the_entries_of_a_list(serve: Serve) -> None:
    api = serve("figures")
    assert (0, 0, 0, 0, 0) == _shown(api.post("/sheets", json={}).json())

    api.post("/sheets/1/shifts", json={"hours": 2, "rate": 10.5})
    sheet = api.post("/sheets/1/shifts", json={"hours": 3, "rate": 20}).json()
    assert (5, 81, 81, 2, 2) == _shown(sheet)
    assert [21, 60] == [shift["pay"] for shift in sheet["shifts"]]

    sheet = api.patch("/sheets/1/shifts/1", json={"hours": 4}).json()
    assert (7, 102, 102, 2, 2) == _shown(sheet)
    assert 42 == sheet["shifts"][0]["pay"]
    assert (4, 42, 42, 1, 1) == _shown(api.delete("/sheets/1/shifts/2").json())
    assert (4, 42, 42, 1, 1) == _shown(api.get("/sheets/1").json())


def test_a_figure_follows_a_field_that_a_client_changes(serve: Serve) -> None:
    api = serve("figures")
    api.post("/sheets", json={"deduction": 0.5})
    api.post("/sheets/1/shifts", json={"hours": 2, "rate": 1.1})

    assert (2.2, 1.7) == tuple(api.get("/sheets/1").json()[name] for name in ("gross", "net"))
    assert 1.9 == api.patch("/sheets/1", json={"deduction": 0.3}).json()["net"]


def test_a_whole_name_is_that_of_its_parts(serve: Serve) -> None:
    api = serve("figures")

    assert "Ada Lovelace" == api.post("/sheets", json={"givenName": "Ada", "familyName": "Lovelace"}).json()["name"]
    assert "Ada King" == api.patch("/sheets/1", json={"familyName": "King"}).json()["name"]
    assert "Ada King" == api.get("/sheets/1").json()["name"]
    assert "Grace" == api.post("/sheets", json={"givenName": "Grace"}).json()["name"]
