"""Methods of `additionalOperations` at the path of an item are about that item (OpenAPI 3.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection, item
from tests.web.document import Node, answers, document, served

PET: Node = item(
    status={"type": "string", "enum": ["new", "archived"], "default": "new"},
    locked={"type": "boolean", "default": False},
    note=TEXT,
)
SHOWN: Node = {"$ref": "#/components/schemas/Pet"}
NONE: Node = {"404": {"description": "There is no such pet."}}


def pets(**methods: Node) -> Node:
    """A document of pets with more methods of the path of a pet, each with its responses."""
    written = document(collection("/pets", PET)) | {"openapi": "3.2.0"}
    more = {method: {"responses": responses} for method, responses in methods.items()}
    own = written["paths"]["/pets/{id}"]
    own["additionalOperations"] = more
    own["get"]["responses"] = answers(SHOWN)
    return written | {"components": {"schemas": {"Pet": PET}}}


@pytest.mark.parametrize(
    ("method", "changed"),
    [("LOCK", {"locked": True}), ("ARCHIVE", {"status": "archived"}), ("TOUCH", {})],
)
def test_a_method_changes_what_its_name_says_of_the_item(tmp_path: Path, method: str, changed: Node) -> None:
    with Client(served(tmp_path, pets(**{method: answers(SHOWN) | NONE}))) as client:
        pet = client.post("/pets", json={"name": "Rex", "note": "fast"}).json()

        assert pet | changed == client.request(method, f"/pets/{pet['id']}").json()
        assert pet | changed == client.get(f"/pets/{pet['id']}").json()
        assert 404 == client.request(method, "/pets/99").status_code


def test_a_method_that_is_answered_by_example_needs_its_item(tmp_path: Path) -> None:
    report = answers({"type": "object", "required": ["visits"], "properties": {"visits": NUMBER}})
    with Client(served(tmp_path, pets(REPORT=report | NONE))) as client:
        pet = client.post("/pets", json={"name": "Rex"}).json()

        assert 200 == client.request("REPORT", f"/pets/{pet['id']}").status_code
        assert 404 == client.request("REPORT", "/pets/99").status_code
