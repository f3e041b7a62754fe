"""Parses the text of a document in YAML, one event of libyaml at a time.

YAML is read as the OpenAPI Specification 3.1 (section 4.2) requires: YAML 1.2 with the types of JSON. So `on`, `yes`
and `2020-01-01` are strings, a key is always a string (`200:` is "200"), a duplicate key is an error, and a tag such as
`!!python/object` or `!include` is refused. The merge key `<<` of YAML 1.1 works, since public documents use it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import yaml
from msgspec import Struct, field

from mockserver.errors import InvalidDocument
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec
from mockserver.openapi.foreign_files import kind_of_file
from mockserver.openapi.size_limits import SizeLimits

_STR, _NULL, _BOOL, _INT, _FLOAT, _MAP, _SEQ = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float", "map", "seq")
)

_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), _BOOL),
}

_INTEGER = lazy_pattern(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = lazy_pattern(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
"""Numbers as in YAML 1.2 section 10.2.1.4, but without leading zeros: `007` is more often a name than a number."""


LONGEST_INTEGER = 4300
"""With how many digits Python reads an integer (`sys.int_info.default_max_str_digits`)."""


def _implicit_tag(text: str) -> str:
    """The type of a value without quotes and without a tag."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "-+.0123456789":  # most values: two regular expressions less
        return _STR
    if _INTEGER.fullmatch(text):
        return _INT
    return _FLOAT if _NUMBER.fullmatch(text) else _STR


def _integer(text: str) -> int | float | str:
    """A whole number; with more digits than Python converts a float, and beyond every float the text itself."""
    return int(text) if len(text) <= LONGEST_INTEGER else _float(text)


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _boolean(text: str) -> bool:
    return text in ("true", "True", "TRUE")


_SCALARS: dict[str, Callable[[str], Any]] = {
    _STR: str,
    _NULL: lambda text: None,
    _BOOL: _boolean,
    _INT: _integer,
    _FLOAT: _float,
}
"""YAML tag → the function that reads the text of such a value."""


def read(data: bytes, file: str, bounds: SizeLimits) -> Any:
    """The value of a text. Raises InvalidDocument, with line and column where known, as `yaml_json.parse` says."""
    parser = yaml.CSafeLoader(data)  # used for its events only; its own constructor would read YAML 1.1
    builder = _Builder(file, bounds)
    try:
        while (event := parser.get_event()) is not None:
            _EVENTS[type(event)](builder, event)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise _invalid(fault, data, file) from None
    finally:
        parser.dispose()
    return builder.finish()


def _invalid(fault: Exception, data: bytes, file: str) -> InvalidDocument:
    kind = kind_of_file(data)
    if kind:
        return InvalidDocument(f"is {kind}: expected YAML or JSON", file=file)
    if isinstance(fault, yaml.reader.ReaderError):  # its position counts bytes
        line = data.count(b"\n", 0, fault.position) + 1
        return InvalidDocument(f"invalid YAML at line {line}: not a text in UTF-8: {fault.reason}", file=file)
    mark = getattr(fault, "problem_mark", None)
    problem = getattr(fault, "problem", None) or str(fault)
    if mark is not None and _has_tab(data, mark.line):
        problem += "; YAML is indented with spaces, and this line with a tab"
    return InvalidDocument(f"invalid YAML{_at(mark) if mark else ''}: {problem}", file=file)


def _has_tab(data: bytes, line: int) -> bool:
    """Is a line indented with a tab?"""
    found = next(islice(data.splitlines(), line, None), b"")
    return b"\t" in found[: len(found) - len(found.lstrip())]


def _at(mark: Any) -> str:
    return f" at line {mark.line + 1}, column {mark.column + 1}"  # marks count from 0, editors from 1


class _Open(Struct):
    """A list or object that is being read.

    `key` is the key whose value comes next; `merging` says that this key is `<<`, whose objects are kept in `merged`.
    `weight` counts the values inside, with aliases expanded.
    """

    value: Any
    anchor: str | None
    key: str | None = None
    merging: bool = False
    merged: list[dict[str, Any]] = field(default_factory=list)
    weight: int = 1


class _Builder:
    """Builds values from the events of a YAML text, one method for each event.

    Events come in a flat sequence, so deep nesting cannot overflow the stack (composing nodes in C could). The value of
    an alias is built once, but its size is counted each time, so that an alias bomb is refused before it is expanded.
    """

    def __init__(self, file: str, bounds: SizeLimits) -> None:
        self.file, self.bounds = file, bounds
        self.open: list[_Open] = [_Open([], None)]
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.aliased = False

    def finish(self) -> Any:
        """The value. Values that aliases share are copied, so that a change in one place does not show in another."""
        documents = self.open[0].value
        value = documents[0] if documents else None
        return json_codec.copied(value) if self.aliased else value

    def document(self, event: yaml.Event) -> None:
        if self.open[0].value:
            raise self.fault(event, "a second document begins; a file must hold one")

    def nothing(self, event: yaml.Event) -> None:
        pass

    def scalar(self, event: yaml.ScalarEvent) -> None:
        parent, plain = self.open[-1], event.implicit[0]
        if type(parent.value) is dict and parent.key is None:
            self.take_key(event, event.value, plain)
            return
        value = self.read(event, event.tag or (_implicit_tag(event.value) if plain else _STR))
        self.keep(event, value, 1 + len(event.value) // 64)  # a long text weighs like several values

    def read(self, event: yaml.ScalarEvent, tag: str) -> Any:
        reader = _SCALARS.get(tag)
        if reader is None:
            raise self.fault(event, f"the tag {tag} has no meaning in OpenAPI")
        try:
            return reader(event.value)
        except ValueError:
            raise self.fault(event, f"{event.value!r} is not a valid {tag.rpartition(':')[2]}") from None

    def keep(self, event: yaml.ScalarEvent, value: Any, weight: int) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, weight)
        self.put(event, value, weight)

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        mapping = type(event) is yaml.MappingStartEvent
        if event.tag not in (None, _MAP if mapping else _SEQ):
            raise self.fault(event, f"the tag {event.tag} has no meaning in OpenAPI")
        if len(self.open) > self.bounds.depth:
            raise self.fault(event, f"nested deeper than {self.bounds.depth} levels")
        if type(self.open[-1].value) is dict and self.open[-1].key is None:
            raise self.fault(event, "a key must be a string")
        if event.anchor is not None:
            self.anchors[event.anchor] = None  # not finished: an alias to it in here would be a circle
        self.open.append(_Open({} if mapping else [], event.anchor))

    def end(self, event: yaml.Event) -> None:
        done = self.open.pop()
        for entries in done.merged:  # own keys win over merged ones, earlier merged ones over later
            done.value = entries | done.value
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.value, done.weight)
        self.put(event, done.value, done.weight)

    def alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            raise self.fault(event, f"the alias *{event.anchor} has no anchor &{event.anchor} before it")
        target = self.anchors[event.anchor]
        if target is None:
            raise self.fault(event, "the alias points to a value that contains it")
        self.aliased = True
        if type(self.open[-1].value) is dict and self.open[-1].key is None:
            self.take_key(event, target[0], plain=False)
        else:
            self.put(event, *target)

    def take_key(self, event: yaml.Event, key: Any, plain: bool) -> None:
        parent = self.open[-1]
        if type(key) is not str:
            raise self.fault(event, "a key must be a string")
        if key in parent.value:
            raise self.fault(event, f"duplicate key {key!r}")
        parent.key, parent.merging = key, plain and key == "<<"
        parent.weight += 1 + len(key) // 64

    def put(self, event: yaml.Event, value: Any, weight: int) -> None:
        parent = self.open[-1]
        parent.weight += weight
        if parent.weight > self.bounds.values:
            raise self.fault(event, f"holds more than {self.bounds.values:,} values with its aliases expanded")
        if type(parent.value) is list:
            parent.value.append(value)
        elif parent.merging:
            parent.merged += self.entries(event, value)
        else:
            parent.value[parent.key] = value
        parent.key, parent.merging = None, False

    def entries(self, event: yaml.Event, value: Any) -> list[dict[str, Any]]:
        found = value if type(value) is list else [value]
        if not all(type(entries) is dict for entries in found):
            raise self.fault(event, "`<<` takes an object or a list of objects")
        self.aliased = True
        return found

    def fault(self, event: yaml.Event, message: str) -> InvalidDocument:
        return InvalidDocument(f"invalid YAML{_at(event.start_mark)}: {message}", file=self.file)


_EVENTS: dict[type, Callable[[_Builder, Any], None]] = {
    yaml.StreamStartEvent: _Builder.nothing,
    yaml.DocumentStartEvent: _Builder.document,
    yaml.ScalarEvent: _Builder.scalar,
    yaml.AliasEvent: _Builder.alias,
    yaml.SequenceStartEvent: _Builder.begin,
    yaml.MappingStartEvent: _Builder.begin,
    yaml.SequenceEndEvent: _Builder.end,
    yaml.MappingEndEvent: _Builder.end,
    yaml.DocumentEndEvent: _Builder.nothing,
    yaml.StreamEndEvent: _Builder.nothing,
}
"""YAML event → the method of the builder that handles it."""
