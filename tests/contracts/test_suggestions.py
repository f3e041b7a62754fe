"""What a report proposes: a change of the server, or an Overlay that corrects the document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.model.finding import Finding
from contracts.report.suggestions import suggestion
from contracts.runner.in_process import check_app, load_contract
from mockserver.behaviour import overlay
from mockserver.contract import Contract
from tests.contracts.small_shop import DOCUMENT, SmallShop


def contract(folder: Path, document: Mapping[str, Any]) -> Contract:
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    return load_contract(file)


def findings(of: Contract, bug: str, only: str, operation: str) -> Sequence[Finding]:
    result = check_app(SmallShop(bug), of, users=(), mode="quick", only=(only,))
    check = "document" if only == "listed" else only
    return [each for each in result.findings if (each.operation, each.check) == (operation, check)]


@pytest.mark.parametrize(
    ("bug", "operation", "only"),
    [
        ("null-color", "POST /items", "response_schema_conformance"),
        ("teapot", "GET /items/{id}", "status_code_conformance"),
        ("long-name", "GET /items", "listed"),
        ("no-price", "GET /items", "listed"),
        ("plain", "GET /items", "content_type_conformance"),
    ],
)
def test_the_document_with_the_proposed_overlay_allows_what_was_seen(
    bug: str, operation: str, only: str, tmp_path: Path
) -> None:
    before = contract(tmp_path, DOCUMENT)
    found = findings(before, bug, only, operation)[-1]

    proposed = yaml.safe_load(suggestion(found, before).overlay)

    after = contract(tmp_path, overlay.apply(DOCUMENT, proposed))
    assert [] == list(findings(after, bug, only, operation))


def test_a_lost_write_has_advice_for_the_server_and_no_overlay(tmp_path: Path) -> None:
    of = contract(tmp_path, DOCUMENT)
    found = next(iter(findings(of, "put-lost", "replace", "PUT /items/{id}")))

    proposed = suggestion(found, of)

    assert proposed.server.startswith("Store what PUT /items/{id} was sent")
    assert "" == proposed.overlay


def test_a_server_error_has_the_place_where_it_was_raised(tmp_path: Path) -> None:
    of = contract(tmp_path, DOCUMENT)
    found = next(iter(findings(of, "crash", "create", "POST /items")))

    assert "(at /srv/shop.py:7)" in suggestion(found, of).server
