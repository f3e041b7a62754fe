"""The other workers of this sandbox, as one of them asks them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import msgspec

from mockserver.web.workers.question import AdminQuestion, WorkerAnswer, read_frame, write_frame

SECONDS = 3.0
"""How long a worker may take to answer: long enough for one that was killed to be started again."""

PAUSE = 0.2
"""Seconds between two attempts to reach a worker that is being started."""

read_head = msgspec.msgpack.Decoder(tuple[int, tuple[tuple[bytes, bytes], ...]]).decode


class SilentWorkerError(Exception):
    """A worker does not answer in time; the message says which."""


async def ask(sockets: dict[int, str], question: AdminQuestion, seconds: float = SECONDS) -> list[WorkerAnswer]:
    """The answers of workers, by their slots and sockets. Raises SilentWorkerError after so many seconds."""
    return list(await asyncio.gather(*(_ask(slot, path, question, seconds) for slot, path in sockets.items())))


async def follow(path: str, question: AdminQuestion) -> AsyncIterator[bytes]:
    """The parts of the answers of a worker that answers without an end; of the one in its place after it has died."""
    while True:
        try:
            async with aclosing(_frames(path, question)) as frames:
                is_head = True
                async for frame in frames:
                    if not is_head:
                        yield frame
                    is_head = False
        except (OSError, EOFError):
            pass  # it has died
        await asyncio.sleep(PAUSE)


async def together(streams: Sequence[AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    """The parts of streams as they come, until the first stream ends."""
    parts: asyncio.Queue[bytes | None] = asyncio.Queue(100)

    async def pass_on(stream: AsyncIterator[bytes]) -> None:
        async for part in stream:
            await parts.put(part)
        await parts.put(None)

    tasks = [asyncio.create_task(pass_on(each)) for each in streams]
    try:
        while (part := await parts.get()) is not None:
            yield part
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(slot: int, path: str, question: AdminQuestion, seconds: float) -> WorkerAnswer:
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    return await _answer(path, question)
                except (OSError, EOFError):  # it is being started
                    await asyncio.sleep(PAUSE)
    except TimeoutError:
        raise SilentWorkerError(f"worker {slot} does not answer") from None


async def _answer(path: str, question: AdminQuestion) -> WorkerAnswer:
    """Raises OSError and EOFError where there is no worker."""
    async with aclosing(_frames(path, question)) as frames:
        parts = [frame async for frame in frames]
    if not parts:
        raise EOFError
    status, headers = read_head(parts[0])
    return WorkerAnswer(status, headers, b"".join(parts[1:]))


async def _frames(path: str, question: AdminQuestion) -> AsyncGenerator[bytes]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        await write_frame(writer, msgspec.msgpack.encode(question))
        while (frame := await read_frame(reader)) is not None:
            yield frame
    finally:
        writer.close()
