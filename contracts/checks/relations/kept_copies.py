"""A check of copies: an item that was made from another one keeps what it took, such as the price of its product."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current, settled
from contracts.checks.valid_bodies import every_change
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.names import noun, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.openapi.schemas import Schemas

KEPT = re.compile(r"\b(?:keeps?|retains?|preserves?)\b|\b(?:is|are) not (?:changed|affected|touched)\b", re.IGNORECASE)
"""How a sentence about a change says that what was made before stays as it is."""

AT_THE_TIME = re.compile(
    r"\b(?:when|at the (?:time|moment) (?:when )?)(?: the| it| this| an?)* ?(?P<of>[a-z]+)? (?:was|is|were|has been) "
    r"(?:placed|made|created|ordered|booked|bought|sold|issued|opened|written|signed)\b"
    r"|\bat the (?:time|moment) of (?:the )?(?:order|purchase|booking|sale|creation|checkout)\b"
    r"|\bat the (?:start|beginning) of (?:the|its|this) [a-z]+\b",
    re.IGNORECASE,
)
"""How the description of a field says that it shows what was so in the past."""

DEEPEST = 3


def kept_copy(
    context: CheckContext,
    child: CheckedResource,
    reference: Reference | None,
    op: ResourceOperation,
    named: frozenset[str],
) -> None:
    """An item keeps what it took from another one when that one changes, as the document says."""
    owner = context.shared.resources[op.behaviour.action.of] if op.behaviour.action else None
    if owner is None:
        raise CannotBuildRequest(f"{op.name} changes no item")
    source = context.create_plentiful(owner)
    if reference is None:
        copy = context.create(child, path=source.path_below(child))
    else:
        copy = context.create(child, referring(context.body(child), reference.field, source.id))
    before = dict(_leaves(settled(context, copy)))
    body = every_change(context, owner, op, source)
    if not body:
        raise CannotBuildRequest(f"{op.name} changes nothing")
    changed = context.send(op, path=source.path, body=body)
    if changed.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {changed.status}")
    _, item, shown = current(context, copy)
    after = dict(_leaves(item))
    other = [at for at, value in before.items() if at in after and after[at] != value and _is_named(at, named)]
    context.expect(
        not other,
        f"the {child.name} keeps {other[0] if other else ', '.join(sorted(named))} after {op.name}",
        "; ".join(f"{at} was {as_json(before[at])} and is {as_json(after[at])}" for at in other),
        source.exchange,
        copy.exchange,
        changed,
        *shown,
        about="kept",
    )


def _is_named(at: str, named: frozenset[str]) -> bool:
    return bool(named & set(words(at.rpartition("/")[2])))


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """The values in an item that are no objects, by their places."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{at}/{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{at}/{number}")
    else:
        yield at, value


def _places(contract: Contract) -> Iterator[Place]:
    for name, statement, (child, reference, op), said in kept_places(contract):
        yield name, statement, (child, reference, op, said)


def kept_places(contract: Contract) -> Iterator[tuple[str, StatementRef, tuple[Any, ...], Any]]:
    """Where the document says that an item keeps what it took from another one.

    Each with the operation that changes the other one, the statement, the resource with the reference and that
    operation, and what is kept.
    """
    known = checked_resources(contract)
    for child in known.values():
        if not child.can("create", "get"):
            continue
        for owner, reference in sources_of(contract, known, child):
            op = owner.operations.get("update") or owner.operations.get("replace")
            found = said_to_keep(contract, child, op) if op is not None else None
            if op is not None and found is not None:
                text = f"A {child.name} keeps what it took from its {owner.name}."
                statement = StatementRef(op.name, "references", "described", found[0], text)
                yield op.name, statement, (child, reference, op), found[1]


def sources_of(
    contract: Contract, known: Mapping[str, CheckedResource], child: CheckedResource
) -> Iterator[tuple[CheckedResource, Reference | None]]:
    above = known.get(owner_of(child))
    if above is not None and above.can("create"):
        yield above, None
    for each in body_references(contract.schemas, child, child.operations["create"]):
        named = known.get(each.resource)
        if named is not None and named.can("create") and each.key == named.behaviour.identity.field:
            yield named, each


def said_to_keep(
    contract: Contract, child: CheckedResource, op: ResourceOperation
) -> tuple[str, frozenset[str]] | None:
    """The source of what is said, and words in the names of the fields that are kept; None if nothing is said.

    They are fields that the owner has, too.
    """
    schemas = contract.schemas
    pointer = op.body_schema(schemas)
    own = {word for name in (schemas.properties(pointer) if pointer is not None else ()) for word in words(name)}
    for each in operation_sentences(schemas, op.operation):
        spoken = set(words(each.text))
        is_about = noun(child.name)[-1] in {noun(word)[-1] for word in spoken}
        if KEPT.search(each.text) and is_about and spoken & own:
            return each.source, frozenset(spoken & own)
    for name, at, source in _described(schemas, documented(contract, child.operations["get"])):
        if set(words(name)) & own and at:
            return source, frozenset(set(words(name)) & own)
    return None


def _described(schemas: Schemas, fields: Mapping[str, str], depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """The fields of an item, and of the objects in it, that show what was so when it was made."""
    for name, pointer in fields.items():
        said = description(schemas, pointer)
        sentence = next((each for each in said.sentences() if AT_THE_TIME.search(each)), "")
        if sentence:
            yield name, pointer, f'"{sentence}" ({said.pointer})'
        inner = schemas.items(pointer) or pointer
        if depth < DEEPEST:
            yield from _described(schemas, schemas.properties(inner), depth + 1)


CHECKS = (Check("kept-copy", ("references",), _places, kept_copy, exclusive=False),)
