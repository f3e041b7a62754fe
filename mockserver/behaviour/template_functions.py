"""The functions that templates of behaviour files call: `{slug:title}`, `{later:7d}`, `{count_of:task done=true}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from mockserver import amounts
from mockserver.durations import seconds
from mockserver.lazy_pattern import lazy_pattern

Scope = Mapping[str, Any]

NOT_IN_SLUG = lazy_pattern(r"[^a-z0-9]+")


def slug(scope: Scope, name: str) -> str:
    """`{slug:displayName}`: the field's text in lower case, with one hyphen for all between letters and digits."""
    written = str(scope["fields"].get(name) or "item").lower()
    if written.isalnum() and written.isascii():
        return written
    return NOT_IN_SLUG.sub("-", written).strip("-") or "item"


def present(scope: Scope, name: str) -> bool:
    """`{present:auth_token}`: does the field have a value other than null?"""
    return scope["fields"].get(name) is not None


def field(scope: Scope, name: str) -> Any:
    """`{field:url}`: the field's value; `{field:address.city}` is one inside of an object."""
    value: Any = scope["fields"]
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def joined(scope: Scope, names: str) -> str:
    """`{joined:first_name last_name}`: the texts of the fields that have one, with a space between them."""
    values = (scope["fields"].get(name) for name in names.split())
    return " ".join(str(value) for value in values if value not in (None, ""))


def parameter(scope: Scope, name: str) -> Any:
    """`{param:orgId}`: a path parameter of the request."""
    return scope["path"].get(name)


def text(scope: Scope, name: str) -> str:
    """`{text:next}`: the value as text; empty when there is none."""
    value = scope.get(name)
    return "" if value is None else str(value)


def text_or_null(scope: Scope, name: str) -> str | None:
    """`{text_or_null:last_id}`: the value as text; null when there is none."""
    value = scope.get(name)
    return None if value is None else str(value)


def number(scope: Scope, name: str) -> Any:
    """`{number:from}`: the value; 0 when there is none."""
    value = scope.get(name)
    return 0 if value is None else value


def later(scope: Scope, lead: str) -> Any:
    """`{later:7d}`: the time of the request and so much more, written as the service writes times."""
    return scope["written"](scope["moment"] + (seconds(lead) or 0.0))


def day_later(scope: Scope, lead: str) -> str:
    """`{day_later:30d}`: the day on which that time is."""
    return datetime.fromtimestamp(scope["moment"] + (seconds(lead) or 0.0), UTC).date().isoformat()


def next_number(scope: Scope, name: str) -> Any:
    """`{next:version}`: the number after that of the item before the request; of a new item, its own."""
    before = (scope["before"] or {}).get(name)
    return before + 1 if isinstance(before, int) else scope["fields"].get(name, 1)


def after(scope: Scope, argument: str) -> Any:
    """`{after:expires_in 1}`: the time so many units of so many seconds later, as a field says; null without it."""
    name, _, unit = argument.partition(" ")
    length = scope["fields"].get(name)
    is_number = isinstance(length, int | float) and not isinstance(length, bool)
    return scope["written"](scope["moment"] + length * float(unit or 1)) if is_number else None


def negated(scope: Scope, name: str) -> bool:
    """`{not:done}`: false if the field has a value such as true, else true."""
    return not scope["fields"].get(name)


def sent(scope: Scope, name: str) -> Any:
    """`{sent:optionId}`: what the body of the request has; null without it. `{sent:}` is the whole body."""
    body = scope.get("sent")
    if not name:
        return body
    return body.get(name) if isinstance(body, Mapping) else None


def given(scope: Scope, argument: str) -> Any:
    """`{given:paid_at now}`: the time that the body or the query has, else that of the placeholder after the name."""
    name, _, placeholder = argument.partition(" ")
    function, _, inner = placeholder.partition(":")
    value = sent(scope, name) or (scope.get("query") or {}).get(name)
    return value if value is not None else FUNCTIONS[function](scope, inner) if inner else scope[function]


def raised(scope: Scope, argument: str) -> int:
    """`{raised:likes liked_by_me}`: the number, and one more if the flag is not set already; without a flag always."""
    name, _, flag = argument.partition(" ")
    value = scope["fields"].get(name)
    return (value if isinstance(value, int) else 0) + (not (flag and scope["fields"].get(flag)))


def lowered(scope: Scope, argument: str) -> int:
    """`{lowered:likes liked_by_me}`: the number, and one less if the flag is set, without a flag always; at least 0."""
    name, _, flag = argument.partition(" ")
    value = scope["fields"].get(name)
    return max((value if isinstance(value, int) else 0) - (not flag or bool(scope["fields"].get(flag))), 0)


def count_of(scope: Scope, argument: str) -> Any:
    """`{count_of:task done=true}`: how many items of a resource there are, or how many with these values."""
    resource, *conditions = argument.split()
    pairs = [each.partition("=") for each in conditions]
    return scope["count_of"](resource, tuple((name, written) for name, _, written in pairs))


def figure(scope: Scope, argument: str) -> Any:
    """`{figure:sum 0 fee amount paid=false}`: a figure of the items with these values, and what it is without items.

    It is the `sum`, `mean`, `max` or `min` of a property, or `by`: how many items have each of its values.
    """
    kind, without, resource, name, *conditions = argument.split()
    pairs = [each.partition("=") for each in conditions]
    found = scope["figure"](kind, resource, name, tuple((each, written) for each, _, written in pairs))
    return (0 if without == "0" else None) if found is None else found


def asked(scope: Scope, name: str) -> Any:
    """`{asked:year}`: a parameter of the request, in its path or its query."""
    return scope["asked"](name)


def marked(scope: Scope, argument: str) -> list[str]:
    """`{marked:# text}`: the words after the sign in the field's text, each once: `news` of "hello #news"."""
    sign, _, name = argument.partition(" ")
    text = scope["fields"].get(name)
    found = re.findall(rf"(?<!\w){re.escape(sign)}(\w+)", text) if isinstance(text, str) else []
    return list(dict.fromkeys(found))


def since(scope: Scope, argument: str) -> Any:
    """`{since:done_at done true}`: the time since when a field has a value, kept while it has it; else null.

    Without `true` the time is kept when the field gets another value later: `{since:shipped_at status shipped}`. With
    `unless open` it is null while the field is `open`, with `only closed` while it is anything but `closed`.
    """
    name, field_name, value, *rest = argument.split(" ")
    fields, before = scope["fields"], scope["before"] or {}
    is_flag, now = value == "true", fields.get(field_name)
    has_value, had_value = (bool(one) if is_flag else one == value for one in (now, before.get(field_name)))
    if rest and (now == rest[1]) is (rest[0] == "unless"):
        return None
    if has_value and not had_value:
        return fields.get(name) if fields.get(name) != before.get(name) else scope["now"]
    return fields.get(name) if has_value or not is_flag else None


def version(scope: Scope, name: str) -> str:
    """`{version:metadata.resourceVersion}`: the number after that of the item before the request, as a text."""
    value: Any = scope["before"]
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return str(int(value) + 1) if isinstance(value, str) and value.isdecimal() else "1"


def named(scope: Scope, argument: str) -> Any:
    """`{named:metadata.name metadata.generateName}`: the field's text, else the other one with an end of its own."""
    name, _, prefix = argument.partition(" ")
    known, begun = field(scope, name), field(scope, prefix)
    return f"{begun}{str(scope['id'])[:5]}" if known is None and isinstance(begun, str) else known


def following(scope: Scope, argument: str) -> int:
    """`{following:number 1}`: the number after that of the item made before; for the first item the one given."""
    name, _, first = argument.partition(" ")
    latest = scope.get("latest")
    value = latest.get(name) if isinstance(latest, Mapping) else None
    return value + 1 if isinstance(value, int) else int(first or 1)


def equals(scope: Scope, argument: str) -> bool:
    """`{equals:price 0}`: has the field this value, as a number or as a text?"""
    name, _, value = argument.partition(" ")
    shown = scope["fields"].get(name)
    is_number = isinstance(shown, int | float) and not isinstance(shown, bool)
    return float(shown) == float(value) if is_number and value.replace(".", "", 1).isdigit() else str(shown) == value


def plus(scope: Scope, argument: str) -> Any:
    """`{plus:stock delta}`: the field's number and that of a parameter or of the body; `-delta` takes it away."""
    name, _, parameter_name = argument.partition(" ")
    wanted, sign = parameter_name.removeprefix("-"), -1 if parameter_name.startswith("-") else 1
    body = scope.get("sent")
    given = {**(scope.get("query") or {}), **(body if isinstance(body, Mapping) else {})}.get(wanted)
    value = scope["fields"].get(name) or 0
    one, other = amounts.amount_of(value), amounts.amount_of(given)
    if one is None or other is None:
        return value
    total = amounts.written(amounts.plus(one, sign * other), value, lambda each: True)
    return value if total is None else total


def if_first(scope: Scope, argument: str) -> Any:
    """`{if_first:status in_progress}`: the value, if the new item is the first one below the item above; else its own.

    It is for `sets-above` of a create.
    """
    name, _, value = argument.partition(" ")
    is_first = scope.get("is_first")
    return value if is_first is not None and is_first() else scope["fields"].get(name)


def http_date(scope: Scope, name: str) -> str | None:
    """`{http_date:updatedAt}`: a time of the item as headers write it (RFC 9110 section 5.6.7); none without one."""
    value: Any = scope["fields"].get(name) if scope.get("fields") else None
    try:
        seconds_since = float(value) if isinstance(value, int | float) else datetime.fromisoformat(value).timestamp()
    except (TypeError, ValueError):
        return None
    return formatdate(seconds_since / 1000 if seconds_since > MILLISECONDS else seconds_since, usegmt=True)


MILLISECONDS = 10**11
"""A number of a time that is larger is in milliseconds."""


def position(scope: Scope, first: str) -> int:
    """`{position:1}`: the position of an item in the list of a request, where the first one is 1."""
    return int(first) + int(scope.get("position") or 0)


FUNCTIONS: dict[str, Callable[[Scope, str], Any]] = {
    "slug": slug,
    "present": present,
    "field": field,
    "joined": joined,
    "param": parameter,
    "text": text,
    "text_or_null": text_or_null,
    "number": number,
    "after": after,
    "later": later,
    "day_later": day_later,
    "next": next_number,
    "not": negated,
    "position": position,
    "http_date": http_date,
    "plus": plus,
    "following": following,
    "version": version,
    "named": named,
    "equals": equals,
    "since": since,
    "if_first": if_first,
    "marked": marked,
    "count_of": count_of,
    "figure": figure,
    "asked": asked,
    "sent": sent,
    "given": given,
    "raised": raised,
    "lowered": lowered,
}
