"""Kills workers in the middle of many writes, then all of them, and looks for everything that was acknowledged.

python -m tests.linear.killed [--workers 4] [--clients 8] [--writes 10000]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

from tests.linear.clients import NoteClient, at_once
from tests.linear.collection_history import Call, Items
from tests.linear.server import WorkersServer
from tests.redis_process import RedisProcess


def written(
    server: WorkersServer, clients: int, writes: int, pause: float, most: int = 1_000
) -> tuple[list[Call], int]:
    """Notes that clients create together, and how many workers were killed meanwhile: one after each pause in seconds.

    A dead worker starts again after a second at the earliest, so shorter pauses are for few (`most`) only.
    """
    is_over, killed = Event(), list[int]()

    def kill() -> None:
        while len(killed) < most and not is_over.wait(pause):
            killed.append(server.kill_worker(len(killed)))

    killer = Thread(target=kill)
    killer.start()
    try:
        working = [NoteClient(server.port, number) for number in range(clients)]
        calls = at_once(working, lambda client: [client.create() for _ in range(writes // clients)])
    finally:
        is_over.set()
        killer.join()
    return calls, len(killed)


def wrong(calls: list[Call], items: Items) -> str:
    """What is not right with the notes that are there after such calls; empty if everything is."""
    acknowledged = {call.id: call.title for call in calls if call.status == 201}
    unknown = {call.title for call in calls if not call.is_known}
    found = dict(items)
    lost = {id: title for id, title in acknowledged.items() if found.get(id or 0) != title}
    foreign = [title for id, title in items if id not in acknowledged and title not in unknown]
    twice = len(items) - len({title for _, title in items})
    refused = [call.status for call in calls if call.is_known and call.status != 201]
    if lost or foreign or twice or refused or sorted(items) != sorted(items, key=lambda each: each[0]):
        return f"{len(lost)} lost, {len(foreign)} never sent, {twice} twice, refused: {refused[:5]}"
    return ""


def shown(server: WorkersServer) -> Items:
    """The notes that the server lists."""
    return tuple((each["id"], each["title"]) for each in server.notes().raise_for_status().json())


def report(name: str, calls: list[Call], items: Items) -> int:
    """Print what is there; 1 if something is wrong."""
    fault = wrong(calls, items)
    acknowledged = sum(call.status == 201 for call in calls)
    print(
        f"  {name}: {len(items):,} notes, {acknowledged:,} acknowledged, {len(calls) - acknowledged} without an answer"
    )
    if fault:
        print(f"  WRONG: {fault}")
    return int(bool(fault))


def campaign(server: WorkersServer, restart: Callable[[], None], options: argparse.Namespace) -> int:
    """Write, kill, restart, and print; how often something was wrong."""
    began = time.monotonic()
    calls, killed = written(server, options.clients, options.writes, 1.0)
    print(f"  {len(calls):,} writes in {time.monotonic() - began:.1f} s, {killed} workers killed meanwhile")
    failed = report("with new workers", calls, shown(server))
    restart()
    return failed + report("after killing everything and a restart", calls, shown(server))


def main() -> None:
    """Run with SQLite and with Redis. Exits with 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--writes", type=int, default=10_000)
    options = parser.parse_args()
    failed = 0
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        redis = running.enter_context(RedisProcess(is_kept=True))
        for name, store in (("SQLite", str(folder / "notes.db")), ("Redis with AOF", redis.address)):
            print(f"{name}, {options.workers} workers, {options.clients} clients")
            with WorkersServer(store, options.workers, folder / f"{name}.log") as server:

                def restart(server: WorkersServer = server, *, with_redis: bool = store == redis.address) -> None:
                    server.kill()
                    if with_redis:
                        redis.kill()
                        redis.start()
                    server.start()

                failed += campaign(server, restart, options)
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
