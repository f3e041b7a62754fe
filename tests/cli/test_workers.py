"""`mockserver serve --workers 2`: two processes at one port, which answer as one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import httpx
import pytest

from tests.process import ENVIRONMENT, READY, ROOT, Processes, address, run

DOCUMENT = str(ROOT / "docs" / "petstore.yaml")
TOM = {"name": "Tom", "kind": "cat"}
PATIENCE = 60.0

ALONE = [sys.executable, "-X", "utf8", "-m", "mockserver"]
"""A process that is forked from no other, so that it has the environment of this test."""


class Workers:
    """The processes behind an address, and a client that is connected to each of two."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str]) -> None:
        self.process, self.lines, self.address = process, lines, address(lines)
        self.first = httpx.Client(base_url=self.address, timeout=PATIENCE)
        self.second = self.connected_to_other(worker_of(self.first))

    def connected_to_other(self, process: int) -> httpx.Client:
        """A client that is connected to a worker that is not this process: the system chooses one at random."""
        for _ in range(200):
            client = httpx.Client(base_url=self.address, timeout=PATIENCE)
            if worker_of(client) != process:
                return client
            client.close()
        raise AssertionError("200 connections were accepted by one worker")

    def close(self) -> None:
        self.first.close()
        self.second.close()


def worker_of(client: httpx.Client) -> int:
    """The process that a client is connected to."""
    return int(client.get("/_mock/health").json()["worker"]["process"])


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Processes() as processes:
        served = Workers(*processes.start("serve", DOCUMENT, "--port", "0", "--workers", "2", "--metrics", until=READY))
        yield served
        served.close()
        # Killed at the end as any process of a test; the workers see that and end too.


@pytest.fixture
def clean(workers: Workers) -> Workers:
    workers.first.delete("/_mock/requests")
    return workers


def test_two_processes_answer_and_the_banner_is_printed_once(workers: Workers) -> None:
    assert worker_of(workers.first) != worker_of(workers.second)
    assert 1 == sum(line.startswith("state:") for line in workers.lines)
    assert ({0, 1}, {2}) == tuple(
        {client.get("/_mock/health").json()["worker"][name] for client in (workers.first, workers.second)}
        for name in ("number", "of")
    )


def test_a_response_leads_to_its_entry_whichever_worker_is_asked(clean: Workers) -> None:
    mine = clean.first.post("/pets", json={"name": 5, "kind": "cat"}).headers["mock-request"]
    other = clean.second.post("/pets", json={"name": 6, "kind": "cat"}).headers["mock-request"]

    assert mine != other
    for client in (clean.first, clean.second):
        for number in (mine, other):
            assert int(number) == client.get(f"/_mock/requests/{number}").json()["number"]
            assert "refused" in client.get(f"/_mock/requests/{number}/why").json()["sentences"][1]
    assert 404 == clean.first.get("/_mock/requests/99999").status_code


def test_the_journal_is_one_list_of_what_all_workers_answered(clean: Workers) -> None:
    numbers = [
        int(client.get("/pets").headers["mock-request"])
        for client in (clean.first, clean.second, clean.first, clean.second)
    ]

    for client in (clean.first, clean.second):
        assert numbers[::-1] == [each["number"] for each in client.get("/_mock/requests").json()]
        assert numbers[:1:-1] == [each["number"] for each in client.get("/_mock/requests?limit=2").json()]
        assert 4 == len(client.get("/_mock/har").json()["log"]["entries"])
    clean.second.delete("/_mock/requests")
    assert [] == clean.first.get("/_mock/requests").json()


def test_requests_are_verified_over_all_workers_in_their_order(clean: Workers) -> None:
    clean.first.get("/pets", headers={"X-Secret": "hush"})
    clean.second.delete("/pets/7")
    expected = {
        "operation": "listPets",
        "headers": {"x-secret": "hush"},
        "count": {"exactly": 1},
        "in_order": [{"method": "GET"}, {"method": "DELETE"}],
    }

    replies = [client.post("/_mock/verify", json=expected) for client in (clean.first, clean.second)]

    assert [200, 200] == [reply.status_code for reply in replies], [reply.text for reply in replies]


def test_events_tell_of_requests_to_any_worker(clean: Workers) -> None:
    with httpx.Client(timeout=PATIENCE) as client, client.stream("GET", f"{clean.address}/_mock/events") as events:
        lines = events.iter_lines()
        next(lines)  # the comment at the beginning: it follows from now on
        numbers = {int(each.get("/pets").headers["mock-request"]) for each in (clean.first, clean.second)}
        seen = islice((line for line in lines if line.startswith("data:")), 2)

        assert numbers == {json.loads(line.removeprefix("data: "))["number"] for line in seen}


@pytest.mark.parametrize("seen", ["0", "999999"])
def test_events_for_a_time_come_from_all_workers(clean: Workers, seen: str) -> None:
    numbers = [client.get("/pets").headers["mock-request"] for client in (clean.second, clean.first)]

    told = clean.first.get("/_mock/events?for=0.1", headers={"Last-Event-ID": seen}).text

    assert [f"id: {number}" for number in numbers] == [line for line in told.splitlines() if line.startswith("id:")]


def test_metrics_are_those_of_all_workers(workers: Workers) -> None:
    name = 'mockserver_requests_total{method="PUT",operation="",service="",status="405"}'
    for client in (workers.first, workers.second):
        client.put("/pets")

    found = [client.get("/_mock/metrics").text for client in (workers.first, workers.second)]

    assert [f"{name} 2.0"] * 2 == [line for text in found for line in text.splitlines() if line.startswith(name)]


def test_deliveries_of_webhooks_are_those_of_all_workers() -> None:
    document = str(ROOT / "examples" / "webhooks" / "orders.yaml")
    unreachable = {"url": "http://127.0.0.1:9/hook", "events": ["order.created"]}
    with Processes() as processes:
        served = Workers(*processes.start("serve", document, "--port", "0", "--workers", "2", until=READY))
        clients = (served.first, served.second)
        assert 201 == served.first.post("/_mock/subscriptions", json=unreachable).status_code
        assert [201, 201] == [each.post("/orders", json={"product": "shoe"}).status_code for each in clients]

        lists = [each.get("/_mock/deliveries").json() for each in clients]
        served.close()

    assert [[2, 1], [2, 1]] == [[each["number"] for each in found] for found in lists]
    assert [{"order.created"}] * 2 == [{each["event"] for each in found} for found in lists]


def test_a_worker_that_does_not_answer_is_named_in_bounded_time(workers: Workers) -> None:
    with stopped(worker_of(workers.second)):
        reply = workers.first.get("/_mock/requests")

    assert (503, "1") == (reply.status_code, reply.headers["retry-after"])
    assert "does not answer" in reply.json()["detail"]


def test_a_worker_that_dies_is_started_again_and_the_other_goes_on(workers: Workers) -> None:
    killed = worker_of(workers.second)
    os.kill(killed, signal.SIGKILL)

    assert 200 == workers.first.get("/pets").status_code
    # asks the worker in its place, as soon as there is one
    assert 200 == workers.first.get("/_mock/requests").status_code
    workers.second.close()
    workers.second = workers.connected_to_other(worker_of(workers.first))
    assert killed != worker_of(workers.second)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_workers_and_their_folder(
    number: signal.Signals, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("t")
    monkeypatch.setitem(ENVIRONMENT, "TMPDIR", str(temporary))
    with Processes() as processes:
        process, lines = processes.start("serve", DOCUMENT, "--port", "0", "--workers", "2", until=READY, program=ALONE)
        [folder] = temporary.glob("mockserver-*")
        mode = folder.stat().st_mode & 0o777
        with httpx.Client(base_url=address(lines), timeout=PATIENCE) as client:
            client.get("/pets")
            process.send_signal(number)
            # The pipe ends when the workers have ended too.
            printed, _ = process.communicate(timeout=PATIENCE)

    assert (0, "stopped") == (process.returncode, printed.splitlines()[-1])
    assert 0o700 == mode
    assert not folder.exists()


def test_workers_end_when_their_parent_is_killed() -> None:
    with Processes() as processes:
        process, _ = processes.start("serve", DOCUMENT, "--port", "0", "--workers", "2", until=READY)
        process.kill()

        assert ("", None) == process.communicate(timeout=PATIENCE)  # the pipe ends with the workers


def test_live_sync_and_workers_are_refused_together() -> None:
    done = run("serve", DOCUMENT, "--workers", "2", "--sync", "live")

    assert 2 == done.returncode
    assert "--workers cannot be combined with --sync live: its logins are kept by one process" in done.stderr


def test_workers_make_different_random_ids() -> None:
    shop = str(ROOT / "docs" / "shop.yaml")
    with Processes() as processes:
        served = Workers(*processes.start("serve", shop, "--port", "0", "--workers", "2", until=READY))
        both = (served.first, served.second)
        ids = [client.post("/customers", json={"name": "Ada"}).json()["id"] for _ in range(3) for client in both]
        seen = [client.get(f"/customers/{id}").status_code for id in ids for client in both]
        served.close()

    assert 6 == len(set(ids))
    assert [200] * 12 == seen
