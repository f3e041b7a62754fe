"""Reading parameters: every `in`, `style` and `explode` of OpenAPI 3.1 section 4.8.12, `deepObject` included.

Besides the styles of the specification, those that generated clients send are read too: `a[]=1`, `a[b]=1`, and
repeated or comma-separated values whatever `explode` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from mockserver.errors import Fault, Invalid
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec
from mockserver.openapi.document import Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas
from mockserver.web.request.coercion import Coercion, json_or_text
from mockserver.web.request.delimited import SEPARATORS, pairs_of, split, split_plainly
from mockserver.web.request.headers import Cookies
from mockserver.web.request.query import ABSENT, Query
from mockserver.web.request.querystring import QuerystringReader
from mockserver.web.request.strict_query import StrictQuery

Reader = Callable[[Any], Any]
Sources = Mapping[str, Any]
"""The parts of a request by location: raw path values, the query, headers and cookies."""
Values = dict[str, dict[str, Any]]
"""The values of parameters by location and name."""

DOT = lazy_pattern("%2[Ee]")

CACHED_TARGETS = 512
"""How many targets of one operation are cached: clients repeat few of them, and each costs some hundred bytes."""

LONGEST_CACHED = 1_024
"""The longest target that is cached, in bytes."""


class ParameterReader:
    """One parameter, compiled: how it is read, converted and validated."""

    __slots__ = (
        "_claimed",
        "_coercion",
        "_has_several",
        "_is_single",
        "_takes_empty",
        "_text",
        "location",
        "name",
        "read",
        "required",
        "style",
        "validator",
    )

    def __init__(
        self,
        parameter: Parameter,
        schemas: Schemas,
        claimed: frozenset[str] = frozenset(),
        *,
        has_several: bool = False,
    ) -> None:
        """`claimed` are the names in the query that belong to parameters; `has_several` is for a text of values."""
        self._has_several, self._is_single = has_several, False
        self._text: Reader | None = None
        self._claimed = claimed | {parameter.name}  # `extra={"a":1}` and `extra[a]=1` are other notations of `a=1`
        self.name, self.location, self.required = parameter.name, parameter.location, parameter.required
        self.style = parameter.style
        self._takes_empty = parameter.allow_empty if parameter.location == "query" else None
        self._coercion = Coercion(schemas, parameter.schema)
        is_free = parameter.schema is None or schemas.takes_any_text(parameter.schema)
        self.validator = None if is_free else schemas.validator(parameter.schema or "", "request")
        self.read: Reader = self._choose(parameter)

    def value(self, source: Any, found: list[Fault]) -> Any:
        """The converted value from its source, or ABSENT; faults are added to `found`."""
        if self._takes_empty is not None and source.get(self.name) == [""]:
            return self._empty(found)
        value = self.read(source)
        if value is ABSENT:
            if self.required:
                found.append(Fault(self.location, (self.name,), f"{self.name} is required", "required"))
        elif self.validator is not None and not self.validator.is_valid(value):
            broken = _json_fault(value) if self._text is not None and self._text(source) == value else None
            if broken is not None:
                found.append(Fault(self.location, (self.name,), broken, "json"))
                return value
            found.extend(faults(self.validator, value, self.location, (self.name,)))
        elif self._is_single and len(source[self.name]) > 1:
            self._judge_others(source[self.name][:-1], found)
        return value

    def _judge_others(self, texts: Iterable[str], found: list[Fault]) -> None:
        """Judge the values before the last one, which counts: a server may take any of them."""
        others = [self._coercion.coerce(text) for text in texts if text]
        wrong = next((each for each in others if self.validator and not self.validator.is_valid(each)), ABSENT)
        if self.validator is not None and wrong is not ABSENT:
            found.extend(faults(self.validator, wrong, self.location, (self.name,)))

    def _empty(self, found: list[Fault]) -> Any:
        """`a=` counts as no value where the document allows it, else as a fault (OpenAPI 3.1 section 4.8.12.2)."""
        if not self._takes_empty:
            message = f"{self.name} must not be empty (`allowEmptyValue: false`)"
            found.append(Fault(self.location, (self.name,), message, "allowEmptyValue"))
        return ABSENT

    def _choose(self, parameter: Parameter) -> Reader:
        if parameter.content:
            inner = self._text_source()
            self._text = inner if is_json(parameter.content) else None
            return lambda source: ABSENT if (text := inner(source)) is ABSENT else json_or_text(text)
        return {
            "query": self._query_reader,
            "path": self._path_reader,
            "header": self._header_reader,
            "cookie": self._cookie_reader,
        }[parameter.location](parameter)

    def _text_source(self) -> Reader:
        key = self.name.lower() if self.location == "header" else self.name
        if self.location == "query":
            return lambda source: source[key][-1] if key in source else ABSENT
        if self.location == "header":
            return lambda source: source.get(key, ABSENT)
        return lambda source: unquote(source[key]) if key in source else ABSENT

    def _query_reader(self, parameter: Parameter) -> Reader:
        name, coercion, separators = self.name, self._coercion, SEPARATORS.get(parameter.style, SEPARATORS["form"])
        explode = parameter.explode and parameter.style != "deepObject"
        if coercion.is_object and explode:
            return lambda source: self._exploded(source, separators)
        if coercion.is_object:
            return lambda source: self._object(source, separators)
        if coercion.is_array:
            return lambda source: self._list(source, separators, explode)
        if self._has_several:
            return self._joined
        self._is_single = self.location == "query"
        return lambda source: coercion.coerce(source[name][-1]) if name in source else ABSENT

    def _path_reader(self, parameter: Parameter) -> Reader:
        name, explode, coercion = self.name, parameter.explode, self._coercion
        if parameter.style == "matrix":
            return lambda source: self._matrix(source[name], explode)
        if parameter.style == "label":
            separator = "." if explode else ","
            # `%2E` is another spelling of `.` (RFC 3986 section 6.2.2.2), unlike `%2C` and `%3B`.
            return lambda source: self._delimited(
                DOT.sub(".", source[name]).removeprefix("."), separator, explode, _decode
            )
        if coercion.is_array and parameter.style in SEPARATORS:
            return lambda source: coercion.coerce(split_plainly(source[name], parameter.style, _decode))
        if not coercion.is_array and not coercion.is_object:
            return lambda source: coercion.coerce(_decode(source[name]))
        return lambda source: self._delimited(source[name], ",", explode, _decode)

    def _header_reader(self, parameter: Parameter) -> Reader:
        """`simple`, not percent-encoded; a comma may have space around it (RFC 9110 section 5.6.1)."""
        name, explode, style, coercion = self.name.lower(), parameter.explode, parameter.style, self._coercion
        if coercion.is_array and style in SEPARATORS:
            return lambda source: (
                coercion.coerce(split_plainly(source[name], style, str.strip)) if name in source else ABSENT
            )
        return lambda source: self._delimited(source[name], ",", explode, str.strip) if name in source else ABSENT

    def _cookie_reader(self, parameter: Parameter) -> Reader:
        """`form`, whose exploded values continue after `&` or in a cookie of their own, or `cookie`, which is as sent.

        In the style `cookie` nothing is percent-encoded (OpenAPI 3.2 section 4.12.3).
        """
        name, coercion, read = self.name, self._coercion, self._query_reader(parameter)
        as_query, decode = (_as_sent, str) if parameter.style == "cookie" else (_as_query, _decode)
        if coercion.is_array and coercion.item.types and "string" not in coercion.item.types:
            return lambda source: [] if source.get(name) == "" else read(as_query(source))  # `a=` names no number
        if coercion.is_array or coercion.is_object:
            return lambda source: read(as_query(source))
        return lambda source: coercion.coerce(decode(source[name])) if name in source else ABSENT

    def _delimited(self, text: str, separator: str, explode: bool, undo: Callable[[str], str]) -> Any:
        """`simple` and similar styles: `a`, `a,b`, `k,v,k,v` or (exploded) `k=v,k=v`."""
        if self._coercion.is_array:
            return self._coercion.coerce([undo(part) for part in text.split(separator)] if text else [])
        if self._coercion.is_object:
            return self._coercion.coerce(pairs_of(text.split(separator) if text else [], explode, undo))
        return self._coercion.coerce(undo(text))

    def _matrix(self, text: str, explode: bool) -> Any:
        """`;name=a`, `;name=a,b` or (exploded) `;name=a;name=b`, `;k=v;k=v`; a text without `;` is the value itself."""
        parts = [part.partition("=")[::2] for part in text.removeprefix(";").split(";")]
        if explode and self._coercion.is_object:
            return self._coercion.coerce({_decode(key): _decode(value) for key, value in parts})
        if text.startswith(";") and _decode(parts[0][0]) != self.name:
            return _decode(text)  # of another parameter; the validator reports it
        if explode and self._coercion.is_array:
            return self._coercion.coerce([_decode(value) for _, value in parts])
        return self._delimited(parts[0][1] if text.startswith(";") else text, ",", False, _decode)

    def _joined(self, source: Query) -> Any:
        """`a=1&a=2` and `a[]=1&a[]=2` as `1,2`, for a text that has several values with commas between them."""
        nested = source.bracketed(self.name)
        found = [*source.get(self.name, ()), *(map(str, nested) if isinstance(nested, list) else ())]
        return self._coercion.coerce(",".join(found)) if found else ABSENT

    def _list(self, source: Query, separators: tuple[str, ...], explode: bool) -> Any:
        """`a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1`, `a=1,2`."""
        plain, nested = source.get(self.name), source.bracketed(self.name)
        if plain is None:
            return nested if nested is ABSENT else self._coercion.coerce(nested)
        is_text = "string" in self._coercion.item.types
        if len(plain) == 1 and (not explode or (separators[0] in plain[0] and not is_text)):
            plain = split(source.raw(self.name)[0], separators)
        return self._coercion.coerce([*plain, *(nested if isinstance(nested, list) else ())])

    def _object(self, source: Query, separators: tuple[str, ...]) -> Any:
        """`a[b]=1&a[c][d]=2`, or `a=b,1,c,2`, or JSON text."""
        nested = source.bracketed(self.name)
        if nested is not ABSENT:
            return self._coercion.coerce(nested)
        if self.name not in source:
            return ABSENT
        text = source[self.name][-1]
        if text.startswith("{"):
            return json_or_text(text)
        parts = split(source.raw(self.name)[-1], separators)
        # Some clients write `a=b=1` for the property b of an exploded object.
        return self._coercion.coerce(pairs_of(parts, all("=" in part for part in parts), str))

    def _exploded(self, source: Query, separators: tuple[str, ...]) -> Any:
        """`b=1&c=2` with the object's property names; without any of them, the object in another notation."""
        names = set(self._coercion.properties)
        if self._coercion.is_free_form:  # every name that no other parameter has is a property
            names.update(name for name in source if name.partition("[")[0] not in self._claimed)
        found = {name: source[name] for name in source if name in names}
        single = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
        return self._coercion.coerce(single) if single else self._object(source, separators)


def _json_fault(text: str) -> str | None:
    """Why a text is not JSON; None if it is."""
    try:
        json_codec.read(text.encode())
    except ValueError as fault:
        return f"not JSON: {fault}"
    return None


def _as_query(cookies: Cookies) -> Query:
    return Query("&".join(f"{name}={value}" for name, value in cookies.pairs).encode("latin-1", "replace"))


def _as_sent(cookies: Cookies) -> Query:
    """The cookies as a query from which each value is read as it was sent; only a comma separates its parts."""
    return Query("&".join(f"{quote(name)}={quote(value, safe=',')}" for name, value in cookies.pairs).encode())


AnyReader = ParameterReader | QuerystringReader


def parameter_reader(
    parameter: Parameter, schemas: Schemas, claimed: frozenset[str], several: frozenset[str] = frozenset()
) -> AnyReader:
    """The reader of a parameter; `claimed` are the names in the query that belong to parameters and API keys.

    `several` are the names of parameters whose text is a list with commas.
    """
    if parameter.style == QUERYSTRING:
        return QuerystringReader(parameter, schemas, claimed - {parameter.name})
    return ParameterReader(parameter, schemas, claimed, has_several=parameter.name in several)


class RequestTarget:
    """The target of a request (RFC 9112 section 3.2): the raw values of its path, and its query.

    `values` are those of its parameters, once they have been read.
    """

    __slots__ = ("path", "query", "values")

    def __init__(self, path: dict[str, str], query: bytes) -> None:
        self.path, self.query = path, query
        self.values: Values | None = None


class Parameters:
    """The parameters of one operation. The values of a target are cached, because most requests repeat one.

    An invalid target is not cached; headers and cookies are read in each request.
    """

    def __init__(
        self,
        readers: Sequence[AnyReader],
        names: Sequence[str],
        strict_query: StrictQuery | None = None,
        objects: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`objects` are those whose properties are values of the query too, with their names."""
        self._objects = dict(objects or {})
        self._readers, self._names, self._strict_query = tuple(readers), tuple(names), strict_query
        self._header_readers = tuple(reader for reader in readers if reader.location in ("header", "cookie"))
        self.are_in_target = not self._header_readers
        self._targets: dict[tuple[tuple[str, ...], bytes], RequestTarget] = {}

    def target(self, values: tuple[str, ...], query: bytes) -> RequestTarget:
        """The target with these path values: the cached one, or a new one without values."""
        found = self._targets.get((values, query))
        return found if found is not None else RequestTarget(dict(zip(self._names, values, strict=True)), query)

    def read(self, target: RequestTarget, sources: Sources, *, is_validated: bool = True) -> Values:
        """The values of all parameters by location and name. Raises Invalid with all faults.

        Of a request that is not validated, the valid ones and those of the path.
        """
        if not is_validated:
            return self._read_valid(sources)
        if target.values is None:
            unknown = self._strict_query.faults(sources["query"]) if self._strict_query is not None else ()
            values = self._taken_apart(read_all(self._readers, sources, unknown))
            self._cache(target, values)
            return values
        from_headers = read_all(self._header_readers, sources)
        return {**target.values, "header": from_headers["header"], "cookie": from_headers["cookie"]}

    def _read_valid(self, sources: Sources) -> Values:
        values: Values = {"path": {}, "query": {}, "header": {}, "cookie": {}}
        for reader in self._readers:
            found: list[Fault] = []
            value = reader.value(sources[reader.location], found)
            if value is not ABSENT and (not found or reader.location == "path"):
                values[reader.location][reader.name] = value
        return self._taken_apart(values)

    def _taken_apart(self, values: Values) -> Values:
        """The values with the properties of objects beside these."""
        for name, keys in self._objects.items():
            held = values["query"].get(name)
            if isinstance(held, dict):
                values["query"].update({key: held[key] for key in keys if key in held})
        return values

    def _cache(self, target: RequestTarget, values: Values) -> None:
        target.values = {**values, "header": {}, "cookie": {}} if self._header_readers else values
        key = tuple(target.path.values()), target.query
        if len(key[1]) + sum(map(len, key[0])) <= LONGEST_CACHED:
            if len(self._targets) >= CACHED_TARGETS:
                self._targets.clear()
            self._targets[key] = target


def read_all(readers: tuple[AnyReader, ...], sources: Sources, unknown: Iterable[Fault] = ()) -> Values:
    """The values of all parameters by location and name. Raises Invalid with all faults, the `unknown` ones first."""
    found = list(unknown)
    values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for reader in readers:
        value = reader.value(sources[reader.location], found)
        if value is not ABSENT:
            values[reader.location][reader.name] = value
    if found:
        raise Invalid(found[0].message, faults=tuple(found))
    return values


def _decode(text: str) -> str:
    return unquote(text) if "%" in text else text
