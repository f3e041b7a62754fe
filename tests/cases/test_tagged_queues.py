"""Documents as AWS writes them: items have tags, a map at a path of its own, and a list takes the begin of names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
TAGS = {
    "type": "object",
    "required": ["tags"],
    "properties": {"tags": {"type": "object", "additionalProperties": TEXT}},
}
QUEUE = {"type": "object", "required": ["queueName"], "properties": {"queueName": TEXT, "arn": TEXT}}
NAME = {"name": "queueName", "in": "path", "required": True, "schema": TEXT}
KEYS = {"name": "tagKeys", "in": "query", "required": True, "schema": {"type": "array", "items": TEXT}}


@pytest.fixture
def queues(tmp_path: Path) -> Iterator[Client]:
    """A client of a mock of queues with two of them."""
    done = {"204": {"description": "done"}}
    listed = {"type": "object", "properties": {"queues": {"type": "array", "items": QUEUE}}}
    prefix = {"name": "namePrefix", "in": "query", "schema": TEXT}
    written = document({
        "/queues": {
            "post": {"requestBody": takes(QUEUE), "responses": answers(QUEUE)},
            "get": {"parameters": [prefix], "responses": answers(listed)},
        },
        "/queues/{queueName}": {"parameters": [NAME], "get": {"responses": answers(QUEUE) | answers(QUEUE, "404")}},
        "/queues/{queueName}/tags": {
            "parameters": [NAME],
            "get": {"responses": answers(TAGS)},
            "post": {"requestBody": takes(TAGS), "responses": done},
            "delete": {"parameters": [KEYS], "responses": done},
        },
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        for name in ("mail-in", "sms"):
            client.post("/queues", json={"queueName": name})
        yield client


def test_tags_that_were_set_are_shown(queues: Client) -> None:
    assert 204 == queues.post("/queues/mail-in/tags", json={"tags": {"team": "x"}}).status_code

    assert {"tags": {"team": "x"}} == queues.get("/queues/mail-in/tags").json()


def test_a_delete_that_names_parts_does_not_delete_the_whole(queues: Client) -> None:
    queues.post("/queues/mail-in/tags", json={"tags": {"team": "x"}})

    assert 204 == queues.delete("/queues/mail-in/tags?tagKeys=env").status_code
    assert {"tags": {"team": "x"}} == queues.get("/queues/mail-in/tags").json()


@pytest.mark.parametrize(("prefix", "found"), [("mail", ["mail-in"]), ("s", ["sms"]), ("in", [])])
def test_a_prefix_of_the_name_selects(queues: Client, prefix: str, found: list[str]) -> None:
    listed = queues.get(f"/queues?namePrefix={prefix}").json()["queues"]

    assert found == [each["queueName"] for each in listed]
