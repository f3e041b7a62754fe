"""What operations return for items that do not exist, and what a correct server may return instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contracts.checks.error_replies import documented_statuses
from contracts.checks.stored_fields import weaker
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.inference.sentences.absence_sentences import says_absent
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.letter_case import IGNORES_CASE
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.openapi.schemas import Schemas

NO_CONTENT = 204

GONE = (404, 410)
"""Statuses for an item that does not exist (RFC 9110 sections 15.5.5 and 15.5.11)."""

HIDDEN_OR_GONE = (403, *GONE)
"""The same, and the status of services that refuse access to what does not exist, too (RFC 9110 section 15.5.4).

The check `delete` warns of a 403; the others are about something else.
"""

REPEATED = (
    "A DELETE of an item that does not exist may succeed, where the document has no 404 (RFC 9110 section 9.2.2)."
)
CREATED = (
    "A PUT or PATCH may create the item that does not exist, where the document has no 404 "
    "(RFC 9110 section 9.3.4, RFC 5789 section 2)."
)
HIDDEN = "A service may refuse access to what does not exist, too (RFC 9110 section 15.5.4)."
CASE = "A service that lets clients choose ids may find them without regard to case."
FORM = "A service may refuse an id of another form than its own, which the document does not say."
MARKED = "The item may still be shown, marked as deleted."

LEFT_OUT = re.compile(
    r"\bdeleted (?:\w+ )?(?:are|is) (?:left out|omitted|excluded|hidden|filtered out|not (?:\w+ )?(?:listed|shown|included|returned))\b|"
    r"\b(?:without|excluding|except|not) (?:the )?deleted\b|\b(?:leaves?|left) out deleted\b",
    re.IGNORECASE,
)
"""How a sentence about a list says that it does not show what is deleted."""

MARKS = ("delet", "archiv", "remov", "trash", "cancel", "active", "enabled", "status", "state")
"""A field whose name contains one of these may say that an item is deleted."""


def documents_missing(op: ResourceOperation) -> bool:
    """Does the document list 404 or 410 for the operation?"""
    return any(reply.status in ("404", "410") for reply in op.operation.responses)


def may_succeed(op: ResourceOperation, status: int) -> bool:
    """Is it a DELETE that may answer so about an item that does not exist?"""
    return op.operation.method == "delete" and 200 <= status < 300 and not documents_missing(op)


def may_create(context: CheckContext, made: CreatedItem, op: ResourceOperation, response: RecordedExchange) -> bool:
    """Is it a PUT or PATCH that has created the item of `made`, which a GET then shows, and has the document no 404 for it?"""
    if op.operation.method not in ("put", "patch") or not 200 <= response.status < 300 or documents_missing(op):
        return False
    return not made.resource.can("get") or context.get(made).status == 200


def says_left_out(schemas: Schemas, op: ResourceOperation) -> StatementRef | None:
    """The sentence about a list which says that it does not show what is deleted; None if there is none.

    It may go on with "unless": a parameter shows them all the same.
    """
    for each in operation_sentences(schemas, op.operation):
        if LEFT_OUT.search(each.text):
            return StatementRef(op.name, "http", "described", each.source, "The list does not show what is deleted.")
    return None


def ignores_case(schemas: Schemas, resource: CheckedResource) -> bool:
    """Does the document say of a resource, or of its id, that upper and lower case are the same?"""
    identity = resource.behaviour.identity
    for op in resource.operations.values():
        named = [each.pointer for each in op.operation.parameters if each.name == identity.parameter]
        pointer = op.body_schema(schemas)
        field = schemas.properties(pointer).get(identity.field) if pointer is not None else None
        places = [*named, *([field] if field is not None else [])]
        texts = [each.text for each in operation_sentences(schemas, op.operation)]
        texts += [description(schemas, each).text for each in places]
        if any(map(IGNORES_CASE.search, texts)):
            return True
    return False


def is_marked_deleted(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Does an item that is still shown say that it is deleted?"""
    return any(
        value != before.get(name) and any(mark in name.lower() for mark in MARKS) for name, value in after.items()
    )


def expect_gone(
    context: CheckContext,
    op: ResourceOperation,
    made: CreatedItem,
    expected: str,
    *history: RecordedExchange,
    statement: StatementRef | None,
) -> None:
    """What an operation shows of an item is there no longer. `history` are the exchanges that deleted it."""
    response = context.send(op, path=made.path)
    context.expect_status(
        response.status in HIDDEN_OR_GONE, expected, *history, response, about=op.name, statement=statement
    )


def is_said_absent(op: ResourceOperation, status: int) -> bool:
    """Does the document say that this is the status of a delete of what is not there: "204: No such widget"?"""
    described = {each.status: each.description for each in op.operation.responses}
    return op.operation.method == "delete" and status == NO_CONTENT and says_absent(described.get(str(status), ""))


def expect_missing(
    context: CheckContext,
    op: ResourceOperation,
    what: str,
    *exchanges: RecordedExchange,
    about: str,
    before: Mapping[str, Any] | None = None,
    created: bool = False,
    is_other_case: bool = False,
    is_malformed: bool = False,
) -> bool:
    """Report the last exchange, unless it says that the item does not exist. `before` is the item before its deletion.

    What correct servers may do is a warning. `created`: the request has created the item. With `is_other_case`, its id
    is that of an item but for upper and lower case. With `is_malformed` the service may refuse its form.
    """
    status = exchanges[-1].status
    if is_said_absent(op, status):
        return True
    item = context.item(op, exchanges[-1]) if 200 <= status < 300 else {}
    doubts = {
        REPEATED: may_succeed(op, status),
        CREATED: created,
        HIDDEN: status == 403,
        CASE: is_other_case,
        FORM: is_malformed and status in documented_statuses(op),
        MARKED: before is not None and op.operation.method == "get" and is_marked_deleted(before, item),
    }
    text = next((text for text, applies in doubts.items() if applies), "")
    expected = f"{op.name} returns 404 for {what}"
    doubt = weaker(context, text) if text else None
    return context.expect_status(status in GONE, expected, *exchanges, about=about, statement=doubt)


def is_renamed(
    context: CheckContext, op: ResourceOperation, created: CreatedItem, changed: RecordedExchange, name: str
) -> bool:
    """Has an item that is named after a field another address since the field changed? Then it is deleted there."""
    resource = created.resource
    identity = resource.behaviour.identity
    id = context.item(op, changed).get(identity.field)
    if name not in context.shared.named_after[resource.name] or id is None or id == created.id:
        return False
    moved = replace(created, id=id, path={**created.path, identity.parameter: id})
    if context.get(moved).status >= 300:
        return False
    if resource.can("delete"):
        context.remove(moved)
    return True
