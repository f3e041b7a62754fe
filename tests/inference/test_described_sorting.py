"""Alarms of a fire station: a sorted list has the order that the document describes for values and for equal ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from tests.client import Client
from tests.inference.pets import collection, item, query
from tests.web.document import Node, document, served

LEVELS = ["deadly", "mild", "grave"]
RISING = "Least dangerous first (mild, grave, deadly)."
MADE = ("grave", "deadly", "mild", "deadly", "grave")


def alarms(text: str, sort: Node | None = None, *, further: tuple[Node, ...] = (), level: str = "") -> Node:
    """A document about alarms, whose list has a parameter to sort by with this description."""
    described = {"description": level} if level else {}
    shown = item(("id", "name", "level"), level={"type": "string", "enum": LEVELS, **described})
    paths = collection("/alarms", shown)
    choices = {"type": "string", "enum": ["name", "-name", "level", "-level"]}
    paths["/alarms"]["get"]["parameters"] = [query("sort", sort or choices, description=text), *further]
    return document(paths)


def listed(folder: Path, written: Node, asked: str, **options: Any) -> list[tuple[str, str]]:
    with Client(served(folder, written, **options)) as client:
        for number, level in enumerate(MADE):
            client.post("/alarms", json={"name": "eacbd"[number], "level": level})
        return [(one["name"], one["level"]) for one in client.get(f"/alarms?{asked}").json()]


@pytest.mark.parametrize(
    ("text", "asked", "wanted"),
    [
        (RISING, "level", "mild grave grave deadly deadly"),
        (RISING, "-level", "deadly deadly grave grave mild"),
        ("`-level` has the most dangerous first: deadly, grave, mild.", "level", "mild grave grave deadly deadly"),
        ("Ordered by danger: deadly > grave > mild", "level", "mild grave grave deadly deadly"),
        ("The level is one of mild, grave and deadly.", "level", "deadly deadly grave grave mild"),
    ],
)
def test_a_list_has_the_order_of_values_that_a_sentence_says(
    tmp_path: Path, text: str, asked: str, wanted: str
) -> None:
    assert wanted.split() == [level for _, level in listed(tmp_path, alarms(text), f"sort={asked}")]


def test_the_property_or_a_further_parameter_may_say_it_too(tmp_path: Path) -> None:
    ways = query("direction", {"type": "string", "enum": ["asc", "desc"]})
    written = alarms("", {"type": "string"}, further=(ways,), level="Ranked from grave, deadly to mild.")

    assert ["mild", "deadly", "deadly", "grave", "grave"] == [
        level for _, level in listed(tmp_path, written, "sort=level&direction=desc")
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Equal levels are newest first.", ("c", "de", "ba")),
        ("Items with the same level are oldest first.", ("c", "ed", "ab")),
        ("Alarms with the same level are sorted by name.", ("c", "de", "ab")),
    ],
)
@pytest.mark.parametrize("asked", ["level", "-level"])
def test_items_with_the_same_value_have_the_described_order(
    tmp_path: Path, text: str, wanted: tuple[str, ...], asked: str
) -> None:
    expected = "".join(reversed(wanted) if asked.startswith("-") else wanted)

    assert expected == "".join(name for name, _ in listed(tmp_path, alarms(f"{RISING} {text}"), f"sort={asked}"))


def test_a_behaviour_file_says_it_where_the_document_does_not(tmp_path: Path) -> None:
    statement = {"ranks": {"level": ["grave", "mild", "deadly"]}, "ties": {"level": "-name"}, "evidence": "assumed"}
    update = {"target": "$.paths['/alarms'].get", "update": {"x-behaviour": {"sort": statement}}}
    overlay = {"overlay": "1.0.0", "info": {"title": "Alarms", "version": "1"}, "actions": [update]}
    (tmp_path / "alarms.yaml").write_text(json.dumps(overlay))

    found = listed(tmp_path, alarms(""), "sort=level", behaviour=[tmp_path / "alarms.yaml"])

    assert [("e", "grave"), ("d", "grave"), ("c", "mild"), ("b", "deadly"), ("a", "deadly")] == found


def test_the_mock_passes_the_check_of_both(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(alarms(f"{RISING} Equal levels are newest first.")))
    result = check_app(sandbox(path, seed=1), load_contract(path), only=["sort", "sorted-ties"])

    assert [] == [(each.expected, each.seen) for each in result.findings]
    assert {("sort", "passed"), ("sorted-ties", "passed")} <= {
        (check, outcome) for (_, check), outcome in result.outcomes.items()
    }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sorted by day, earliest first.", [2, 1, 3]),
        ("Sorted by day, latest first.", [3, 1, 2]),
        ("The oldest ones come first.", [1, 2, 3]),
        ("Alarms, the earliest first.", [2, 1, 3]),
        ("The latest alarm comes first.", [3, 1, 2]),
        ("Sorted by creation date, newest first.", [3, 2, 1]),
    ],
)
def test_a_sentence_names_the_property_by_which_a_list_is_sorted(tmp_path: Path, text: str, wanted: list[int]) -> None:
    shown = item(("id", "name", "day"), day={"type": "string", "format": "date"})
    paths = collection("/alarms", shown)
    paths["/alarms"]["get"]["description"] = text
    with Client(served(tmp_path, document(paths))) as client:
        for day in ("2026-02-02", "2026-01-01", "2026-03-03"):
            client.post("/alarms", json={"name": "a", "day": day})

        assert wanted == [one["id"] for one in client.get("/alarms").json()]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Names are sorted without regard to case.", "axe Boat cup"), ("Sorted by name.", "Boat axe cup")],
)
def test_the_case_of_letters_counts_unless_a_sentence_says_otherwise(tmp_path: Path, text: str, wanted: str) -> None:
    with Client(served(tmp_path, alarms(text))) as client:
        for name in ("cup", "Boat", "axe"):
            client.post("/alarms", json={"name": name, "level": "mild"})

        assert wanted.split() == [one["name"] for one in client.get("/alarms?sort=name").json()]
