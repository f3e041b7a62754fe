"""Values that no two items may have, as sentences of a create's refusals say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
ERROR = {"type": "object", "properties": {"message": TEXT}}


def item(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, **properties}}


def refused(status: str, description: str) -> dict[str, Any]:
    return {status: {"description": description, "content": {"application/json": {"schema": ERROR}}}}


def collection(path: str, shown: dict[str, Any], refusal: dict[str, Any]) -> dict[str, Any]:
    """The paths of a collection and of its items."""
    made = {"requestBody": takes(shown), "responses": answers(shown, "201") | refusal}
    listed = {"responses": answers({"type": "array", "items": shown})}
    parameter = {"name": "key", "in": "path", "required": True, "schema": {"type": "integer"}}
    one = {"parameters": [parameter], "get": {"responses": answers(shown) | answers(ERROR, "404")}}
    return {path: {"post": made, "get": listed}, f"{path}/{{key}}": one}


@pytest.mark.parametrize(
    ("status", "sentence", "second"),
    [
        ("409", "A label with this name exists", 409),
        ("409", "Label names are unique", 409),
        ("400", "Name already taken", 400),
        ("422", "The name is in use", 422),
        ("400", "The name is too long, or the colour does not exist", 201),
        ("409", "The archive is closed", 201),
    ],
)
def test_a_refusal_says_which_value_is_unique(tmp_path: Path, status: str, sentence: str, second: int) -> None:
    labels = collection("/labels", item(name=TEXT, colour=TEXT), refused(status, sentence))

    with Client(served(tmp_path, document(labels))) as client:
        replies = [client.post("/labels", json={"name": "red", "colour": each}) for each in ("a", "b")]

    assert [201, second] == [each.status_code for each in replies]


@pytest.mark.parametrize(
    ("sentence", "elsewhere"),
    [
        ("There already is a box with that code on this shelf", 201),
        ("The code must be unique within the shelf", 201),
        ("A box with this code exists", 409),
    ],
)
def test_a_value_may_be_unique_below_its_parent_only(tmp_path: Path, sentence: str, elsewhere: int) -> None:
    box = item(code=TEXT, shelfId={"type": "integer"})
    below = collection("/boxes", box, refused("409", sentence))
    shelf = {"name": "shelfId", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = collection("/shelves", item(name=TEXT), {}) | {
        "/shelves/{shelfId}/boxes": {"parameters": [shelf], "post": below["/boxes"]["post"]},
        "/boxes/{key}": below["/boxes/{key}"],
    }

    with Client(served(tmp_path, document(paths))) as client:
        for name in ("one", "two"):
            client.post("/shelves", json={"name": name})
        replies = [client.post(f"/shelves/{each}/boxes", json={"code": "A"}) for each in (1, 1, 2)]

    assert [201, 409, elsewhere] == [each.status_code for each in replies]


@pytest.mark.parametrize(
    ("kind", "sentence", "second"),
    [
        ({"enum": ["label"]}, "type conflict", 201),
        ({"const": "label"}, "An item of this type exists", 201),
        ({"enum": ["label", "note"]}, "The type does not fit", 201),
        ({"enum": ["label", "note"]}, "There already is one of this type", 409),
    ],
)
def test_a_value_that_all_items_have_is_not_unique(tmp_path: Path, kind: Any, sentence: str, second: int) -> None:
    labels = collection("/labels", item(type=TEXT | kind, colour=TEXT), refused("409", sentence))

    with Client(served(tmp_path, document(labels))) as client:
        replies = [client.post("/labels", json={"type": "label", "colour": each}) for each in ("a", "b")]

    assert [201, second] == [each.status_code for each in replies]
