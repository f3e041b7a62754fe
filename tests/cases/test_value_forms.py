"""A value that a reply shows in another form than the request has it is the value that was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client
from tests.inference.pets import TEXT, collection
from tests.web.document import document, served

NUMBER = {"type": "number"}
DAY, MOMENT = TEXT | {"format": "date"}, TEXT | {"format": "date-time"}


@pytest.mark.parametrize(
    ("asked", "shown", "sent", "expected"),
    [
        (NUMBER, TEXT, 19.9, "19.9"),
        ({"type": "integer"}, TEXT, 7, "7"),
        ({"type": "boolean"}, TEXT, True, "true"),
        (TEXT, NUMBER, "19.9", 19.9),
        (TEXT, {"type": "integer"}, "7", 7),
        (NUMBER, {"type": "integer"}, 7.0, 7),
        (TEXT, {"type": "boolean"}, "false", False),
        (DAY, MOMENT, "2026-02-03", "2026-02-03T00:00:00Z"),
        (MOMENT, DAY, "2026-02-03T04:05:06Z", "2026-02-03"),
    ],
)
def test_what_was_sent_is_shown_in_the_form_of_the_reply(
    tmp_path: Path, asked: Any, shown: Any, sent: Any, expected: Any
) -> None:
    item = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "value": shown}}
    paths = collection("/pets", item)
    body = paths["/pets"]["post"]["requestBody"]["content"]["application/json"]
    body["schema"] = {"type": "object", "properties": {"value": asked}}
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"value": sent})

        assert (201, expected) == (made.status_code, made.json()["value"])
        assert expected == client.get(f"/pets/{made.json()['id']}").json()["value"]


@pytest.mark.parametrize("sent", ["seven", "1e999", "07", "٧"])
def test_a_text_that_is_no_number_is_shown_as_none(tmp_path: Path, sent: str) -> None:
    item = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "value": NUMBER}}
    paths = collection("/pets", item)
    body = paths["/pets"]["post"]["requestBody"]["content"]["application/json"]
    body["schema"] = {"type": "object", "properties": {"value": TEXT}}
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pets", json={"value": sent})

        assert 201 == made.status_code
        assert isinstance(made.json()["value"], int | float)


def test_texts_that_a_reply_shows_as_objects_are_in_them(serve: Serve) -> None:
    api = serve("texts-as-objects")
    sent = {"topic": "Lunch", "answers": ["Soup", "Rice"], "steps": ["Peel", "Cook", "Eat"], "remark": "Soon."}

    made = api.post("/surveys", json=sent | {"lines": [{"sku": "a"}, {"sku": "b"}]}).json()

    assert [("Soup", 0), ("Rice", 0)] == [(each["text"], each["votes"]) for each in made["answers"]]
    assert ["Peel", "Cook", "Eat"] == [each["label"] for each in made["steps"]]
    assert "Soon." == made["remark"]["words"]
    assert [("a", False, 0), ("b", False, 0)] == [(e["sku"], e["refunded"], e["replies"]) for e in made["lines"]]
    assert made == api.get("/surveys/1").json()
