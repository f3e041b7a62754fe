"""Sentences of a document that say in which state a field is null: "null while it is open", "null unless paid"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.state_rules import STATES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

NULL_WHILE = lazy_pattern(
    r"\b(?:null|empty|not set|unset)\b,? (?P<when>while|when|if|whenever|as long as|unless|except when|except while)"
    r" (?:it|this|the [a-z]+|its [a-z_]+|[a-z_]+) (?:is|are|has been|was) (?P<no>not )?(?:still |yet )?(?:an? |the )?"
    r"[\"'`*]{0,2}(?P<state>[A-Za-z][\w-]*)[\"'`*]{0,2}$",
    re.IGNORECASE,
)
"""The end of a sentence that says when a field is null."""


class NullWhile(NamedTuple):
    """`field` is null in an item whose `state_field` has the value `state`, or with `is_other` any other value."""

    field: str
    state_field: str
    state: Any
    is_other: bool
    source: str

    def applies(self, item: Mapping[str, Any]) -> bool:
        """Does the sentence say that the field of this item is null?"""
        shown = item.get(self.state_field)
        return shown is not None and (shown != self.state if self.is_other else shown == self.state)

    @property
    def text(self) -> str:
        """The sentence in our words."""
        return f"{self.field} is null while {self.state_field} is {'not ' * self.is_other}{self.state}"


def null_sentences(schemas: Schemas, fields: Mapping[str, str]) -> Iterator[NullWhile]:
    """What the descriptions of the fields of an item say; `fields` has the pointers to their schemas.

    A state counts if exactly one other field lists it in its `enum`, or is a boolean with its name.
    """
    for name, pointer in fields.items():
        said = description(schemas, pointer)
        for sentence in said.sentences():
            for clause in (sentence, *re.split(r"[,;(]\s*", sentence)):
                match = NULL_WHILE.search(clause.rstrip(") "))
                found = _state_of(schemas, {k: v for k, v in fields.items() if k != name}, match) if match else None
                if match and found:
                    is_other = bool(match["no"]) != match["when"].lower().startswith(("unless", "except"))
                    yield NullWhile(name, *found, is_other, f'"{sentence}" ({said.pointer})')
                    break


def _state_of(schemas: Schemas, fields: Mapping[str, str], match: re.Match[str]) -> tuple[str, Any] | None:
    """The field that has the state, and its value."""
    state = plain(match["state"])
    listed = [
        (name, value)
        for name, pointer in fields.items()
        for value in schemas.keyword(pointer, "enum") or ()
        if isinstance(value, str) and plain(value) == state and plain(name).endswith(STATES)
    ]
    flags = [
        (n, True) for n, p in fields.items() if "boolean" in schemas.types(p) and plain(n) in (state, f"is{state}")
    ]
    found = [*listed, *flags]
    return found[0] if len(found) == 1 else None
