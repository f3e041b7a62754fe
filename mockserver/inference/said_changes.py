"""Sentences that say what an operation does to an item: "closed_at is cleared", "the status becomes open"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.descriptions import DOUBT, Description
from mockserver.inference.names import plain
from mockserver.inference.refusal_sentences import operation_sentences
from mockserver.inference.state_rules import STATES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

NAMES = r"(?:the |its )?`?[a-z_]\w*`?(?:(?:,| and|, and) (?:the |its )?`?[a-z_]\w*`?)*"

EMPTIED = r"(?:cleared|emptied|reset|removed|unset|set to null|null again)"

CLEARED = (
    lazy_pattern(rf"(?P<names>{NAMES}) (?:is|are|will be|gets?|becomes?) {EMPTIED}\b", re.IGNORECASE),
    lazy_pattern(rf"\b(?:clears|empties|resets|removes|unsets) (?P<names>{NAMES})", re.IGNORECASE),
)
"""How a sentence names the properties that get empty."""

BECOMES = lazy_pattern(
    r"\b(?:sets? (?:the |its )?(?:status|state|phase|stage) to"
    r"|(?:status|state|phase|stage) (?:becomes|changes to|is set to)"
    r"|(?:it|the [a-z]+) becomes|(?:moves|returns|puts|sets) (?:it |the [a-z]+ )?(?:back )?(?:to|into)"
    r"|marks (?:it|(?:the|an?) [a-z]+) as|makes (?:it|(?:the|an?) [a-z]+)) (?:an? |the )?[\"'`]?(?P<state>[a-z][\w-]*)",
    re.IGNORECASE,
)
"""How a sentence names the state in which an item is afterwards."""


def said_changes(schemas: Schemas, operation: Operation, properties: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The properties of an item that get a new value by the sentences about an operation: a state, or null."""
    known = {plain(name): name for name in properties}
    states = dict(_states(schemas, properties))
    for sentence in _sentences(schemas, operation):
        if DOUBT.search(sentence):
            continue
        become = BECOMES.search(sentence)
        if become and plain(become["state"]) in states:
            yield states[plain(become["state"])]
        match = next((found for form in CLEARED if (found := form.search(sentence))), None)
        for written in re.findall(r"\w+", match["names"]) if match else ():
            name = known.get(plain(written), "")
            if name and schemas.validator(properties[name], "response").is_valid(None):
                yield name, None


def _states(schemas: Schemas, properties: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The values of the one property with a state: their plain names, each with the property and the value."""
    listed = {name: schemas.keyword(at, "enum") for name, at in properties.items() if plain(name).endswith(STATES)}
    named = {name: values for name, values in listed.items() if values}
    for name, values in named.items() if len(named) == 1 else ():
        yield from ((plain(value), (name, value)) for value in values if isinstance(value, str))


def _sentences(schemas: Schemas, operation: Operation) -> Iterator[str]:
    """The sentences about an operation, and about its success."""
    yield from (each.text for each in operation_sentences(schemas, operation))
    success = operation.success()
    yield from Description(success.description, success.pointer).sentences() if success is not None else ()
