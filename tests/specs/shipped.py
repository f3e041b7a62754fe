"""The four documents in `specs/`."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.specs.facts import Node

SPECS = Path(__file__).parents[2] / "specs"
VERSIONS = {"basedash": "3.1.0", "datagrid": "3.0.3", "gaia": "3.1.0", "piper": "3.1.0"}
DOCUMENTS: dict[str, Node] = {
    vendor: yaml.safe_load((SPECS / vendor / "openapi.yaml").read_text(encoding="utf-8")) for vendor in VERSIONS
}
