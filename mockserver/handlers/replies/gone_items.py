"""Deletes that succeed for an item that is not there, as the document says: "204: There is no such widget"."""

from __future__ import annotations

from functools import partial

from mockserver.errors import Missing
from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.sentences.absence_sentences import says_absent
from mockserver.messages import Reply
from mockserver.openapi.document import Operation

NO_CONTENT = 204


def idempotent(handler: Handler, operation: Operation, does: str) -> Handler:
    """The handler of a delete, which answers 204 for an item that is not there if the document says so."""
    described = {each.status: each.description for each in operation.responses}
    is_said = does == "delete" and says_absent(described.get(str(NO_CONTENT), ""))
    return Handler(partial(_begin, handler), partial(_end, handler)) if is_said else handler


def _begin(handler: Handler, context: RequestContext) -> None:
    try:
        handler.begin(context)
    except Missing as missing:
        if missing.values.get("resource") != context.bound.resource.name.replace("-", " "):
            raise  # what the item is below is missing


def _end(handler: Handler, context: RequestContext) -> Reply:
    if context.record is None:
        return Reply(NO_CONTENT, None, (), "", b"", proven=True)
    return handler.end(context)
