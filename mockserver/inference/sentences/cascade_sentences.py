"""Sentences of a document that say what is deleted with an item: "Deletes the project with all its tasks."."""

from __future__ import annotations

import re

from mockserver.inference.names import noun
from mockserver.inference.sentences.descriptions import Description, Said, description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

WITH_ITS = lazy_pattern(
    r"\b(?:delet|remov|destroy|eras)\w*\b[^,;:]*?\b(?:with|and|including|along with|as well as|plus)\s+"
    r"(?:(?:all|every|each|any|of|its|their|the|associated|related|nested)\s+)+(?P<noun>[a-z][\w-]*(?:\s+[a-z]\w*)?)",
    re.IGNORECASE,
)
"""Names what is deleted after what it is deleted with."""

ARE_DELETED = lazy_pattern(
    r"\b(?:all|its|their|the)\s+(?:(?:all|of|its|their|the)\s+)*(?P<noun>[a-z][\w-]*(?:\s+[a-z]\w*)?)"
    r"(?:\s+(?:of|in|on)\s+(?:the\s+|this\s+)?[a-z]\w*)?(?:\s+and\s+(?:(?:all|its|their|the)\s+)*[a-z]\w*)?\s+"
    r"(?:(?:are|will be|get)\s+(?:also\s+)?(?:deleted|removed)|go(?:es)?\s+with\s+(?:it|them))\b",
    re.IGNORECASE,
)
"""`Its tasks are deleted too`, `its overrides and its history go with it`."""

KEEPS = lazy_pattern(r"\b(?:keep|kept|remain|stay|survive|detach|unassign|orphan)\w*\b", re.IGNORECASE)

LEAVES = lazy_pattern(
    r"\b(?:tak|remov|detach|strip|delet|unassign|unlink|clear|drop)\w*\b[^,;:]*?\b(?:from|off|out of)\s+"
    r"(?:(?:the|of)\s+)*(?:all|every|each|any)\s+(?:(?:of|the|its|their|other)\s+)*"
    r"(?P<noun>[a-z][\w-]*(?:\s+[a-z]\w*)?)",
    re.IGNORECASE,
)
"""`It takes the tag from all posts`."""

ASKS = lazy_pattern(r"\b(?:not|never|cannot|must|first|before|unless|instead)\b|n['’]t\b", re.IGNORECASE)
"""How a sentence says that this does not happen, or that a client is to do it."""


def said_to_leave(schemas: Schemas, operation: Operation, name: str) -> Said | None:
    """The sentence about a DELETE which says that the item leaves the items called `name`; None if there is none."""
    for word in ("description", "summary"):
        text = description(schemas, operation.pointer, word)
        for sentence in text.sentences():
            said = Description(sentence, text.pointer).first(LEAVES)
            if said is not None and not ASKS.search(sentence) and _is_named(said.match["noun"], name):
                return said
    return None


BELOW = lazy_pattern(
    r"\b(?:delet|remov|destroy|eras)\w*\b[^;:]*?"
    r"\b(?:(?:everything|all|anything|what is)(?: that is)? (?:below|under|in|inside|beneath)"
    r"|(?:its|all|the) (?:\w+ )?(?:children|descendants|subitems|sub\w+|subtree|replies)|recursively|whole subtree)\b",
    re.IGNORECASE,
)
"""`Deletes the folder and everything below it`."""


def said_to_delete_below(schemas: Schemas, operation: Operation) -> Said | None:
    """The sentence about a DELETE which says that what names the item as its parent is deleted too; None without."""
    for word in ("description", "summary"):
        said = description(schemas, operation.pointer, word).first(BELOW)
        if said is not None and not KEEPS.search(said.sentence) and not ASKS.search(said.sentence):
            return said
    return None


def said_to_delete(schemas: Schemas, operation: Operation, name: str) -> Said | None:
    """The sentence about a DELETE which says that the items called `name` are deleted with the item; None if none."""
    for word in ("description", "summary"):
        text = description(schemas, operation.pointer, word)
        for sentence in text.sentences():
            said = _says(sentence, text, name)
            if said is not None:
                return said
    return None


def _says(sentence: str, text: Description, name: str) -> Said | None:
    for pattern in (WITH_ITS, ARE_DELETED):
        said = Description(sentence, text.pointer).first(pattern)
        if said is not None and not KEEPS.search(sentence) and _is_named(said.match["noun"], name):
            return said
    return None


def _is_named(written: str, name: str) -> bool:
    """Do the words name the resource? They may have one word more: `tasks too`."""
    wanted = noun(name)[-1:]
    return any(noun(each)[-1:] == wanted for each in (written, written.split(maxsplit=1)[0]))
