"""The Unix socket at which a worker answers the others."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import aclosing, suppress
from typing import Any

import msgspec

from mockserver.web.workers.question import AdminQuestion, answered, read_frame, write_frame
from mockserver.web.workers.worker import Worker

log = logging.getLogger("mockserver")

read_question = msgspec.msgpack.Decoder(AdminQuestion).decode


class WorkerSocket:
    """Answers the questions of other workers with `app`, the admin API of this one."""

    def __init__(self, app: Any, worker: Worker) -> None:
        self._app, self._worker = app, worker
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Listen; in the place of a dead worker, too."""
        with suppress(FileNotFoundError):
            os.unlink(self._worker.socket)  # noqa: PTH108  # a path that blocks for nothing
        self._server = await asyncio.start_unix_server(self._connected, self._worker.socket)

    def close(self) -> None:
        """Stop, with the answers that are not complete."""
        if self._server is not None:
            self._server.close()
        for each in self._tasks:
            each.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # asyncio calls this in a Task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._answer(reader, writer)
        except (OSError, EOFError):
            pass  # the asking worker left
        except asyncio.CancelledError:
            pass  # this worker ends
        except Exception:
            log.exception("a question of another worker failed")
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = await read_frame(reader)
        if question is None:
            return
        left = asyncio.create_task(reader.read(1))
        answering = asyncio.create_task(self._send(read_question(question), writer))
        try:
            await asyncio.wait((left, answering), return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
        finally:
            left.cancel()
            answering.cancel()

    async def _send(self, question: AdminQuestion, writer: asyncio.StreamWriter) -> None:
        async with aclosing(answered(self._app, question)) as frames:
            async for frame in frames:
                await write_frame(writer, frame)
