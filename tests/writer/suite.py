"""Run the tests that the PyPI package `writer-sdk` is published with against its document served with `--materialize`.

    python -m tests.writer.suite [DOCUMENT] [-- PYTEST ARGUMENTS]

The package is fetched by name into build/writer, where it stays; nothing of it lies in the repository. Its tests were
written for stateless servers such as Prism and Steady, against which 635 pass and 40 are skipped.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from os import environ
from pathlib import Path

import click

from tests.process import READY, Processes, address

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT.parent / "shared" / "corpus" / "writer-openapi.yml"
PACKAGE, VERSION = "writer-sdk", "3.0.0"
NEEDED = (
    "pytest", "pytest-asyncio", "pytest-xdist", "respx", "rich", "time-machine", "dirty-equals", "nest_asyncio",
    "inline-snapshot", "importlib-metadata", "aiohttp", "httpx_aiohttp",
)  # fmt: skip
"""What the package's own tests import, by its pyproject.toml."""


class Unavailable(Exception):
    """The package cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What pytest said at its end."""

    passed: int
    skipped: int
    failed: int
    output: str


def fetch(folder: Path = ROOT / "build" / "writer") -> tuple[Path, Path]:
    """(python, unpacked package), fetched and installed into `folder` once. Raises Unavailable."""
    python, sources = folder / "venv" / "bin" / "python", folder / f"{PACKAGE.replace('-', '_')}-{VERSION}"
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "download", "--no-deps", "--no-binary", PACKAGE, "--dest", str(folder), f"{PACKAGE}=={VERSION}"])
        with tarfile.open(sources.with_name(sources.name + ".tar.gz")) as packed:
            packed.extractall(folder, filter="data")
        _run([*pip, "install", str(sources), *NEEDED])
        ready.touch()
    return python, sources


def run(document: Path, *arguments: str, tests: tuple[str, ...] = ("tests/api_resources",)) -> Figures:
    """Serve `document` with `--materialize` on a free port and run `tests` of the package against it."""
    python, sources = fetch()
    with Processes() as processes:
        _, lines = processes.start("serve", str(document), "--port", "0", "--seed", "1", *arguments, until=READY)
        base = address(lines)
        done = subprocess.run(
            [str(python), "-m", "pytest", "-q", "-n", "2", "--no-header", *tests],
            cwd=sources, env={**environ, "TEST_API_BASE_URL": base, "PYTHONPATH": ""}, text=True, capture_output=True,
            timeout=600, check=False,
        )  # fmt: skip
    said = {word: int(number) for number, word in re.findall(r"(\d+) (passed|skipped|failed|error)", done.stdout)}
    failed = said.get("failed", 0) + said.get("error", 0)
    return Figures(said.get("passed", 0), said.get("skipped", 0), failed, done.stdout + done.stderr)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise Unavailable(f"{PACKAGE} {VERSION} cannot be had: {done.stderr.strip().splitlines()[-1:]}")


@click.command(help=__doc__)
@click.argument("document", default=DOCUMENT, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(document: Path) -> None:
    """Print what passed; ends with status 1 where something failed."""
    figures = run(document, "--materialize")
    if figures.failed:
        click.echo(figures.output)
    click.echo(f"{figures.passed} passed, {figures.skipped} skipped, {figures.failed} failed")
    sys.exit(bool(figures.failed) or not figures.passed)


if __name__ == "__main__":
    main()
