"""Schemathesis from outside finds nothing wrong; `make conformance` and `make conformance-big` ask it more.

The tests send the same requests each time, so that a change is judged by what it changed; the targets explore.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.reduced import part, reduce
from tests.conformance.verdict import examine
from tests.package import GITHUB, README

SEED = 1


@pytest.mark.parametrize("vendor", ["basedash", "datagrid", "gaia", "piper"])
def test_schemathesis_finds_nothing_wrong(vendor: str) -> None:
    verdict = examine(vendor, examples=15, seed=SEED)

    assert () == verdict.failures, verdict.output
    assert verdict.passed
    assert verdict.cases > 100


def test_schemathesis_finds_nothing_wrong_with_the_pet_store_of_the_openapi_initiative(
    package: Callable[[str], Path],
) -> None:
    verdict = examine(package(README) / "3.0" / "json" / "petstore-expanded.json", examples=40, seed=SEED)

    assert () == verdict.failures, verdict.output
    assert verdict.passed
    assert 4 == verdict.stateful == verdict.tested


@pytest.mark.slow
def test_of_githubs_operations_schemathesis_finds_only_what_the_document_leaves_out(
    package: Callable[[str], Path], tmp_path: Path
) -> None:
    document = json.loads((package(GITHUB) / "generated" / "api.github.com.json").read_bytes())
    small = tmp_path / "github.json"
    small.write_text(json.dumps(reduce(document, part(document, 0, 51))))

    verdict = examine(small, examples=5, seed=SEED)

    assert [] == [(one.check, one.operation, one.said) for one in verdict.ours], verdict.output
    assert verdict.passed
    assert 24 == verdict.tested
