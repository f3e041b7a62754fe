"""Small documents for tests, and the mock that serves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mockserver
from mockserver.web.app import Sandbox

Node = dict[str, Any]


def document(paths: Node, **rest: Any) -> Node:
    """An OpenAPI 3.1 document with these paths."""
    return {"openapi": "3.1.0", "info": {"title": "Test", "version": "1"}, "paths": paths, **rest}


def answers(schema: Node | None = None, status: str = "200", kind: str = "application/json", **media: Any) -> Node:
    """The `responses` of an operation with one response."""
    body = {"content": {kind: {**({"schema": schema} if schema is not None else {}), **media}}}
    return {status: {"description": "an answer", **(body if schema is not None or media else {})}}


def takes(schema: Node, kind: str = "application/json", *, required: bool = True) -> Node:
    """A `requestBody` of one media type."""
    return {"required": required, "content": {kind: {"schema": schema}}}


def served(folder: Path, written: Node, **options: Any) -> Sandbox:
    """A mock that serves the document at the root, with a fixed seed unless another one is given."""
    path = folder / "test.json"
    path.write_text(json.dumps(written))
    return mockserver.create_app(path, **{"seed": 1, **options})
