"""Makes the JSON Schemas for editors from the models: `python -m mockserver.cli.schema_files` writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from mockserver import editor_schemas
from mockserver.behaviour import vocabulary
from mockserver.cli.commands import main
from mockserver.cli.project_options import takes_document
from mockserver.cli.setting_keys import SHARED_KEYS, commands, keys_of
from mockserver.project_settings import DOCUMENT
from mockserver.web.admin.api import admin_document

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DEFS = "#/$defs/"
COMPONENTS = "#/components/schemas/"

OWN_KEYS = {"x-service": "ServiceStatements", "x-behaviour": "OperationBehaviour"}
"""The keys of an update that hold the statements of one model."""


def behaviour() -> JsonSchema:
    """An overlay whose updates have our keys. A statement may be incomplete: it is merged into what is known."""
    keys = vocabulary.json_schema()
    models = {name: _incomplete(model) for name, model in keys["$defs"].items()}
    own = {key: {"anyOf": [{"$ref": DEFS + model}, vocabulary.NULL]} for key, model in OWN_KEYS.items()}
    # Without a type: an update of Overlay 1.1 may be a single value.
    update = {"properties": own | {"x-resources": keys["properties"]["x-resources"]}}
    return _schema(
        "A behaviour file: an OpenAPI Overlay that says what the document cannot say.",
        {
            "type": "object",
            "required": ["overlay", "info", "actions"],
            "properties": {
                "overlay": {"type": "string", "pattern": r"^1\.[01]\.", "description": "1.0.0 or 1.1.0"},
                "info": {"type": "object", "properties": {"title": {"type": "string"}, "version": {"type": "string"}}},
                "extends": {"type": "string"},
                "actions": {"type": "array", "items": {"$ref": DEFS + "OverlayAction"}},
            },
        },
        {**models, "OverlayAction": _action(update)},
    )


def _action(update: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "required": ["target"],
        "additionalProperties": False,
        "properties": {
            "target": {
                "type": "string",
                "description": "What is changed, as JSONPath (RFC 9535): $.paths['/pets'].get",
            },
            "description": {"type": "string"},
            "update": update,
            "copy": {"type": "string"},
            "remove": {"type": "boolean"},
        },
    }


def _incomplete(model: JsonSchema) -> JsonSchema:
    """A model of statements without what it requires."""
    if "evidence" not in model.get("properties", {}):
        return model
    return {key: value for key, value in model.items() if key not in ("required", "if", "then")}


def overrides() -> JsonSchema:
    """A list of what the admin API takes as an override."""
    components = admin_document()["components"]["schemas"]
    return _schema(
        "Overrides: the first that matches a request says how it is answered.",
        {"type": "array", "items": {"$ref": DEFS + "Override"}},
        {name: _moved(components[name]) for name in sorted(_reached(components, "Override", set()))},
    )


def _reached(components: Mapping[str, Any], name: str, seen: set[str]) -> set[str]:
    """The names of the schemas that one refers to, with its own."""
    if name not in seen:
        seen.add(name)
        for reference in _references(components[name]):
            _reached(components, reference.removeprefix(COMPONENTS), seen)
    return seen


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    for each in node if isinstance(node, list) else ():
        yield from _references(each)


def _moved(node: Any) -> Any:
    """A schema whose references point to `$defs`."""
    if isinstance(node, Mapping):
        moved = {key: _moved(value) for key, value in node.items()}
        return moved | {"$ref": DEFS + node["$ref"].removeprefix(COMPONENTS)} if "$ref" in node else moved
    return [_moved(each) for each in node] if isinstance(node, list) else node


def state() -> JsonSchema:
    """Items by service, tenant and resource, or a snapshot."""
    items: JsonSchema = {
        "type": "array",
        "description": "Items of the resource that the key above names.",
        "items": {"type": "object", "description": "The body of a create request."},
    }
    below = items
    for description in ("Items by their resource.", "Items by their tenant.", "Items by their service."):
        # the keys above a resource can be left out
        values = items if below is items else {"oneOf": [below, items]}
        below = {"type": "object", "description": description, "additionalProperties": values}
    return _schema(
        "What a mock stores at its start: bodies of create requests, or a snapshot.",
        {
            "if": {"required": ["version", "services"]},
            "then": {
                "properties": {
                    "version": {"const": 1},
                    "services": {"type": "object", "additionalProperties": {"type": "object"}},
                }
            },
            "else": below,
        },
        {},
    )


def configuration() -> JsonSchema:
    """The settings of a project."""
    tables = {
        name: {
            "type": "object",
            "description": f"Options of `mockserver {name}`.",
            "additionalProperties": False,
            "properties": {
                **({DOCUMENT: SHARED_KEYS[DOCUMENT][0]} if takes_document(command) else {}),
                **{key.name: key.type | {"description": key.help} | _default(key.default) for key in keys_of(command)},
            },
        }
        for name, command in commands(main)
    }
    shared = {name: type | {"description": meaning} for name, (type, meaning) in SHARED_KEYS.items()}
    return _schema(
        "The settings of a project.",
        {"type": "object", "additionalProperties": False, "properties": {**shared, **tables}},
        {},
    )


def _default(value: Any) -> JsonSchema:
    return {} if value is None else {"default": value}


def _schema(title: str, body: JsonSchema, definitions: JsonSchema) -> JsonSchema:
    return {"$schema": DIALECT, "title": title, **body, **({"$defs": definitions} if definitions else {})}


MAKERS: Mapping[str, Callable[[], JsonSchema]] = {
    "behaviour": behaviour,
    "configuration": configuration,
    "overrides": overrides,
    "state": state,
}


def made(name: str) -> str:
    """A schema as the text of its file."""
    return json.dumps(MAKERS[name](), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for name in editor_schemas.NAMES:
        editor_schemas.packaged(name).write_text(made(name), encoding="utf-8")
        click.echo(f"wrote {editor_schemas.packaged(name)}")
