"""What is written for a pattern matches it, in the eyes of the validator's own engine."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.examples.patterns import UnreadablePattern, Writing, expression, matches

PIECES = st.sampled_from((
    "a", "Z", "7", " ", "-", "_", r"\.", r"\/", r"\d", r"\w", r"\s", r"\S", r"\D", r"\W", ".", "[a-f0-9]", "[^a-z]",
    r"[\w.-]", r"[+\-]", r"\x41", r"\u00e9", r"\t", r"\p{Lu}", r"\P{L}", r"\p{Script=Greek}", "(?:ab|cd)",
))  # fmt: skip
QUANTIFIERS = st.sampled_from(["", "", "?", "*", "+", "{3}", "{2,}", "{1,4}", "+?", "{0}"])
SEQUENCES = st.lists(st.tuples(PIECES, QUANTIFIERS).map("".join), min_size=1, max_size=5).map("".join)
PATTERNS = st.lists(SEQUENCES, min_size=1, max_size=3).map(lambda parts: f"^(?:{'|'.join(parts)})$")


@given(PATTERNS, st.integers(0, 99), st.integers(0, 12), st.booleans())
def test_what_is_written_matches(pattern: str, seed: int, stretch: int, steady: bool) -> None:
    assert matches(pattern, expression(pattern)(Writing(Random(seed), stretch, steady)))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a", "no '\\)'"),
        ("a)", "unexpected"),
        ("[a", "too early"),
        ("[z-a]", "out of order"),
        ("(a{1000}){1000}", "multiply"),
    ],
)
def test_a_pattern_that_cannot_be_written_for_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(UnreadablePattern, match=reason):
        expression(pattern)(Writing(Random(1), 1))


def test_a_group_is_repeated_by_its_number_and_by_its_name() -> None:
    for pattern in (r"^(\w{5})-\1$", r"^(?<half>\w{5})-\k<half>$"):
        left, _, right = expression(pattern)(Writing(Random(1), 1)).partition("-")
        assert left == right
