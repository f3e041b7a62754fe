"""Requests that only add items are handled before the log is locked, and kept if what they read is still so then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mockserver.errors import LogUnavailable
from mockserver.state.clock import Clock
from mockserver.state.shared_log import Partition, SharedLog
from mockserver.web.app import Sandbox
from mockserver.web.serving.pause import KEPT, TURN
from tests.sharing.conftest import AppClient, Open, Start

DOCUMENT = Path(__file__).with_name("shelves.yaml")


class NotedLog:
    """A log that another process was faster at once, so that requests are answered in parts; it notes when it is held.

    While it `is_full`, nothing that it appended is kept.
    """

    def __init__(self, log: SharedLog, events: list[str]) -> None:
        self._log, self._events = log, events
        self.refused = 0
        self.is_full = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def hold(self, partition: Partition) -> None:
        self._events.append("held")
        self._log.hold(partition)

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        if self.refused:
            self.refused -= 1
            return False
        return not self.is_full and self._log.append(partition, expected, entry)

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
        if self.is_full:
            raise LogUnavailable("the disk is full")
        return self._log.new_entries(partition, after)


class NotedClock(Clock):
    """A clock that notes when it is read. Each time is another one."""

    def __init__(self, events: list[str]) -> None:
        self._events, self._now = events, 1_800_000_000.0

    def now(self) -> float:
        self._events.append("handled")
        self._now += 1
        return self._now


class Answered(NamedTuple):
    """A response."""

    status: int
    value: Any
    fields: bytes


class Pair(NamedTuple):
    """Two apps on one log: the first one is answering requests in parts. `events` say what it does, in order."""

    one: AppClient
    two: AppClient
    log: NotedLog
    events: list[str]
    shelf: str


@pytest.fixture
def pair(open_handle: Open, start: Start) -> Pair:
    """Two apps with a shelf that has one book, and a label."""
    events: list[str] = []
    log = NotedLog(open_handle(), events)
    one = start(log, document=DOCUMENT, clock=NotedClock(events))
    two = start(open_handle(), document=DOCUMENT)
    shelf = one.post("/shelves", json={"name": "first"}).json()["id"]
    one.post("/labels", json={"name": "a"})
    log.refused = 1
    assert 201 == one.post(f"/shelves/{shelf}/books", json={"name": "a"}).status_code
    events.clear()
    return Pair(one, two, log, events, shelf)


def together(app: Sandbox, *requests: tuple[str, str], meanwhile: Callable[[], Any] = list) -> list[Any]:
    """How requests are answered that arrive together: creates, each with a path and a name.

    `meanwhile` is called before the log is locked.
    """
    assert app.rounds is not None
    app.rounds.begin()
    answers = [begun(app, path, name) for path, name in requests]
    assert [TURN] * len(answers) == [step(each) for each in answers]
    meanwhile()
    done = [step(each) for each in answers]
    app.rounds.end()
    return [step(each) if found is KEPT else found for each, found in zip(answers, done, strict=True)]


def begun(app: Sandbox, path: str, name: str) -> Any:
    """The answer to a create, as the server asks for it."""
    body = json.dumps({"name": name}).encode()
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))],
        "root_path": "", "scheme": "http",
    }  # fmt: skip
    answer = app.fast_path(scope, body)
    assert answer is not None
    return answer


def step(answer: Any) -> Any:
    """What an answer awaits next, or the response where it is ready."""
    try:
        return answer.send(None)
    except StopIteration as end:
        status, fields, content = end.value
        return Answered(status, json.loads(content), fields)


def names(client: AppClient, path: str) -> list[str]:
    """The names of the listed items."""
    return [each["name"] for each in client.get(path).json()]


def test_creates_of_two_processes_are_both_kept_and_handled_before_the_log_is_locked(pair: Pair) -> None:
    made = together(
        pair.one.app,
        ("/shelves", "b"),
        ("/shelves", "c"),
        meanwhile=lambda: pair.two.post("/shelves", json={"name": "of two"}),
    )

    assert ["handled", "handled", "held"] == pair.events
    assert [(201, "b"), (201, "c")] == [(each.status, each.value["name"]) for each in made]
    assert [b"mock-revision: 5", b"mock-revision: 6"] == [each.fields.split(b"\r\n")[-2] for each in made]
    assert [["first", "of two", "b", "c"]] * 2 == [names(each, "/shelves") for each in (pair.one, pair.two)]
    assert pair.one.get("/shelves").json() == pair.two.get("/shelves").json()
    assert made[1].value == pair.two.get(f"/shelves/{made[1].value['id']}").json()


def test_a_capacity_holds_where_another_process_adds_the_last_item_meanwhile(pair: Pair) -> None:
    books = f"/shelves/{pair.shelf}/books"
    made = together(
        pair.one.app, (books, "b"), (books, "c"), meanwhile=lambda: pair.two.post(books, json={"name": "of two"})
    )

    assert [201, 409] == [each.status for each in made]
    assert [["a", "of two", "b"]] * 2 == [names(each, books) for each in (pair.one, pair.two)]


def test_a_capacity_holds_among_requests_that_arrive_together(pair: Pair) -> None:
    books = f"/shelves/{pair.shelf}/books"
    made = together(pair.one.app, (books, "b"), (books, "c"), (books, "d"))

    assert [201, 201, 409] == [each.status for each in made]
    assert [["a", "b", "c"]] * 2 == [names(each, books) for each in (pair.one, pair.two)]


def test_a_name_that_another_process_takes_meanwhile_is_refused(pair: Pair) -> None:
    made = together(
        pair.one.app,
        ("/labels", "b"),
        ("/labels", "c"),
        ("/labels", "c"),
        meanwhile=lambda: pair.two.post("/labels", json={"name": "b"}),
    )

    assert [409, 201, 409] == [each.status for each in made]
    assert [["a", "b", "c"]] * 2 == [names(each, "/labels") for each in (pair.one, pair.two)]


def test_nothing_is_added_below_an_item_that_another_process_deletes_meanwhile(pair: Pair) -> None:
    books = f"/shelves/{pair.shelf}/books"
    made = together(pair.one.app, (books, "b"), meanwhile=lambda: pair.two.delete(f"/shelves/{pair.shelf}"))

    assert [404] == [each.status for each in made]
    assert [404, 404] == [client.get(books).status_code for client in (pair.one, pair.two)]


def test_what_is_added_after_a_reset_of_another_process_is_there(pair: Pair) -> None:
    made = together(pair.one.app, ("/shelves", "b"), meanwhile=lambda: pair.two.post("/_mock/reset"))

    assert [201] == [each.status for each in made]
    assert [["b"]] * 2 == [names(each, "/shelves") for each in (pair.one, pair.two)]


def test_what_cannot_be_kept_is_not_there_and_its_request_gets_503(pair: Pair) -> None:
    def fill() -> None:
        pair.log.is_full = True

    made = together(pair.one.app, ("/shelves", "b"), ("/shelves", "c"), meanwhile=fill)
    pair.log.is_full = False

    assert [503, 503] == [each.status for each in made]
    assert [["first"]] * 2 == [names(each, "/shelves") for each in (pair.one, pair.two)]
    assert [201] == [each.status for each in together(pair.one.app, ("/shelves", "b"))]


def test_a_request_that_adds_nothing_is_answered_without_the_lock(pair: Pair) -> None:
    assert pair.one.app.rounds is not None
    pair.one.app.rounds.begin()
    refused = step(begun(pair.one.app, "/labels", "a"))
    pair.one.app.rounds.end()

    assert (409, ["handled"]) == (refused.status, pair.events)
