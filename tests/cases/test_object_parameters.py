"""Query parameters whose value is an object: each of its properties selects, however the object is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
FLIGHT = {
    "type": "object",
    "properties": {"id": {"type": "integer", "readOnly": True}, "to": TEXT, "price": NUMBER, "stops": NUMBER},
}
WHERE = {
    "type": "object",
    "properties": {"to": TEXT, "price": {"type": "object", "properties": {"gte": NUMBER}}, "stops": NUMBER},
}
JSON = {"content": {"application/json": {"schema": WHERE}}}
FORM = {"style": "form", "explode": False, "schema": WHERE}


@pytest.mark.parametrize(
    ("parameter", "query", "found"),
    [
        (JSON, quote('{"to": "JFK"}'), [500, 900]),
        (JSON, quote('{"to": "JFK", "stops": 0, "price": {"gte": 600}}'), [900]),
        (JSON, quote("{}"), [500, 90, 900]),
        (FORM, "to,JFK,stops,0", [900]),
    ],
)
def test_each_property_of_an_object_selects(
    tmp_path: Path, parameter: dict[str, Any], query: str, found: list[int]
) -> None:
    asked = {"name": "where", "in": "query", **parameter}
    listed = {"parameters": [asked], "responses": answers({"type": "array", "items": FLIGHT})}
    made = {"requestBody": takes(FLIGHT), "responses": answers(FLIGHT, "201")}
    with Client(served(tmp_path, document({"/flights": {"get": listed, "post": made}}))) as client:
        for to, price, stops in (("JFK", 500, 1), ("LHR", 90, 0), ("JFK", 900, 0)):
            client.post("/flights", json={"to": to, "price": price, "stops": stops})
        page = client.get(f"/flights?where={query}")

    assert found == [each["price"] for each in page.json()]
