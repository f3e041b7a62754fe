"""Exports and imports: a table shows what is stored, and stores what it has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def bank(serve: Serve) -> Client:
    """The mock with two seeds."""
    api = serve("transfers")
    for seed in ({"label": "B-1", "family": "bean", "note": 'long, "thin"'}, {"label": "R-1", "family": "rye"}):
        assert 201 == api.post("/seeds", json=seed).status_code
    return api


def _imported(api: Client, text: str) -> dict[str, Any]:
    reply = api.post("/seeds/import", content=text, headers=CSV)
    assert 200 == reply.status_code, reply.text
    report: dict[str, Any] = reply.json()
    return report


def test_an_export_has_what_is_stored_in_the_columns_of_the_example(bank: Client) -> None:
    reply = bank.get("/seeds/export")

    assert "text/csv" == reply.headers["content-type"].partition(";")[0]
    assert ["Label,Family,Grams", "B-1,bean,1", "R-1,rye,1"] == reply.text.splitlines()
    assert ["Label,Family,Grams", "R-1,rye,1"] == bank.get("/seeds/export?family=rye").text.splitlines()
    assert ["Label,Family,Grams"] == bank.get("/seeds/export?family=pea").text.splitlines()


def test_a_table_without_an_example_has_the_single_values_of_the_items(bank: Client) -> None:
    first, second, _ = bank.get("/seeds.csv").text.splitlines()

    assert ["label", "family", "grams", "organic", "note"] == first.split(",")
    assert 'B-1,bean,1,false,"long, ""thin"""' == second


def test_an_import_makes_items_and_changes_those_that_exist(bank: Client) -> None:
    table = "Family;Label;Grams;Organic;Tags\r\npea;P-1;2.5;yes;a,b\r\nbean;B-1;7;;\r\n"
    assert {"created": 1, "updated": 1, "failed": 0, "total": 2} == _counts(_imported(bank, table))

    made = {"label": "P-1", "family": "pea", "grams": 2.5, "organic": True, "tags": ["a", "b"]}
    assert made == bank.get("/seeds/P-1").json()
    changed = {"label": "B-1", "family": "bean", "grams": 7, "organic": False, "note": 'long, "thin"'}
    assert changed == bank.get("/seeds/B-1").json()
    assert ["B-1", "R-1", "P-1"] == [seed["label"] for seed in bank.get("/seeds").json()]


def test_rows_that_are_refused_are_listed_and_the_others_are_stored(bank: Client) -> None:
    report = _imported(bank, "label,family,grams\nP-1,pea,1\nP-2,oak,1\nP-3,pea,heavy\n")

    assert {"created": 1, "updated": 0, "failed": 2, "total": 3} == _counts(report)
    assert [(3, "family"), (4, "grams")] == [(each["row"], each["column"]) for each in report["errors"]]
    assert 404 == bank.get("/seeds/P-2").status_code


def _counts(report: dict[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in ("created", "updated", "failed", "total")}


def test_what_is_no_table_is_refused(bank: Client) -> None:
    assert 422 == bank.post("/seeds/import", content="nothing", headers=CSV).status_code
    assert 2 == len(bank.get("/seeds").json())


def test_a_table_may_be_a_file_of_a_form(bank: Client) -> None:
    files = {"table": ("seeds.csv", b"label,family\nP-1,pea\nP-2,pea\n", "text/csv")}

    assert {"imported": 2} == bank.post("/seeds/upload-csv", files=files).json()
    assert "pea" == bank.get("/seeds/P-2").json()["family"]


def test_without_a_list_of_errors_a_refused_row_ends_it_all(bank: Client) -> None:
    files = {"table": ("seeds.csv", b"label,family\nP-1,pea\nP-2,oak\n", "text/csv")}

    assert 400 == bank.post("/seeds/upload-csv", files=files).status_code
    assert 404 == bank.get("/seeds/P-1").status_code


def test_lines_of_json_are_imported_too(bank: Client) -> None:
    lines = '{"label": "P-1", "family": "pea"}\n{"label": "R-1", "family": "rye", "grams": 3}\n'
    reply = bank.post("/seeds/import-lines", content=lines, headers={"Content-Type": "application/x-ndjson"})

    assert {"created": 1, "updated": 1} == reply.json()
    assert 3 == bank.get("/seeds/R-1").json()["grams"]
