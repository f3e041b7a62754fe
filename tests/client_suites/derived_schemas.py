"""JSON Schemas for the types of a Python client: its models, TypedDicts, unions and primitives."""

from __future__ import annotations

import collections.abc
import datetime as dt
import re
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions

Schema = dict[str, Any]

PRIMITIVES: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    bytes: {"type": "string", "format": "binary"},
}
ARRAYS = (list, collections.abc.Sequence, collections.abc.Iterable)
FILE = re.compile(r"\b(typing\.IO\[|os\.PathLike)")
"""How the members of the unions read that a client takes for a file."""


class Schemas:
    """Turns types into schemas; classes go to `components`, so that they may refer to themselves."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        self._names: dict[object, str] = {}

    def of(self, kind: Any) -> Schema:
        """The schema of `kind`; any value where the type says nothing that JSON Schema can."""
        if kind in PRIMITIVES:
            return dict(PRIMITIVES[kind])
        if get_origin(kind) is not None:
            return self._generic(kind)
        if isinstance(kind, type) and (hasattr(kind, "model_fields") or typing_extensions.is_typeddict(kind)):
            return self._class(kind)
        return {}

    def _generic(self, kind: Any) -> Schema:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (typing_extensions.Required, typing_extensions.NotRequired, typing.ClassVar):
            return self.of(arguments[0])
        if origin is typing.Annotated:
            return self._annotated(arguments[0], arguments[1:])
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin is Literal:
            return {"enum": list(arguments)} | (PRIMITIVES[str] if all(isinstance(a, str) for a in arguments) else {})
        return self._container(kind, origin, arguments)

    def _container(self, kind: Any, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        if origin in ARRAYS or getattr(origin, "__name__", "") == "SequenceNotStr":
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, collections.abc.Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        return self._class(kind) if hasattr(origin, "model_fields") else {}

    def _annotated(self, kind: Any, notes: tuple[Any, ...]) -> Schema:
        return self.of(kind) | (
            {"format": "byte"} if any(getattr(n, "format", None) == "base64" for n in notes) else {}
        )

    def _union(self, members: tuple[Any, ...]) -> Schema:
        if any(FILE.search(repr(member)) for member in members):
            return {"type": "string", "format": "binary"}
        choices: list[Schema] = []
        for member in members:
            schema = self.of(member)
            if schema not in choices:
                choices.append(schema)
        return choices[0] if len(choices) == 1 else {"anyOf": choices}

    def _class(self, kind: Any) -> Schema:
        if kind not in self._names:
            name = self._names[kind] = self._fresh(getattr(kind, "__name__", "Model"))
            self.components[name] = {}
            self.components[name] = self._object(kind)
        return {"$ref": f"#/components/schemas/{self._names[kind]}"}

    def _fresh(self, name: str) -> str:
        plain = re.sub(r"\W+", "_", name).strip("_")
        taken = [known for known in self.components if re.fullmatch(rf"{plain}(_\d+)?", known)]
        return f"{plain}_{len(taken) + 1}" if taken else plain

    def _object(self, kind: Any) -> Schema:
        fields = typed_dict_fields(kind) if typing_extensions.is_typeddict(kind) else model_fields(kind)
        schema: Schema = {"type": "object", "properties": {name: self.of(field) for name, field, _ in fields}}
        required = [name for name, _, needed in fields if needed]
        return schema | ({"required": required} if required else {})


Field = tuple[str, Any, bool]
"""Name on the wire, type, whether it is required."""


def typed_dict_fields(kind: Any) -> list[Field]:
    """The fields of a TypedDict; an alias is in its `Annotated[..., PropertyInfo(alias=...)]`."""
    hints = typing_extensions.get_type_hints(kind, include_extras=True)
    return [(_alias(hint) or name, hint, _is_required(hint, kind)) for name, hint in hints.items()]


def model_fields(kind: Any) -> list[Field]:
    """The fields of a pydantic model, generic ones with their arguments."""
    model = kind if hasattr(kind, "model_fields") else get_origin(kind)
    fields = model.model_fields
    return [(field.alias or name, field.annotation, field.is_required()) for name, field in fields.items()]


def _is_required(hint: Any, kind: Any) -> bool:
    """`__required_keys__` is wrong where annotations are texts, so this reads the annotation itself."""
    marks = (typing_extensions.Required, typing_extensions.NotRequired)
    return get_origin(hint) is marks[0] if get_origin(hint) in marks else bool(kind.__total__)


def _alias(hint: Any) -> str | None:
    if get_origin(hint) in (typing_extensions.Required, typing_extensions.NotRequired):
        return _alias(get_args(hint)[0])
    notes = get_args(hint)[1:] if get_origin(hint) is typing.Annotated else ()
    return next((note.alias for note in notes if getattr(note, "alias", None)), None)
