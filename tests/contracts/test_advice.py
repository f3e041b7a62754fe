"""A report says what to do only where something better is known than what was expected."""

from __future__ import annotations

import pytest
from schemathesis.checks import CHECKS as SCHEMATHESIS_CHECKS
from schemathesis.checks import load_all_checks

from contracts.checks import CHECKS
from contracts.conformance.engine_checks import ANSWERED
from contracts.conformance.response_rules import RESPONSE_RULES
from contracts.model.finding import RecordedExchange, StatementRef, finding
from contracts.report.advice import BY_CHECK, OF_ANY_STATUS, advice
from contracts.report.report import Report
from contracts.report.severity import STYLE, WORST, origin
from contracts.report.suggestions import Suggestion
from contracts.report.summary import lines
from contracts.runner.runner import CheckResult
from mockserver.behaviour.statements import Filter, Paging, Parent, Sort, Unique

RULE = StatementRef("x", "http", "documented", "RFC 9110", "A rule.")


@pytest.mark.parametrize(
    ("check", "operation", "expected", "seen", "said"),
    [
        ("paging", "GET /a", "the total is 5", "32", "Count in GET /a the items"),
        ("paging", "GET /a", "with 5 items, each item is on one page only", "[1, 1]", "Cut one ordered list"),
        ("authentication", "GET /a", "the scheme `bearer` is accepted like `Bearer`", "status 401", "regard to case"),
        ("read-back", "POST /a", "the item is deleted with its project", "status 200", "When the project is deleted"),
        ("lifecycle", "GET /a", "the list is in order of creation, descending", "another order", "Sort the whole list"),
        (
            "delete",
            "GET /a",
            "DELETE /a/{id} returns 404 for a deleted item",
            "status 204",
            "item up in DELETE /a/{id}",
        ),
        ("uniqueness", "POST /a", "a second item with the same sku is refused with 409", "status 201", "unique index"),
        ("ownership", "GET /a", "a second user cannot read an a of the first: it is closed", "status 200", "its owner"),
    ],
)
def test_the_advice_is_about_what_was_expected(check: str, operation: str, expected: str, seen: str, said: str) -> None:
    found = finding(check, operation, expected=expected, seen=seen, statement=RULE)

    assert said in advice(found)


def test_what_was_expected_is_not_repeated_as_advice() -> None:
    found = finding("lifecycle", "GET /a", expected="the moon is full", seen="status 200", statement=RULE)

    assert "" == advice(found)
    assert not [line for line in printed(found) if "to mend" in line]


def printed(found: object, *more: RecordedExchange) -> list[str]:
    result = CheckResult((found,), {("GET /a", "lifecycle"): "failed"}, 3, 0.5)  # type: ignore[arg-type]
    report = Report("Things", "1", "http://service", 0, "quick", result, suggestions={found.id: Suggestion("")})  # type: ignore[attr-defined]
    return list(lines(report))


def test_the_terminal_shows_the_last_requests_and_says_how_many_are_in_the_report() -> None:
    many = tuple(RecordedExchange("POST", f"http://service/a{n}", (), b"{}", 201, ()) for n in range(9))
    found = finding("paging", "GET /a", expected="the total is 9", seen="32", statement=RULE, exchanges=many)

    shown = printed(found)

    assert ["5 requests before these"] == [line.strip(" (").partition(":")[0] for line in shown if "before" in line]
    assert 4 == sum(line.startswith("  $ ") for line in shown)


@pytest.mark.parametrize("body", [b"[" * 2000 + b"]" * 2000, b'{"name": "\xff\xfe"}'])
def test_the_terminal_leaves_out_bodies_that_nobody_can_read(body: bytes) -> None:
    odd = RecordedExchange("POST", "http://service/a", (), body, 500, ())
    found = finding("odd-input", "POST /a", expected="no server error", seen="status 500", exchanges=(odd,))

    [line] = [each for each in printed(found) if each.startswith("  $ ")]

    assert f"a body of {len(body):,} bytes" in line
    assert "[[" not in line
    assert "\ufffd" not in line


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (Unique(fields=("sku",), evidence="inferred"), "No two items have the same sku."),
        (Filter(parameter="done", field="done", evidence="implied"),
         "With done the list has only items whose done equals it."),
        (Sort(parameter="sort", evidence="implied"), "The parameter sort says by which field the list is sorted."),
        (Paging(style="page", limit="size", position="page", default=30, maximum=100, evidence="implied"),
         ("The list comes in pages of 30 items, or as many as size says (at most 100), and page says where a page "
         "begins.")),
        (Parent(resource="project", parameter="project_id", field="project_id", must_exist=True, evidence="inferred"),
         "Each item belongs to the project that project_id names, and there is none below an unknown one."),
    ],
)  # fmt: skip
def test_a_statement_of_a_behaviour_file_is_a_plain_sentence(statement: object, sentence: str) -> None:
    assert sentence == StatementRef.of("GET /a", "x", statement).text  # type: ignore[arg-type]


def test_what_advice_is_kept_by_is_a_module_of_checks_or_a_check() -> None:
    known = _modules_and_checks()

    assert BY_CHECK.keys() <= known
    assert OF_ANY_STATUS <= BY_CHECK.keys()


def test_what_is_worst_or_style_is_a_module_of_checks_or_a_check() -> None:
    assert {*WORST, *STYLE} <= _modules_and_checks() | {*RESPONSE_RULES, ANSWERED}
    assert not {*WORST} & {*STYLE}


def _modules_and_checks() -> set[str]:
    load_all_checks()
    return {origin(check.name) for check in CHECKS} | set(SCHEMATHESIS_CHECKS.get_all_names())
