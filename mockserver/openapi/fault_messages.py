"""The sentences that say what is wrong with a value, where those of jsonschema-rs need knowledge of JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError

from mockserver.openapi import json_codec
from mockserver.openapi.regex import matches
from mockserver.suggestions import nearest

EXAMPLES = {
    "date-time": "2024-01-31T12:00:00Z",
    "date": "2024-01-31",
    "time": "12:00:00Z",
    "duration": "P1DT12H",
    "uuid": "0613a91d-c1ae-4c14-afb9-33b86ceffa19",
    "email": "name@example.com",
    "uri": "https://example.com/path",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "www.example.com",
    "byte": "SGVsbG8= (base64)",
}
"""Format → a valid value. What is missing in a wrong one, such as the zone of a time, is seen faster than described."""


MOST_EXAMPLES = 5
"""How many examples a message shows."""

LONGEST_EXAMPLE = 100
"""How many characters an example has at most, so that a message stays one sentence."""

AT_A_GLANCE = 5
"""Among how many values of an `enum` the right one is seen without a hint."""

MOST_COMPARED = 200
"""With how many values of an `enum` a wrong one is compared, so that refusing a request takes no time."""

FITTING: dict[str, Callable[[Mapping[str, Any], Any], bool]] = {
    "pattern": lambda schema, example: isinstance(example, str) and matches(schema["pattern"], example),
    "minItems": lambda schema, example: isinstance(example, list) and len(example) >= schema["minItems"],
    "minProperties": lambda schema, example: isinstance(example, dict) and len(example) >= schema["minProperties"],
    "required": lambda schema, example: isinstance(example, dict) and {*schema["required"]} <= example.keys(),
}
"""Keyword → whether an example of the schema keeps it. With other keywords a message says enough without one."""


def message(error: ValidationError) -> str:
    """What is wrong with the value of `error`, in one sentence."""
    write = SENTENCES.get(error.kind.name)
    return write(error) if write is not None else error.message


def unknown(names: list[str]) -> str:
    """The sentence about properties of an object that allows no other ones."""
    return f"{', '.join(names)} {'is not a known property' if len(names) == 1 else 'are not known properties'}"


def examples_of(error: ValidationError, definition: Callable[[str], Mapping[str, Any]]) -> str:
    """What follows the sentence about `error`: the cause of a dependent one, or examples that keep the keyword.

    `definition` finds a schema below `$defs`.
    """
    fits, place = FITTING.get(error.kind.name), error.schema_path[:-1]
    if fits is None or place[:1] != ["$defs"]:
        return ""
    schema: Any = definition(str(place[1]))
    for step in place[2:]:
        schema = schema[step]
    cause = _cause(error, schema) if error.kind.name == "required" else ""
    if cause:
        return f" together with {cause}"
    if error.kind.name == "required" and (error.instance or len(schema["required"]) > 1):
        return ""  # the name says enough, and each of several sentences would have the same example
    written = [*(schema.get("examples") or ()), *([schema["example"]] if "example" in schema else ())]
    texts = [_json(each) for each in written if fits(schema, each)]
    *others, last = [text for text in texts if len(text) <= LONGEST_EXAMPLE][:MOST_EXAMPLES] or [""]
    return f"; for example {', '.join(others)}{' or ' if others else ''}{last}" if last else ""


def _cause(error: ValidationError, schema: Mapping[str, Any]) -> str:
    """The property that makes another one required (JSON Schema 2020-12 section 6.5.4); empty if that always is."""
    *_, outer, name, keyword = ("", "", *map(str, error.schema_path))
    if keyword == "dependentRequired":
        missing: Any = error.kind.property  # type: ignore[attr-defined]
        sent: Any = error.instance
        causes = (each for each, names in schema[keyword].items() if missing in names and each in sent)
        return next(causes, "")
    return name if outer == "dependentSchemas" else ""


def _forbidden(error: ValidationError) -> str:
    """`false` as a schema: below `properties` and the like a closed object, or a property of the other direction."""
    schema = getattr(error.kind, "schema", False)
    if isinstance(schema, dict) and [*schema] == ["required"] and isinstance(error.instance, dict):
        *others, last = schema["required"] or [""]
        if last:
            return f"{', '.join(others)} and {last} are not allowed together" if others else f"{last} is not allowed"
    if schema not in (False, True, {}):
        return f"{_json(error.instance)} matches {_json(schema)}, which is not allowed"
    keywords = {str(step) for step in error.schema_path}
    if error.instance_path and not keywords.isdisjoint(("if", "then", "else", "dependentSchemas")):
        return f"{error.instance_path[-1]} is not allowed together with the other values"
    if error.instance_path and isinstance(error.instance_path[-1], int):
        return "the list has more entries than are allowed"
    return unknown([str(error.instance_path[-1])]) if error.instance_path else "no value is allowed here"


def _type(error: ValidationError) -> str:
    return _not_of_type(error, error.kind.types)  # type: ignore[attr-defined]


def _not_of_type(error: ValidationError, types: Iterable[str]) -> str:
    kinds = sorted(types, key="null".__eq__)
    return f"{_json(error.instance)} is not of type {' or '.join(map(_json, kinds))}"


def _format(error: ValidationError) -> str:
    name = error.kind.format  # type: ignore[attr-defined]
    example = f", such as {EXAMPLES[name]}" if name in EXAMPLES else ""
    return f"{_json(error.instance)} is not a valid {name}{example}"


def _enum(error: ValidationError) -> str:
    options = error.kind.options  # type: ignore[attr-defined]
    *others, last = map(_json, options)
    listed = f"{', '.join(others)}{' or ' if others else ''}{last}"
    return f"{_json(error.instance)} is not one of {listed}{likeliest(error.instance, options)}"


def likeliest(value: Any, options: Sequence[Any]) -> str:
    """What follows a list of values in which one is hard to find: the one that a wrong text most likely means."""
    if not isinstance(value, str) or not AT_A_GLANCE < len(options) <= MOST_COMPARED:
        return ""
    near = nearest(value, [each for each in options if isinstance(each, str)])
    return f"; did you mean {_json(near)}?" if near else ""


def _one_of(error: ValidationError) -> str:
    if all(error.kind.context):  # type: ignore[attr-defined]
        return _any_of(error)
    return f"{_json(error.instance)} matches more than one of the alternatives (`oneOf`); exactly one is allowed"


def _any_of(error: ValidationError) -> str:
    kinds = [_types_of_value(branch, error) for branch in error.kind.context]  # type: ignore[attr-defined]
    if kinds and all(kinds):  # the value is of another type than all alternatives
        return _not_of_type(error, dict.fromkeys(name for each in kinds for name in each))
    return f"{_json(error.instance)} matches none of the alternatives (`{error.kind.name}`)"


def _types_of_value(branch: list[ValidationError], whole: ValidationError) -> list[str]:
    """The types that an alternative allows for the whole value, if it fails by them."""
    of_value = (each for each in branch if each.kind.name == "type" and each.instance_path == whole.instance_path)
    return [name for error in of_value for name in error.kind.types]  # type: ignore[attr-defined]


def _json(value: Any) -> str:
    return json_codec.write(value).decode()


SENTENCES: dict[str, Callable[[ValidationError], str]] = {
    "not": _forbidden,
    "falseSchema": _forbidden,
    "type": _type,
    "enum": _enum,
    "format": _format,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "additionalProperties": lambda error: unknown(error.kind.unexpected),  # type: ignore[attr-defined]
    "unevaluatedProperties": lambda error: unknown(error.kind.unexpected),  # type: ignore[attr-defined]
    "unevaluatedItems": lambda _: "the list has more entries than are allowed",
    "contains": lambda error: f"{_json(error.instance)} has too few or too many entries that match `contains`",
    "uniqueItems": lambda error: f"{_json(error.instance)} has an entry more than once",
    "propertyNames": lambda error: f"the name of a property is wrong: {error.kind.error.message}",  # type: ignore[attr-defined]
}
"""Keyword → its sentence. Those of the other keywords are clear as jsonschema-rs has them."""
