"""Prints how large a wheel is, how long its modules take to import, and if uvx and pipx run it: for `make wheel`."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

RUNS = 5
WITHOUT_INSTALLATION = ("uvx --from {} mockserver --version", "pipx run --spec {} mockserver --version")
"""How the wheel is run without an installation, if these programs are there."""

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


def trial_line(command: str, wheel: Path) -> str:
    """What a program that runs a wheel without an installation printed, and how long it took; else why it did not."""
    words = [word.format(wheel.absolute()) for word in command.split()]
    if shutil.which(words[0]) is None:
        return f"  {words[0]:20} is not installed here"
    before = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - before
    printed = done.stdout.strip() or done.stderr.strip()[-200:]
    return f"  {words[0]:20} {taken:.1f} s, exit code {done.returncode}: {printed}"


def run(wheel: Path) -> None:
    """Print the table."""
    print("\n".join(size_lines(wheel)))  # noqa: T201
    for name, code in PROGRAMS.items():
        print(f"  {name:20} {seconds(code):.2f} s, median of {RUNS}")  # noqa: T201
    for command in WITHOUT_INSTALLATION:
        print(trial_line(command, wheel))  # noqa: T201


if __name__ == "__main__":
    run(Path(sys.argv[1]))
