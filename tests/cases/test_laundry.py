"""Figures in replies are those of what is stored: beside a list, below an item, and in reports about everything."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("laundry")
    for label, kind in (("A", "washer"), ("B", "washer"), ("C", "dryer")):
        api.post("/machines", json={"label": label, "kind": kind})
    for machine, day, minutes, water in (
        (1, "2026-03-01", 30, 40.5),
        (1, "2026-02-01", 60, 30),
        (2, "2025-01-01", 90, 8),
    ):
        api.post(f"/machines/{machine}/washes", json={"washedOn": day, "minutes": minutes, "waterL": water})
    return api


def test_a_summary_below_an_item_is_about_what_is_below_it(api: Client) -> None:
    first = {"machine_id": 1, "wash_count": 2, "total_minutes": 90, "last_wash_on": "2026-03-01"}
    assert first == api.get("/machines/1/summary").json()

    nothing = {"machine_id": 3, "wash_count": 0, "total_minutes": 0, "last_wash_on": None}
    assert nothing == api.get("/machines/3/summary").json()
    assert 404 == api.get("/machines/9/summary").status_code


def test_figures_beside_a_list_are_those_of_its_items(api: Client) -> None:
    listed = api.get("/machines/1/washes").json()
    assert {"average_minutes": 45, "longest_minutes": 60} == listed["meta"]

    empty = api.get("/machines/3/washes").json()
    assert {"average_minutes": None, "longest_minutes": None} == empty["meta"]


def test_a_report_counts_what_there_is_by_kind_and_state(api: Client) -> None:
    api.post("/machines/2/retire")

    assert {"machinesTotal": 3, "machinesRetired": 1, "by_kind": {"washer": 2, "dryer": 1}} == api.get("/report").json()


def test_a_sum_of_a_year_has_the_items_of_that_year(api: Client) -> None:
    assert {"year": 2026, "litres": 70.5} == api.get("/water/total", params={"year": 2026}).json()
    assert {"year": 2025, "litres": 8} == api.get("/water/total", params={"year": 2025}).json()
