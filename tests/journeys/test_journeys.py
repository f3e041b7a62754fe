"""Journeys through the inferred resources of a few documents; `make journeys` takes many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inference.pets import TEXT, collection, item, query
from tests.journeys.journey import Outcome, journeys
from tests.journeys.run import DocumentResult, kind_of, table
from tests.package import README
from tests.web.document import Node, answers, document

WHOLE = {"create", "read", "list", "update", "read after update", "replace", "delete", "missing", "list after delete"}


def outcomes_of(path: Path) -> dict[str, Outcome]:
    """The outcome of the journey on each resource of a document."""
    _, outcomes = asyncio.run(journeys(str(path)))
    return {outcome.resource: outcome for outcome in outcomes}


def written(folder: Path, paths: Node) -> Path:
    path = folder / "api.json"
    path.write_text(json.dumps(document(paths)))
    return path


def test_a_journey_works_for_nested_resources(tmp_path: Path) -> None:
    paths = collection("/pets", item()) | collection("/pets/{id}/toys", item(kind=TEXT), parameter="toyId")
    found = outcomes_of(written(tmp_path, paths))

    assert {"pet": "", "toy": ""} == {name: outcome.why for name, outcome in found.items()}
    assert all(set(outcome.steps) >= WHOLE for outcome in found.values())


def test_an_item_that_no_operation_creates_is_put_and_counted_as_such(tmp_path: Path) -> None:
    paths = collection("/pets", item())
    del paths["/pets"]["post"], paths["/pets/{id}"]["put"]
    [outcome] = outcomes_of(written(tmp_path, paths)).values()

    assert ("put", "read") == outcome.steps[:2]
    assert "create" not in outcome.steps


def test_a_failed_journey_says_at_which_step_it_ended(tmp_path: Path) -> None:
    """The path takes three letters and the replies show a UUID: no id fits both."""
    paths = collection("/pets", item(), id={"type": "string", "pattern": "^[a-z]{3}$"})
    shown = {**item(), "properties": item()["properties"] | {"id": {"type": "string", "format": "uuid"}}}
    paths["/pets"]["post"]["responses"] = answers(shown, "201")
    paths["/pets/{id}"]["get"]["responses"] = answers(shown)
    paths["/pets"]["get"]["responses"] = answers({"type": "array", "items": shown})
    [outcome] = outcomes_of(written(tmp_path, paths)).values()

    assert outcome.why.startswith("read: 400")
    assert ("create",) == outcome.steps


def test_a_required_filter_gets_the_value_of_the_item(tmp_path: Path) -> None:
    paths = collection("/pets", item(("id", "name", "kind"), kind=TEXT))
    paths["/pets"]["get"]["parameters"] = [query("kind", TEXT, required=True)]
    [outcome] = outcomes_of(written(tmp_path, paths)).values()

    assert "" == outcome.why


def test_the_table_counts_what_was_created_and_what_was_put() -> None:
    made = Outcome("pet", ("create", "read", "list", "update", "delete"))
    put, lost = Outcome("toy", ("put", "read")), Outcome("bed", ("create",), 'read: 404 {"detail":"bed not found"}')
    lines = table(
        {
            "one": [DocumentResult("one/a.json", 9, 7, (made, put, lost))],
            "two": [DocumentResult("b.json", refused="no")],
        },
        each=False,
    )
    cells = {line.split()[0]: line.split()[1:] for line in lines.splitlines()[1:4]}

    assert ["1", "0", "1", "9", "7", "3", "2", "66.7", "%", "1", "2", "1"] == cells["one"]
    assert ["1", "1", "0", "0", "0", "0", "0", "-", "0", "0", "0"] == cells["two"]
    assert f"    1 {kind_of(lost.why)}" == lines.splitlines()[-1]


@pytest.mark.parametrize(("name", "resources"), [("petstore-expanded", 1), ("writer-openapi", 5)])
def test_journeys_through_documents_of_the_shared_corpus(shared: Path, name: str, resources: int) -> None:
    [path] = (shared / "corpus").glob(f"{name}.y*ml")
    found = outcomes_of(path)

    assert resources <= len(found)
    assert {""} == {outcome.why for outcome in found.values()}


@pytest.mark.parametrize(
    "name", ["3.0/json/petstore", "3.1/json/train-travel", "3.0/yaml/readme-legacy", "2.0/json/petstore-simple"]
)
def test_journeys_through_the_documents_that_tools_use_as_examples(package: Callable[[str], Path], name: str) -> None:
    found = outcomes_of(next(package(README).glob(f"{name}.*")))

    assert found
    assert {""} == {outcome.why for outcome in found.values()}
