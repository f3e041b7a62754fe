"""Answering one request: the handler begins, the rules run, the handler ends."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from mockserver.handlers.request_context import Asks, RequestContext
from mockserver.mcp_port import Question
from mockserver.messages import Reply
from mockserver.state.record import Record

Performance = Generator[Question, Any, Reply]
"""An answer in progress: it yields what a rule asks an outside service, and returns the reply."""


def handle(context: RequestContext) -> Reply | Performance:
    """Answer a turn: at once when no rule stands in between, else as a generator that may ask MCP servers."""
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


def question_of(context: RequestContext, rule: Asks, record: Record) -> Question | None:
    """What a rule would ask for the item as it is now, None where it would not ask; nothing else stays."""
    context.open(record)
    question = next(rule.put(context), None)
    context.transaction.rollback()
    return question


def settle(context: RequestContext, rule: Asks, record: Record, answer: Any) -> None:
    """Give a rule the answer that came after its reply had gone: the item as it is now takes it in."""
    context.open(record)
    asking = rule.put(context)
    with suppress(StopIteration):
        next(asking)
        asking.send(answer)
    context.save()


def ask_again(context: RequestContext, record: Record) -> Performance:
    """Run those rules of an operation that ask, on an item that is already there."""
    context.open(record)
    for rule in context.bound.rules:
        if isinstance(rule, Asks):
            context.rule = rule
            yield from rule.put(context)
    context.save()
    return context.bound.renderer.empty()
