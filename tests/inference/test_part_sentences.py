"""A query parameter finds a part of a text, in any case, or a whole value, as its description says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import TEXT, collection, item
from tests.web.document import Node, document, served


def poems(said: str, name: str = "author", **fields: Node) -> Node:
    """A document about poems with a query parameter."""
    paths = collection("/poems", item(author=TEXT, **fields))
    asked = {"name": name, "in": "query", "schema": TEXT, "description": said}
    paths["/poems"]["get"]["parameters"] = [asked]
    return document(paths)


@pytest.mark.parametrize(
    ("said", "finds_part"),
    [
        ("Any part of the author's name.", True),
        ("Part of the author, in upper or lower case.", True),
        ("A text that must occur in the author.", True),
        ("The author.", False),
        ("Part of the title.", False),
    ],
)
def test_a_part_of_a_text_finds_it_where_the_description_says_so(tmp_path: Path, said: str, finds_part: bool) -> None:
    with Client(served(tmp_path, poems(said))) as client:
        for author in ("Mary Oliver", "Tu Fu"):
            assert client.post("/poems", json={"name": "x", "author": author}).is_success

        found = [each["author"] for each in client.get("/poems?author=oLIV").json()]
        whole = [each["author"] for each in client.get("/poems?author=Tu%20Fu").json()]

    assert found == ["Mary Oliver"] * finds_part
    assert whole == ["Tu Fu"]


def test_exactly_this_tag_is_one_of_the_list(tmp_path: Path) -> None:
    tags: Node = {"type": "array", "items": TEXT}
    with Client(served(tmp_path, poems("Only poems with exactly this tag.", "tag", tags=tags))) as client:
        for each in (["river"], ["riverside", "rain"]):
            assert client.post("/poems", json={"name": "x", "author": "y", "tags": each}).is_success

        assert [each["tags"] for each in client.get("/poems?tag=river").json()] == [["river"]]
        assert client.get("/poems?tag=riv").json() == []


def test_no_two_items_share_a_value_in_any_case_as_its_description_says(tmp_path: Path) -> None:
    said = "No two poems have the same number; upper and lower case make no difference."
    written = poems("The author.", code={**TEXT, "description": said})
    written["paths"]["/poems"]["post"]["responses"]["409"] = {"description": "It does not go together."}
    with Client(served(tmp_path, written)) as client:
        assert client.post("/poems", json={"name": "x", "author": "y", "code": "ab"}).is_success
        assert client.post("/poems", json={"name": "x", "author": "y", "code": "AB"}).status_code == 409
        assert client.post("/poems", json={"name": "x", "author": "y", "code": "abc"}).is_success
