"""Histories: an order of concurrent requests that explains their responses, or none."""

from __future__ import annotations

import pytest

from contracts.model.history import ObservedRequest, Round, as_state, contradiction

START = as_state({"a": "1", "b": "1"})


def write(status: int = 200, *, creates: bool = False, **fields: str) -> ObservedRequest:
    return ObservedRequest("write", status, fields, creates)


def read(status: int = 200, **fields: str) -> ObservedRequest:
    return ObservedRequest("read", status, fields)


def delete(status: int = 204) -> ObservedRequest:
    return ObservedRequest("delete", status, {})


EXPLAINED: dict[str, list[Round]] = {
    "two updates of different fields": [[write(a="2"), write(b="2")], [read(a="2", b="2")]],
    "of two updates of one field, either may win": [[write(a="2"), write(a="3")], [read(a="2", b="1")]],
    "a read between two updates": [[write(a="2"), write(b="2"), read(a="1", b="2")], [read(a="2", b="2")]],
    "an update before a delete": [[delete(), write(a="2")], [read(404)]],
    "an update after a delete": [[delete(), write(404, a="2")], [read(404)]],
    "a PUT that creates the deleted item again": [[delete(), write(creates=True, a="2", b="2")], [read(a="2", b="2")]],
    "two deletes that both succeed": [[delete(), delete()], [read(404)]],
    "a conflict has no effect": [[write(a="2"), write(409, a="3")], [read(a="2", b="1")]],
    "a server error may have had an effect": [[write(500, a="2")], [read(a="2", b="1")]],
    "a server error may have had no effect": [[write(500, a="2")], [read(a="1", b="1")]],
    "a delete that was only accepted": [[delete(202)], [read(a="1", b="1")]],
    "a read that is refused says nothing": [[write(a="2")], [read(503)]],
}

CONTRADICTED: dict[str, tuple[int, list[Round]]] = {
    "a lost update": (1, [[write(a="2"), write(b="2")], [read(a="1", b="2")]]),
    "a value that no request wrote": (1, [[write(a="2")], [read(a="3", b="1")]]),
    "half of a replacement": (0, [[write(a="2", b="2"), read(a="2", b="1")]]),
    "a deleted item that comes back": (1, [[delete(), write(a="2")], [read(a="2", b="1")]]),
    "an update of an item that is gone": (2, [[delete()], [read(404)], [write(a="2")]]),
    "a stale read after an update": (1, [[write(a="2")], [read(a="1", b="1")]]),
    "a missing item that no request deleted": (0, [[write(404, a="2")]]),
}


@pytest.mark.parametrize("rounds", EXPLAINED.values(), ids=EXPLAINED)
def test_a_history_of_a_correct_server_is_explained(rounds: list[Round]) -> None:
    assert None is contradiction(rounds, START)


@pytest.mark.parametrize(("number", "rounds"), CONTRADICTED.values(), ids=CONTRADICTED)
def test_a_history_that_no_order_explains_names_the_round(number: int, rounds: list[Round]) -> None:
    assert number == contradiction(rounds, START)


def test_twelve_concurrent_requests_are_searched_at_once() -> None:
    writes = [write(a=str(number)) for number in range(12)]

    assert None is contradiction([writes, [read(a="7", b="1")]], START)
    assert 1 == contradiction([writes, [read(a="12", b="1")]], START)
