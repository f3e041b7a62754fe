"""Sentences about a new item are read, and those that are about something else are not."""

from __future__ import annotations

import pytest

from mockserver.inference.sentences.descriptions import Description
from mockserver.inference.sentences.start_sentences import first_number, grows, lead, null_at_first, start_state

STATES = {"waiting": "WAITING", "checkedout": "checked_out", "open": "Open"}


@pytest.mark.parametrize(("text", "state"), [
    ("Loans start as waiting.", "WAITING"),
    ("The loan is created in the state `open`.", "Open"),
    ("The initial status is waiting", "WAITING"),
    ("Initially open.", "Open"),
    ("New loans are checked out.", "checked_out"),
    ("Lent; waiting until somebody confirms it", "WAITING"),
    ("It begins with status WAITING", "WAITING"),
    ("It is not created as open.", None),
    ("If the book is there, new loans are open.", None),
    ("One of waiting, open and checked out.", None),
    ("Opens at nine.", None),
])  # fmt: skip
def test_a_sentence_says_in_which_state_an_item_begins(text: str, state: str | None) -> None:
    found = start_state([Description("A loan.", ""), Description(text, "/paths")], STATES)

    assert state == (found[0] if found is not None else None)


@pytest.mark.parametrize(("text", "is_null"), [
    ("Null until it is returned.", True),
    ("Set when the loan has ended", True),
    ("The receipt. Only available after the payment.", True),
    ("Empty before the first visit", True),
    ("null if it was never used", True),
    ("Only present if the order is shipped", True),
    ("Only present when the session is active", False),
    ("Null if it is unknown", False),
    ("Set by the service", False),
    ("The address", False),
])  # fmt: skip
def test_a_sentence_says_that_a_new_item_does_not_have_a_property(text: str, is_null: bool) -> None:
    assert is_null is bool(null_at_first(Description(text, "")))


@pytest.mark.parametrize(("text", "length"), [
    ("Seven days after the creation", "7d"),
    ("30 minutes from now", "30m"),
    ("The token is valid for 24 hours.", "24h"),
    ("Expires in two weeks", "14d"),
    ("An hour later", "1h"),
    ("At most 30 days", ""),
    ("The day of expiry", ""),
])  # fmt: skip
def test_a_sentence_says_how_long_after_the_creation_a_time_is(text: str, length: str) -> None:
    assert length == lead(Description(text, ""))[0]


@pytest.mark.parametrize(("text", "number", "is_growing"), [
    ("Starts at 1 and grows with each update.", 1, True),
    ("Begins with 0. Incremented on every save.", 0, True),
    ("The first revision is 10", 10, False),
    ("0 for a new loan", 0, False),
    ("Increased by one whenever somebody changes it", None, True),
    ("If it starts at 1, it is old.", None, False),
    ("Grows if it is changed", None, False),
    ("The number of pages", None, False),
])  # fmt: skip
def test_a_sentence_says_where_a_number_starts_and_that_it_grows(
    text: str, number: int | None, is_growing: bool
) -> None:
    found = first_number(Description(text, ""))

    assert number == (found[0] if found is not None else None)
    assert is_growing is bool(grows(Description(text, "")))
