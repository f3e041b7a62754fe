"""A quick run ends after a minute: it begins with some checks of each kind, and says what it left out."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from contracts.checks import checks_of
from contracts.client.target import Target
from contracts.runner import runner
from contracts.runner.quick_order import MANY, in_quick_order
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.things import Things, document

SPECIES = ("cats", "dogs", "owls", "bees", "rats", "hens", "eels", "elks")


def many(folder: Path) -> contracts.Contract:
    """A contract with the same operations for each of several kinds of items."""
    written, one = document(), document()["paths"]
    written["paths"] = {path.replace("things", name): item for name in SPECIES for path, item in one.items()}
    (folder / "many.yaml").write_text(yaml.safe_dump(written))
    return contracts.of(folder / "many.yaml")


def test_a_large_run_begins_with_one_check_of_each_kind(tmp_path: Path) -> None:
    checks = checks_of(many(tmp_path))
    kinds = {each.check.name for each in checks if not each.check.run_last}

    ordered, other = in_quick_order(checks, 1), in_quick_order(checks, 2)

    assert len(checks) >= MANY
    assert kinds == {each.check.name for each in ordered[: len(kinds)]}
    assert sorted(map(id, checks)) == sorted(map(id, ordered))
    assert ordered != other
    last = [each.check.run_last for each in ordered]
    assert sorted(last) == last


def test_a_small_run_keeps_the_order_of_its_checks(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(yaml.safe_dump(document()))
    checks = checks_of(contracts.of(tmp_path / "things.yaml"))

    assert checks == in_quick_order(checks, 1)


def test_what_is_left_out_is_skipped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "things.yaml").write_text(yaml.safe_dump(document()))
    contract, ticks = contracts.of(tmp_path / "things.yaml"), count()
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))

    with Target.asgi(Things()) as target:
        result = run_checks(contract, target, mode="quick", seconds=10)

    total = len(checks_of(contract))
    left = [each for each in result.outcomes.values() if each.startswith("skipped: left out of a quick run")]
    assert "" == result.stopped
    assert "passed" in result.outcomes.values()
    assert 0 < len(left) < total
    assert any(note.endswith("without --quick all of them run") for note in result.examined.notes)
