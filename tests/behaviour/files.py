"""A small shop, and behaviour files for it that a test writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

import mockserver
from tests.client import Client
from tests.inference.pets import TEXT, collection, item, query
from tests.web.document import Node, document


def shop() -> Node:
    """Pets with unique names, and toys below them."""
    paths = collection("/pets", item(kind=TEXT)) | collection("/pets/{id}/toys", item(), parameter="toyId")
    paths["/pets"]["get"]["parameters"] = [query("page"), query("per_page"), query("kind", TEXT)]
    paths["/pets"]["post"]["responses"]["409"] = {"description": "There is a pet of that name."}
    return document(paths)


def overlay(*actions: Node) -> str:
    """The text of an overlay with these actions."""
    return yaml.safe_dump({"overlay": "1.0.0", "info": {"title": "mine", "version": "1"}, "actions": list(actions)})


def update(target: str, statements: Node) -> Node:
    return {"target": target, "update": statements}


def on_pets(kind: str, statement: Any) -> str:
    """An overlay that states one thing about the pets."""
    return overlay(update("$", {"x-resources": {"pet": {kind: statement}}}))


def served(folder: Path, *overlays: str, written: Node | None = None) -> Client:
    """A client of the shop (or of another document) served with these behaviour files."""
    path, files = folder / "shop.json", []
    path.write_text(json.dumps(written or shop()), encoding="utf-8")
    for number, text in enumerate(overlays):
        files.append(folder / f"mine-{number}.yaml")
        files[-1].write_text(text, encoding="utf-8")
    return Client(mockserver.create_app(path, seed=1, behaviour=files))
