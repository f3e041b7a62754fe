"""Items that are created below a parent but have a path without it are checked, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from mockserver.handlers.relations import cascade
from tests.inference.pets import NAME, collection, item
from tests.inference.test_places import tasks
from tests.web.document import document, served


def checked(folder: Path, parameter: str) -> CheckResult:
    """Checks the mock of a document with projects, and tasks at `/tasks/{id}`."""
    sandbox = served(folder, tasks(parameter=parameter))
    with Target.asgi(sandbox, (), base_url="http://sandbox/test") as target:
        return run_checks(contracts.of(folder / "test.json"), target, mode="quick", only=["parent", "list", "replace"])


@pytest.mark.parametrize("parameter", ["id", "projectId"])
def test_the_mock_follows_its_inferred_parent_statement(tmp_path: Path, parameter: str) -> None:
    result = checked(tmp_path, parameter)

    assert [] == [(one.check, one.seen) for one in result.findings if one.seen]
    assert {"passed"} == {outcome for (_, check), outcome in result.outcomes.items() if check == "parent"}


@pytest.mark.parametrize("parameter", ["id", "projectId"])
def test_an_item_that_survives_its_parent_is_reported(
    tmp_path: Path, parameter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascade.CascadingDelete, "delete_children", lambda *_: None)

    result = checked(tmp_path, parameter)

    found = {(one.operation, one.check) for one in result.findings}
    assert (f"POST /projects/{{{parameter}}}/tasks", "parent") in found


@pytest.mark.parametrize(("sentence", "verdict"), [
    ("Deletes the project with all its tasks.", "failure"),
    ("Its tasks are deleted, too.", "failure"),
    ("Deletes the project; its tasks are kept.", "warning"),
    ("Deletes the project.", "warning"),
])  # fmt: skip
def test_an_item_that_survives_its_parent_is_a_failure_where_the_document_says_that_it_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str, verdict: str
) -> None:
    monkeypatch.setattr(cascade.CascadingDelete, "delete_children", lambda *_: None)
    document = tasks(parameter="id")
    document["paths"]["/projects/{id}"]["delete"]["description"] = sentence
    sandbox = served(tmp_path, document)

    told: set[str] = set()
    with Target.asgi(sandbox, (), base_url="http://sandbox/test") as target:
        result = run_checks(
            contracts.of(tmp_path / "test.json"),
            target,
            mode="quick",
            only=["parent"],
            on_progress=lambda operation, check, outcome: told.add(outcome),
        )

    assert {verdict} == {f.verdict for f in result.findings if "deleted with its" in f.expected}
    assert {"failed" if verdict == "failure" else "warning"} == told & {"failed", "warning"}


@pytest.mark.parametrize("parameter", ["id", "bookId"])
def test_items_without_a_path_of_their_own_are_listed_below_the_parent_that_was_named(
    tmp_path: Path, parameter: str
) -> None:
    uuid = {"type": "string", "format": "uuid"}
    below = f"/books/{{{parameter}}}/notes"
    notes = collection(below, item() | {"properties": {"id": uuid, "name": NAME}}, parameter="noteId")
    del notes[below + "/{noteId}"]
    sandbox = served(tmp_path, document(collection("/books", item(), parameter=parameter) | notes))

    with Target.asgi(sandbox, (), base_url="http://sandbox/test") as target:
        result = run_checks(contracts.of(tmp_path / "test.json"), target, mode="quick", skip=["schemathesis"])

    assert [] == [(each.check, each.operation, each.seen) for each in result.findings]
    assert "passed" == result.outcomes[f"GET {below}", "listed"]
    assert () == tuple(result.examined.never_succeeded)
