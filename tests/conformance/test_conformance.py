"""Schemathesis finds no failure in a served document; `make conformance` and `make conformance-big` try more requests.

The tests use a fixed seed, so that the same requests are sent in every run; the make targets use random seeds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver import vendor_files
from tests.benchmarks.reduced import part, reduce
from tests.conformance.schemathesis_cli import run_schemathesis
from tests.package import GITHUB, README

SEED = 1


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_schemathesis_finds_no_failure(vendor: str) -> None:
    result = run_schemathesis(vendor, examples=5, seed=SEED)

    assert () == result.failures, result.output
    assert result.passed
    assert result.cases > 100


def test_schemathesis_finds_no_failure_in_petstore_expanded(
    package: Callable[[str], Path],
) -> None:
    result = run_schemathesis(package(README) / "3.0" / "json" / "petstore-expanded.json", examples=15, seed=SEED)

    assert () == result.failures, result.output
    assert result.passed
    assert 4 == result.stateful == result.tested


@pytest.mark.slow
def test_schemathesis_finds_only_false_positives_in_githubs_document(
    package: Callable[[str], Path], tmp_path: Path
) -> None:
    document = json.loads((package(GITHUB) / "generated" / "api.github.com.json").read_bytes())
    small = tmp_path / "github.json"
    small.write_text(json.dumps(reduce(document, part(document, 0, 51))))

    result = run_schemathesis(small, examples=5, seed=SEED)

    assert [] == [(one.check, one.operation, one.message) for one in result.mock_failures], result.output
    assert result.passed
    assert 24 == result.tested
