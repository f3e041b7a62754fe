"""The generators of clients: fetched once, by name and version, never committed."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.package import KEPT, fetch, kept

NPM = (
    "openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "@hey-api/openapi-ts@0.95.0", "orval@7.13.2",
    "typescript@5.9.3",
)  # fmt: skip
PYPI = "openapi-python-client==0.29.1"


def generators_of_npm() -> Path:
    """The folder that has the generators of npm, and TypeScript, in `node_modules`. Raises UnobtainableError."""
    arguments = ("install", "--no-audit", "--no-fund", "--silent", "--no-package-lock", *NPM)
    return kept("generated-clients-npm", lambda into: fetch("npm", *arguments, into=into))


def generator_of_pypi() -> Path:
    """The interpreter of an environment with the generator: its dependencies are not those of this project.

    Raises UnobtainableError.
    """
    folder = KEPT / "generated-clients-python"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        fetch(sys.executable, "-m", "venv", "--clear", str(folder), into=KEPT)
        fetch(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYPI, into=folder)
        (folder / "ready").touch()
    return python
