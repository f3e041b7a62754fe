"""The documents in `specs/` that we put together from public pages."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.specs.facts import Node

SPECS = Path(__file__).parents[2] / "specs"
VERSIONS = {
    vendor.lower(): version
    for vendor, version in re.findall(
        r"^## (\w+)\n\nOpenAPI ([\d.]+), ", (SPECS / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
}
"""The documents that we put together from public pages, each with the version in specs/README.md."""

DOCUMENTS: dict[str, Node] = {
    vendor: yaml.safe_load((SPECS / vendor / "openapi.yaml").read_text(encoding="utf-8")) for vendor in VERSIONS
}
