"""The queue of deliveries, in a thread with an event loop of its own: no request to the mock waits for a receiver."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from mockserver.address_guard import AllowedAddresses, ForbiddenAddress
from mockserver.deliveries.receiver_address import check_address
from mockserver.deliveries.sent_delivery import SentDelivery
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    from mockserver.deliveries import sender
else:
    sender = LazyModule("mockserver.deliveries.sender")

MOST_WAITING = 1_000
"""How many deliveries of a sandbox wait at most; further ones are dropped, and say so."""

MOST_KEPT = 1_000
"""How many deliveries are kept to be looked at, the latest."""

Ended = Callable[[SentDelivery], None]


class DeliveryQueue:
    """Sends deliveries. The thread starts with the first one; all methods may be called from any thread.

    `on_end` is called, in that thread, with each delivery that is finished.
    """

    def __init__(self, reach: AllowedAddresses, on_end: Ended) -> None:
        self.reach, self._on_end = reach, on_end
        self.kept: deque[SentDelivery] = deque(maxlen=MOST_KEPT)
        self._waiting: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._lock = Lock()
        self._tasks: dict[SentDelivery, asyncio.Task[None]] = {}
        self._orders: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def waiting(self) -> int:
        """How many deliveries are not finished."""
        return self._waiting.total()

    def put(self, delivery: SentDelivery) -> None:
        """Send a delivery when it is due; one for which there is no place is dropped."""
        self.kept.append(delivery)
        wrong = check_address(delivery.url)
        if wrong:
            delivery.end("refused", wrong)
            return
        with self._lock:
            if self.waiting >= MOST_WAITING:
                delivery.end("dropped", f"{MOST_WAITING} deliveries are waiting already")
                return
            self._waiting[delivery.namespace] += 1
        self._started().call_soon_threadsafe(self._start, delivery)

    def cancel(self, namespace: str) -> None:
        """Send nothing more for a namespace, and forget its deliveries."""
        self.kept = deque((each for each in self.kept if each.namespace != namespace), maxlen=MOST_KEPT)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel, namespace)

    def advance(self, namespace: str, seconds: float) -> None:
        """Let so many seconds pass for what waits in a namespace."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._advance, namespace, seconds)

    def settled(self, namespace: str | None, seconds: float) -> Future[None]:
        """Done when nothing waits, in a namespace or in all; after so many seconds at the latest."""
        return asyncio.run_coroutine_threadsafe(self._settle(namespace, seconds), self._started())

    async def close(self) -> None:
        """Stop sending. What waits is dropped."""
        if self._loop is None or self._thread is None:
            return
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._stop(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop = self._thread = None

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._sender = sender.Sender(self.reach)
                self._slots = asyncio.Semaphore(sender.CONNECTIONS)
                self._orders.clear()
                self._thread = Thread(target=_work, args=(self._loop,), name="deliveries", daemon=True)
                self._thread.start()
            return self._loop

    def _start(self, delivery: SentDelivery) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(delivery))
        self._tasks[delivery] = task
        task.add_done_callback(lambda _: self._ended(delivery))

    def _ended(self, delivery: SentDelivery) -> None:
        self._tasks.pop(delivery, None)
        with self._lock:
            self._waiting[delivery.namespace] -= 1
        if delivery.state == "waiting":
            delivery.end("dropped", "the sandbox stopped or its namespace was reset")
        self._on_end(delivery)
        for other in list(self._tasks):
            if other.held and other.url == delivery.url:
                other.released.set()
        if not any(_line(other) == _line(delivery) for other in self._tasks):
            self._orders.pop(_line(delivery), None)

    async def _deliver(self, delivery: SentDelivery) -> None:
        if delivery.after is not None:
            await delivery.after.finished.wait()
        if delivery.held:
            await _either(delivery.released.wait(), delivery.held)
        if delivery.stated.order == "kept" and not delivery.fault:
            async with self._orders[_line(delivery)]:
                await self._retried(delivery)
        else:
            await self._retried(delivery)

    async def _retried(self, delivery: SentDelivery) -> None:
        """Send a delivery until it succeeds, or its retries are used up."""
        for pause in (None, *delivery.stated.retries):
            if pause is not None:
                delivery.due = time.monotonic() + pause
            await self._until_due(delivery)
            try:
                async with self._slots:
                    attempt = await self._sender.attempt(delivery)
            except ForbiddenAddress as refusal:
                delivery.end("refused", str(refusal))
                return
            delivery.attempts.append(attempt)
            if attempt.is_success:
                delivery.end("delivered")
                return
        last = delivery.attempts[-1]
        times = "once" if len(delivery.attempts) == 1 else f"{len(delivery.attempts)} times"
        delivery.end("failed", f"tried {times}; the last: {last.error or f'status {last.status}'}")

    @staticmethod
    async def _until_due(delivery: SentDelivery) -> None:
        while (left := delivery.due - time.monotonic()) > 0:
            delivery.moved.clear()
            await _either(delivery.moved.wait(), left)

    def _advance(self, namespace: str, seconds: float) -> None:
        for each in self._tasks:
            if each.namespace == namespace:
                each.due -= seconds
                each.moved.set()

    def _cancel(self, namespace: str) -> None:
        for each, task in list(self._tasks.items()):
            if each.namespace == namespace:
                task.cancel()

    async def _settle(self, namespace: str | None, seconds: float) -> None:
        until = time.monotonic() + seconds
        await asyncio.sleep(0)  # what was put before is started then
        while (left := until - time.monotonic()) > 0:
            open_ones = [each for each in self._tasks if namespace in (None, each.namespace)]
            if not open_ones:
                return
            await _either(open_ones[0].finished.wait(), left)
            await asyncio.sleep(0)

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()


def _line(delivery: SentDelivery) -> tuple[str, str]:
    """What deliveries have in common that are sent in order."""
    return delivery.namespace, delivery.url


async def _either(waiting: Awaitable[Any], seconds: float) -> None:
    """Wait, but at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return


def _work(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()
