"""Refusing a file that is larger than the document allows."""

from __future__ import annotations

from mockserver.errors import Refusal, TooLarge
from mockserver.handlers.binding.content_plans import ContentPlan, ItemContent
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.request_context import RequestContext

STATUSES = (422, 400)
"""The statuses by which a service may refuse it, if it does not document a 413."""


def check_size(context: RequestContext, plan: ContentPlan, content: ItemContent) -> None:
    """Raise TooLarge, or Invalid, for a content of too many bytes, with a status that the operation documents."""
    stated = plan.size
    if stated is None or len(content.data) <= stated.limit:
        return
    operation, message = context.bound.operation, f"the file is larger than {stated.limit} bytes"
    name = context.bound.resource.name.replace("-", " ")
    refusal: Refusal | None = documented_refusal(operation, message, name, (), STATUSES)
    if operation.response(413) is not None:
        refusal = TooLarge(message, limit=stated.limit)
    if refusal is not None:
        raise refusal.because(stated)
