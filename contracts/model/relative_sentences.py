"""Requests that may be refused because of what is stored: "more than what is left", "there is too little in stock"."""

from __future__ import annotations

from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.inference.sentences.relative_sentences import relative_sentence
from mockserver.openapi.schemas import Schemas


def may_exceed(schemas: Schemas, resource: CheckedResource, op: ResourceOperation) -> bool:
    """May a request be refused for more than there is? What is said of a create is so of a change, too."""
    create = resource.operations.get("create")
    said = (op.operation, *([create.operation] if create is not None else []))
    return any(relative_sentence(schemas, each) for each in said)
