"""Sentences of a document that say whose an item is: "your notes", "only the owner may delete it"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document, Operation

SELF = (
    r"(?:authenticated|current|calling|requesting|logged[- ]?in|signed[- ]?in)(?:[ -](?:user|account|customer|caller))?"
)

GROUP = "team|workspace|org|tenant|compan|project|group|household"

OWNED = lazy_pattern(
    rf"""
    \b(?:of|for|to|by|from)\ (?:the|an?)\ {SELF}\b(?!(?:['’]s)?\ (?:user['’]s\ )?(?:{GROUP}))
  | \b{SELF}['’]s\ (?!{GROUP})
  | \b(?:of|for|to|by|from)\ the\ caller\b(?!['’]s\ (?:{GROUP}))
  | \bthe\ caller['’]s\ (?!{GROUP})
  | \b(?:of|by|to)\ some(?:body|one)\ else\b
  | \bown(?:ed)?\ by\ (?:you\b|the\ {SELF}|the\ caller|another|someone|a\ different|other)
  | \bbelong(?:s|ing)?\ to\ (?:you\b|the\ {SELF}|the\ caller|someone|other\ users)
  | \bbelong(?:s|ing)?\ to\ (?:another|a\ different)\ (?:user|account|customer)
  | \bonly\ (?:the|its|their|an?)\ (?:owner|author|creator)\b
  | \bonly\ (?:by|to|for)\ (?:the|its|their)\ (?:owner|author|creator)\b
  | (?:\b(?:the|its)\ |^)(?:owner|author|creator)\ only\b
  | \b(?:not|isn['’]t|is\ not|aren['’]t)\ (?:the|its|an?)\ (?:owner|author|creator)\b
  | \bnot\ (?:yours|your\ own|their\ own|owned)\b
  | \bonly\ (?:\w+\ ){{0,3}}(?:your|their|his|her)\ own\b
  | \b(?:another|other)\ users?['’]s?\ (?:\w+\ )?(?:is|are|return|answer|give|get|respond|count|look)\b
  | \b(?:never|not|no)\ (?:\w+\ ){{0,4}}(?:another|other)\ (?:users?|accounts?|customers?)\b
  | \bprivate\ to\ (?:the|its|their|each|you)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What says that an item is only for the user who owns it. A team, a workspace or an organization is shared."""

SHARED = lazy_pattern(
    r"\b(?:public(?:ly)?|any(?:one|body)|every(?:one|body)|share[ds]?|collaborat\w+"
    r"|(?:every|any) (?:team )?(?:user|member|colleague|employee)"
    r"|all (?:team )?(?:users|members|colleagues|employees|staff)"
    r"|(?:whole|entire) (?:team|staff|company|office|organi[sz]ation|workspace))\b",
    re.IGNORECASE,
)
"""What says that others may see an item, too."""

OPEN = lazy_pattern(
    r"\b(?:anyone|everyone|anybody|everybody|(?:every|any|each)\ user|all\ users|other\ users|others)"
    r"\ (?:can|may|are)\b(?!\ not)"
    r"|\b(?:by|open\ to)\ (?:anyone|everyone|anybody|everybody|(?:every|any|each)\ user|all\ users)\b"
    r"(?!\ (?:else|but))",
    re.IGNORECASE,
)
"""What says that others may do something with an item: more than that they may see it afterwards."""

THEIR_PART = lazy_pattern(
    r"\b(?:others|other users)\b[^.;]{0,20}?\bonly (?:\w+ )?(?:their|his|her) own\b", re.IGNORECASE
)
"""What says that others may call an operation, too, and get what is theirs: "others see only their own"."""

READ_ONLY = lazy_pattern(
    r"\b(?:readers?|viewers?|guests?|others|other users|they)\b[^.;]{0,40}?\b(?:may|can)\b"
    r" (?:(?:only |just )?(?:read|see|view|look)(?: it| them)?(?: only\b|$|[,;.])|only (?:read|see|view)\b"
    r"|not (?:do|change|edit|write|delete|use)\b)",
    re.IGNORECASE,
)
"""What says that those who may read an item may not change it."""

CHANGING = lazy_pattern(
    r"(?i)\b(?:chang|edit|updat|modif|replac|delet|remov|clos|open|cancel|archiv|renam|manag|writ|publish)"
    r"(?:e|es|ed|ing|y|ies)?\b"
)
DENIED = lazy_pattern(r"(?i)\b(?:not|no|never|cannot|can't|nobody|only|private|except|but)\b")
"""What makes a sentence about all users one about none or some of them."""

READING = lazy_pattern(r"(?i)\b(?:see[ns]?|read|view|list|get|look|access|visible|find|retriev)(?:s|ed|ing|e|es)?\b")
"""Verbs of a sentence about who may do what: changing an item, and reading it."""

END = lazy_pattern(r"(?<=[.!?;])\s+|\n\s*\n|\n\s*[-*]\s+")


NOT_OWN = lazy_pattern(
    r"\b(?:cannot|can not|may not|must not|can['’]t|(?:is|are) not allowed to) (?:[a-z]+ ){1,4}"
    r"(?:their|his|her|its|your|one['’]s|the) own\b",
    re.IGNORECASE,
)
"""How a sentence says what users may not do with what is their own: "sellers cannot bid on their own lots"."""


class OwnerSentence(NamedTuple):
    """A sentence of the document, and where it is."""

    text: str
    pointer: str

    @property
    def source(self) -> str:
        """The sentence with its place, as a report shows it."""
        return f"“{self.text}” ({self.pointer})"


def sentence_of(document: Document, operation: Operation, name: str) -> OwnerSentence | None:
    """The first sentence about an operation that says that items called `name` are only for their owner, or None."""
    yours = _yours(name)
    for sentence in sentences_of_operation(document, operation):
        is_closed = (OWNED.search(sentence.text) or yours.search(sentence.text)) and not NOT_OWN.search(sentence.text)
        if is_closed and not SHARED.search(sentence.text):
            return sentence
    named = re.compile(rf"\b{_noun(name)}\b", re.IGNORECASE)
    said = (each for each in sentences_of_service(document) if OWNED.search(each.text) and named.search(each.text))
    return next((each for each in said if not SHARED.search(each.text)), None)


def is_about_changes(sentence: OwnerSentence) -> bool:
    """Does a sentence say only who may change an item, and nothing about reading it?"""
    return bool(CHANGING.search(sentence.text)) and not READING.search(sentence.text)


def is_of_operation(sentence: OwnerSentence, operation: Operation) -> bool:
    """Is a sentence at an operation itself, not in what several share?"""
    return sentence.pointer.startswith(f"{operation.pointer}/")


def is_forbidden(document: Document, operation: Operation) -> bool:
    """Does the description of a 403 say that it is for the items of others?"""
    said = (each for each in sentences_of_operation(document, operation) if "/responses/403/" in each.pointer)
    return any(OWNED.search(each.text) for each in said)


def service_shares(document: Document, name: str) -> bool:
    """Does a sentence about the whole service say that all users see items called `name`?"""
    named = re.compile(rf"\b{_noun(name)}\b", re.IGNORECASE)
    said = [each.text for each in sentences_of_service(document) if named.search(each.text)]
    return any(SHARED.search(text) and READING.search(text) and not DENIED.search(text) for text in said)


def read_only_sentence(document: Document, operation: Operation) -> OwnerSentence | None:
    """The sentence which says that readers of an item may not use an operation: there, or about the whole service."""
    said = (*sentences_of_operation(document, operation), *sentences_of_service(document))
    return next((each for each in said if READ_ONLY.search(each.text)), None)


def says_shared(document: Document, operation: Operation) -> bool:
    """Does a sentence about an operation say that others may use the items?"""
    return any(SHARED.search(sentence.text) for sentence in sentences_of_operation(document, operation))


def says_open(document: Document, operation: Operation) -> bool:
    """Does a sentence about an operation say that others may call it?"""
    return any(OPEN.search(sentence.text) for sentence in sentences_of_operation(document, operation))


def _yours(name: str) -> re.Pattern[str]:
    """`your notes`, `Own notes`, `your saved notes`: what is between may not be another owner (`your team's notes`)."""
    return re.compile(
        rf"(?:\b(?:your|my)\s+(?:own\s+)?|^own\s+|\b(?:an|one['’]s)\s+own\s+)(?:[a-z]+\s+)?{_noun(name)}\b",
        re.IGNORECASE,
    )


def _noun(name: str) -> str:
    """A pattern for the name of a resource, in the singular or the plural."""
    pattern = r"[\s_-]*".join(map(re.escape, re.split(r"[^A-Za-z0-9]+", name)))
    return f"{pattern[:-1]}(?:y|ies)" if pattern.endswith("y") else f"{pattern}(?:s|es)?"


def sentences_of_service(document: Document) -> Iterator[OwnerSentence]:
    """The sentences about the whole service."""
    info = document.root.get("info")
    yield from _split(info.get("description") if isinstance(info, dict) else None, "/info/description")


def sentences_of_operation(document: Document, operation: Operation) -> Iterator[OwnerSentence]:
    """The sentences of an operation: its summary, its description, and those of its successes and refusals."""
    node = json_pointer.lookup(document.root, operation.pointer)
    for key in ("summary", "description"):
        yield from _split(node.get(key) if isinstance(node, dict) else None, f"{operation.pointer}/{key}")
    for response in operation.responses:
        if response.status[:1] == "2" or response.status in ("403", "404"):
            yield from _split(response.description, f"{response.pointer}/description")


def _split(text: Any, pointer: str) -> Iterator[OwnerSentence]:
    for part in END.split(text) if isinstance(text, str) else ():
        if words := " ".join(part.split()):
            yield OwnerSentence(words, pointer)
