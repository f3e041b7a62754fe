"""Offers of help below the errands of others: they are made by a second user, and each side has rights of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.errands import checked_errands

CREATES = ("create", "read-back", "not-found")
CHECKS = (
    *CREATES,
    "rights-below",
    "none-below-own",
    "hidden-field",
    "concurrent-repeat",
    "action-validation",
    "ownership",
)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("helpers take their own offers", {("rights-below", "POST /offers/{id}/take")}),
        ("askers withdraw offers", {("rights-below", "POST /offers/{id}/withdraw")}),
        ("askers help themselves", {("none-below-own", "POST /errands/{id}/offers")}),
        ("the phone is shown to all", {("hidden-field", "GET /offers/{id}")}),
        ("any tip is taken", {("action-validation", "POST /offers/{id}/take")}),
        ("equal offers at the same time", {("concurrent-repeat", "POST /errands/{id}/offers")}),
    ],
)
def test_each_side_may_do_what_the_document_says(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    result = checked_errands(tmp_path, flaw, *CHECKS)

    assert found == {(each.check, each.operation) for each in result.findings if each.verdict == "failure"}


def test_items_that_nobody_may_create_below_their_own_are_created_below_those_of_a_second_user(tmp_path: Path) -> None:
    result = checked_errands(tmp_path, "", *CREATES)

    about_offers = {key: value for key, value in result.outcomes.items() if "/offers" in key[0]}
    assert {"passed"} == {*about_offers.values()}
    assert ("POST /errands/{id}/offers", "create") in about_offers
