"""Who an item belongs to, as sentences of the document say it."""

from __future__ import annotations

import re

from contracts.checks.security.access_attempts import AccessAttempt
from contracts.checks.security.breaches import BELOW, READS, Breach, lists_status
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Evidence
from mockserver.inference.sentences.owner_sentences import (
    THEIR_PART,
    OwnerSentence,
    is_about_changes,
    is_of_operation,
    says_shared,
    sentence_of,
    service_shares,
)

OWN_PATH = re.compile(r"(?i)/(?:me|my|mine|self|own)(?:/|$)")
"""A path of what belongs to who asks."""


def against_description(context: CheckContext, resource: CheckedResource, attempt: AccessAttempt) -> Breach | None:
    """The document says whose the item is: at this operation, or for reading at another one of the resource."""
    if attempt.kind in BELOW and says_shared(context.contract.document, attempt.op.operation):
        return None
    own = sentence_of(context.contract.document, attempt.op.operation, resource.name)
    if own is None and attempt.kind not in ("list", "filter", *BELOW):
        own = _of_resource(context, resource)
    if own is None or not is_about(own, attempt) or (not attempt.certain and THEIR_PART.search(own.text)):
        return None
    is_shared = attempt.kind in (*READS, *BELOW) and not is_of_operation(own, attempt.op.operation)
    if is_shared and service_shares(context.contract.document, resource.name):
        return None
    is_open = is_shared and _is_left_open(resource, attempt)
    evidence: Evidence = "inferred" if is_open else "described"
    return Breach(attempt, evidence, own.source, "the document says whose it is", True)


def is_about(own: OwnerSentence, attempt: AccessAttempt) -> bool:
    """Is a sentence about an attempt? One about changes is not about reading, nor about an action that it does not name."""
    if not is_about_changes(own):
        return True
    if attempt.kind in READS:
        return False
    verb = attempt.op.operation.path.rstrip("/").rsplit("/", 1)[-1].lower()[:STEM]
    return attempt.kind not in BELOW or is_of_operation(own, attempt.op.operation) or verb in own.text.lower()


STEM = 5
"""How many letters of a verb are the same in its forms: `close` and `closed`, `cancel` and `cancelled`."""


def _is_left_open(resource: CheckedResource, attempt: AccessAttempt) -> bool:
    """Does the document forbid others another thing with such items by 403, and not this?"""
    others = [each for each in resource.operations.values() if each.operation is not attempt.op.operation]
    return any(lists_status(each, 403) for each in others) and not lists_status(attempt.op, 403)


def _of_resource(context: CheckContext, resource: CheckedResource) -> OwnerSentence | None:
    """What the list or the read says about the owner, if nothing says that others may use the items."""
    ops = [resource.operations[name] for name in ("list", "get") if resource.can(name)]
    ops = [op for op in ops if not OWN_PATH.search(op.operation.path)]  # the list of one's own is not about the others
    if any(says_shared(context.contract.document, op.operation) for op in resource.operations.values()):
        return None
    return next(
        (found for op in ops if (found := sentence_of(context.contract.document, op.operation, resource.name))), None
    )
