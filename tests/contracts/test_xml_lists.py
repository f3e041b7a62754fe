"""Bodies of XML that lack a list: without a wrapper, it is a list of none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.conformance.xml_lists import is_missing_list
from mockserver import contract as contracts
from tests.process import run
from tests.web.document import Node, document

SAID = "Schema-violating request accepted\n\nInvalid component: {place}Missing required property: parts"


def kits(place: str, parts: Node) -> Node:
    """A document with a body of XML that has a list of parts, at the place that Schemathesis calls so."""
    kit: Node = {"type": "object", "required": ["label", "parts"], "properties": {"label": {"type": "string"}, **parts}}
    if place.startswith("inside -> "):
        inside: Node = {"type": "array", "minItems": 1, "items": kit} if "Array" in place else kit
        kit = {"type": "object", "required": ["inside"], "properties": {"inside": inside}}
    body: Node = {"required": True, "content": {"application/xml": {"schema": {**kit, "xml": {"name": "kit"}}}}}
    post: Node = {"requestBody": body, "responses": {"202": {"description": "taken"}, "400": {"description": "no"}}}
    return document({"/kits": {"post": post}})


@pytest.mark.parametrize("place", ["", "inside -> ", "inside -> Array with invalid items: "])
@pytest.mark.parametrize("parts", [{"xml": {}}, {"xml": {"wrapped": True}}, {"type": "string"}])
def test_a_required_list_without_a_wrapper_may_be_missing(tmp_path: Path, place: str, parts: Node) -> None:
    file = tmp_path / "kits.json"
    file.write_text(json.dumps(kits(place, {"parts": {"type": "array", "items": {"type": "string"}, **parts}})))
    contract = contracts.of(file)
    body = contract.document.operations[0].request_body
    assert body is not None
    schema = body.content[0].schema
    assert schema is not None

    assert is_missing_list(contract.schemas, schema, SAID.format(place=place)) == (parts == {"xml": {}})


def test_the_mock_takes_a_body_without_a_list_and_no_failure_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "kits.json"
    file.write_text(json.dumps(kits("", {"parts": {"type": "array", "items": {"type": "string"}}})))

    done = run("check", str(file), "--only", "negative_data_rejection", "--report", str(tmp_path / "reports"))

    assert 0 == done.returncode, done.stdout
