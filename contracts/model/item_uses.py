"""Operations that use an item without changing what clients gave it: `GET /r/{slug}` follows a link and counts a click.

What the document says of them: how often an item can be used, what counts the uses, and where the use leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from mockserver.contract import Contract
from mockserver.inference.names import plain, singular, words
from mockserver.inference.operations.redirects import is_redirect
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences, refusal_sentences
from mockserver.openapi import path_template

LIMITS = re.compile(
    r"\b(?:after|once) (?:this|so|that) many (?P<after>[a-z]+)"
    r"|\bhow (?:many times|often) (?:it|the \w+|an? \w+|this \w+) (?:can|may) be (?P<done>[a-z]+)"
    r"|\b(?:maximum|greatest|highest|largest) (?:number|count) of (?P<most>[a-z]+)"
    r"|\b(?:at most|no more than|up to) (?:this|so) many (?P<up>[a-z]+)",
    re.IGNORECASE,
)
"""How the description of a number says that an item can be used so often."""

COUNTS = re.compile(
    r"\b(?:counts?|records?|adds?|makes) (?:as )?(?:a|an|one|each|every) (?P<what>[a-z]+)", re.IGNORECASE
)
"""How a sentence about an operation says what it counts."""

TIMES = r"[`'\"]* (?:times|uses)\b"

ENDS = re.compile(
    r"\b(?:4\d\d|refus\w*|reject\w*|no (?:more|longer)|at most|only|gone|expired?|exhausted|used up|worn out)\b",
    re.IGNORECASE,
)
"""What says that an operation is refused then."""

REFUSALS = ("403", "409", "410", "423", "429")
"""How an operation is refused because of what was done before."""

FIGURE = frozenset(("count", "counter", "number", "num", "times"))
"""Words of the name of a number that counts."""

GIVEN = re.compile(
    r"\b(?:exactly )?as (?:it was|they were|was) (?:given|sent|stored)|\bexactly\b|\bthe target\b", re.IGNORECASE
)
"""How a description says that an address is the one that a client gave."""

SHORTEST = 4
"""Words are compared by so many letters at least: `clicked` and `clicks`."""


class ItemUse(NamedTuple):
    """An operation that uses items: the number that says how often it works, and the one that counts (or empty)."""

    op: ResourceOperation
    limit: str
    counts: str
    source: str


class ItemTarget(NamedTuple):
    """An operation that redirects to the address in a property that clients send."""

    op: ResourceOperation
    field: str
    said: Sentence | None


def uses_of(contract: Contract, resource: CheckedResource) -> Iterator[ItemUse]:
    """The uses of the items of a resource that are limited or counted, as the document says."""
    for op in _on_items(contract, resource):
        said = [*refusal_sentences(contract.schemas, op.operation)]
        limit, limited = _limit(contract, resource, op, said)
        counts, counted = _counted(contract, resource, op)
        if limit or counts:
            yield ItemUse(op, limit, counts, limited or counted)


def targets_of(contract: Contract, resource: CheckedResource) -> Iterator[ItemTarget]:
    """The redirections to what a property of an item says."""
    for op in _on_items(contract, resource):
        stated = contract.behaviour.operations.get((op.operation.path, op.operation.method))
        headers = stated.reply.headers if stated is not None and stated.reply is not None else {}
        written = str(headers.get("Location", ""))
        if is_redirect(op.operation) and written.startswith("{field:") and written.endswith("}"):
            yield ItemTarget(op, written[len("{field:") : -1], _said_to_be_given(contract, op))


def _said_to_be_given(contract: Contract, op: ResourceOperation) -> Sentence | None:
    texts = [
        description(contract.schemas, header.pointer)
        for response in op.operation.responses
        for header in response.headers
        if header.name.lower() == "location"
    ]
    of_header = (Sentence(each, text.pointer) for text in texts for each in text.sentences())
    return next((each for each in of_header if GIVEN.search(each.text)), None)


def _on_items(contract: Contract, resource: CheckedResource) -> Iterator[ResourceOperation]:
    """The operations on an item that are none of the resource's own: below its path, or at another one with its id."""
    if not resource.can("create", "get"):
        return
    own = path_template.bare(resource.operations["get"].operation.path)
    parameter = resource.behaviour.identity.parameter
    known = {op.name for each in checked_resources(contract).values() for op in each.operations.values()}
    is_telling = plain(parameter) != "id"
    for op in resource_operations(contract):
        path = op.operation.path
        rest = path.removeprefix(own).strip("/") if path.startswith(own + "/") else ""
        is_below = bool(rest) and "{" not in rest
        is_beside = is_telling and path_template.names(path) == [parameter] and not path.startswith(own)
        if op.name not in known and op.operation.method in ("get", "post") and (is_below or is_beside):
            yield op


def _limit(
    contract: Contract, resource: CheckedResource, op: ResourceOperation, said: list[Sentence]
) -> tuple[str, str]:
    """The number of the create request that says how often an operation works, and the sentence; empty without one."""
    schemas, documented = contract.schemas, {each.status for each in op.operation.responses}
    pointer = resource.operations["create"].body_schema(schemas) if documented & {*REFUSALS} else None
    for name, at in schemas.properties(pointer).items() if pointer is not None else ():
        if "integer" not in schemas.types(at):
            continue
        for each in said:
            if re.search(rf"\b{re.escape(name)}{TIMES}", each.text) and ENDS.search(each.text):
                return name, each.source
        found = description(schemas, at).first(LIMITS)
        what = next((word for word in found.match.groups() if word), "") if found is not None else ""
        if found is not None and _is_done_by(what, op, said):
            return name, found.source
    return "", ""


def _is_done_by(what: str, op: ResourceOperation, said: list[Sentence]) -> bool:
    """Is what is counted what an operation does, as its path, its name or its sentences say?"""
    last = op.operation.path.rstrip("/").rsplit("/", 1)[-1]
    spoken = {*words(last), *words(op.operation.operation_id or "")}
    spoken |= {word.lower() for each in said for word in re.findall(r"[A-Za-z]+", each.text) if not each.status}
    return any(_alike(what.lower(), each) for each in spoken)


def _alike(one: str, other: str) -> bool:
    """Have two words the same stem: `clicks` and `clicked`?"""
    one, other = (re.sub(r"(?:ed|ing|s|e)$", "", singular(each)) for each in (one, other))
    shorter = min(len(one), len(other))
    return shorter >= SHORTEST and one[:shorter] == other[:shorter]


def _counted(contract: Contract, resource: CheckedResource, op: ResourceOperation) -> tuple[str, str]:
    """The number of an item that counts how often an operation was used, and the sentence; empty without one."""
    get = resource.operations["get"].item_schema(contract.schemas)
    pointer = resource.operations["create"].body_schema(contract.schemas)
    sent = contract.schemas.properties(pointer) if pointer is not None else {}
    for said in operation_sentences(contract.schemas, op.operation):
        found = COUNTS.search(said.text)
        for name, at in contract.schemas.properties(get).items() if found is not None and get is not None else ():
            is_figure = (
                "integer" in contract.schemas.types(at) and name not in sent and FIGURE.issuperset(words(name)[1:])
            )
            if found is not None and is_figure and _alike(words(name)[0], found["what"].lower()):
                return name, said.source
    return "", ""
