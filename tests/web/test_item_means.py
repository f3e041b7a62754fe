"""A number that a document describes as the mean of the numbers of other items follows from those items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.inference.pets import collection, item
from tests.web.document import Node, document, served
from tests.web.test_item_counts import showing

TWO_DIGITS = "The average of the points of all reviews, rounded to two decimals; null without reviews."
POINTS: Node = {"type": "integer", "minimum": 0, "maximum": 10}


def wines(text: str = TWO_DIGITS, kind: Any = ("number", "null"), *, inside: bool = False) -> Node:
    """Wines, which show the mean of the points of the reviews below them, perhaps inside of an object."""
    grade: Node = {"type": list(kind), "description": text}
    held: Node = {"type": "object", "required": ["grade"], "properties": {"grade": grade}}
    shown = {"judged": held} if inside else {"grade": grade}
    paths = showing(collection("/wines", item()), "/wines", **shown)
    review = item(("id", "points"), points=POINTS)
    return document(paths | collection("/wines/{id}/reviews", review, parameter="reviewId"))


def grades(client: Client, *points: int) -> tuple[str, list[Any]]:
    """The path of a new wine, and its grade when it is new and after a review with each of the points."""
    made = client.post("/wines", json={"name": "Rioja"}).json()
    path, found = f"/wines/{made['id']}", [grade_of(made)]
    for each in points:
        client.post(f"{path}/reviews", json={"name": "Ada", "points": each})
        found.append(grade_of(client.get(path).json()))
    return path, found


def grade_of(wine: Node) -> Any:
    return wine["judged"]["grade"] if "judged" in wine else wine["grade"]


@pytest.mark.parametrize("inside", [False, True])
def test_a_mean_follows_each_create_change_and_delete(tmp_path: Path, inside: bool) -> None:
    with Client(served(tmp_path, wines(inside=inside))) as client:
        grades(client, 1)
        path, found = grades(client, 9, 8, 8)
        first, *_ = client.get(f"{path}/reviews").json()
        client.patch(f"{path}/reviews/{first['id']}", json={"points": 3})
        changed = grade_of(client.get(path).json())
        client.put(path, json={"name": "Barolo"})
        replaced = grade_of(client.get(path).json())
        for review in client.get(f"{path}/reviews").json():
            client.delete(f"{path}/reviews/{review['id']}")

        assert [None, 9, 8.5, 8.33] == found
        assert (6.33, 6.33) == (changed, replaced)
        assert grade_of(client.get(path).json()) is None


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("Mean of the points of its reviews, rounded to one decimal.", ("number",), [0, 9, 8.5, 8.3]),
        ("Mean of the points of its reviews.", ("integer", "null"), [None, 9, 9, 8]),
        ("Average of all review points.", ("number", "null"), [None, 9, 8.5, 8.333333333]),
    ],
)
def test_a_mean_is_rounded_as_it_is_described(tmp_path: Path, text: str, kind: Any, wanted: list[Any]) -> None:
    with Client(served(tmp_path, wines(text, kind))) as client:
        assert wanted == grades(client, 9, 8, 8)[1]


def test_a_behaviour_file_may_say_it(tmp_path: Path) -> None:
    count = {"field": "grade", "resource": "review", "mean": "points", "digits": 1, "evidence": "assumed"}
    update = {"target": "$", "update": {"x-resources": {"wine": {"counts": [count]}}}}
    overlay = {"overlay": "1.0.0", "info": {"title": "Wines", "version": "1"}, "actions": [update]}
    (tmp_path / "wines.yaml").write_text(json.dumps(overlay))
    with Client(served(tmp_path, wines("The grade."), behaviour=[tmp_path / "wines.yaml"])) as client:
        assert [None, 9, 8.5, 8.3] == grades(client, 9, 8, 8)[1]


def test_generated_items_show_the_mean_of_the_items_below_them(tmp_path: Path) -> None:
    with Client(served(tmp_path, wines(), settings=ServiceSettings(items=3))) as client:
        for wine in client.get("/wines").json():
            points = [each["points"] for each in client.get(f"/wines/{wine['id']}/reviews").json()]
            assert 3 == len(points)
            assert abs(sum(points) / 3 - wine["grade"]) <= 0.005
            client.post(f"/wines/{wine['id']}/reviews", json={"name": "Ada", "points": 10})
            shown = client.get(f"/wines/{wine['id']}").json()["grade"]
            assert abs((sum(points) + 10) / 4 - shown) <= 0.005


@pytest.mark.parametrize("inside", [False, True])
def test_the_mock_passes_the_check_of_means(tmp_path: Path, inside: bool) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(wines(inside=inside)))
    result = check_app(sandbox(path, seed=1), load_contract(path), only=["stated-mean"])

    assert [] == [(each.expected, each.seen) for each in result.findings]
    assert {"passed"} == {outcome for (_, check), outcome in result.outcomes.items() if check == "stated-mean"}
