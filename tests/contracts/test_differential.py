"""Comparison of mock and service: each difference is reported once, with its statement and the shortest sequence."""

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
from mockserver import vendor_files
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import HERE, Subject, subjects
from tests.process import run

ASSUMED = {("same-unknown-position", "paging", "assumed")}
"""Basedash's paging statement only assumes the response to an unknown cursor."""


def compare(subject: Subject, bug: str = "", **settings: Any) -> CheckResult:
    """Compares a planted server with the mock of its contract, both in this process."""
    asked = CheckSettings(subject.name, subject.contract)
    with asked.comparison_mock() as mock, subject.target(bug) as service:
        return Comparison(subject.contract, mock, service, **settings).run()


def statements_of(result: CheckResult) -> set[tuple[str, str, str]]:
    """The check, kind of statement and evidence of each finding."""
    return {(f.check, f.statement.kind, f.statement.evidence) for f in result.findings if f.statement}


@pytest.mark.parametrize("vendor", [*vendor_files.names(), "notes"])
def test_two_mocks_with_different_seeds_do_not_differ(vendor: str) -> None:
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
def test_a_correct_server_differs_only_where_a_statement_is_assumed(name: str) -> None:
    assert statements_of(compare(subjects()[name])) == (ASSUMED if name == "basedash" else set())


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
def test_a_difference_is_reported_with_the_statement_that_it_contradicts(
    name: str, bug: str, check: str, kind: str
) -> None:
    found = statements_of(compare(subjects()[name], bug, only=[f"same-{check}"]))

    assert (f"same-{check}", kind) in {(check, kind) for check, kind, _ in found}


@pytest.mark.parametrize(("bug", "check", "evidence"), [
    ("auth-unsaid", "same-create", "documented"),
    ("patch-forgotten", "same-update", "assumed"),
])  # fmt: skip
def test_a_difference_without_a_statement_is_a_failure_only_if_the_reply_is_invalid(
    bug: str, check: str, evidence: str
) -> None:
    assert (check, "schema", evidence) in statements_of(compare(subjects()["basedash"], bug, only=[check]))


def test_a_difference_is_reported_once_with_the_shortest_sequence() -> None:
    result = compare(subjects()["basedash"], "oldest-first", only=["same-order", "same-sequence"])

    [found] = result.findings
    assert ["POST", "POST", "GET"] == [each.method for each in found.exchanges]
    assert "a list in this order: two, one, as in the mock" in found.expected


def test_checks_that_foreign_items_would_disturb_are_skipped() -> None:
    subject = subjects()["basedash"]
    with CheckSettings("basedash", subject.contract).comparison_mock() as mock, subject.target() as service:
        first = Comparison(subject.contract, mock, service)
        context = first.context(service)
        context.create(context.shared.resources["mcp-server"])
        result = Comparison(subject.contract, mock, service).run()
        left = len(context.list_all(context.shared.resources["mcp-server"])[0])

    skipped = {check for (_, check), outcome in result.outcomes.items() if "1 foreign items" in outcome}
    assert set() == statements_of(result)
    assert {"same-default-page-size", "same-paging"} <= skipped
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
    """The URL of a server with these bugs."""
    with _served(Different(*bugs)) as address:
        yield address


LEARNED = ("default-20", "by-update", "id-plain", "unknown-kept")


def test_the_mock_behaves_like_the_service_with_the_learned_statements(tmp_path: Path) -> None:
    file, reports = tmp_path / "learned.yaml", str(tmp_path / "reports")
    chosen = [
        word for name in ("create", "order", "default-page-size", "unknown-*") for word in ("--only", f"same-{name}")
    ]
    with served(*LEARNED) as address:
        command = ("check", "basedash", "--url", address, *chosen, "--report", reports)
        learned = run(*command, "--learn", str(file), seconds=200)
        again = run(*command, "--against", "mock", "--behaviour", str(file), seconds=200)
    # The server refuses an unknown cursor, which the document allows, so Schemathesis reports the mock that learned it.
    alone = run("check", "basedash", "--behaviour", str(file), "--quick", "--skip", "positive_data_acceptance",
                "--report", reports, seconds=200)  # fmt: skip

    assert 1 == learned.returncode, learned.stdout + learned.stderr
    assert "A page has 20 items by default." in learned.stdout
    assert "The list is ordered by updatedAt, descending." in learned.stdout
    assert re.search(r"^wrote \d+ corrections to .*; 0 differences remain$", learned.stdout, re.MULTILINE)
    assert 0 == again.returncode, again.stdout
    assert "0 failures, 0 warnings, 0 skipped" in again.stdout
    assert 0 == alone.returncode, alone.stdout
    statements = contracts.of("basedash", [file]).behaviour.statements()
    observed = {kind for _, kind, statement in statements if statement.evidence == "observed"}
    assert {"order", "paging", "identity", "unknown-fields"} <= observed


def test_a_difference_that_no_statement_can_express_is_listed_and_not_learned(tmp_path: Path) -> None:
    file = tmp_path / "learned.yaml"
    chosen = [word for name in ("create", "validation", "unknown-position") for word in ("--only", f"same-{name}")]
    with served("create-200", "name-121") as address:
        done = run("check", "basedash", "--url", address, "--learn", str(file), "--report", str(tmp_path), *chosen)

    assert (
        "not learned: POST /api/public/organizations/{orgId}/mcp-servers: same-create: seen status 200" in done.stdout
    )
    assert "same-validation: seen status 200" in done.stdout
    assert ["paging"] == [
        key for action in yaml.safe_load(file.read_text())["actions"] for key in action.get("update", ())
    ]


def test_learned_statements_keep_the_inferred_ones(tmp_path: Path) -> None:
    file, notes = tmp_path / "learned.yaml", str(HERE / "notes.yaml")
    subject = subjects()["notes"]
    keys = [word for each in subject.users for word in ("--auth", each.secret)]
    with _served(subject.server("default-5")) as address:
        done = run("check", notes, "--url", f"{address}/api", *keys, "--learn", str(file), "--report", str(tmp_path),
                   "--only", "same-default-page-size", seconds=200)  # fmt: skip

    before, after = contracts.of(notes).behaviour, contracts.of(notes, [file]).behaviour
    paging = {b.operations["/notes", "get"].paging for b in (before, after)}
    assert "A page has 5 items by default." in done.stdout
    assert {(10, "implied"), (5, "observed")} == {(p.default, p.evidence) for p in paging if p}
    assert before.resources.keys() == after.resources.keys()


@pytest.mark.parametrize("wrong", [(), ("--url", "http://127.0.0.1:9", "--read-only")])
def test_a_comparison_needs_a_service_that_is_not_read_only(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    done = run("check", "basedash", "--against", "mock", *wrong, "--report", str(tmp_path))

    assert 2 == done.returncode
    assert "cannot check: --against mock" in done.stderr
