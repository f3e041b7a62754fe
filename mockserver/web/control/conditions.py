"""Conditions that compare one request: which operation, which values (schema `Condition` of the admin API).

A value in a condition is compared as it is; `{schema: …}` is a JSON Schema that the value must match, and null says
that there must be no such value. `Condition.differences` says which fields differ, with what is expected and found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import jsonschema_rs
from msgspec import Struct

from mockserver.errors import Fault, Invalid
from mockserver.openapi import json_codec, path_template
from mockserver.openapi.regex import PATTERN_LIMIT
from mockserver.openapi.schema_keywords import WELL_FORMED
from mockserver.openapi.schemas import Compiled
from mockserver.suggestions import meant
from mockserver.web.control.json_path import JsonPath
from mockserver.web.request.router import Router


class ComparableRequest(Protocol):
    """A request, as conditions see it. What costs something to find out is asked for only when a condition needs it.

    `path` is the path below the base URL of the service; `paths` has it with other forms that mean the same. `query`,
    `headers` (names in lower case) and `path_parameters` have the texts that were sent, a list for each name. `body` is
    the parsed body: a JSON value, the fields of a form, else a text; None without one.
    """

    @property
    def operation(self) -> str | None: ...
    @property
    def service(self) -> str | None: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def paths(self) -> Sequence[str]: ...
    @property
    def caller(self) -> str | None: ...
    @property
    def tenant(self) -> str | None: ...
    @property
    def query(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def headers(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def path_parameters(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def body(self) -> Any: ...


class FieldDifference(Struct, frozen=True):
    """A field of a request that differs from what a condition says, such as `query.limit`."""

    field: str
    expected: Any
    actual: Any


CHOOSING = frozenset({"type", "enum", "const"})
"""The keywords of a schema that say whether a text is itself, a number, or another value."""

ANNOTATIONS = frozenset({"examples", "readOnly", "writeOnly", "deprecated"})

COMPARING = (WELL_FORMED.keys() - ANNOTATIONS) | {"const", "$dynamicRef", "$schema", "$id", "$anchor", "$comment"}
"""The keywords of a schema that compare something, or that say that it is a schema."""

Part = Callable[[ComparableRequest], FieldDifference | None]
"""One part of a condition: how the request differs from it, or None."""

PLAIN = ("operation", "service", "caller", "tenant")
"""The parts that are compared as they are."""

NAMED = ("query", "headers", "path_parameters")
"""The parts with values by name."""

CHEAP_FIRST = ("operation", "service", "method", "path", *NAMED, "caller", "tenant", "body", "json_path")
"""The order in which the parts are compared: those first that cost the least."""


class Condition:
    """A compiled condition. All its parts must match; one without parts matches every request."""

    def __init__(self, when: Mapping[str, Any], at: tuple[str | int, ...] = ()) -> None:
        """`when` has the form of the schema `Condition`. Raises Invalid, naming the field below `at`."""
        self.when = when
        self._parts = [part for name in CHEAP_FIRST if name in when for part in _parts(name, when[name], (*at, name))]

    def matches(self, request: ComparableRequest) -> bool:
        """Does the request match?"""
        for part in self._parts:  # noqa: SIM110  # half the time of a generator expression
            if part(request) is not None:
                return False
        return True

    def differences(self, request: ComparableRequest) -> list[FieldDifference]:
        """All that differs; empty for a request that matches."""
        told: list[FieldDifference] = []
        for part in self._parts:
            found = part(request)
            if found is not None:
                told += part.all(request) if isinstance(part, BodyCondition) else [found]
        return told


def _parts(name: str, wanted: Any, at: tuple[str | int, ...]) -> Iterator[Part]:
    if name in PLAIN:
        yield _plain(name, wanted)
    elif name == "method":
        yield _method(wanted.upper())
    elif name == "path":
        yield _path(wanted)
    elif name == "body":
        yield BodyCondition(wanted, at)
    elif name == "json_path":
        yield from (_json_path(expression, value, (*at, expression)) for expression, value in wanted.items())
    else:
        yield from (_named(name, key, value, (*at, key)) for key, value in wanted.items())


def _plain(name: str, wanted: str) -> Part:
    def compare(request: ComparableRequest) -> FieldDifference | None:
        actual = getattr(request, name)
        return None if actual == wanted else FieldDifference(name, wanted, actual)

    return compare


def _method(wanted: str) -> Part:
    return lambda request: (
        None if request.method.upper() == wanted else FieldDifference("method", wanted, request.method)
    )


def _path(wanted: str) -> Part:
    """A literal path, or a template, whose parameters match one segment each (OpenAPI 3.1 section 4.8.8)."""
    router = Router()
    router.add(wanted, True)

    def compare(request: ComparableRequest) -> FieldDifference | None:
        is_same = any(path == wanted or router.find(path) is not None for path in request.paths)
        return None if is_same else FieldDifference("path", wanted, request.path)

    return compare


def _named(group: str, name: str, wanted: Any, at: tuple[str | int, ...]) -> Part:
    key, matches = name.lower() if group == "headers" else name, _matcher(wanted, at)

    def compare(request: ComparableRequest) -> FieldDifference | None:
        sent = getattr(request, group).get(key)
        if (not sent) if wanted is None else (bool(sent) and matches(sent)):
            return None
        return FieldDifference(f"{group}.{name}", wanted, sent[0] if sent and len(sent) == 1 else sent)

    return compare


def _matcher(wanted: Any, at: tuple[str | int, ...]) -> Callable[[Sequence[str]], bool]:
    """From the texts that were sent for one name to whether they match."""
    if isinstance(wanted, Mapping):
        return _schema_matcher(_only_schema(wanted, at), (*at, "schema"))
    if isinstance(wanted, list):
        texts = [as_text(each) for each in wanted]
        return lambda sent: list(sent) == texts
    text = as_text(wanted)
    return lambda sent: text in sent


def _schema_matcher(schema: Any, at: tuple[str | int, ...]) -> Callable[[Sequence[str]], bool]:
    """Whether one of the texts matches: in one of its readings if the schema chooses among them, else in all.

    Keywords such as `pattern` and `minimum` accept every value of another type, so that each would match something.
    """
    validator = compiled_schema(schema, at)
    if isinstance(schema, Mapping) and not CHOOSING.isdisjoint(schema):
        return lambda sent: any(map(validator.is_valid, readings(sent)))
    return lambda sent: any(all(map(validator.is_valid, readings([text]))) for text in sent)


def readings(sent: Sequence[str]) -> Iterator[Any]:
    """The values that texts may mean: the text, its value as JSON, and a list of them when there are several."""
    yield from sent
    for text in sent:
        try:
            yield json_codec.read(text.encode())
        except ValueError:
            continue
    if len(sent) > 1:
        yield list(sent)


def as_text(value: Any) -> str:
    """A value of a condition as it is sent in a query, a header or a path."""
    return value if isinstance(value, str) else json_codec.write(value).decode()


def _only_schema(wanted: Mapping[str, Any], at: tuple[str | int, ...]) -> Any:
    if list(wanted) != ["schema"]:
        raise invalid('give a value, or a JSON Schema as {"schema": …}', at)
    return wanted["schema"]


class BodyCondition:
    """The part of a condition that compares the body with a JSON Schema. Raises Invalid for what is none."""

    def __init__(self, schema: Any, at: tuple[str | int, ...]) -> None:
        self._validator = compiled_schema(schema, at)

    def __call__(self, request: ComparableRequest) -> FieldDifference | None:
        """How the body differs, at one place; None if it does not."""
        return None if self._validator.is_valid(request.body) else self.all(request)[0]

    def all(self, request: ComparableRequest) -> list[FieldDifference]:
        """How it differs at each place."""
        return [_difference(each) for each in self._validator.iter_errors(request.body)]


def _difference(fault: jsonschema_rs.ValidationError) -> FieldDifference:
    """A value that a schema does not allow, with the value that was expected if there is only one."""
    kind: Any = fault.kind
    where = "".join(f".{step}" for step in fault.instance_path)
    if kind.name == "const":
        return FieldDifference(f"body{where}", kind.expected_value, fault.instance)
    if kind.name == "required":
        return FieldDifference(f"body{where}.{kind.property}", fault.message, None)
    return FieldDifference(f"body{where}", fault.message, fault.instance)


def _json_path(expression: str, wanted: Any, at: tuple[str | int, ...]) -> Part:
    path = JsonPath(expression, at)
    is_schema = isinstance(wanted, Mapping) and list(wanted) == ["schema"]
    validator = compiled_schema(wanted["schema"], (*at, "schema")) if is_schema else None

    def compare(request: ComparableRequest) -> FieldDifference | None:
        found = path.find(request.body)
        if (not found) if wanted is None else any(validator.is_valid(v) if validator else v == wanted for v in found):
            return None
        return FieldDifference(f"json_path.{expression}", wanted, found[0] if len(found) == 1 else found[:20])

    return compare


def compiled_schema(schema: Any, at: tuple[str | int, ...]) -> Compiled:
    """The validator of a JSON Schema (2020-12) that contains all it refers to. Raises Invalid.

    A schema without a keyword that compares something is refused too: everything would match it.
    """
    if isinstance(schema, Mapping) and schema and COMPARING.isdisjoint(schema):
        name = next(iter(schema))
        wanted = json_codec.write({"properties": {name: {"const": schema[name]}}, "required": [name]}).decode()
        raise invalid(f"{name!r} is no keyword of JSON Schema, so that everything matches; did you mean {wanted}?", at)
    try:
        return Compiled(schema, validate_formats=True, pattern_options=PATTERN_LIMIT, retriever=_no_retriever)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError) as fault:
        why = str(fault).partition("\n\n")[0]  # without the part of the meta-schema that failed
        raise invalid(f"this is no JSON Schema: {why}", at) from None


def _no_retriever(uri: str) -> Any:
    """Fetch no schema: what a client of the admin API sends must not choose addresses that are asked."""
    raise ValueError(f"a schema must contain all it refers to; {uri} is not fetched")


def has_status(status: int | None, wanted: int | str) -> bool:
    """Is it the status that is wanted, or of that class, such as `4XX`?"""
    text, known = str(wanted).upper(), str(status)
    return text == known or (text.endswith("XX") and text[0] == known[0])


def check_name(kind: str, name: str, known: Sequence[str], at: tuple[str | int, ...], location: str = "body") -> None:
    """Raise Invalid for an operation, a service, … that is not known, with the name that was likely meant."""
    if name not in known:
        raise invalid(f"there is no {kind} {name!r}; {meant(name, known)}", at, location)


def check_path_parameters(when: Mapping[str, Any], paths: Iterable[str], at: tuple[str | int, ...]) -> None:
    """Raise Invalid for a value of a path parameter that none of the paths has: no request would ever match."""
    wanted = [name for name, value in when.get("path_parameters", {}).items() if value is not None]
    known = list(dict.fromkeys(name for path in paths for name in path_template.names(path))) if wanted else []
    for name in wanted:
        check_name("path parameter", name, known, (*at, "path_parameters", name))


def invalid(message: str, at: Sequence[str | int], location: str = "body") -> Invalid:
    """The error for a field in a body or a query of the admin API."""
    return Invalid(message, faults=(Fault(location, tuple(at), message, "value"),))
