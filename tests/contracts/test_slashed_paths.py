"""A slash at the end of each path, as Django writes paths, takes no check away."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contracts.checks import CHECKS
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small
from tests.contracts.test_refused_transitions import Parcels, parcels
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, document

HERE = Path(__file__).parent
DOCUMENTS = [HERE / "articles.yaml", HERE / "costumes.yaml", HERE.parents[1] / "docs" / "todo.yaml"]


def slashed(paths: Node) -> Node:
    return {f"{path}/": item for path, item in paths.items()}


def places(tmp_path: Path, written: Node) -> set[tuple[str, str]]:
    """Where each check applies, without the slash."""
    file = tmp_path / "document.json"
    file.write_text(json.dumps(written, default=str))
    contract = contracts.of(file)
    return {(check.name, operation.rstrip("/")) for check in CHECKS for operation, _, _ in check.find(contract)}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_the_same_checks_apply(tmp_path: Path, file: Path) -> None:
    plain = yaml.safe_load(file.read_text())
    expected = places(tmp_path, plain)

    assert len(expected) > 40
    assert places(tmp_path, plain | {"paths": slashed(plain["paths"])}) == expected


class Slashed:
    """The same server, at paths with a slash at the end only."""

    def __init__(self, server: Parcels) -> None:
        self.server = server

    def __call__(self, ask: Ask) -> Answer:
        return self.server(replace(ask, path=ask.path[:-1])) if ask.path.endswith("/") else Answer(404)


@pytest.mark.parametrize(("lax", "found"), [("", set()), ("deliver", {("forbidden-state", "failure")})])
def test_what_a_state_forbids_is_tried_there(tmp_path: Path, lax: str, found: set[tuple[str, str]]) -> None:
    file = tmp_path / "parcels.json"
    file.write_text(json.dumps(document(slashed(parcels(deliver="A lost parcel cannot be delivered: 409.")))))

    with Target.asgi(Small(Slashed(Parcels(lax, "lost"))), []) as target:
        result = run_checks(contracts.of(file), target, only=["forbidden-state"])

    assert {(each.check, each.verdict) for each in result.findings} == found
    outcome = result.outcomes["POST /parcels/{id}/deliver/", "forbidden-state"]
    assert outcome == ("failed" if found else "passed")
