"""A request at a path that is named after a property of an item sets that property: `PUT /tasks/{id}/status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import TEXT, query
from tests.web.document import Node, answers, document, served, takes

TASK: Node = {"$ref": "#/components/schemas/Task"}
STATUS: Node = {"type": "string", "enum": ["open", "done"]}


def objects(**properties: Node) -> Node:
    return {"type": "object", "required": [*properties], "properties": properties}


def tasks(method: str, last: str, operation: Node) -> Node:
    """A document about tasks with one operation below a task."""
    own = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    task = objects(id=TEXT, name=TEXT, status={**STATUS, "readOnly": True})
    paths: Node = {
        "/tasks": {"post": {"requestBody": takes(objects(name=TEXT)), "responses": answers(TASK, "201")}},
        "/tasks/{id}": {"parameters": [own], "get": {"responses": answers(TASK)}},
        f"/tasks/{{id}}/{last}": {"parameters": [own], method: operation},
    }
    return document(paths, components={"schemas": {"Task": task}})


GONE: Node = {"204": {"description": "changed"}}


@pytest.mark.parametrize("method", ["put", "patch", "post"])
@pytest.mark.parametrize("responses", [GONE, answers(TASK), answers(objects(status=STATUS))])
@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (objects(status=STATUS), {"status": "done"}),
        (objects(newStatus=STATUS), {"newStatus": "done"}),
        (objects(value=STATUS), {"value": "done"}),
        (objects(status=STATUS, reason=TEXT), {"status": "done", "reason": "all of it"}),
        (STATUS, "done"),
    ],
)
def test_a_path_that_names_a_property_sets_it(
    tmp_path: Path, method: str, responses: Node, asked: Node, sent: Any
) -> None:
    operation = {"requestBody": takes(asked), "responses": responses}
    with Client(served(tmp_path, tasks(method, "status", operation))) as client:
        task = client.post("/tasks", json={"name": "Write"}).json()
        reply = client.request(method.upper(), f"/tasks/{task['id']}/status", json=sent)

        assert 204 == reply.status_code or "done" == reply.json()["status"]
        assert task | {"status": "done"} == client.get(f"/tasks/{task['id']}").json()


def test_a_query_parameter_may_have_the_value(tmp_path: Path) -> None:
    operation = {"parameters": [query("status", STATUS, required=True)], "responses": GONE}
    with Client(served(tmp_path, tasks("put", "status", operation))) as client:
        task = client.post("/tasks", json={"name": "Write"}).json()
        client.put(f"/tasks/{task['id']}/status?status=done")

        assert "done" == client.get(f"/tasks/{task['id']}").json()["status"]


@pytest.mark.parametrize(
    ("method", "last", "asked", "sent"),
    [
        ("put", "status", objects(reason=TEXT), {"reason": "done"}),
        ("post", "name", objects(name=TEXT), {"name": "Another"}),
        ("put", "label", objects(label=TEXT), {"label": "done"}),
    ],
)
def test_another_request_below_an_item_does_not_change_it(
    tmp_path: Path, method: str, last: str, asked: Node, sent: Any
) -> None:
    with Client(served(tmp_path, tasks(method, last, {"requestBody": takes(asked), "responses": GONE}))) as client:
        task = client.post("/tasks", json={"name": "Write"}).json()
        client.request(method.upper(), f"/tasks/{task['id']}/{last}", json=sent)

        assert task == client.get(f"/tasks/{task['id']}").json()
