"""Answering one request: the handler begins, the rules run, the handler ends."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from mockserver.handlers.request_context import Asks, Question, RequestContext
from mockserver.messages import Reply

Performance = Generator[Question, Any, Reply]
"""An answer in progress: it yields what rules ask an outside service, and returns the reply."""


def handle(context: RequestContext) -> Reply | Performance:
    """The reply when the operation has no rules; else a generator of questions that returns the reply."""
    context.owner()
    if not context.bound.rules:
        context.bound.handler.begin(context)
        return context.bound.handler.end(context)
    return _with_rules(context)


def _with_rules(context: RequestContext) -> Performance:
    context.bound.handler.begin(context)
    for rule in context.bound.rules:
        if isinstance(rule, Asks):
            context.rule = rule
            reply = yield from rule.put(context)
        else:
            reply = rule(context)
        if reply is not None:
            context.save()
            return reply
    return context.bound.handler.end(context)
