"""DELETEs that do not delete: "Archives the plan", `RevokeApiKey` whose reply shows the key with `revoked_at`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.inference.names import noun, singular, words
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

DELETIONS = frozenset(("delete", "remove", "destroy", "del", "purge", "drop", "erase", "trash", "discard", "unlink"))
"""Verbs that say that an item is deleted."""

STAYS = lazy_pattern(
    r"\b(?:it|which|that|(?:the|this|an?) [a-z]+(?: itself)?|items?|records?) (?:then |still )?"
    r"(?:stays?\b|remains?\b|(?:is|are) (?:kept|not (?:really |actually |physically )?(?:deleted|removed)))"
    r"|\b(?:it|they|(?:the|this|an?|deleted|archived) [a-z]+) (?:can|may|will|is|are) (?:still|also still) (?:be )?"
    r"(?:read|seen|viewed|found|shown|opened|listed|retrieved|fetched|readable|visible|available|there)\b"
    r"|\b(?:does|do) not (?:really |actually |physically )?(?:delete|remove) it\b|\binstead of (?:deleting|removing)\b",
    re.IGNORECASE,
)
"""How a sentence says that the item is there afterwards."""


def other_verbs(schemas: Schemas, operation: Operation, word: str, *, is_shown: bool) -> Iterator[str]:
    """The verbs by which a document says what a DELETE does to an item that stays; none if it deletes the item.

    `word` is the name of the collection. The item stays if a sentence says so, or if the reply shows it (`is_shown`)
    and nothing calls it a deletion.
    """
    sentences = [each.text for each in operation_sentences(schemas, operation)]
    named = [words(part)[:1] for part in re.split(r"[._/ -]", operation.operation_id)[:2]]
    told = [*(words(each)[:1] for each in sentences), *named]
    verbs = dict.fromkeys(singular(one[0]) for one in told if one and one[0] not in noun(word))
    is_said = any(STAYS.search(each) for each in sentences)
    if is_said or (is_shown and DELETIONS.isdisjoint(verbs)):
        yield from (verb for verb in verbs if verb not in DELETIONS)
