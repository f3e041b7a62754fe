"""Commands of `mockserver` in a process of their own: what takes long does not stop the sandbox."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mockserver.client import SandboxError

SECONDS = 600
"""How long a command may take."""

MOST_TOLD = 20_000
"""How many characters of the errors are returned."""


class FinishedCommand(NamedTuple):
    """A command that has ended: its exit code, and what it printed."""

    status: int
    output: str
    errors: str


@contextmanager
def in_new_folder() -> Iterator[Path]:
    """An empty folder, so that references of a document lead to no other file. It is deleted afterwards."""
    with TemporaryDirectory(prefix="mockserver-") as folder:
        yield Path(folder)


async def run(command: str, *arguments: str, folder: Path, standard_input: bytes = b"") -> FinishedCommand:
    """Run a command of `mockserver` in a folder. Raises SandboxError when it takes too long."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mockserver", command, *arguments),
        cwd=folder,
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(standard_input), SECONDS)
    except TimeoutError:
        raise SandboxError(f"`mockserver {command}` took longer than {SECONDS} seconds, and was stopped") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = errors.decode("utf-8", "replace").strip()[-MOST_TOLD:]
    return FinishedCommand(process.returncode or 0, output.decode("utf-8", "replace"), told)


def _environment() -> dict[str, str]:
    """The environment without settings of ours: a credential in it is not for what an agent names."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore"}
