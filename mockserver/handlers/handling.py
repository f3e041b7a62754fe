"""Handling one request: the handler begins, the rules run, the handler ends."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from mockserver.errors import Refusal
from mockserver.handlers.request_context import Question, RequestContext
from mockserver.messages import Reply

PendingReply = Generator[Question, Any, Reply]
"""A reply that waits for answers: it yields the questions of rules to an outside service, and returns the reply."""


def handle(context: RequestContext) -> Reply | PendingReply:
    """The reply when the operation has no rules; else a generator of questions that returns the reply."""
    if context.bound.named:
        context.settle_names()
    context.owner()  # raises Missing for a parent that does not exist, before anything is drafted
    if not context.bound.rules:
        context.bound.handler.begin(context)
        return context.bound.handler.end(context)
    return _with_rules(context)


def _with_rules(context: RequestContext) -> PendingReply:
    context.bound.handler.begin(context)
    reply: Reply | None
    for rule in context.bound.rules:
        context.transaction.rules += (rule.name,)
        try:
            if rule.asks:
                context.rule = rule
                reply = yield from rule.function(context)
            else:
                reply = rule.function(context)
        except Refusal as refusal:
            refusal.rule = refusal.rule or rule.name
            raise
        if reply is not None:
            context.save()
            return reply
    return context.bound.handler.end(context)
