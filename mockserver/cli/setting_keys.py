"""The keys of a project's settings, made from the options of the commands: for their page and their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from mockserver.cli.project_options import Settable, options_of
from mockserver.project_settings import DOCUMENT, TABLES

JsonType = dict[str, Any]

TEXT: JsonType = {"type": "string"}
TEXTS: JsonType = {"type": "array", "items": TEXT}

SHARED_KEYS: dict[str, tuple[JsonType, str]] = {
    DOCUMENT: (
        {"anyOf": [TEXT, TEXTS]},
        "The OpenAPI document (a path, an address or a vendor) where the command line names none; a list for `serve`.",
    ),
    "behaviour": (TEXTS, "Behaviour files for this document."),
    "rules-module": (TEXTS, "Python modules with rules that behaviour files name."),
}
"""The keys for all commands, with their types as JSON Schema and what they mean."""


class SettingKey(NamedTuple):
    """A key of a command's table: its type as JSON Schema, its default, and what it means."""

    name: str
    type: JsonType
    default: Any
    help: str


def keys_of(command: click.Command) -> Iterator[SettingKey]:
    """The keys of the table of a command."""
    for name, option in options_of(command).items():
        yield SettingKey(name, _type(option), _default(option), option.help or "")


def commands(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """The commands that have a table, imported. Raises MissingExtra if one needs an extra that is not installed."""
    context = click.Context(group, info_name="mockserver")
    for name in TABLES:
        command = group.get_command(context, name)
        if command is not None:
            # The command of the list imports the real one when its context is made.
            yield name, command.make_context(name, [], context, resilient_parsing=True).command


def _type(option: Settable) -> JsonType:
    if option.multiple:
        return TEXTS
    kind = option.type
    if isinstance(kind, click.Choice):
        return {"enum": list(kind.choices)}
    if isinstance(kind, click.types.BoolParamType):
        return {"type": "boolean"}
    if isinstance(kind, click.types.IntParamType):
        return {"type": "integer"} | _range(kind)
    if isinstance(kind, click.types.FloatParamType):
        return {"type": "number"} | _range(kind)
    return TEXT


def _range(kind: click.types.ParamType[Any]) -> JsonType:
    """The bounds of a number."""
    if not isinstance(kind, click.IntRange | click.FloatRange):
        return {}
    least, most = ("exclusiveMinimum" if kind.min_open else "minimum"), "maximum"
    return {name: bound for name, bound in ((least, kind.min), (most, kind.max)) if bound is not None}


def _default(option: Settable) -> Any:
    """The default that a file may write too; None where there is none."""
    value = option.to_info_dict()["default"]
    value = str(value) if isinstance(value, Path) else value
    return value if isinstance(value, bool | int | float) or (isinstance(value, str) and value) else None
