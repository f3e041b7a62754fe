"""Values for a filter: two that no correct service can take for each other."""

from __future__ import annotations

from typing import Any

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter

WORDS = (("kestrel", "zinnia"), ("kes", "zin"), ("KES", "ZIN"))
"""Two texts without a common part, as a service may look for parts of a text, and for similar ones."""

LETTERS = ("bdfg", "klmn")
"""What is added to each, so that it is new in every run; the two have no letter in common."""


def two_values(context: CheckContext, resource: CheckedResource, statement: Filter) -> tuple[Any, Any]:
    """Two valid values of the field of a filter. Raises CannotBuildRequest if there are none."""
    op, name = resource.operations["create"], statement.field.removesuffix("[]")
    pointer = context.bodies.properties(op)[name]
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
    return first, second


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
