"""What two processes do at the same moment: each sees the other, and limits hold. One case for each log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.errors import LogUnavailable
from mockserver.state.shared import namespace_log
from mockserver.state.shared_log import EntriesCutError, Partition, SharedLog
from tests.client import Client
from tests.sharing.conftest import Open, Start


class InterruptedLog:
    """A log at which another process is faster: `meanwhile` is called once, right before an entry is appended."""

    def __init__(self, log: SharedLog) -> None:
        self._log = log
        self.meanwhile: Callable[[], Any] | None = None
        self.is_away = False
        self.found: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        interrupt, self.meanwhile = self.meanwhile, None
        if interrupt is not None:
            # Another thread, because an event loop runs in this one.
            with ThreadPoolExecutor(1) as other:
                self.found = other.submit(interrupt).result()
        return self._log.append(partition, expected, entry)

    def begin(self) -> None:
        if self.is_away:
            raise LogUnavailable("the log is away")
        self._log.begin()


@pytest.fixture
def pair(open_handle: Open, start: Start) -> tuple[Client, Client, InterruptedLog]:
    """Two apps on one log, and the log of the first one."""
    log = InterruptedLog(open_handle())
    return start(log), start(open_handle()), log


def test_two_that_create_at_once_get_different_ids(pair: tuple[Client, Client, InterruptedLog]) -> None:
    one, two, log = pair
    log.meanwhile = lambda: two.post("/rooms", json={"name": "two"})
    first = one.post("/rooms", json={"name": "one"})

    assert (201, 2) == (first.status_code, first.json()["id"])
    assert (201, 1) == (log.found.status_code, log.found.json()["id"])
    assert ["two", "one"] == [each["name"] for each in one.get("/rooms").json()]
    assert one.get("/rooms").json() == two.get("/rooms").json()
    assert ("1", "2") == (log.found.headers["mock-revision"], first.headers["mock-revision"])


def test_of_two_that_create_the_last_allowed_item_at_once_one_is_refused(
    pair: tuple[Client, Client, InterruptedLog],
) -> None:
    one, two, log = pair
    for name in ("a", "b"):
        one.post("/rooms", json={"name": name})
    log.meanwhile = lambda: two.post("/rooms", json={"name": "c"})
    refused = one.post("/rooms", json={"name": "d"})

    assert (201, 409) == (log.found.status_code, refused.status_code)
    assert ["a", "b", "c"] == [each["name"] for each in one.get("/rooms").json()]


def test_of_two_that_take_a_unique_name_at_once_one_is_refused(pair: tuple[Client, Client, InterruptedLog]) -> None:
    one, two, log = pair
    log.meanwhile = lambda: two.post("/rooms", json={"name": "same"})

    assert 409 == one.post("/rooms", json={"name": "same"}).status_code
    assert 201 == log.found.status_code


def test_a_rate_limit_counts_the_requests_of_all(pair: tuple[Client, Client, InterruptedLog]) -> None:
    one, two, _ = pair
    one.post("/rooms", json={"name": "a"})
    statuses = [
        client.post("/rooms/1/books", json={"title": "t"}).status_code for _ in range(5) for client in (one, two)
    ]

    assert [201] * 8 + [429] * 2 == statuses


def test_an_override_for_two_requests_applies_to_two_of_all(pair: tuple[Client, Client, InterruptedLog]) -> None:
    one, two, _ = pair
    one.post("/rooms", json={"name": "a"})
    wanted = {"when": {"operation": "getRoom"}, "then": {"status": 404}, "times": 2}
    two.post("/_mock/overrides", json=wanted)

    assert [404, 404, 200] == [client.get("/rooms/1").status_code for client in (one, two, one)]
    assert 2 == one.get("/_mock/overrides/1").json()["applied"]


def test_a_deleted_item_stays_deleted_and_a_cursor_that_names_it_works_elsewhere(
    pair: tuple[Client, Client, InterruptedLog],
) -> None:
    one, two, log = pair
    one.post("/rooms", json={"name": "a"})
    log.meanwhile = lambda: two.delete("/rooms/1")
    missed = one.patch("/rooms/1", json={"name": "b"})

    assert (204, 404) == (log.found.status_code, missed.status_code)
    assert [404, 404] == [client.get("/rooms/1").status_code for client in (one, two)]
    assert 2 == two.post("/rooms", json={"name": "c"}).json()["id"]


def test_while_the_log_is_away_requests_get_503_and_later_they_work(open_handle: Open, start: Start) -> None:
    log = InterruptedLog(open_handle())
    one = start(log)
    one.post("/rooms", json={"name": "a"})
    log.is_away = True
    refused, unread, steered = one.post("/rooms", json={"name": "b"}), one.get("/rooms"), one.post("/_mock/reset")
    log.is_away = False

    assert [503, 503, 503] == [each.status_code for each in (refused, unread, steered)]
    assert ["1", "1", "1"] == [each.headers["retry-after"] for each in (refused, unread, steered)]
    assert 200 == one.get("/_mock/health").status_code
    assert ["a"] == [each["name"] for each in one.get("/rooms").json()]
    assert 2 == one.post("/rooms", json={"name": "b"}).json()["id"]


def test_reads_may_be_answered_with_what_was_last_known(open_handle: Open, start: Start) -> None:
    log = InterruptedLog(open_handle())
    one = start(log, stale_reads=True)
    one.post("/rooms", json={"name": "a"})
    log.is_away = True

    assert ["a"] == [each["name"] for each in one.get("/rooms").json()]
    assert 503 == one.post("/rooms", json={"name": "b"}).status_code


def test_a_new_app_has_everything_that_the_others_did(open_handle: Open, start: Start) -> None:
    one = start(open_handle(), seed=1)
    one.post("/rooms", json={"name": "a"})
    one.post("/_mock/clock", json={"freeze": True, "set": "2030-01-01T00:00:00Z"})
    one.post("/_mock/checkpoints/then")
    one.post("/rooms", json={"name": "b"}, headers={"mock-namespace": "other"})
    one.delete("/rooms/1")
    overridden = one.post(
        "/_mock/overrides",
        json={"when": {"operation": "listRooms"}, "then": {"status": 200, "body": [{"id": 9, "name": "z"}]}},
    )
    two = start(open_handle(), seed=1)

    assert 201 == overridden.status_code, overridden.text
    assert [9] == [each["id"] for each in two.get("/rooms").json()]
    two.delete("/_mock/overrides")
    assert [] == one.get("/rooms").json()
    assert "2030-01-01T00:00:00.000Z" == two.get("/_mock/clock").json()["time"]
    assert ["default", "other"] == [each["name"] for each in two.get("/_mock/namespaces").json()]
    assert 204 == two.post("/_mock/checkpoints/then/restore").status_code
    assert ["a"] == [each["name"] for each in one.get("/rooms").json()]


def test_a_namespace_ends_when_no_app_has_used_it_for_long(open_handle: Open, start: Start) -> None:
    one, two = start(open_handle()), start(open_handle())
    old, used = {"mock-namespace": "old"}, {"mock-namespace": "used"}
    for client, headers, name in ((one, old, "a"), (one, used, "b"), (two, used, "c")):
        client.post("/rooms", json={"name": name}, headers=headers)
    for name in ("old", "used"):
        one.app.namespaces.named(name).used -= 10_000
    names = [each["name"] for each in one.get("/_mock/namespaces").json()]

    assert ["default", "used"] == names
    assert ["b", "c"] == [each["name"] for each in one.get("/rooms", headers=used).json()]
    assert [] == two.get("/rooms", headers=old).json()


def is_cut(log: SharedLog) -> bool:
    """Are the first entries gone?"""
    log.begin()
    try:
        log.new_entries(Partition("default", namespace_log.ONE_ORDER), 0)
    except EntriesCutError:
        return True
    finally:
        log.end()
    return False


def test_what_changes_after_a_snapshot_was_begun_is_not_in_it(open_handle: Open, start: Start) -> None:
    one = start(open_handle())
    one.post("/_mock/clock", json={"freeze": True})
    for name in ("a", "b", "c"):
        one.post("/rooms", json={"name": name})
    one.delete("/rooms/3")
    one.post("/_mock/checkpoints/then")
    followed = one.app.namespaces.default.shared.followed
    before, later = b"".join(followed.snapshot()), followed.snapshot()
    one.patch("/rooms/1", json={"name": "z"})
    one.delete("/rooms/2")
    one.post("/rooms", json={"name": "d"})
    one.delete("/_mock/checkpoints/then")

    assert before == b"".join(later)
    items = json.loads(before)["services"]["rooms"]["collections"][0]["items"]
    assert ["a", "b"] == [each["fields"]["name"] for each in items]


def test_a_process_that_has_read_no_item_saves_the_same_snapshot_and_then_reads_them(
    open_handle: Open, start: Start
) -> None:
    one, two = start(open_handle(), seed=1), start(open_handle(), seed=1)
    one.post("/_mock/clock", json={"freeze": True})
    for name in ("a", "b"):
        one.post("/rooms", json={"name": name})
    one.patch("/rooms/2", json={"name": "ü"})
    assert two.get("/rooms/9").status_code == 404  # it has the entries now
    saved = [b"".join(each.app.namespaces.default.shared.followed.snapshot()) for each in (one, two)]

    assert saved[0] == saved[1]
    assert [("a", 200), ("ü", 200)] == [
        (found.json()["name"], found.status_code) for found in (two.get(f"/rooms/{id}") for id in (1, 2))
    ]
    assert "c" == two.patch("/rooms/2", json={"name": "c"}).json()["name"]
    assert ["a", "c"] == [each["name"] for each in one.get("/rooms").json()]


def test_snapshots_cut_the_log_and_an_app_that_is_far_behind_loads_one(
    open_handle: Open, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_log, "FEWEST_ENTRIES", 10)
    one, two, saved = start(open_handle()), start(open_handle()), open_handle()
    one.post("/rooms", json={"name": "a"})
    changes, until = 0, time.monotonic() + 60
    while not is_cut(saved):  # by the second snapshot; a thread saves them
        assert time.monotonic() < until, f"the log was not cut after {changes} changes"
        one.patch("/rooms/1", json={"name": f"a{changes}"})
        changes += 1
    one.delete("/rooms/1")
    one.post("/rooms", json={"name": "b"})
    three = start(open_handle())

    assert changes > 10
    assert [[(2, "b")]] * 3 == [
        [(each["id"], each["name"]) for each in client.get("/rooms").json()] for client in (one, two, three)
    ]
    assert str(changes + 4) == three.post("/rooms", json={"name": "c"}).headers["mock-revision"]
    saved.close()
