"""The objects of Arazzo 1.0 with their fields and types (Arazzo Specification 1.0.1 section 4.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from contracts.arazzo.mistakes import Mistake
from mockserver.openapi import pointer as json_pointer


class ListOf(NamedTuple):
    """A list of values of one type, with at least `least` of them."""

    type: str
    least: int = 0


class MapOf(NamedTuple):
    """An object with any names and values of one type."""

    type: str


class OneOf(NamedTuple):
    """One of some texts."""

    choices: tuple[str, ...]


FieldType = str | ListOf | MapOf | OneOf
"""The type of a field: a key of SCALARS or OBJECTS, or what is made of these."""


@dataclass(frozen=True, slots=True)
class ObjectFields:
    """The fields of an object: those that must be there, and those that may be."""

    required: Mapping[str, FieldType]
    optional: Mapping[str, FieldType] = field(default_factory=dict)

    def type_of(self, name: str) -> FieldType | None:
        """The type of a field; None for one that the object does not have."""
        return self.required.get(name) or self.optional.get(name)


SCALARS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "schema": (dict, bool),
    "any": (object,),
}

CALLED = {"text": "a text", "number": "a number", "schema": "a JSON Schema"}

CRITERION_TYPES = ("simple", "regex", "jsonpath", "xpath")

OBJECTS: Mapping[str, ObjectFields] = {
    "description": ObjectFields(
        {
            "arazzo": "text",
            "info": "info",
            "sourceDescriptions": ListOf("source", 1),
            "workflows": ListOf("workflow", 1),
        },
        {"components": "components", "$self": "text"},
    ),
    "info": ObjectFields({"title": "text", "version": "text"}, {"summary": "text", "description": "text"}),
    "source": ObjectFields({"name": "text", "url": "text"}, {"type": OneOf(("openapi", "arazzo"))}),
    "workflow": ObjectFields(
        {"workflowId": "text", "steps": ListOf("step", 1)},
        {
            "summary": "text",
            "description": "text",
            "inputs": "schema",
            "dependsOn": ListOf("text"),
            "successActions": ListOf("successAction"),
            "failureActions": ListOf("failureAction"),
            "outputs": MapOf("text"),
            "parameters": ListOf("parameter"),
        },
    ),
    "step": ObjectFields(
        {"stepId": "text"},
        {
            "description": "text",
            "operationId": "text",
            "operationPath": "text",
            "workflowId": "text",
            "dependsOn": ListOf("text"),
            "parameters": ListOf("parameter"),
            "requestBody": "requestBody",
            "successCriteria": ListOf("criterion"),
            "onSuccess": ListOf("successAction"),
            "onFailure": ListOf("failureAction"),
            "outputs": MapOf("text"),
        },
    ),
    "parameter": ObjectFields(
        {"name": "text", "value": "any"}, {"in": OneOf(("path", "query", "querystring", "header", "cookie"))}
    ),
    "reusable": ObjectFields({"reference": "text"}, {"value": "any"}),
    "requestBody": ObjectFields({}, {"contentType": "text", "payload": "any", "replacements": ListOf("replacement")}),
    "replacement": ObjectFields({"target": "text", "value": "any"}),
    "criterion": ObjectFields({"condition": "text"}, {"context": "text", "type": "criterionType"}),
    "expressionType": ObjectFields({"type": OneOf(CRITERION_TYPES[2:]), "version": "text"}),
    "successAction": ObjectFields(
        {"name": "text", "type": OneOf(("end", "goto"))},
        {"workflowId": "text", "stepId": "text", "criteria": ListOf("criterion"), "parameters": ListOf("parameter")},
    ),
    "failureAction": ObjectFields(
        {"name": "text", "type": OneOf(("end", "goto", "retry"))},
        {
            "workflowId": "text",
            "stepId": "text",
            "retryAfter": "number",
            "retryLimit": "number",
            "criteria": ListOf("criterion"),
            "parameters": ListOf("parameter"),
        },
    ),
    "components": ObjectFields(
        {},
        {
            "inputs": MapOf("schema"),
            "parameters": MapOf("parameter"),
            "successActions": MapOf("successAction"),
            "failureActions": MapOf("failureAction"),
        },
    ),
}

REUSED = ("parameter", "successAction", "failureAction")
"""Objects in whose place a Reusable Object may be."""


def field_mistakes(node: Any, type: FieldType, pointer: str = "") -> Iterator[Mistake]:
    """What is wrong with the fields of a value and of everything in it."""
    if isinstance(type, ListOf):
        yield from _list_mistakes(node, type, pointer)
    elif isinstance(type, MapOf):
        yield from _map_mistakes(node, type, pointer)
    elif isinstance(type, OneOf):
        if node not in type.choices:
            yield Mistake(pointer, f"must be one of {', '.join(type.choices)}, not {node!r}")
    elif type == "criterionType":
        yield from field_mistakes(node, "expressionType" if isinstance(node, dict) else OneOf(CRITERION_TYPES), pointer)
    elif type in SCALARS:
        is_wrong_boolean = isinstance(node, bool) and type == "number"
        if not isinstance(node, SCALARS[type]) or is_wrong_boolean:
            yield Mistake(pointer, f"must be {CALLED[type]}, not {_called(node)}")
    else:
        is_reused = type in REUSED and isinstance(node, dict) and "reference" in node
        yield from _object_mistakes(node, "reusable" if is_reused else type, pointer)


def _list_mistakes(node: Any, type: ListOf, pointer: str) -> Iterator[Mistake]:
    if not isinstance(node, list):
        yield Mistake(pointer, f"must be a list, not {_called(node)}")
        return
    if len(node) < type.least:
        yield Mistake(pointer, f"must have at least {type.least} entry")
    for index, each in enumerate(node):
        yield from field_mistakes(each, type.type, json_pointer.join(pointer, index))


def _map_mistakes(node: Any, type: MapOf, pointer: str) -> Iterator[Mistake]:
    if not isinstance(node, dict):
        yield Mistake(pointer, f"must be an object, not {_called(node)}")
        return
    for name, each in node.items():
        yield from field_mistakes(each, type.type, json_pointer.join(pointer, name))


def _object_mistakes(node: Any, kind: str, pointer: str) -> Iterator[Mistake]:
    fields = OBJECTS[kind]
    if not isinstance(node, dict):
        yield Mistake(pointer, f"must be an object, not {_called(node)}")
        return
    for name in fields.required.keys() - node.keys():
        yield Mistake(pointer, f"{name} is missing")
    for name, each in node.items():
        type = fields.type_of(name)
        if type is not None:
            yield from field_mistakes(each, type, json_pointer.join(pointer, name))
        elif not name.startswith("x-"):
            yield Mistake(json_pointer.join(pointer, name), _unknown(name, fields))


def _unknown(name: str, fields: ObjectFields) -> str:
    known = [*fields.required, *fields.optional]
    near = get_close_matches(name, known, 1)
    meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    return f"Arazzo 1.0 has no field {name!r} here; {meant}"


def _called(node: Any) -> str:
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(node), repr(node))
