"""Templates of behaviour files: JSON values with placeholders such as `{name}`.

A string that is just one placeholder becomes the value itself (a list stays a list). Inside a longer string, a
placeholder becomes the value's text. `{name:argument}` calls one of FUNCTIONS. A property that is just `{name?}` is
omitted when it has no value. An array whose only entry has the key `$each: NAME` gets one entry for each value of that
list: `[{$each: items, node: "{item}"}]` are the items of a list, each inside of an object. A property that is an object
with the key `$if: NAME` is omitted when NAME has no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.behaviour.template_functions import FUNCTIONS, Scope
from mockserver.durations import FORMS, seconds
from mockserver.errors import BehaviourError
from mockserver.lazy_pattern import lazy_pattern
from mockserver.suggestions import allowed

Render = Callable[[Scope], Any]

PLACEHOLDER = lazy_pattern(r"\{([a-z_]+)(?::([^{}?]*))?\??\}")
OPTIONAL = lazy_pattern(r"\{[^{}]*\?\}")
EACH, IF = "$each", "$if"


ITEM_VALUES = frozenset({"id", "tenant", "user", "now", "renewed"})
"""The placeholders that templates of `initial`, `derived` and `sets` may use."""

RENEWED = object()
"""The value of `{renewed}`: another one like the generated value that the field has."""

ADDRESSES = frozenset({"next_url", "previous_url", "first_url", "last_url", "this_url", "list_url"})
"""The placeholders for addresses: of other pages of a list, of this one, and of the list without a query."""

PAGE_FACTS = frozenset({"first", "earlier", "empty", "from", "to", "last_page", "list_path", "sorted", "unsorted"})
"""The placeholders for what follows from the other values of a page."""

REPLY_VALUES = frozenset(
    {"item", "items", "id", "next", "more", "total", "limit", "offset", "page", "pages", "count", "last", "location"}
    | {"first_id", "last_id", "ids", "unknown_ids", "results", "by_id", "range", "only", "included"}
    | {"created", "updated", "failed", "imported", "rows", "refused"}
    | ADDRESSES
    | PAGE_FACTS
)
"""The placeholders that the body and the headers of a reply may use."""

ERROR_VALUES = frozenset(
    {
        "message",
        "field",
        "status",
        "kind",
        "path",
        "keyword",
        "faults",
        "loc",
        "retry_after_ms",
        "resource",
        "limit",
        "location",
        "method",
        "messages",
        "position",
    }
)
"""The placeholders that an error body may use."""

WORDING_VALUES = frozenset({"message", "field", "expected", "keyword", "number"})
"""The placeholders that the service's own message for a fault may use."""


LEADS = frozenset({"later", "day_later"})
"""The functions whose argument is a duration."""


def compile(template: Any, names: frozenset[str]) -> Render:
    """The function from a scope (name → value) to the template with its placeholders replaced.

    Raises BehaviourError for a placeholder that is neither in `names` nor a function.
    """
    if isinstance(template, str):
        return _text(template, names)
    if isinstance(template, Mapping):
        if IF in template:
            return _conditional(template, names)
        optional = frozenset(key for key, value in template.items() if _is_optional(value))
        return _object([(key, compile(value, names)) for key, value in template.items()], optional)
    repeated = _repeated(template)
    if repeated is not None:
        return _each(repeated, names)
    if isinstance(template, list):
        entries = [compile(value, names) for value in template]
        return lambda scope: [entry(scope) for entry in entries]
    return lambda scope: template


def is_constant(template: Any) -> bool:
    """Does a template have no placeholders?"""
    if isinstance(template, str):
        return PLACEHOLDER.search(template) is None
    if isinstance(template, Mapping):
        return EACH not in template and IF not in template and all(is_constant(value) for value in template.values())
    return not isinstance(template, list) or all(is_constant(value) for value in template)


def placeholders(template: Any) -> Iterator[str]:
    """The names of all placeholders."""
    if isinstance(template, str):
        yield from (match[1] for match in PLACEHOLDER.finditer(template))
    elif isinstance(template, Mapping | list):
        for value in template.values() if isinstance(template, Mapping) else template:
            yield from placeholders(value)


def values_in(template: Any) -> Iterator[str]:
    """The names of all placeholders, and of the values that functions get: `next` of `{text:next}`."""
    if isinstance(template, str):
        yield from (match[2] or match[1] for match in PLACEHOLDER.finditer(template))
    elif isinstance(template, Mapping | list):
        for value in template.values() if isinstance(template, Mapping) else template:
            yield from values_in(value)


def find(template: Any, name: str) -> tuple[str | int, ...] | None:
    """The path to the value that is just `{name}`, or to the list that has an entry for each `name`; or None."""
    if template == "{" + name + "}":
        return ()
    if not isinstance(template, Mapping | list):
        return None
    repeated = _repeated(template)
    if repeated is not None:
        return () if repeated[EACH] == name else None
    for key, value in template.items() if isinstance(template, Mapping) else enumerate(template):
        inner = find(value, name)
        if inner is not None:
            return (key, *inner)
    return None


def within_entry(template: Any, name: str, inner: str) -> tuple[str | int, ...]:
    """The path to `{inner}` in the entries of the list that has one for each `name`; empty if an entry is just it."""
    found = template
    for step in find(template, name) or ():
        found = found[step]
    repeated = _repeated(found)
    return (find(_entry(repeated), inner) or ()) if repeated is not None else ()


def _repeated(template: Any) -> Mapping[str, Any] | None:
    """The only entry of a list that is repeated for each value of another one; None if it is no such list."""
    is_one = isinstance(template, list) and len(template) == 1 and isinstance(template[0], Mapping)
    return template[0] if is_one and EACH in template[0] else None


def _entry(repeated: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in repeated.items() if key != EACH}


def _text(template: str, names: frozenset[str]) -> Render:
    parts = [(match, _value(match, names)) for match in PLACEHOLDER.finditer(template)]
    if not parts:
        return lambda scope: template
    if len(parts) == 1 and parts[0][0].group() == template:
        return parts[0][1]
    return lambda scope: PLACEHOLDER.sub(lambda match: str(_value(match, names)(scope)), template)


def _value(match: re.Match[str], names: frozenset[str]) -> Render:
    name, argument = match.groups()
    if argument is not None and name in LEADS and seconds(argument) is None:
        raise BehaviourError(f"not a duration: {match.group()}; {FORMS}")
    if argument is not None and name in FUNCTIONS:
        function = FUNCTIONS[name]
        return lambda scope: function(scope, argument)
    if argument is None and name in names:
        return lambda scope: scope[name]
    known = [*sorted(names), *(f"{function}:…" for function in FUNCTIONS)]
    raise BehaviourError(f"unknown placeholder {match.group()}{allowed(name, known)}")


def _is_optional(template: Any) -> bool:
    if isinstance(template, Mapping):
        return IF in template
    return isinstance(template, str) and OPTIONAL.fullmatch(template) is not None


def _object(entries: list[tuple[str, Render]], optional: frozenset[str] = frozenset()) -> Render:
    if optional:
        return lambda scope: {
            key: value for key, render in entries if (value := render(scope)) not in (None, "") or key not in optional
        }
    if len(entries) == 1:
        [(key, render)] = entries
        return lambda scope: {key: render(scope)}
    return lambda scope: {key: render(scope) for key, render in entries}


def _conditional(template: Mapping[str, Any], names: frozenset[str]) -> Render:
    """An object that is there only where a value is."""
    name = template[IF]
    if name not in names:
        raise BehaviourError(f"`{IF}` names no value: {name!r}{allowed(str(name), sorted(names))}")
    render = compile({key: value for key, value in template.items() if key != IF}, names)
    return lambda scope: render(scope) if scope[name] is not None else None


def _each(template: Mapping[str, Any], names: frozenset[str]) -> Render:
    listed = template[EACH]
    if listed not in names:
        raise BehaviourError(f"`{EACH}` names no list: {listed!r}")
    entry = compile(_entry(template), names | {"loc", "message", "keyword", "field", "location", "status", "ok"})
    return lambda scope: [entry({**scope, **each}) for each in scope[listed]]
