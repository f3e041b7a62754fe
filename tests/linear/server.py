"""`mockserver serve --workers N` as a test needs it: killed as a whole or in part, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import httpx

from tests.process import COMMAND, ENVIRONMENT, READY, ROOT, free_port

NOTES = Path(__file__).parent / "notes.yaml"


def notes_by_uuid(folder: Path) -> Path:
    """The document of notes whose ids are UUIDs: they depend on nothing that is stored, those that count up do."""
    document = folder / "notes-by-uuid.yaml"
    text = NOTES.read_text(encoding="utf-8")
    document.write_text(text.replace("{type: integer}", "{type: string, format: uuid}"), encoding="utf-8")
    return document


class WorkersServer:
    """A server of notes with several processes and one store."""

    def __init__(self, store: str, workers: int, log: Path, *options: str, document: Path = NOTES) -> None:
        self.port, self._log = free_port(), log
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [*COMMAND, "serve", str(document), "--port", str(self.port), "--store", store]
        self._command += ["--workers", str(workers), "--journal", "0", *options]
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it serves."""
        before = self.printed().count(READY)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=ENVIRONMENT, cwd=ROOT)
        wait_until(lambda: self.printed().count(READY) > before or self._has_ended())
        assert not self._has_ended(), self.printed()

    def printed(self) -> str:
        """All that it has printed so far."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="utf-8")
        return [int(each) for each in children.split()]

    def kill_worker(self, number: int = 0) -> int:
        """End one of the workers that run as a crash does; its process id."""
        wait_until(lambda: bool(self.workers()))
        running = self.workers()
        pid = running[number % len(running)]
        os.kill(pid, signal.SIGKILL)
        return pid

    def await_workers(self, without: int) -> None:
        """Wait until all workers run again, without the one that was killed."""
        wait_until(lambda: len(found := self.workers()) == self._workers and without not in found)

    def kill(self) -> None:
        """End everything at once."""
        if self._process is None:
            return
        workers = [] if self._has_ended() else self.workers()
        self._process.kill()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in workers))

    def notes(self, namespace: str = "default") -> httpx.Response:
        """The response with all notes."""
        return httpx.get(f"{self.url}/notes", headers={"Mock-Namespace": namespace}, timeout=20)

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for a condition; fail if it does not come."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"this did not happen in {seconds:g} seconds"
        time.sleep(0.02)
