"""The JSON Schema of the keys that a behaviour file adds to a document, made from the models of `statements`."""

from __future__ import annotations

import copy
import inspect
from functools import cache
from typing import Any

import msgspec

from mockserver.behaviour.statements import BehaviourKeys, OperationBehaviour, Resource, ServiceStatements

JsonSchema = dict[str, Any]

DOCUMENTED = {
    "if": {"properties": {"evidence": {"const": "documented"}}, "required": ["evidence"]},
    "then": {"required": ["source"]},
}
"""What `Statement.__post_init__` demands, as JSON Schema."""

HOLDERS = (ServiceStatements, Resource, OperationBehaviour)
"""The models whose keys are statements."""

NULL = {"type": "null"}


def json_schema() -> JsonSchema:
    """The schema of `x-service`, `x-resources` and `x-behaviour` as people may write them.

    A statement that can be made several times is one object or a list of them; null switches a statement off.
    """
    schema = copy.deepcopy(long_form())
    for holder in HOLDERS:
        properties = schema["$defs"][holder.__name__]["properties"]
        properties.update({key: _short_form(node) for key, node in properties.items()})
    for key in ("x-resources", "x-behaviour"):
        node = schema["properties"][key]
        node["additionalProperties"] = {"anyOf": [node["additionalProperties"], NULL]}
    schema["$defs"]["ErrorBody"]["required"].remove("evidence")  # `errors` may say it for all bodies
    return schema


@cache
def long_form() -> JsonSchema:
    """The schema of the same keys with every list written as a list and no statement null. Do not change it."""
    _, models = msgspec.json.schema_components([BehaviourKeys], ref_template="#/$defs/{name}")
    for model in models.values():
        model["description"] = inspect.cleandoc(model["description"])
        model["properties"] = {key: _property(node) for key, node in model["properties"].items()}
        if "evidence" in model.get("required", ()):
            model.update(DOCUMENTED)
    keys = models.pop(BehaviourKeys.__name__)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **keys, "$defs": models}


def _property(node: JsonSchema) -> JsonSchema:
    """A property's schema without a default that only says that nothing is stated, and without `anyOf` for null."""
    node = {key: value for key, value in node.items() if key != "default" or _is_telling(value)}
    if NULL not in node.get("anyOf", ()):
        return node
    choice: JsonSchema = next(choice for choice in node.pop("anyOf") if choice != NULL)
    return node | choice | ({"type": [choice["type"], "null"]} if "type" in choice else {})


def _is_telling(default: Any) -> bool:
    return type(default) in (str, int) and default != ""


def _short_form(node: JsonSchema) -> JsonSchema:
    """What may be written in place of a statement: for a list one of its entries, for everything null."""
    return {"anyOf": [node, *([node["items"]] if node.get("type") == "array" else []), NULL]}
