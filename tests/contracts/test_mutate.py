"""`mockserver mutate` says how much of its behaviour a contract pins."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from contracts.mutation.mutant import mutants
from contracts.runner.in_process import load_contract
from tests.contracts.small_shop import DOCUMENT
from tests.process import run


def written(folder: Path, document: dict[str, Any]) -> str:
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    return str(file)


def test_every_keyword_of_a_request_and_every_field_of_a_response_is_a_change(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, DOCUMENT))

    changes = {each.change for each in mutants(contract, 1000, seed=0)}

    assert {
        "maxLength of Input.name is not enforced",
        "required price of Input is not enforced",
        "GET /items does not know the field color",
    } <= changes


def test_the_same_seed_chooses_the_same_changes_of_each_kind(tmp_path: Path) -> None:
    contract = load_contract(written(tmp_path, DOCUMENT))

    chosen = mutants(contract, 6, seed=3)

    assert chosen == mutants(contract, 6, seed=3)
    assert {"statement": 2, "constraint": 2, "field": 2} == {
        kind: sum(each.kind == kind for each in chosen) for kind in ("statement", "constraint", "field")
    }


def test_changes_of_what_the_document_says_are_failures(tmp_path: Path) -> None:
    done = run("mutate", written(tmp_path, DOCUMENT), "--limit", "6", "--min", "100")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert (
        "your contract pins 100 % of behaviour: of 6 changes 6 are failures, 0 only warnings, 0 unnoticed\n"
        == done.stdout
    )


def test_a_change_that_nobody_would_notice_is_named_and_lowers_the_number(tmp_path: Path) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["paths"] = {"/items": {"post": document["paths"]["/items"]["post"]}}
    document["paths"]["/items"]["post"]["responses"] = {"204": {"description": "stored"}}
    document["components"]["schemas"]["Input"]["properties"]["name"] = {"description": "any text", "type": "string"}

    done = run("mutate", written(tmp_path, document), "--min", "100")

    [percent] = re.findall(r"your contract pins (\d+) %", done.stdout)
    assert (1, True) == (done.returncode, int(percent) < 100), done.stdout + done.stderr
    assert "changes that no check noticed:" in done.stdout


@pytest.mark.parametrize("document", ["-", "nowhere.yaml"])
def test_a_contract_that_cannot_be_used_exits_with_2(document: str) -> None:
    done = run("mutate", document)

    assert (2, True) == (done.returncode, done.stderr.startswith("cannot mutate: "))
