"""The replies to a thousand requests are those that were recorded, byte for byte.

`python -m tests.replies.record` writes the record anew, where a change is meant to be seen from outside.
"""

from __future__ import annotations

import json
from itertools import zip_longest

import pytest

from tests.replies.walk import lines, recorded, spread


@pytest.fixture(scope="module")
def told() -> list[str]:
    """The lines as they are today."""
    return lines()


def test_a_thousand_requests_are_recorded_and_made_again(told: list[str]) -> None:
    assert (1_000, 1_000) == (len(recorded()), len(told))


def test_every_reply_is_the_recorded_one_byte_for_byte(told: list[str]) -> None:
    for expected, got in zip_longest(recorded(), told, fillvalue="nothing"):
        if expected != got:
            pytest.fail(f"the first reply that differs\nexpected: {expected}\ngot:      {got}", pytrace=False)


def test_the_record_has_successes_and_refusals_of_many_kinds() -> None:
    statuses = spread(recorded())

    assert 350 <= sum(count for status, count in statuses.items() if 200 <= status < 300)
    assert 12 <= len(statuses)


def test_no_reply_has_a_header_twice(told: list[str]) -> None:
    names = [[header.partition(":")[0] for header in json.loads(line)["reply"]] for line in told]

    assert [] == [each for each in names if len(each) > len(set(each))]
