"""Parameters read from the bytes of a request: every `in`, `style` and `explode` of OpenAPI 3.1 section 4.8.12.

Beside the specification's notations those that generated clients send are understood too: `a[]=1`, `a[b]=1`, and
repeated or comma-separated values whatever `explode` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import orjson

from mockserver.errors import Fault, Invalid
from mockserver.spec.document import Parameter
from mockserver.spec.schemas import Schemas, Validator, faults

ABSENT: Any = object()
"""The value of a parameter that was not sent."""

INTEGER = re.compile(r"[+-]?\d{1,400}\Z")
NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?\Z")

Query = Mapping[str, list[str]]
Reader = Callable[[Any], Any]


class ParameterReader:
    """One parameter made ready at load: how it is read, converted and validated."""

    __slots__ = ("_items", "_names", "_types", "location", "name", "read", "required", "style", "validator")

    def __init__(self, parameter: Parameter, schemas: Schemas) -> None:
        pointer = parameter.schema
        self.name, self.location, self.required = parameter.name, parameter.location, parameter.required
        self.style = parameter.style
        self._types = schemas.types(pointer) if pointer else frozenset()
        self._items = schemas.types(items) if pointer and (items := schemas.items(pointer)) else frozenset()
        self._names = {n: schemas.types(p) for n, p in schemas.properties(pointer).items()} if pointer else {}
        self.validator = _validator(pointer, schemas)
        self.read: Reader = self._choose(parameter)

    def value(self, source: Any, found: list[Fault]) -> Any:
        """The converted value from its source, or ABSENT; what is wrong with it is added to `found`."""
        value = self.read(source)
        if value is ABSENT:
            if self.required:
                found.append(Fault(self.location, (self.name,), f"{self.name} is required", "required"))
        elif self.validator is not None and not self.validator.is_valid(value):
            found.extend(faults(self.validator, value, self.location, (self.name,)))
        return value

    def _choose(self, parameter: Parameter) -> Reader:
        if parameter.content:
            inner, parse = self._text_source(), _json_or_text
            return lambda source: ABSENT if (text := inner(source)) is ABSENT else parse(text)
        if parameter.location == "query":
            return self._query_reader(parameter)
        if parameter.location == "path":
            return self._path_reader(parameter)
        inner, explode = self._text_source(), parameter.explode
        return lambda source: ABSENT if (text := inner(source)) is ABSENT else self._delimited(text, ",", explode)

    def _text_source(self) -> Reader:
        key = self.name.lower() if self.location == "header" else self.name
        if self.location == "query":
            return lambda source: source[key][-1] if key in source else ABSENT
        if self.location == "path":
            return lambda source: unquote(source[key])
        return lambda source: source.get(key, ABSENT)

    def _query_reader(self, parameter: Parameter) -> Reader:
        if self._is("object"):
            return self._deep if parameter.style == "deepObject" or not parameter.explode else self._exploded
        if self._is("array"):
            separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
            return lambda source: self._list(source, separator, parameter.explode)
        name = self.name
        return lambda source: convert(source[name][-1], self._types) if name in source else ABSENT

    def _path_reader(self, parameter: Parameter) -> Reader:
        name, explode, style = self.name, parameter.explode, parameter.style
        if style == "matrix":
            return lambda source: self._matrix(source[name], explode)
        if style == "label":
            separator = "." if explode else ","
            return lambda source: self._delimited(source[name].removeprefix("."), separator, explode, decode=True)
        if not self._is("array") and not self._is("object"):
            types = self._types
            return lambda source: convert(_decode(source[name]), types)
        return lambda source: self._delimited(source[name], ",", explode, decode=True)

    def _is(self, kind: str) -> bool:
        return kind in self._types and "string" not in self._types

    def _delimited(self, text: str, separator: str, explode: bool, *, decode: bool = False) -> Any:
        """`simple` and its kin: `a`, `a,b`, `k,v,k,v` or (exploded) `k=v,k=v`."""
        undo = _decode if decode else str
        if self._is("array"):
            return [convert(undo(part), self._items) for part in text.split(separator)] if text else []
        if self._is("object"):
            parts = text.split(separator)
            pairs = [p.partition("=")[::2] for p in parts] if explode else zip(parts[::2], parts[1::2], strict=False)
            return {undo(k): convert(undo(v), self._names.get(undo(k), frozenset())) for k, v in pairs}
        return convert(undo(text), self._types)

    def _matrix(self, text: str, explode: bool) -> Any:
        """`;name=a`, `;name=a,b` or (exploded) `;name=a;name=b`, `;k=v;k=v`."""
        parts = [part.partition("=")[::2] for part in text.removeprefix(";").split(";")]
        if explode and self._is("array"):
            return [convert(_decode(value), self._items) for _, value in parts]
        if explode and self._is("object"):
            return {_decode(k): convert(_decode(v), self._names.get(_decode(k), frozenset())) for k, v in parts}
        return self._delimited(parts[0][1], ",", False, decode=True)

    def _list(self, source: Query, separator: str, explode: bool) -> Any:
        """`a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1`, `a=1,2`."""
        found = [*source.get(self.name, ()), *source.get(self.name + "[]", ())]
        found += [v for key, values in source.items() if _index(key, self.name) for v in values]
        if not found and self.name not in source:
            return ABSENT
        if len(found) == 1 and (not explode or (separator in found[0] and "string" not in self._items)):
            found = found[0].split(separator) if found[0] else []
        return [convert(text, self._items) for text in found]

    def _deep(self, source: Query) -> Any:
        """`a[b]=1&a[c]=2`, or `a=b,1,c,2` (form, not exploded), or JSON text."""
        prefix = self.name + "["
        parts = {key[len(prefix) : -1]: values for key, values in source.items() if key.startswith(prefix)}
        if parts:
            return {key: convert(values[-1], self._names.get(key, frozenset())) for key, values in parts.items()}
        if self.name not in source:
            return ABSENT
        text = source[self.name][-1]
        return _json_or_text(text) if text.startswith("{") else self._delimited(text, ",", False)

    def _exploded(self, source: Query) -> Any:
        """`b=1&c=2` for the object's own property names; also `a[b]=1`."""
        found = {n: convert(source[n][-1], types) for n, types in self._names.items() if n in source}
        return found or self._deep(source)


def read_all(readers: tuple[ParameterReader, ...], sources: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The values of all parameters by location and name. Raises Invalid with every fault at once."""
    found: list[Fault] = []
    values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for reader in readers:
        value = reader.value(sources[reader.location], found)
        if value is not ABSENT:
            values[reader.location][reader.name] = value
    if found:
        raise Invalid(found[0].message, faults=tuple(found))
    return values


def _validator(pointer: str | None, schemas: Schemas) -> Validator | None:
    """None where any text will do: nothing to ask the validator."""
    if pointer is None:
        return None
    if all(set(node) <= {"type", "description", "title", "example", "examples", "default", "$ref"}
           and node.get("type", "string") == "string" for node, _ in schemas.branches(pointer)):  # fmt: skip
        return None
    return schemas.validator(pointer, "request")


def convert(text: str, types: frozenset[str]) -> Any:
    """A text as the first type it can be; one that cannot stays text, for the validator to name."""
    if not types or "string" in types:
        return text
    if types & {"integer", "number"} and INTEGER.match(text):
        return int(text)
    if "number" in types and NUMBER.match(text):
        return float(text)
    if "boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if "null" in types and text in ("", "null"):
        return None
    if types & {"object", "array"}:
        return _json_or_text(text)
    return text


def _json_or_text(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _decode(text: str) -> str:
    return unquote(text) if "%" in text else text


def _index(key: str, name: str) -> bool:
    return key.startswith(name + "[") and key.endswith("]") and key[len(name) + 1 : -1].isdigit()
