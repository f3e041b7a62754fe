"""A statement of the behaviour file as a plain sentence, for the kinds that reports show most."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec.structs import fields

from mockserver.behaviour.statements import (
    Capacity,
    Expand,
    Filter,
    Order,
    Paging,
    Parent,
    Select,
    Sort,
    Statement,
    Unique,
)

BASIS = ("evidence", "source", "note")
"""The keys of a statement that say how it is known."""

COMPARED = {
    "equal": "equals it",
    "equal-any-case": "equals it in upper or lower case",
    "any-of": "is one of those in it",
    "all-of": "has all of those in it",
    "at-least": "is at least that",
    "at-most": "is at most that",
    "above": "is above it",
    "below": "is below it",
    "not-equal": "is another one",
    "contains": "contains it",
    "present": "is there, or is not",
    "starts-with": "begins with it",
}
"""How a filter compares a field with its parameter, in words."""


def sentence(statement: Statement) -> str:
    """A plain sentence for a statement; of a kind without one, the values that it states (`fields: ["a"]`)."""
    match statement:
        case Paging():
            return _paging(statement)
        case Filter() if statement.parameter and statement.equals is None:
            compared = COMPARED.get(statement.compare, "fits it")
            return f"With {statement.parameter} the list has only items whose {statement.field} {compared}."
        case Order():
            newest = "newest first" if statement.direction == "descending" else "oldest first"
            how = newest if statement.by == "creation" else f"ordered by {statement.by}, {statement.direction}"
            return f"The list is {how}."
        case Sort():
            return f"The parameter {statement.parameter} says by which field the list is sorted."
        case Expand():
            return f"The parameter {statement.parameter} names references whose items the reply shows."
        case Select():
            return f"The parameter {statement.parameter} names the properties that the reply shows."
        case Parent():
            exists = ", and there is none below an unknown one" if statement.must_exist else ""
            return f"Each item belongs to the {statement.resource} that {statement.parameter} names{exists}."
        case Unique():
            return f"No two items have the same {' and '.join(statement.fields)}."
        case Capacity():
            return f"There are at most {statement.limit} items."
    return _values(statement)


def _paging(paging: Paging) -> str:
    size = f"{paging.default} items" + (f", or as many as {paging.limit} says" if paging.limit else "")
    most = f" (at most {paging.maximum})" if paging.maximum else ""
    start = f", and {paging.position} says where a page begins" if paging.position else ""
    return f"The list comes in pages of {size}{most}{start}."


def _values(statement: Statement) -> str:
    """The values of a statement in a few words, without its evidence, source and note."""
    values = {entry.name: getattr(statement, entry.name) for entry in fields(statement)}
    stated = {name: value for name, value in values.items() if value is not False and value not in (None, "", (), {})}
    return "; ".join(f"{name}: {_shown(value)}" for name, value in stated.items() if name not in BASIS)


def _shown(value: Any) -> str:
    """A value of a statement in the notation of JSON, without quotes around texts."""
    return value if isinstance(value, str) else json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
