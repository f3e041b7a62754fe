"""A property that another one makes required: the message names both (JSON Schema 2020-12 section 6.5.4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

RULES = [
    {"dependentRequired": {"plug": ["fuse"], "by": ["on", "at"]}},
    {"dependentSchemas": {"by": {"required": ["on", "at"]}}},
]


@pytest.mark.parametrize("rule", RULES, ids=["names", "schemas"])
@pytest.mark.parametrize("is_inside", [False, True])
def test_a_message_names_the_property_that_makes_another_one_required(
    tmp_path: Path, rule: dict[str, Any], is_inside: bool
) -> None:
    rig = {"type": "object", "properties": {each: {"type": "string"} for each in ("by", "on", "at")}, **rule}
    sent = {"type": "object", "properties": {"rig": rig}} if is_inside else rig
    body = {"by": "kim", "on": "now"}
    written = document({"/rigs": {"post": {"requestBody": takes(sent), "responses": answers(sent, "201")}}})

    with Client(served(tmp_path, written)) as client:
        refused = client.post("/rigs", json={"rig": body} if is_inside else body)

    place = "rig.at" if is_inside else "at"
    assert (400, f'body {place}: "at" is a required property together with by') == (
        refused.status_code,
        refused.json()["detail"],
    )
