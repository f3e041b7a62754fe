"""Replies of writes that show no item, and say in a single value how it went: `OK`, `true`, or the id of a new item."""

from __future__ import annotations

import re
from typing import Any

from mockserver.inference.bodies.envelope import Envelopes
from mockserver.inference.bodies.messages import SCALARS
from mockserver.inference.draft import DraftAction
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values import identity
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_prose
from mockserver.openapi.schemas import Schemas


def is_said(schemas: Schemas, media: MediaType) -> bool:
    """Is a body a text, or another single value?"""
    types = schemas.types(media.schema) if media.schema else frozenset[str]()
    return types <= SCALARS and (bool(types) or is_prose(media.name))


def said(schemas: Schemas, envelopes: Envelopes, action: DraftAction, media: MediaType, made: str) -> Any:
    """The template of such a body: the id of a new item, or what the document has as an example.

    `made` is how ids are generated.
    """
    example, pointer = envelopes.said(media), media.schema
    is_text = pointer is None or "string" in schemas.types(pointer)
    if action.does == "create" and _is_id(schemas, pointer, is_text, example, made):
        return "{text:id}" if is_text else "{id}"
    if example is not None:
        return example
    told = _told(schemas, action, media) if pointer is not None and "integer" in schemas.types(pointer) else None
    if told is not None and pointer is not None and schemas.validator(pointer, "response").is_valid(1):
        return told
    if pointer is None or (is_text and schemas.validator(pointer, "response").is_valid("OK")):
        return "OK"
    return envelopes.constant(pointer)


def _told(schemas: Schemas, action: DraftAction, media: MediaType) -> Any:
    """What the number in the reply to a change is, as the document describes it: of changed items, or an id."""
    texts = [str(schemas.keyword(str(media.schema), "description") or ""), action.reply.response.description]
    texts += [description(schemas, action.operation.pointer, word).text for word in ("description", "summary")]
    for text in texts:
        if NUMBER.search(text):
            return 1
        if OWN_ID.search(text):
            return "{id}"
    return None


NUMBER = lazy_pattern(
    r"\b(?:number|count|amount|how many)\b[^.]{0,40}\b(?:row|record|item|entr|document|object|\w*(?:delet|remov|updat|"
    r"affect|modif|chang))|\b(?:deleted|affected|updated|removed|changed|modified) (?:row|record|item)s?(?: count)?\b|"
    r"\brows? affected\b",
    re.IGNORECASE,
)
"""How a text says that a number counts what a request changed."""

OWN_ID = lazy_pattern(
    r"\bid (?:of|for) (?:the|a|an)\b|\b(?:deleted|removed|updated)(?: \w+)?(?:'s)? id\b", re.IGNORECASE
)
"""How it says that the number is the id of the item."""


def _is_id(schemas: Schemas, pointer: str | None, is_text: bool, example: Any, made: str) -> bool:
    """Can the value of a create's reply be the new id? The path may need a number and the reply a UUID.

    A text whose example is a word, such as `OK`, is none.
    """
    if isinstance(example, str) and not any(each.isdigit() for each in example):
        return False
    sample = identity.SAMPLES.get(made)
    if sample is None or pointer is None:
        return True
    return schemas.validator(pointer, "response").is_valid(str(sample) if is_text else sample)
