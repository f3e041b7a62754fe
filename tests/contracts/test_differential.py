"""The mock and a service side by side: every difference is told once, with the statement, in the shortest sequence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.client.authentication import sandbox_users
from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.differential.comparison import Comparison
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import CheckResult
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import HERE, Subject, subjects
from tests.process import run

ASSUMED = {("same-unknown-position", "paging", "assumed")}
"""Basedash's paging statement says that nobody knows how an unknown cursor is answered."""


def beside(subject: Subject, bug: str = "", **settings: Any) -> CheckResult:
    """A planted server beside the mock of its contract, both in this process."""
    asked = CheckSettings(subject.name, subject.contract)
    with asked.comparison_mock() as mock, subject.target(bug) as service:
        return Comparison(subject.contract, mock, service, **settings).run()


def told(result: CheckResult) -> set[tuple[str, str, str]]:
    """Check, kind of statement and evidence of each finding."""
    return {(f.check, f.statement.kind, f.statement.evidence) for f in result.findings if f.statement}


@pytest.mark.parametrize("vendor", ["basedash", "datagrid", "gaia", "piper", "notes"])
def test_the_mock_does_not_differ_from_itself_whatever_its_seed(vendor: str) -> None:
    wanted = str(HERE / "notes.yaml") if vendor == "notes" else vendor
    contract = contracts.of(wanted)
    app = sandbox(wanted, seed=7, limits=False)
    base = "http://another.local" + contract.document.base_path

    with (
        CheckSettings(wanted, contract).comparison_mock() as mock,
        Target.asgi(app, sandbox_users(contract), base_url=base, sleep=app.world.clock.advance) as other,
    ):
        result = Comparison(contract, mock, other).run()

    assert [] == [(f.check, f.operation, f.expected, f.seen) for f in result.findings]
    assert "" == result.stopped
    assert () == result.left_behind
    assert 20 < sum(outcome == "passed" for outcome in result.outcomes.values())


@pytest.mark.parametrize("name", ["basedash", "datagrid"])
def test_a_correct_server_differs_only_in_what_nobody_knows(name: str) -> None:
    assert told(beside(subjects()[name])) == (ASSUMED if name == "basedash" else set())


@pytest.mark.parametrize(("name", "bug", "check", "kind"), [
    ("basedash", "create-200", "create", "reply"),
    ("basedash", "oldest-first", "order", "order"),
    ("basedash", "by-update", "order", "order"),
    ("basedash", "default-20", "default-page-size", "paging"),
    ("basedash", "page-short", "paging", "paging"),
    ("basedash", "limit-101", "paging", "paging"),
    ("basedash", "cursor-inclusive", "paging", "paging"),
    ("basedash", "label-missing", "create", "initial"),
    ("basedash", "headers-read", "create", "write-only"),
    ("basedash", "created-a-number", "create", "timestamps"),
    ("basedash", "updated-still", "timestamps", "timestamps"),
    ("basedash", "id-plain", "create", "identity"),
    ("basedash", "name-121", "validation", "schema"),
    ("basedash", "delete-listed", "delete", "schema"),
    ("basedash", "delete-kept", "delete", "errors.missing"),
    ("basedash", "get-any-tenant", "no-access", "no-access"),
    ("basedash", "list-open", "authentication", "authentication"),
    ("basedash", "unknown-kept", "unknown-fields", "unknown-fields"),
    ("datagrid", "capacity-29", "capacity", "capacity"),
    ("datagrid", "capacity-31", "capacity", "capacity"),
    ("datagrid", "icon-default", "create", "defaults"),
    ("datagrid", "json-500", "malformed", "errors.malformed"),
    ("datagrid", "update-gone", "sequence", "schema"),
])  # fmt: skip
def test_what_a_server_does_otherwise_is_told_with_the_statement_it_concerns(
    name: str, bug: str, check: str, kind: str
) -> None:
    assert (f"same-{check}", kind) in {(c, k) for c, k, _ in told(beside(subjects()[name], bug))}


@pytest.mark.parametrize(("bug", "check", "evidence"), [
    ("auth-unsaid", "same-create", "documented"),
    ("patch-forgotten", "same-update", "assumed"),
])  # fmt: skip
def test_a_value_without_a_statement_breaks_the_document_only_where_the_reply_does(
    bug: str, check: str, evidence: str
) -> None:
    assert (check, "schema", evidence) in told(beside(subjects()["basedash"], bug, only=[check]))


def test_a_difference_is_told_once_and_in_the_shortest_sequence() -> None:
    result = beside(subjects()["basedash"], "oldest-first", only=["same-order", "same-sequence"])

    [found] = result.findings
    assert ["POST", "POST", "GET"] == [each.method for each in found.exchanges]
    assert "in this order: two, one, as the mock answers" in found.expected


def test_items_of_others_at_the_service_are_left_out_of_the_comparison() -> None:
    subject = subjects()["basedash"]
    with CheckSettings("basedash", subject.contract).comparison_mock() as mock, subject.target() as service:
        first = Comparison(subject.contract, mock, service)
        context = first.context(service)
        context.create(context.shared.resources["mcp-server"])
        result = Comparison(subject.contract, mock, service).run()
        left = len(context.list_all(context.shared.resources["mcp-server"])[0])

    skipped = {check for (_, check), outcome in result.outcomes.items() if "1 items of others" in outcome}
    assert set() == told(result)
    assert {"same-order", "same-paging"} <= skipped
    assert 1 == left


class Different(Basedash):
    """A server with several bugs at once, and without a rate limit."""

    def __init__(self, *bugs: str) -> None:
        super().__init__()
        self.bugs = bugs

    def has(self, bug: str) -> bool:
        return bug in self.bugs

    def limit(self, ask: Any) -> None:
        """No limit."""


@contextmanager
def served(*bugs: str) -> Iterator[str]:
    """The address of a server with these bugs."""
    with _served(Different(*bugs)) as address:
        yield address


LEARNED = ("default-20", "by-update", "id-plain", "unknown-kept")


def test_what_was_learned_makes_the_mock_do_as_the_service_does(tmp_path: Path) -> None:
    file, reports = tmp_path / "learned.yaml", str(tmp_path / "reports")
    chosen = [
        word for name in ("create", "order", "default-page-size", "unknown-*") for word in ("--only", f"same-{name}")
    ]
    with served(*LEARNED) as address:
        told = ("check", "basedash", "--url", address, *chosen, "--report", reports)
        learned = run(*told, "--learn", str(file), seconds=200)
        again = run(*told, "--against", "mock", "--behaviour", str(file), seconds=200)
    # The server refuses an unknown cursor, which the document allows: what is learned of it, Schemathesis calls wrong.
    alone = run("check", "basedash", "--behaviour", str(file), "--quick", "--skip", "positive_data_acceptance",
                "--report", reports, seconds=200)  # fmt: skip

    assert 1 == learned.returncode, learned.stdout + learned.stderr
    assert "A page has 20 items." in learned.stdout
    assert "Listed by updatedAt, descending." in learned.stdout
    assert re.search(r"^wrote \d+ corrections to .*; 0 differences remain$", learned.stdout, re.MULTILINE)
    assert 0 == again.returncode, again.stdout
    assert "0 failures, 0 warnings, 0 skipped" in again.stdout
    assert 0 == alone.returncode, alone.stdout
    statements = contracts.of("basedash", [file]).behaviour.statements()
    observed = {kind for _, kind, statement in statements if statement.evidence == "observed"}
    assert {"order", "paging", "identity", "unknown-fields"} <= observed


def test_what_there_are_no_words_for_is_listed_and_nothing_false_is_learned(tmp_path: Path) -> None:
    file = tmp_path / "learned.yaml"
    with served("create-200", "name-121") as address:
        done = run("check", "basedash", "--url", address, "--learn", str(file), "--report", str(tmp_path))

    assert (
        "not learned: POST /api/public/organizations/{orgId}/mcp-servers: same-create: seen status 200" in done.stdout
    )
    assert "same-validation: seen status 200" in done.stdout
    assert ["paging"] == [
        key for action in yaml.safe_load(file.read_text())["actions"] for key in action.get("update", ())
    ]


def test_what_is_learned_of_a_document_without_statements_keeps_what_was_inferred(tmp_path: Path) -> None:
    file, notes = tmp_path / "learned.yaml", str(HERE / "notes.yaml")
    subject = subjects()["notes"]
    keys = [word for each in subject.users for word in ("--auth", each.secret)]
    with _served(subject.server("default-5")) as address:
        done = run("check", notes, "--url", f"{address}/api", *keys, "--learn", str(file), "--report", str(tmp_path),
                   "--only", "same-default-page-size", seconds=200)  # fmt: skip

    before, after = contracts.of(notes).behaviour, contracts.of(notes, [file]).behaviour
    paging = {b.operations["/notes", "get"].paging for b in (before, after)}
    assert "A page has 5 items." in done.stdout
    assert {(10, "inferred"), (5, "observed")} == {(p.default, p.evidence) for p in paging if p}
    assert before.resources.keys() == after.resources.keys()


@pytest.mark.parametrize("wrong", [(), ("--url", "http://127.0.0.1:9", "--read-only")])
def test_there_must_be_a_service_to_compare_with_which_may_be_changed(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    done = run("check", "basedash", "--against", "mock", *wrong, "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "cannot check: --against mock" in done.stderr
