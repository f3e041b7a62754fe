"""Handling one request: the handler begins, the rules run, the handler ends."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from mockserver.errors import Refusal
from mockserver.handlers.refusals.done_once import check_once
from mockserver.handlers.refusals.refused_states import check_states
from mockserver.handlers.request_context import Question, RequestContext
from mockserver.messages import Reply
from mockserver.state.record import Record

PendingReply = Generator[Question, Any, Reply]
"""A reply that waits for answers: it yields the questions of rules to an outside service, and returns the reply."""


def handle(context: RequestContext) -> Reply | PendingReply:
    """The reply when the operation has no rules; else a generator of questions that returns the reply."""
    if context.bound.named:
        context.settle_names()
    owner = context.owner()  # raises Missing for a parent that does not exist, before anything is drafted
    if not context.bound.rules:
        _begin(context, owner)
        return context.bound.handler.end(context)
    return _with_rules(context, owner)


def _begin(context: RequestContext, owner: Record | None) -> None:
    context.bound.handler.begin(context)
    if context.bound.is_create and context.record is not None and context.record is context.current:
        return  # an item that a request with the same key made, whatever has become of others since
    if context.bound.refused:
        check_states(context, owner)
    if context.bound.once is not None:
        check_once(context, context.bound.once)


def _with_rules(context: RequestContext, owner: Record | None) -> PendingReply:
    _begin(context, owner)
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
