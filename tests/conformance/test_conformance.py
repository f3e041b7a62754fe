"""Schemathesis from outside finds nothing wrong with any vendor; `make conformance` asks it with more examples."""

from __future__ import annotations

import pytest

from tests.conformance.run import examine


@pytest.mark.parametrize("vendor", ["basedash", "datagrid", "gaia", "piper"])
def test_schemathesis_finds_nothing_wrong(vendor: str) -> None:
    verdict = examine(vendor, examples=15)

    assert verdict.passed, verdict.output
    assert int(verdict.cases.replace(",", "")) > 100
