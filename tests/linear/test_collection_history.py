"""The checker of concurrent histories finds what no order explains, and nothing else."""

from __future__ import annotations

from tests.linear.collection_history import Call, unexplained


def test_a_history_that_some_order_explains_has_nothing_unexplained() -> None:
    history = [
        Call("create", 0, 10, 201, 1, "a"),
        Call("create", 1, 9, 201, 2, "b"),
        Call("list", 2, 8, 200, items=((2, "b"), (1, "a"))),
        Call("list", 2, 3, 200, items=((1, "a"),)),
        Call("replace", 11, 20, 200, 1, "c"),
        Call("delete", 11, 20, 204, 1),
        Call("get", 12, 13, 200, 1, "c"),
        Call("get", 14, 15, 404, 1),
    ]

    assert unexplained(history) is None


def test_a_read_that_misses_what_was_acknowledged_before_it_is_unexplained() -> None:
    stale = Call("list", 2, 3, 200, items=())

    assert stale == unexplained([Call("create", 0, 1, 201, 1, "a"), stale])


def test_a_read_that_goes_back_in_time_is_unexplained() -> None:
    create, replace = Call("create", 0, 1, 201, 1, "a"), Call("replace", 2, 9, 200, 1, "b")
    new, old = Call("get", 3, 4, 200, 1, "b"), Call("get", 5, 6, 200, 1, "a")

    assert old == unexplained([create, replace, new, old])
    assert unexplained([create, replace, old, Call("get", 7, 8, 200, 1, "b")]) is None


def test_an_id_that_is_given_twice_is_unexplained() -> None:
    twice = [Call("create", 0, 5, 201, 1, "a"), Call("create", 1, 6, 201, 1, "b")]

    assert unexplained(twice) is not None


def test_an_update_that_is_lost_is_unexplained() -> None:
    history = [
        Call("create", 0, 1, 201, 1, "a"),
        Call("replace", 2, 5, 200, 1, "b"),
        Call("replace", 3, 6, 200, 1, "c"),
        Call("get", 7, 8, 200, 1, "a"),
    ]

    assert history[-1] == unexplained(history)


def test_a_request_without_an_answer_may_have_happened_or_not() -> None:
    create, lost = Call("create", 0, 1, 201, 1, "a"), Call("replace", 2, 3, 0, 1, "b")
    new, old = Call("get", 4, 5, 200, 1, "b"), Call("get", 6, 7, 200, 1, "a")

    assert unexplained([create, lost, new]) is None
    assert unexplained([create, lost, old]) is None
    assert old == unexplained([create, lost, new, old])
    unanswered = Call("create", 8, 9, 0, None, "c")
    assert unexplained([create, unanswered, Call("list", 10, 11, 200, items=((1, "a"), (2, "c")))]) is None
    assert unexplained([create, unanswered, Call("list", 10, 11, 200, items=((1, "a"),))]) is None


def test_a_list_in_another_order_than_that_of_creation_is_unexplained() -> None:
    created = [Call("create", number, number + 0.5, 201, number, "") for number in range(3)]
    mixed = Call("list", 5, 6, 200, items=((1, ""), (0, ""), (2, "")))

    assert mixed == unexplained([*created, mixed])


def test_lists_say_in_which_order_notes_were_created_whose_ids_do_not_count_up() -> None:
    created = [Call("create", 0, 9, 201, id, id) for id in "abcdefghijkl"]
    last = Call("create", 10, 11, 201, "z", "z")
    shown = Call("list", 12, 13, 200, items=tuple((id, id) for id in "lkjihgfedcbaz"))
    otherwise = Call("list", 14, 15, 200, items=tuple((id, id) for id in "kljihgfedcbaz"))

    assert unexplained([*created, last, shown]) is None
    assert unexplained([*created, last, shown, otherwise]) is not None
