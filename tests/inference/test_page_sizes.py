"""Which query parameters are the size of a page, and which are about a property of the items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, collection, item, query
from tests.web.document import Node, document, served


def shown(folder: Path, *parameters: Node, asked: str) -> list[Any]:
    """The lengths of the pets that a list with these parameters shows."""
    paths = collection("/pets", item(length=NUMBER))
    paths["/pets"]["get"]["parameters"] = list(parameters)
    with Client(served(folder, document(paths))) as client:
        for length in (1, 2, 2):
            client.post("/pets", json={"name": "a", "length": length})
        return [pet["length"] for pet in client.get(f"/pets?{asked}").json()]


def test_a_name_that_counts_is_a_filter_where_the_items_have_it(tmp_path: Path) -> None:
    assert [1] == shown(tmp_path, query("length"), asked="length=1")
    assert [2, 2] == shown(tmp_path, query("length"), asked="length=2")


@pytest.mark.parametrize(
    "others",
    [
        [query("length"), query("page")],
        [query("length", {"type": "integer", "default": 20})],
        [query("length", description="How many pets to return")],
    ],
)
def test_it_is_the_size_of_a_page_where_anything_else_says_so(tmp_path: Path, others: list[Node]) -> None:
    assert [1, 2] == shown(tmp_path, *others, asked="length=2")
