"""Prints how large wheels are and how long their modules take to import: `make wheel` runs it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

RUNS = 5
PROGRAMS = {
    "python -c pass": "pass",
    "mockserver --help": "from mockserver.cli.commands import main; main(['--help'], standalone_mode=False)",
    "import mockserver": "import mockserver; mockserver.create_app",
}


def size_lines(wheel: Path) -> list[str]:
    """The size of a wheel, packed and installed, and whether it fits every platform."""
    with zipfile.ZipFile(wheel) as archive:
        entries = archive.infolist()
    installed = sum(each.file_size for each in entries)
    kind = "pure Python" if wheel.name.endswith("-py3-none-any.whl") else "NOT for every platform"
    largest = sorted(entries, key=lambda each: each.file_size)[-3:][::-1]
    named = ", ".join(f"{each.filename} {each.file_size / 1e3:,.0f} kB" for each in largest)
    packed = f"{wheel.stat().st_size / 1e3:,.0f} kB, installed {installed / 1e6:.1f} MB, {len(entries)} files"
    return [f"{wheel.name}: {packed}, {kind}", f"  largest: {named}"]


def seconds(code: str) -> float:
    """The median of the time that a program takes in an interpreter of its own."""
    taken = []
    for _ in range(RUNS):
        before = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def run(wheels: list[str]) -> None:
    """Print the table."""
    for wheel in wheels:
        print("\n".join(size_lines(Path(wheel))))  # noqa: T201
    for name, code in PROGRAMS.items():
        print(f"  {name:20} {seconds(code):.2f} s, median of {RUNS}")  # noqa: T201


if __name__ == "__main__":
    run(sys.argv[1:])
