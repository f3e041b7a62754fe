"""A second DELETE succeeds where the document says so, as those of Azure do: "204: The resource does not exist"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

WIDGET = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def widgets(**described: str) -> dict[str, Any]:
    """A document of widgets, with these responses to a DELETE."""
    replies = {status.removeprefix("_"): {"description": said} for status, said in described.items()}
    return document({
        "/widgets": {"post": {"requestBody": takes(WIDGET), "responses": answers(WIDGET, "201")}},
        "/widgets/{id}": {"parameters": [ID], "get": {"responses": answers(WIDGET)}, "delete": {"responses": replies}},
    })  # fmt: skip


@pytest.mark.parametrize(
    ("described", "first", "second"),
    [
        ({"_200": "Deleted", "_204": "The widget does not exist."}, 200, 204),
        ({"_202": "Accepted", "_204": "There is no such widget"}, 202, 204),
        ({"_200": "Deleted", "_204": "NoContent -- not found", "_404": "none"}, 200, 204),
        ({"_204": "Deleted or does not exist"}, 204, 404),
        ({"_204": "The widget does not exist."}, 204, 204),
        ({"_200": "Deleted", "_204": "No content"}, 204, 404),
        ({"_204": "Deleted", "_404": "The widget does not exist"}, 204, 404),
    ],
)
def test_a_delete_of_what_is_not_there_succeeds_where_the_document_says_so(
    tmp_path: Path, described: dict[str, str], first: int, second: int
) -> None:
    with Client(served(tmp_path, widgets(**described))) as client:
        client.post("/widgets", json={"name": "a"})
        found = [client.delete("/widgets/1").status_code for _ in range(2)]
        shown = client.get("/widgets/1").status_code

    assert ([first, second], 404) == (found, shown)
