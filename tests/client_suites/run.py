"""Run test suites that vendors publish with their clients against this mock and against Prism; print a table.

    python -m tests.client_suites.run [PACKAGE]... [--all]

The mock runs with `--materialize`, since the suites expect any id to exist. Packages are fetched by name and version
into build/packages; nothing of them lies in the repository. Where no document of the vendor is in a package, one is
derived from the client's code: such a row says that both mocks do the same with a large client, not that the vendor's
document is served.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path

import click

from tests.client_suites.suites import SUITES, Suite, document, prism, python, source
from tests.package import UnobtainableError
from tests.process import READY, Processes, address, free_port

PATIENCE = 120
"""Seconds that Prism may take to listen."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What pytest printed at its end."""

    passed: int
    skipped: int
    failed: int

    @property
    def tests(self) -> int:
        return self.passed + self.failed


def run(suite: Suite, base: str, log: Path, selection: list[str]) -> Figures:
    """Run the tests of `suite` against the server at `base`; what pytest prints goes to `log`."""
    command = [str(python()), "-m", "pytest", "-q", "-n", "2", "--no-header", "--tb=short", *selection, *suite.tests]
    folder = source(suite)
    where = {**environ, "TEST_API_BASE_URL": base, "PYTHONPATH": str(folder / "src")}
    with log.open("w") as output:
        subprocess.run(
            command, cwd=folder, env=where, stdout=output, stderr=subprocess.STDOUT, timeout=3600, check=False
        )
    last = log.read_text().rstrip().rpartition("\n")[2]
    said = {word: int(number) for number, word in re.findall(r"(\d+) (passed|skipped|failed|error)", last)}
    return Figures(said.get("passed", 0), said.get("skipped", 0), said.get("failed", 0) + said.get("error", 0))


@contextmanager
def mock(suite: Suite) -> Iterator[str]:
    """The address at which this mock serves the suite's document."""
    with Processes() as processes:
        arguments = ("serve", str(document(suite)), "--port", "0", "--seed", "1", "--materialize")
        _, lines = processes.start(*arguments, until=READY)
        yield address(lines) + suite.base


@contextmanager
def prism_mock(suite: Suite) -> Iterator[str]:
    """The address at which Prism serves the suite's document; it ignores the path of the server."""
    port = free_port()
    process = subprocess.Popen([*prism(), "--port", str(port), str(document(suite))], stdout=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise UnobtainableError("Prism does not start")


def compare(suite: Suite, selection: list[str]) -> bool:
    """Print the row of a suite; do at least as many tests pass as with Prism?"""
    logs = source(suite).parent
    with prism_mock(suite) as base:
        theirs = run(suite, base, logs / "prism.log", selection)
    with mock(suite) as base:
        ours = run(suite, base, logs / "mockserver.log", selection)
    note = suite.note if ours.tests == theirs.tests else f"{suite.note}; {theirs.tests} tests ran with Prism"
    click.echo(f"| {suite.package} {suite.version} | {ours.tests} | {theirs.passed} | {ours.passed} | {note} |")
    return bool(ours.passed) and ours.passed >= theirs.passed


@click.command(help=__doc__)
@click.argument("packages", nargs=-1, type=click.Choice([suite.package for suite in SUITES]))
@click.option("--all", "with_async", is_flag=True, help="Run the asynchronous tests too: the same requests.")
def main(packages: tuple[str, ...], with_async: bool) -> None:
    """Print the table; ends with status 1 where fewer tests pass than with Prism."""
    click.echo("| client | tests | pass with Prism | pass with mockserver | document |")
    click.echo("| --- | --- | --- | --- | --- |")
    selection = [] if with_async else ["-k", "not Async"]
    chosen = [suite for suite in SUITES if not packages or suite.package in packages]
    rows = [compare(suite, selection) for suite in chosen]  # each is printed, whatever came before
    sys.exit(not all(rows))


if __name__ == "__main__":
    main()
