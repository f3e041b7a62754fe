"""Lets clients work at several workers at the same time, and checks that some order explains all they saw.

python -m tests.linear.run [--workers 4] [--clients 8] [--histories 50] [--requests 60] [--kill]

Each history has a namespace of its own. With --kill a worker is killed during every second history.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

from tests.linear.clients import NoteClient, at_once
from tests.linear.collection_history import Call, Id, unexplained
from tests.linear.server import NOTES, WorkersServer, notes_by_uuid
from tests.redis_process import RedisProcess


def history(server: WorkersServer, namespace: str, clients: int, requests: int) -> list[Call]:
    """What clients saw, and a list after all of them."""
    notes: list[Id] = []
    working = [NoteClient(server.port, number, namespace) for number in range(clients)]
    calls = at_once(working, lambda client: client.work(requests // 2, notes))
    last = NoteClient(server.port, clients, namespace)
    last.list()
    last.close()
    return calls + last.calls


def campaign(server: WorkersServer, options: argparse.Namespace) -> int:
    """Print what happened; how many histories nothing explains."""
    statuses: Counter[str] = Counter()
    failed = killed = 0
    began = time.monotonic()
    for number in range(options.histories):
        timer = None
        if options.kill and number % 2:
            timer = Timer(0.05 + number % 10 * 0.02, server.kill_worker, (number % options.workers,))
            timer.start()
            killed += 1
        calls = history(server, f"history-{number}", options.clients, options.requests)
        if timer is not None:
            timer.join()
        statuses.update(f"{call.kind} {call.status or 'broken'}" for call in calls)
        wrong = unexplained(calls)
        twice = [id for id, times in Counter(c.id for c in calls if c.kind == "create" and c.id).items() if times > 1]
        if wrong is not None or twice:
            failed += 1
            print(f"history {number}: nothing explains {wrong}; ids given twice: {twice}")
    took = time.monotonic() - began
    print(f"  {statuses.total():,} requests in {took:.1f} s, {killed} workers killed: {dict(sorted(statuses.items()))}")
    print(f"  {options.histories - failed} of {options.histories} histories are explained by one order")
    return failed


def main() -> None:
    """Run both campaigns. Exits with 1 if a history is not explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--histories", type=int, default=50)
    parser.add_argument("--requests", type=int, default=60, help="of each client in a history")
    parser.add_argument("--kill", action="store_true", help="kill workers meanwhile")
    options = parser.parse_args()
    failed = 0
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        redis = running.enter_context(RedisProcess())
        by_uuid = notes_by_uuid(folder)
        for name, store, document in (
            ("SQLite", str(folder / "notes.db"), NOTES),
            ("SQLite, ids are UUIDs", str(folder / "uuids.db"), by_uuid),
            ("Redis", redis.address, NOTES),
            ("Redis, ids are UUIDs", f"{redis.address}?prefix=uuids", by_uuid),
        ):
            print(f"{name}, {options.workers} workers, {options.clients} clients")
            with WorkersServer(store, options.workers, folder / f"{name}.log", document=document) as server:
                failed += campaign(server, options)
                print(
                    *(line for line in server.printed().splitlines() if "rror" in line or "Traceback" in line), sep="\n"
                )
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
