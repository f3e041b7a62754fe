"""Waiting for MCP servers: a reply leaves within a deadline, and an outcome that comes later is still taken in.

While a server is being asked, its registration may be changed or synced again. An outcome counts only for what was
asked: one for another address than the registration has by now, or one that a later sync has overtaken, is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mockserver.errors import Missing, Refusal
from mockserver.handlers.outside import apply_late_answer, question_of
from mockserver.handlers.request_context import RequestContext
from mockserver.mcp_sync.prober import McpConnection, Outcome, Question
from mockserver.rules import RuleFunction
from mockserver.state.transaction import Transaction

log = logging.getLogger("mockserver")


@dataclass(slots=True)
class ProbeSequence:
    """The numbers of the questions about one registration: the last that was asked, and the last that was answered."""

    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that a rule put about a registration, its number in the registration's course, and its answer."""

    question: McpConnection
    rule: RuleFunction
    id: Any
    course: ProbeSequence
    number: int
    answer: asyncio.Future[Any]


class PendingProbes:
    """Waits at most `deadline` seconds for each answer. `put` asks the server again when a registration has changed."""

    def __init__(self, put: Callable[[Question], Any], deadline: float) -> None:
        self._put, self._deadline = put, deadline
        self._late: set[asyncio.Task[None]] = set()
        self._courses: dict[str, ProbeSequence] = {}

    async def wait(self, asked: Awaitable[Any], question: Question, context: RequestContext) -> Any:
        """The answer, or a `pending` outcome. Asks again when the registration changed while the server was asked."""
        answer = asyncio.ensure_future(asked)
        if not isinstance(question, McpConnection) or context.record is None or context.rule is None:
            return await self._in_time(answer)
        until = asyncio.get_running_loop().time() + self._deadline
        inquiry = self._inquire(question, context.rule, context.record.id, answer)
        while True:
            left = until - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait({inquiry.answer}, timeout=max(left, 0))
            if not done:
                return self._later(inquiry, context)
            anew = self._anew(inquiry, context)
            if anew is None:
                inquiry.course.answered = inquiry.number
                return inquiry.answer.result()
            inquiry = anew

    def forget(self, owner: str) -> None:
        """Drop the numbers of the questions about a registration, or a tenant's, that was deleted."""
        for name in [name for name in self._courses if name == owner or name.startswith(owner + "/")]:
            del self._courses[name]

    async def close(self) -> None:
        """Stop waiting for the answers that replies no longer wait for."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _in_time(self, answer: asyncio.Future[Any]) -> Any:
        """The answer to a question that concerns no registration: nobody would look at it later."""
        done, _ = await asyncio.wait({answer}, timeout=self._deadline)
        if done:
            return answer.result()
        answer.cancel()
        return Outcome("timeout", f"no answer within {self._deadline:g} seconds")

    def _inquire(self, question: McpConnection, rule: RuleFunction, id: Any, answer: asyncio.Future[Any]) -> Probe:
        course = self._courses.setdefault(question.owner, ProbeSequence())
        course.asked += 1
        return Probe(question, rule, id, course, course.asked, answer)

    def _anew(self, inquiry: Probe, context: RequestContext) -> Probe | None:
        """The same rule's question once more, where the answer is not for the registration as it is now."""
        late = RequestContext(context.call, context.bound, Transaction(context.transaction.store), context.world)
        record = late.collection().by_id.get(inquiry.id)
        now = question_of(late, inquiry.rule, record) if record is not None else None
        overtaken = inquiry.course.answered > inquiry.number
        if not isinstance(now, McpConnection) or (now == inquiry.question and not overtaken):
            return None
        return self._inquire(now, inquiry.rule, inquiry.id, asyncio.ensure_future(self._answer_to(now)))

    async def _answer_to(self, question: Question) -> Any:
        answer = self._put(question)
        return await answer if isinstance(answer, Awaitable) else answer

    def _later(self, inquiry: Probe, context: RequestContext) -> Outcome:
        follow = asyncio.ensure_future(self._follow(inquiry, context))
        self._late.add(follow)
        follow.add_done_callback(self._late.discard)
        return Outcome("pending", None)

    async def _follow(self, inquiry: Probe, context: RequestContext) -> None:
        """Take in an answer that comes when its reply has gone, unless another question was put after it."""
        transaction = Transaction(context.transaction.store)
        late = RequestContext(context.call, context.bound, transaction, context.world)
        following: Probe | None = inquiry
        try:
            while following is not None:
                inquiry, outcome = following, await following.answer
                if inquiry.course.asked > inquiry.number:
                    return
                following = self._anew(inquiry, context)
            record = late.collection().by_id.get(inquiry.id)
            if record is not None:
                apply_late_answer(late, inquiry.rule, record, outcome)
                transaction.commit()
        except (Missing, Refusal) as refusal:
            transaction.rollback()
            log.debug("%s %s: the late outcome was not taken in: %s", context.call.method, context.call.url, refusal)
