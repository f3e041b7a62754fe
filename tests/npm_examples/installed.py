"""The packages of the examples in `examples/`: fetched once for each list of them, never committed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.package import fetch, kept
from tests.process import ROOT

EXAMPLES = ROOT / "examples"
INSTALL = ("install", "--no-audit", "--no-fund", "--silent", "--no-package-lock", "--ignore-scripts")


def installed(name: str) -> Path:
    """The folder that has the packages of an example in `node_modules`. Raises UnobtainableError."""
    wanted = json.loads((EXAMPLES / name / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    packages = [f"{package}@{version}" for package, version in sorted(wanted.items())]
    versions = "-".join(version for _, version in sorted(wanted.items()))
    return kept(f"example-{name}-{versions}", lambda into: fetch("npm", *INSTALL, *packages, into=into))
