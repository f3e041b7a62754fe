"""How a tool does a task: what its user writes, and what a trial of it can do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx


@dataclass(frozen=True)
class Attempt:
    """What a user writes for a task.

    `commands` are typed one after the other; `$URL` is the address of the tool. `files` are written before it starts,
    with `flags`. `headers` are those that the client must send. Something that these print must contain `shows`.
    `works` says whether the task is expected to succeed, and `note` what should be known of it.
    """

    commands: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    flags: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    shows: str = ""
    works: bool = True
    note: str = ""

    @property
    def steps(self) -> int:
        """Files, commands, further flags at the start, and changes of the client."""
        return len(self.files) + len(self.commands) + bool(self.flags) + bool(self.headers)

    @property
    def lines(self) -> int:
        """The lines of all that is written, without blank ones."""
        written = [*self.files.values(), *self.commands, self.flags, "\n".join(self.headers)]
        return sum(1 for text in written for line in text.splitlines() if line.strip())


@dataclass
class Trial:
    """A running tool with an attempt. `url` is its address, and `log` the file of what it prints."""

    attempt: Attempt
    url: str
    folder: Path
    log: Path
    typed: int = 0
    printed: str = ""

    def client(self, **headers: str) -> httpx.Client:
        """A client as the attempt needs it."""
        return httpx.Client(base_url=self.url, headers={**self.attempt.headers, **headers}, timeout=20)

    def do(self, count: int | None = None) -> str:
        """Type the next commands: all that are left, or `count`. What they print; raises when one fails."""
        end = len(self.attempt.commands) if count is None else self.typed + count
        for command in self.attempt.commands[self.typed : end]:
            self.printed += self._typed(command, seconds=60).stdout
        self.typed = end
        return self.printed

    def begin(self) -> subprocess.Popen[str] | None:
        """Begin the last command, which does not end by itself; None without commands."""
        if not self.attempt.commands:
            return None
        self.do(len(self.attempt.commands) - 1 - self.typed)
        return subprocess.Popen(
            ["bash", "-c", self.attempt.commands[-1]],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder, env=self._environment(),
            start_new_session=True,
        )  # fmt: skip

    def is_shown(self, *texts: str) -> bool:
        """Does what was printed, the terminal of the tool, or one of the texts contain what the attempt shows?"""
        return self.attempt.shows in "\n".join((self.printed, *texts))

    def terminal(self) -> str:
        """What the tool printed so far."""
        return self.log.read_text("utf-8", "replace")

    def _typed(self, command: str, seconds: int) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-c", command],
            capture_output=True, text=True, cwd=self.folder, env=self._environment(), timeout=seconds, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{command.splitlines()[0]}: {done.stdout}{done.stderr}"[:500])
        return done

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "URL": self.url, "MOCKSERVER_URL": self.url, "T": "secret"}
