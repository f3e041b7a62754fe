"""Several processes with one state, killed in part and as a whole, by real clients and real servers."""

from __future__ import annotations

from pathlib import Path
from threading import Timer

import httpx
import pytest

from tests.linear.clients import NoteClient
from tests.linear.collection_history import unexplained
from tests.linear.killed import shown, written, wrong
from tests.linear.run import history
from tests.linear.server import NOTES, WorkersServer, notes_by_uuid, wait_until
from tests.redis_process import RedisProcess


def test_nothing_that_was_acknowledged_is_lost_when_workers_are_killed(tmp_path: Path) -> None:
    with WorkersServer(str(tmp_path / "notes.db"), 2, tmp_path / "log") as server:
        first = server.workers()[0]
        calls, killed = written(server, clients=4, writes=400, pause=0.1, most=1)
        assert 1 == killed
        server.await_workers(without=first)
        assert "" == wrong(calls, items := shown(server))

        server.kill()
        server.start()
        assert items == shown(server)


@pytest.mark.parametrize("has_uuids", [False, True])
def test_one_order_explains_what_clients_saw_at_several_workers(tmp_path: Path, has_uuids: bool) -> None:
    document = notes_by_uuid(tmp_path) if has_uuids else NOTES
    with WorkersServer(str(tmp_path / "notes.db"), 4, tmp_path / "log", document=document) as server:
        kill = Timer(0.1, server.kill_worker)
        kill.start()
        calls = history(server, "shared", clients=6, requests=50)
        kill.join()

        assert unexplained(calls) is None
        assert len(calls) > 100


def test_a_redis_server_that_goes_away_and_comes_back_loses_nothing_also_at_workers_that_start_meanwhile(
    tmp_path: Path,
) -> None:
    with RedisProcess(is_kept=True) as redis, WorkersServer(redis.address, 2, tmp_path / "log") as server:
        calls = history(server, "default", clients=4, requests=30)
        assert unexplained(calls) is None
        before = shown(server)

        redis.kill()
        refused = server.notes()
        assert (503, "1") == (refused.status_code, refused.headers["retry-after"])
        client = NoteClient(server.port, 99)
        client.create()
        client.close()
        assert [503] == [call.status for call in client.calls]

        for _ in range(2):  # then both have started without a store
            server.await_workers(without=server.kill_worker())
        unopened = [server.notes() for _ in range(8)]
        steered = httpx.post(f"{server.url}/_mock/reset", timeout=20)
        health = httpx.get(f"{server.url}/_mock/health", params={"probe": "ready"}, timeout=20)
        assert [(503, "1")] * 8 == [(each.status_code, each.headers["retry-after"]) for each in unopened]
        assert {True} == {"the store cannot be used" in each.text for each in unopened}
        assert (503, 503, False) == (steered.status_code, health.status_code, health.json()["ready"])

        redis.start()
        wait_until(lambda: all(server.notes().status_code == 200 for _ in range(8)))
        assert before == shown(server)
        server.kill()
        redis.kill()
        redis.start()
        server.start()
        assert before == shown(server)


def test_a_redis_server_that_restarts_empty_is_not_served_as_an_empty_sandbox(tmp_path: Path) -> None:
    with RedisProcess() as redis, WorkersServer(redis.address, 2, tmp_path / "log") as server:
        written(server, clients=1, writes=1, pause=60, most=0)
        redis.kill()
        redis.start()

        killed = server.kill_worker()
        server.await_workers(without=killed)
        assert {503} == {server.notes(name).status_code for name in ("default", "default", "never-used")}
        assert "has lost what it had: it was emptied, or restarted without its data" in server.printed()
