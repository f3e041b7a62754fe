"""Sentences that say what an operation does to an item: "closed_at is cleared", "the status becomes open"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.inference.bodies.likeness import properties_inside
from mockserver.inference.bodies.messages import request_schema
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import DOUBT, Description
from mockserver.inference.sentences.filling_sentences import FIGURES, direction, numbers_sent
from mockserver.inference.sentences.gotten_values import gotten_values
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.inference.sentences.state_rules import STATES
from mockserver.inference.values.amounts import amount_name, is_amount
from mockserver.inference.values.done_flags import is_flag
from mockserver.inference.values.state_values import values_of
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
    r"\b(?:sets? (?:the |its )?(?:status|state|phase|stage)(?: of (?:the|this|an?) (?P<whose>[a-z]+))? to"
    r"|(?:status|state|phase|stage)(?: of (?:the|this|an?) (?P<of>[a-z]+))? (?:becomes|changes to|is set to)"
    r"|(?:it|the [a-z]+) becomes|(?:moves|returns|puts|sets) (?:it |the [a-z]+ )?(?:back )?(?:to|into)"
    r"|marks (?:it|(?:the|an?) [a-z]+) as|makes (?:it|(?:the|an?) [a-z]+)) (?:an? |the )?[\"'`]?(?P<state>[a-z][\w-]*)",
    re.IGNORECASE,
)
"""How a sentence names the state in which an item is afterwards."""


NO_LONGER = lazy_pattern(r"\b(?:it|(?:the|an?) [a-z]+) is no longer (?P<flag>[a-z]+)\b", re.IGNORECASE)
"""How a sentence says that a flag is false afterwards: "the seat is no longer free"."""


def said_changes(draft: ResourceDraft, operation: Operation) -> Iterator[tuple[str, Any]]:
    """The properties of an item that get a new value by the sentences about an operation: a state, a flag, or null."""
    schemas, properties = draft.schemas, properties_inside(draft)
    known = {plain(name.rpartition(".")[2]): name for name in properties}
    states = dict(states_of(draft, properties))
    flags = {
        plain(name.rpartition(".")[2]).removeprefix("is"): name
        for name, at in properties.items()
        if is_flag(schemas, at)
    }
    success = operation.success()
    told = Description(success.description, success.pointer).sentences() if success is not None else ()
    for sentence in told:
        is_now = IS_NOW.search(sentence.strip(" ."))
        if is_now is not None and plain(is_now["state"]) in states:
            yield states[plain(is_now["state"])]
    yield from _amounts(schemas, operation, properties)
    yield from gotten_values(draft, operation)
    for sentence in said_sentences(schemas, operation):
        ended = NO_LONGER.search(sentence)
        if ended and plain(ended["flag"]) in flags:
            yield flags[plain(ended["flag"])], False
        yield from _then(draft, sentence, states)
        if DOUBT.search(sentence):
            continue
        become = BECOMES.search(sentence)
        whose = (become["whose"] or become["of"] or "") if become else ""
        become = None if whose and noun(whose)[-1:] != noun(draft.word)[-1:] else become
        if become and plain(become["state"]) in states:
            yield states[plain(become["state"])]
        elif become and plain(become["state"]) in flags:
            yield flags[plain(become["state"])], True
        match = next((found for form in CLEARED if (found := form.search(sentence))), None)
        for written in re.findall(r"\w+", match["names"]) if match else ():
            name = known.get(plain(written), "")
            if name and schemas.validator(properties[name], "response").is_valid(None):
                yield name, None


def _then(draft: ResourceDraft, sentence: str, states: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The state that a clause says the item is in: "Ends the trip. It is completed until it is opened again"."""
    sure = UNTIL.sub("", sentence)
    for clause in CLAUSES.split(sure) if not DOUBT.search(sure) else ():
        then = IS_THEN.match(clause.strip(" ."))
        named = plain(then["state"]) if then and _is_about(draft, then["about"]) else ""
        if named in states:
            yield states[named]


def _is_about(draft: ResourceDraft, subject: str) -> bool:
    """Does a sentence speak of the item: "it", or the name of its resource?"""
    return subject.lower() == "it" or noun(subject)[-1:] == noun(draft.word)[-1:]


IS_THEN = lazy_pattern(
    r"^(?:the |this )?(?P<about>[a-z]+) is (?:then |now |immediately )?(?:an? |the )?"
    r"[\"'`]?(?P<state>[a-z][\w-]*)[\"'`]?(?: (?:again|afterwards|after that|then|now|from then on|at once))?$",
    re.IGNORECASE,
)
"""How a clause about an operation names the state: "It is completed", "The match is finished afterwards"."""

UNTIL = lazy_pattern(r"\b(?:until|as long as)\b.*$", re.IGNORECASE)
"""What says when the state ends, which is no doubt about that it begins."""

CLAUSES = lazy_pattern(r"[;:,]\s*(?:and )?|\band (?=(?:it|the|its|this)\b)")


IS_NOW = lazy_pattern(
    r"^(?:the |this |your )?[a-z]+(?: [a-z]+)? is (?:now )?[\"'`]?(?P<state>[a-z][\w-]*)[\"'`]?(?: (?:again|now))?$",
    re.IGNORECASE,
)
"""How the description of a success names the state of the item: "The form is live"."""


ADDS = lazy_pattern(
    r"\b(?P<verb>adds?|subtracts?|deducts?|takes?) (?:the |an? )?`?(?P<what>\w+)`? (?:to|from) "
    r"(?:the |its )?`?(?P<to>\w+)`?"
    r"|\b(?P<way>increases?|raises?|decreases?|lowers?|reduces?) (?:the |its )?`?(?P<name>\w+)`? by "
    r"(?:the )?`?(?P<by>\w+)`?",
    re.IGNORECASE,
)
"""How a sentence says that a number changes by another one: "Adds delta to the stock"."""


def _amounts(schemas: Schemas, operation: Operation, properties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The number that changes by a parameter or by a property of the body, as a template."""
    asked = request_schema(operation.request_body)
    sent = {each.name for each in operation.parameters if each.location == "query"}
    sent |= set(schemas.properties(asked)) if asked else set()
    known = {plain(name): name for name, at in properties.items() if is_amount(schemas, at)}
    known = {amount_name(name): name for name in known.values()} | known
    for sentence in said_sentences(schemas, operation):
        match = ADDS.search(sentence)
        name = known.get(plain(match["to"] or match["name"]), "") if match else ""
        what = plain(match["what"] or match["by"]) if match else ""
        by = next((each for each in sent if what and what in (plain(each), amount_name(each))), "")
        if match and name and by and by != name:
            is_less = (match["verb"] or match["way"]).lower().startswith(("subt", "ded", "tak", "decr", "low", "red"))
            yield name, "{plus:" + f"{name} {'-' if is_less else ''}{by}" + "}"
            return
    yield from _filled(schemas, operation, set(known.values()))


def _filled(schemas: Schemas, operation: Operation, numbers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The one balance or stock of an item to which a request adds its one number: "Adds money to the wallet"."""
    figures = [name for name in numbers if FIGURES.intersection(words(name))]
    asked = request_schema(operation.request_body)
    amounts = numbers_sent(schemas, schemas.properties(asked)) if asked else []
    way = direction(schemas, operation) if len(figures) == len(amounts) == 1 else 0
    if way:
        yield figures[0], "{plus:" + f"{figures[0]} {'-' if way < 0 else ''}{amounts[0]}" + "}"


def states_of(draft: ResourceDraft, properties: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The values of the one property with a state: their plain names, each with the property and the value."""
    listed = {name: values_of(draft, name, at) for name, at in properties.items() if plain(name).endswith(STATES)}
    named = {name: values for name, values in listed.items() if values}
    for name, values in named.items() if len(named) == 1 else ():
        yield from ((plain(value), (name, value)) for value in values)


def said_sentences(schemas: Schemas, operation: Operation) -> Iterator[str]:
    """The sentences about an operation, and about its success."""
    yield from (each.text for each in operation_sentences(schemas, operation))
    success = operation.success()
    yield from Description(success.description, success.pointer).sentences() if success is not None else ()
