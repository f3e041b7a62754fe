"""Contract checks that were started from the sandbox: each is `mockserver check` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from mockserver.errors import Conflict, Invalid, Missing
from mockserver.lazy_module import LazyModule
from mockserver.loopback import is_loopback
from mockserver.openapi import json_codec

if TYPE_CHECKING:
    import tempfile
else:
    tempfile = LazyModule("tempfile")

NEEDED = "schemathesis"
"""A module that only the extra `check` installs."""

INSTALL = "pip install 'mockserver[check]'"

SECONDS = 900
"""How long a check may take."""

MOST_RUNS = 5
"""How many checks are kept."""

MOST_LINES = 500
"""How many lines of the output of a check are kept, the latest."""

LONGEST_LINE = 2_000
MOST_FINDINGS = 200
MOST_REPORT = 20 * 1024 * 1024
"""How many bytes a report may have."""

HIDDEN = "MOCKSERVER_"
"""What the names of environment variables begin with that a check does not get: they may be credentials for others."""


class WantedCheck(Struct, frozen=True):
    """What is checked: a service at a base URL. The command runs with `arguments` in a folder with these files.

    `auth` is a credential for the target.
    """

    service: str
    target: str
    arguments: Sequence[str]
    files: Mapping[str, bytes]
    auth: str | None = None


class StartedCheck(Struct):
    """One check. `lines` are its output, `report` its report as JSON once it has ended, `page` the same as HTML.

    `status` is `running`, `passed`, `failed`, `stopped`, or `error` for a check that could not run to its end.
    """

    id: str
    service: str
    target: str
    began: float
    status: str = "running"
    seconds: float = 0.0
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    report: dict[str, Any] | None = None
    page: bytes = b""
    process: asyncio.subprocess.Process | None = None
    task: asyncio.Task[None] | None = None

    def shown(self) -> dict[str, Any]:
        """The check as the schema `Check` of the admin API."""
        report = self.report or {}
        outcomes = [each["outcome"].partition(":")[0] for each in report.get("outcomes", ())]
        verdicts = [each["verdict"] for each in report.get("findings", ())]
        return {
            "id": self.id,
            "service": self.service,
            "target": self.target,
            "status": self.status,
            "seconds": round(self.seconds if self.status != "running" else time.monotonic() - self.began, 1),
            "requests": report.get("requests", 0),
            "passed": outcomes.count("passed"),
            "skipped": outcomes.count("skipped"),
            "failures": verdicts.count("failure"),
            "warnings": verdicts.count("warning"),
        }


class CheckRuns:
    """The latest checks by id. One runs at a time.

    `is_allowed` is false where none may be started; `hosts` are those that may be checked besides this machine.
    """

    def __init__(self, *, is_allowed: bool, hosts: Sequence[str] = ()) -> None:
        self.is_allowed, self.hosts = is_allowed, tuple(each.lower() for each in hosts)
        self._runs: dict[str, StartedCheck] = {}

    @property
    def why_not(self) -> str | None:
        """Why no check can be started here, and what to do; None if it can."""
        if not self.is_allowed:
            return "checks are off: only a server that `mockserver serve` starts without --no-checks runs them"
        if find_spec(NEEDED) is None:
            return f"checks need the extra `check`: {INSTALL}"
        return None

    def all(self) -> list[StartedCheck]:
        """The checks that are kept, the latest first."""
        return list(self._runs.values())[::-1]

    def get(self, id: str) -> StartedCheck:
        """One check. Raises Missing."""
        if id not in self._runs:
            raise Missing(f"there is no check {id!r}; the latest {MOST_RUNS} are kept", resource="check")
        return self._runs[id]

    def start(self, wanted: WantedCheck, done: Callable[[], None]) -> StartedCheck:
        """Start a check; `done` is called when it has ended. Raises Conflict."""
        if (reason := self.why_not) is not None:
            raise Conflict(reason)
        if any(each.status == "running" for each in self._runs.values()):
            raise Conflict("a check is running; wait for its end, or stop it")
        run = StartedCheck(secrets.token_hex(4), wanted.service, wanted.target, time.monotonic())
        self._runs[run.id] = run
        while len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        run.task = asyncio.create_task(_run(run, wanted))
        run.task.add_done_callback(lambda _: done())
        return run

    async def stop(self, run: StartedCheck) -> None:
        """Stop a check, if it still runs."""
        if run.task is not None and run.status == "running":
            run.task.cancel()
            with suppress(asyncio.CancelledError):
                await run.task

    async def close(self) -> None:
        """Stop all checks."""
        for run in self.all():
            await self.stop(run)

    def checked_url(self, url: str) -> str:
        """The URL, if it may be checked. Raises Invalid."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.username is not None or not parts.hostname:
            raise Invalid(f"url: {url[:80]!r} is no base URL; write it as http://127.0.0.1:3000/api")
        if is_loopback(parts.hostname) or {parts.hostname, parts.netloc.lower()} & set(self.hosts):
            return url
        raise Invalid(
            f"url: {parts.hostname!r} is not this machine; start with --check-allow {parts.netloc} to allow it, "
            "or run `mockserver check` in a shell"
        )


async def _run(run: StartedCheck, wanted: WantedCheck) -> None:
    with tempfile.TemporaryDirectory(prefix="mockserver-") as name:
        folder = Path(name)
        for file, content in wanted.files.items():
            folder.joinpath(file).write_bytes(content)
        try:
            async with asyncio.timeout(SECONDS):
                run.process = await _started(wanted, folder)
                await _follow(run.process, run)
            run.status = {0: "passed", 1: "failed"}.get(run.process.returncode or 0, "error")
        except TimeoutError:
            run.status = "error"
            run.lines.append(f"stopped: it took longer than {SECONDS} seconds")
        except asyncio.CancelledError:
            run.status = "stopped"
            raise
        except OSError as fault:
            run.status = "error"
            run.lines.append(f"it could not be started: {fault}")
        finally:
            await _end(run)
            _read_reports(run, folder / "reports")


async def _started(wanted: WantedCheck, folder: Path) -> asyncio.subprocess.Process:
    # The credential goes by the environment: other users of the machine can see arguments.
    given = {"MOCKSERVER_AUTH": wanted.auth} if wanted.auth else {}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "mockserver", "check", *wanted.arguments),
        cwd=folder,
        env=kept | own | given,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def _follow(process: asyncio.subprocess.Process, run: StartedCheck) -> None:
    """Keep the lines of a process until it ends."""
    rest = b""
    while process.stdout is not None and (part := await process.stdout.read(65_536)):
        *lines, rest = (rest + part).replace(b"\r", b"\n").split(b"\n")
        run.lines.extend(text for line in lines if (text := line.decode("utf-8", "replace").rstrip()[:LONGEST_LINE]))
        rest = rest[-LONGEST_LINE:]
    if rest:
        run.lines.append(rest.decode("utf-8", "replace"))
    await process.wait()


async def _end(run: StartedCheck) -> None:
    """Let its process end, and note how long it took."""
    if run.process is not None and run.process.returncode is None:
        with suppress(ProcessLookupError):
            run.process.kill()
        await run.process.wait()
    run.seconds = time.monotonic() - run.began


def _read_reports(run: StartedCheck, folder: Path) -> None:
    report, page = folder / "report.json", folder / "report.html"
    if report.is_file() and report.stat().st_size <= MOST_REPORT:
        run.report = json_codec.read(report.read_bytes())
    if page.is_file() and page.stat().st_size <= MOST_REPORT:
        run.page = page.read_bytes()
