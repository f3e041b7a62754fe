"""A document about one collection, to be changed by a test where the test is about that."""

from __future__ import annotations

import copy
from typing import Any

from tests.web.document import Node, answers, document, takes

TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}
NAME: Node = {"type": "string", "minLength": 1}


def item(required: tuple[str, ...] = ("id", "name"), **properties: Node) -> Node:
    """The schema of an item: `id` and `name`, and what else is named."""
    return {"type": "object", "required": list(required), "properties": {"id": NUMBER, "name": NAME, **properties}}


def given(schema: Node, *without: str) -> Node:
    """The schema of what a client sends: an item without its id, and without other properties."""
    left = {name: value for name, value in schema["properties"].items() if name not in ("id", *without)}
    return {"type": "object", "required": [n for n in schema["required"] if n in left], "properties": left}


def partly(schema: Node) -> Node:
    """The same with nothing required."""
    return {name: value for name, value in schema.items() if name != "required"}


def collection(path: str, shown: Node, *, parameter: str = "id", id: Node | None = None) -> dict[str, Node]:
    """The paths of a collection and its items: create, list, read, replace, update and delete."""
    asked = given(shown)
    own = {"name": parameter, "in": "path", "required": True, "schema": id or NUMBER}
    above = [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]
    ]
    gone: Node = {"204": {"description": "gone"}, "404": {"description": "not there"}}
    return copy.deepcopy(
        {
            path: {
                "parameters": above,
                "get": {"responses": answers({"type": "array", "items": shown})},
                "post": {"requestBody": takes(asked), "responses": answers(shown, "201")},
            },
            path + "/{" + parameter + "}": {
                "parameters": [*above, own],
                "get": {"responses": answers(shown)},
                "put": {"requestBody": takes(asked), "responses": answers(shown)},
                "patch": {"requestBody": takes(partly(asked)), "responses": answers(shown)},
                "delete": {"responses": gone},
            },
        }
    )


def pets(**properties: Node) -> Node:
    """A document about `/pets`, whose items have these properties beside `id` and `name`."""
    return document(collection("/pets", item(**properties)))


def query(name: str, schema: Node | None = None, **more: Any) -> Node:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema or NUMBER, **more}
