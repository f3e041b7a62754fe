"""Stock Connexion, which validates requests and responses, with handlers that return constants.

The document is the file that BENCH_DOCUMENT names; Connexion takes OpenAPI 3.0 only, so `downgraded` turns a
3.1 one into the nearest 3.0. Replies are those of BENCH_REPLIES, else the empty list.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml
from connexion import AsyncApp
from connexion.resolver import Resolver

HANDLED = {"createMcpServer": ("create", 201), "listMcpServers": ("list", 200), "getMcpServer": ("get", 200)}


def downgraded(node: Any) -> Any:
    """A 3.1 schema or document in terms of 3.0: `nullable` for a null type, `enum` for a constant."""
    if isinstance(node, list):
        return [downgraded(part) for part in node]
    if not isinstance(node, dict):
        return node
    said = {key: downgraded(value) for key, value in node.items()}
    if isinstance(said.get("type"), list):
        named = [name for name in said["type"] if name != "null"]
        said |= {"type": named[0], "nullable": "null" in node["type"]}
    if "const" in said:
        said["enum"] = [said.pop("const")]
    if "nullable" in said and "enum" in said:
        said["enum"] = [*said["enum"], None]
    if isinstance(said.get("examples"), list):
        del said["examples"]
    return said


def replies() -> dict[str, str]:
    path = os.environ.get("BENCH_REPLIES")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def handler(operation_id: str) -> Any:
    """An asynchronous function that returns a constant for one operation."""
    name, status = HANDLED.get(operation_id, ("", 200))
    content = json.loads(replies().get(name, "[]"))

    async def answer(**_: Any) -> tuple[Any, int]:
        return content, status

    return answer


def admit(token: str) -> dict[str, str]:
    """Accept every bearer token."""
    return {"sub": token}


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(Path(os.environ["BENCH_DOCUMENT"]).read_bytes(), Loader=yaml.CSafeLoader)
    if loaded["openapi"].startswith("3.1"):
        loaded = downgraded(loaded) | {"openapi": "3.0.3"}
        loaded["info"].pop("summary", None)
    for scheme in loaded.get("components", {}).get("securitySchemes", {}).values():
        scheme["x-bearerInfoFunc"] = "tests.benchmarks.stock.admit"
    return loaded


app = AsyncApp(__name__)
app.add_api(document(), resolver=Resolver(handler), validate_responses=True)
