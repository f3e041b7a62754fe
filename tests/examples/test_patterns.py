"""A string that is generated for a pattern matches it, checked by the validator's own engine."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.examples.characters import UnreadablePattern
from mockserver.examples.patterns import Writing, expression
from mockserver.openapi.regex import matches

PIECES = st.sampled_from((
    "a", "Z", "7", " ", "-", "_", r"\.", r"\/", r"\d", r"\w", r"\s", r"\S", r"\D", r"\W", ".", "[a-f0-9]", "[^a-z]",
    r"[\w.-]", r"[+\-]", r"\x41", r"\u00e9", r"\t", r"\p{Lu}", r"\P{L}", r"\p{Script=Greek}", "(?:ab|cd)",
))  # fmt: skip
QUANTIFIERS = st.sampled_from(["", "", "?", "*", "+", "{3}", "{2,}", "{1,4}", "+?", "{0}"])
SEQUENCES = st.lists(st.tuples(PIECES, QUANTIFIERS).map("".join), min_size=1, max_size=5).map("".join)
PATTERNS = st.lists(SEQUENCES, min_size=1, max_size=3).map(lambda parts: f"^(?:{'|'.join(parts)})$")


@given(PATTERNS, st.integers(0, 99), st.integers(0, 12), st.booleans())
def test_a_generated_string_matches_its_pattern(pattern: str, seed: int, stretch: int, steady: bool) -> None:
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
def test_an_unsupported_pattern_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    with pytest.raises(UnreadablePattern, match=reason):
        expression(pattern)(Writing(Random(1), 1))


def test_a_back_reference_by_number_or_name_repeats_the_group() -> None:
    for pattern in (r"^(\w{5})-\1$", r"^(?<half>\w{5})-\k<half>$"):
        left, _, right = expression(pattern)(Writing(Random(1), 1)).partition("-")
        assert left == right
