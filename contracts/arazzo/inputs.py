"""The inputs of workflows: what the user gave, the defaults, and whether they are valid."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.arazzo.description import ArazzoDescription, Workflow
from contracts.arazzo.references import input_validator
from mockserver.errors import MockServerError
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi import source


class InputError(MockServerError):
    """Inputs of a workflow are missing or wrong; the text says which, and how to give them."""


def input_properties(workflow: Workflow, description: ArazzoDescription) -> Mapping[str, Any]:
    """The schemas of the inputs that a workflow declares, by name."""
    schema, _ = json_pointer.resolve(description.raw, workflow.inputs, "")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


def given_inputs(pairs: Sequence[str], file: Path | None) -> dict[str, Any]:
    """The inputs of the command line: those of a JSON or YAML file, then each `NAME=VALUE`. Raises InputError."""
    found: dict[str, Any] = dict(source.read_data(file)) if file else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise InputError(f"--input must be NAME=VALUE, not {name!r}")
        found[name] = TextInput(value)
    return found


class TextInput(str):
    """The value of an input as the user wrote it: its schema says which type it has."""

    __slots__ = ()


def check_known(given: Mapping[str, Any], workflows: Sequence[Workflow], description: ArazzoDescription) -> None:
    """Raises InputError for an input that none of the workflows declares."""
    known = {name for each in workflows for name in input_properties(each, description)}
    for name in given.keys() - known if known else ():
        raise InputError(f"no workflow has an input {name!r}; there are: {', '.join(sorted(known))}")


def complete_inputs(
    workflow: Workflow, description: ArazzoDescription, given: Mapping[str, Any], usual: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a workflow with its defaults, and with `usual` values where it declares them.

    Raises InputError if they do not fit its schema.
    """
    schemas = input_properties(workflow, description)
    made = {name: schema["default"] for name, schema in schemas.items() if _has_default(schema)}
    made |= {name: value for name, value in usual.items() if name in schemas}
    made |= {name: _typed(value, schemas.get(name)) for name, value in given.items() if not schemas or name in schemas}
    if workflow.inputs is not None:
        _validate(workflow, description, made)
    return made


def _has_default(schema: Any) -> bool:
    return isinstance(schema, dict) and "default" in schema


def _typed(value: Any, schema: Any) -> Any:
    """A text of the command line as its schema wants it: JSON, unless a string is allowed."""
    if not isinstance(value, TextInput):
        return value
    wanted = schema.get("type") if isinstance(schema, dict) else None
    types = wanted if isinstance(wanted, list) else [wanted]
    if "string" in types or (wanted is None and value[:1] not in ("{", "[")):
        return str(value)
    try:
        return json.loads(value)
    except ValueError:
        return str(value)


def _validate(workflow: Workflow, description: ArazzoDescription, made: Mapping[str, Any]) -> None:
    """Raises InputError with the first faults."""
    faults = list(input_validator(workflow, description).iter_errors(made))[:5]
    if faults:
        told = "; ".join(_told(fault) for fault in faults)
        raise InputError(f"workflow {workflow.id}: {told}")


def _told(fault: Any) -> str:
    name = "/".join(map(str, fault.instance_path))
    message = str(fault.message)
    if name:
        return f"input {name}: {message}"
    missing = message.partition('" is a required property')[0].strip('"')
    return f"the input {missing} is missing: give --input {missing}=…" if missing != message else message
