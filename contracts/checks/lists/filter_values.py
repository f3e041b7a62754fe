"""Values for a filter: two that no correct service can take for each other."""

from __future__ import annotations

import re
from typing import Any

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter
from mockserver.inference.names import noun
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.inference.sentences.letter_case import ANY_CASE
from mockserver.inference.sentences.part_sentences import PART, said_part
from mockserver.openapi.schemas import Schemas

WORDS = (("kestrel", "zinnia"), ("kes", "zin"), ("KES", "ZIN"))
"""Two texts without a common part, as a service may look for parts of a text, and for similar ones."""

LETTERS = ("bdfg", "klmn")
"""What is added to each, so that it is new in every run; the two have no letter in common."""

WHOLE = re.compile(r"\b(?:exact(?:ly)?|(?:the|its) (?:whole|full|complete|entire))\b(?! or\b)", re.IGNORECASE)
"""How it says that only the whole text is enough: "with exactly this tag"."""

ENTRY = re.compile(
    r"\b(?:with|ha(?:ve|s|ving)|carr(?:y|ies|ying)|contain(?:s|ing)?|tagged|labell?ed|marked)(?: with)? "
    r"(?:this|that|the given|the|a given|a certain|the same) (?P<what>[a-z]\w*)$",
    re.IGNORECASE,
)
"""How it says so of an entry of a list: "only bookmarks with this tag"."""


def takes_whole(schemas: Schemas, op: ResourceOperation, parameter: str, field: str) -> Said | None:
    """The sentence in the description of a query parameter which says that it finds whole values; None if none does."""
    found = op.operation.parameter("query", parameter)
    text = description(schemas, found.pointer) if found is not None else None
    said = text.first(WHOLE) if text is not None else None
    if said is None and text is not None and field.endswith("[]"):
        said = text.first(ENTRY)
        said = said if said is not None and noun(said.match["what"])[-1] == noun(parameter)[-1] else None
    return said if said is not None and not PART.search(said.sentence) else None


def ignores_case(schemas: Schemas, op: ResourceOperation, parameter: str) -> Said | None:
    """The sentence in the description of a query parameter which says that it ignores case; None if there is none."""
    found = op.operation.parameter("query", parameter)
    return description(schemas, found.pointer).first(ANY_CASE) if found is not None else None


def takes_part(schemas: Schemas, op: ResourceOperation, parameter: str, field: str) -> Said | None:
    """The sentence in the description of a query parameter which says that it finds a part of a field; None if none."""
    found = op.operation.parameter("query", parameter)
    return said_part(schemas, found, field) if found is not None else None


def two_values(context: CheckContext, resource: CheckedResource, statement: Filter) -> tuple[Any, Any]:
    """Two valid values of the field of a filter. Raises CannotBuildRequest if there are none."""
    op, name = resource.operations["create"], statement.field.removesuffix("[]")
    pointer = context.bodies.fields(op)[name]
    is_reference = any(each.field == name for each in resource.behaviour.references)
    is_list = statement.field.endswith("[]")
    is_free = statement.evidence in FROM_DOCUMENT and not is_reference
    if is_free and (is_list or context.contract.schemas.types(pointer) >= {"string"}):
        found = _different_texts(context, pointer, is_list=is_list)
        if found is not None:
            return found
    if is_list:
        raise CannotBuildRequest(f"no two values for {statement.field}")
    first = context.body(resource, full=name not in context.body(resource)).get(name)
    if first is None:
        raise CannotBuildRequest(f"no value for {name}")
    second = context.bodies.other(op, name, first, context.check)
    if second is None:
        raise CannotBuildRequest(f"no second value for {name}")
    if statement.evidence in FROM_DOCUMENT and _may_match(first, second):
        raise CannotBuildRequest(f"no two values for {name} that have nothing in common")
    return first, second


def _may_match(first: Any, second: Any) -> bool:
    """May a service that looks for parts of a text find one value in the other?"""
    texts = [str(each).casefold() for each in (first, second)]
    is_text = isinstance(first, str) and isinstance(second, str)
    return is_text and (texts[0] in texts[1] or texts[1] in texts[0])


def _different_texts(context: CheckContext, pointer: str, *, is_list: bool) -> tuple[Any, Any] | None:
    """Two texts that have nothing in common, if the schema takes them; in lists, if the field is a list."""
    if context.contract.schemas.keyword(pointer, "enum") is not None:
        return None
    validator = context.contract.schemas.validator(pointer, "request")
    added = ["".join(context.random.choice(letters) for _ in range(6)) for letters in LETTERS]
    for pair in WORDS:
        for texts in ([w + a for w, a in zip(pair, added, strict=True)], list(pair)):
            values = [[text] if is_list else text for text in texts]
            if all(validator.is_valid(value) for value in values):
                return values[0], values[1]
    return None


TIMES = {
    "date": ("2001-02-03", "2010-02-03", "2020-02-03"),
    "date-time": ("2001-02-03T04:05:06Z", "2010-02-03T04:05:06Z", "2020-02-03T04:05:06Z"),
}


def three_values(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Filter
) -> tuple[Any, Any, Any]:
    """A low value of a field, a bound, and a high value. Raises CannotBuildRequest if there are none."""
    schemas, create = context.contract.schemas, resource.operations["create"]
    pointer = context.bodies.properties(create).get(statement.field, "")
    if not pointer:
        raise CannotBuildRequest(f"no create sends {statement.field}")
    asked = next(str(p.schema) for p in op.operation.parameters if p.name == statement.parameter)
    least, most = (schemas.keyword(pointer, word) for word in ("minimum", "maximum"))
    start = least if isinstance(least, int | float) else 1
    end = most if isinstance(most, int | float) else start + 1000
    numbers = [(start + step, start + 2 * step, start + 3 * step) for step in (20, 5, 1) if start + 3 * step <= end]
    written = str(schemas.keyword(pointer, "format"))
    candidates: list[tuple[Any, Any, Any]] = [TIMES[written]] if written in TIMES else [*numbers]
    judge, other = schemas.validator(pointer, "request"), schemas.validator(asked, "request")
    for low, bound, high in candidates:
        if judge.is_valid(low) and judge.is_valid(high) and other.is_valid(bound):
            return low, bound, high
    raise CannotBuildRequest(f"no value of {statement.parameter} lies between two values of {statement.field}")
