"""Prints what a namespace costs: its memory, the time to begin one, and the time of checkpoints and snapshots.

python tests/benchmarks/namespaces.py [--namespaces 10000] [--items 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

import mockserver
from mockserver.web.control.namespaces import NamespaceLimits

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
CUSTOMERS = "/_mock/state/shop/customer"
Send = Callable[..., httpx.Response]


@contextmanager
def sandbox(most: int) -> Iterator[tuple[mockserver.Sandbox, Send]]:
    """A mock of the shop, and a function that sends it a request in process."""
    app = mockserver.create_app(SHOP, seed=1, namespace_limits=NamespaceLimits(most=most))
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox")

        def send(method: str, path: str, **options: object) -> httpx.Response:
            response: httpx.Response = runner.run(client.request(method, path, **options))  # type: ignore[arg-type]
            return response.raise_for_status()

        yield app, send
        runner.run(client.aclose())


def milliseconds(step: Callable[[], object]) -> float:
    """The processor time of a step: other work of the machine does not count."""
    began = time.process_time()
    step()
    return (time.process_time() - began) * 1000


def print_empty(app: mockserver.Sandbox, send: Send, count: int) -> None:
    """What empty namespaces cost that have had a request."""
    send("GET", "/customers", headers={"Mock-Namespace": "first"})
    service = app.services["shop"]
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(count):
        app.namespaces.named(f"n{number}").store(service).collection("customer", "")
    gc.collect()
    size = (tracemalloc.get_traced_memory()[0] - before) / count
    tracemalloc.stop()
    begun = milliseconds(lambda: [app.namespaces.named(f"m{n}").store(service) for n in range(count)])
    sys.stdout.write(f"an empty namespace: {size:,.0f} bytes, begun in {begun / count * 1000:.1f} µs\n")


def print_filled(send: Send, items: int) -> None:
    """What checkpoints and snapshots take, with few and with many items."""
    for number in range(items):
        send("POST", "/customers", json={"name": f"name {number}"})
        if number + 1 in (items // 100, items):
            send("POST", "/_mock/checkpoints/first")  # new items are sorted in when they are first read
            taken = milliseconds(lambda: send("POST", "/_mock/checkpoints/here"))
            back = milliseconds(lambda: send("POST", "/_mock/checkpoints/here/restore"))
            changed = milliseconds(lambda: send("PUT", f"{CUSTOMERS}/one", json={"name": "one"}))
            send("DELETE", f"{CUSTOMERS}/one")
            content = send("GET", "/_mock/snapshot").content
            headers = {"Content-Type": "application/json"}
            read = milliseconds(lambda: send("GET", "/_mock/snapshot"))
            put = milliseconds(lambda: send("PUT", "/_mock/snapshot", content=content, headers=headers))  # noqa: B023
            sys.stdout.write(
                f"{number + 1:,} items: checkpoint {taken:.1f} ms, back {back:.1f} ms, next change {changed:.1f} ms\n"
                f"    snapshot of {len(content) / 1e6:.1f} MB {read:.0f} ms, restored {put:.0f} ms\n"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--namespaces", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=20_000)
    options = parser.parse_args()
    with sandbox(2 * options.namespaces + 10) as (app, send):
        print_empty(app, send, options.namespaces)
    with sandbox(10) as (_, send):
        print_filled(send, options.items)


if __name__ == "__main__":
    main()
