"""A check of unique values that are the same in any case: where `ab` is used, `AB` is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.checks.filter_values import ANY_CASE
from contracts.checks.item_view import as_json
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.descriptions import description
from mockserver.inference.refusal_sentences import Sentence, refusal_sentences
from mockserver.openapi.schemas import Schemas

TAKEN = re.compile(r"\b(?:unique(?:ly|ness)?|in use|taken|exists?|refused|conflicts?|duplicates?)\b", re.IGNORECASE)
"""What says that a sentence is about values that another item has."""

SCOPE = re.compile(r"\b(?:within|per|in (?:an?|each|every|the same)|for (?:each|every)|among)\b", re.IGNORECASE)
"""What says that values are unique only beside some other items."""

CONFLICTS = (400, 409, 422)


def any_case(context: CheckContext, resource: CheckedResource, name: str) -> None:
    """A value that differs from a used one in case only is refused, where the document says that case does not count."""
    op = resource.operations["create"]
    first = context.create(resource, context.body(resource, full=name not in context.body(resource)))
    value = first.sent.get(name)
    if not isinstance(value, str) or value.swapcase() == value:
        raise CannotBuildRequest(f"no value of {name} has letters")
    for other, about in ((value, "same"), (value.swapcase(), "case")):
        body = {**context.body(resource), name: other}
        if not context.bodies.accepts(op, body):
            raise CannotBuildRequest(f"the document does not allow {as_json(other)} as {name}")
        exchange, _ = context.try_create(resource, body, may_conflict=True)
        context.expect_status(
            400 <= exchange.status < 500,
            f"a second {resource.name} with {name} {as_json(other)} is refused, since {as_json(value)} is used",
            first.exchange,
            exchange,
            about=about,
        )


def _said(schemas: Schemas, op: ResourceOperation, pointer: str, name: str) -> Sentence | None:
    """The sentence which says that values of a field are the same in any case: at the field, or about it at the create."""
    own = description(schemas, pointer)
    noun = re.compile(rf"\b{re.escape(name)}s?\b", re.IGNORECASE)
    said = [Sentence(each, own.pointer) for each in own.sentences()]
    said += [each for each in refusal_sentences(schemas, op.operation) if noun.search(each.text)]
    about = (each for each in said if ANY_CASE.search(each.text) and TAKEN.search(each.text))
    return next((each for each in about if not SCOPE.search(ANY_CASE.sub("", each.text))), None)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        pointer = op.body_schema(contract.schemas) if op is not None else None
        if op is None or pointer is None or resource.is_put:
            continue
        if all(op.operation.response(status) is None for status in CONFLICTS):
            continue
        for name, at in contract.schemas.properties(pointer).items():
            said = _said(contract.schemas, op, at, name)
            if said is not None:
                text = f"{name} is unique in any case."
                yield op.name, StatementRef(resource.name, "unique", "described", said.source, text), (resource, name)


CHECKS = (Check("unique-in-any-case", (), _places, any_case, exclusive=False),)
