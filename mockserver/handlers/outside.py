"""The port to services outside the mock: a rule yields a question and is sent the answer.

The core knows no such service. `mockserver.mcp_sync` is one: it asks MCP servers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from mockserver.handlers.handling import PendingReply
from mockserver.handlers.request_context import Question, RequestContext
from mockserver.messages import Reply
from mockserver.rules import RuleFunction
from mockserver.state.record import Record

AskAgain = Callable[[str], Awaitable[bool]]
"""Runs once more the rules that ask for an item, named as `service/tenant/id`; False when there is no such item."""

Page = Callable[[Mapping[str, str], AskAgain], Awaitable[Reply]]
"""Answers a request to a page of an outside service, from its query parameters."""


Kept = dict[str, dict[str, str]]
"""What an outside service keeps for a service in a namespace, as tables of texts."""


class OutsideService(Protocol):
    """A service outside the mock that rules ask.

    `mode` is shown at `/_mock/health`; `reach` is printed at start and says what the service may connect to. `is_real`
    says whether asking has effects outside of this process, which then takes time.
    """

    mode: str
    reach: str
    is_real: bool

    def ask(self, question: Question, context: RequestContext) -> Any:
        """The answer to a question of `context.rule`, or an awaitable of it. Raises TypeError for a foreign question.

        While an awaitable is awaited, other requests are answered and may change the item. An answer that comes when
        the reply has left is given to the rule by `settle`.
        """
        ...

    def forget(self, owner: str) -> None:
        """Drop what is kept for an item (`service/tenant/id`), a tenant (`service/tenant`) or a service."""
        ...

    def pages(self) -> Mapping[str, Page]:
        """The pages that the service needs below `/_mock/`, by path."""
        ...

    def reached_at(self, address: str) -> None:
        """Take note of the address of `/_mock/`, with a slash at the end: the pages are below it."""
        ...

    async def close(self) -> None:
        """Stop asking and free what is held."""
        ...


@runtime_checkable
class RestorableOutsideService(Protocol):
    """An outside service that shows what it keeps, so that a snapshot of a namespace has that too."""

    def kept(self, owner: str) -> Kept:
        """What is kept for a service in a namespace, without the name of that owner."""
        ...

    def keep(self, owner: str, kept: Kept) -> None:
        """Keep it again, perhaps for another namespace."""
        ...


def kept_by(outside: OutsideService, owner: str) -> Kept:
    """What an outside service keeps for a service in a namespace; nothing, if it cannot tell."""
    return outside.kept(owner) if isinstance(outside, RestorableOutsideService) else {}


def give_back(outside: OutsideService, owner: str, kept: Kept) -> None:
    """Let an outside service keep for a service in a namespace only what it kept at another time."""
    outside.forget(owner)
    if isinstance(outside, RestorableOutsideService):
        outside.keep(owner, kept)


async def finish(pending: PendingReply, context: RequestContext, outside: OutsideService) -> Reply:
    """The reply of a pending one, after its questions are answered.

    Changes are committed before each wait, because other requests run meanwhile and must see a consistent store.
    """
    answer: Any = None
    while True:
        try:
            question = pending.send(answer)
        except StopIteration as stop:
            reply: Reply = stop.value
            return reply
        answer = outside.ask(question, context)
        if is_awaitable(answer):
            context.save()
            context.transaction.commit()
            answer = await answer
            context.refresh()


def is_awaitable(answer: Any) -> bool:
    """Is an answer still to be awaited? `isinstance(answer, Awaitable)` says the same and takes five times as long."""
    return hasattr(answer, "__await__")


def question_of(context: RequestContext, rule: RuleFunction, record: Record) -> Question | None:
    """What a rule would ask for the item as it is now; None when it would not ask. Changes nothing."""
    context.edit(record)
    question = next(rule.function(context), None)
    context.transaction.rollback()
    return question


def apply_late_answer(context: RequestContext, rule: RuleFunction, record: Record, answer: Any) -> None:
    """Give a rule an answer that came after the reply: it is applied to the item as it is now."""
    context.edit(record)
    asking = rule.function(context)
    with suppress(StopIteration):
        next(asking)
        asking.send(answer)
    context.save()


def ask_again(context: RequestContext, record: Record) -> PendingReply:
    """Run the asking rules of an operation once more, on an item that exists."""
    context.edit(record)
    for rule in context.bound.rules:
        if rule.asks:
            context.rule = rule
            yield from rule.function(context)
    context.save()
    return context.bound.renderer.empty()
