"""Waiting for MCP servers: a reply is sent within a deadline, and an outcome that comes later is still applied.

While a server is queried, its registration may be changed or synced again. An outcome counts only for the question that
was asked: it is dropped if the registration has another address by now, or if a later sync was answered first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from mockserver.errors import Missing, Refusal
from mockserver.handlers.outside import apply_late_answer, question_of
from mockserver.handlers.request_context import RequestContext
from mockserver.mcp_sync.prober import McpConnection, Outcome, Question
from mockserver.rules import RuleFunction
from mockserver.state.transaction import Transaction

log = logging.getLogger("mockserver")


class ProbeSequence(Struct):
    """The numbers of the last asked and the last answered question about one registration."""

    asked: int = 0
    answered: int = 0


class Probe(Struct, frozen=True):
    """A question of a rule about a registration, its number in the registration's sequence, and its answer."""

    question: McpConnection
    rule: RuleFunction
    id: Any
    sequence: ProbeSequence
    number: int
    answer: asyncio.Future[Any]


class PendingProbes:
    """Waits at most `deadline` seconds for each answer. `put` asks again if the registration changed meanwhile."""

    def __init__(self, put: Callable[[Question], Any], deadline: float) -> None:
        self._put, self._deadline = put, deadline
        self._late: set[asyncio.Task[None]] = set()
        self._sequences: dict[str, ProbeSequence] = {}

    async def wait(self, asked: Awaitable[Any], question: Question, context: RequestContext) -> Any:
        """The answer, or a `pending` outcome. Asks again if the registration changed while the server was queried."""
        answer = asyncio.ensure_future(asked)
        if not isinstance(question, McpConnection) or context.record is None or context.rule is None:
            return await self._in_time(answer)
        until = asyncio.get_running_loop().time() + self._deadline
        probe = self._new_probe(question, context.rule, context.record.id, answer)
        while True:
            left = until - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait({probe.answer}, timeout=max(left, 0))
            if not done:
                return self._leave_pending(probe, context)
            next_probe = self._ask_again(probe, context)
            if next_probe is None:
                probe.sequence.answered = probe.number
                return probe.answer.result()
            probe = next_probe

    def forget(self, owner: str) -> None:
        """Drop the sequences of a deleted registration, or of a deleted tenant."""
        for name in [name for name in self._sequences if name == owner or name.startswith(owner + "/")]:
            del self._sequences[name]

    async def close(self) -> None:
        """Stop waiting for late answers."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _in_time(self, answer: asyncio.Future[Any]) -> Any:
        """The answer to a question about no registration. A late answer would be useless, so it is cancelled."""
        done, _ = await asyncio.wait({answer}, timeout=self._deadline)
        if done:
            return answer.result()
        answer.cancel()
        return Outcome("timeout", f"no answer within {self._deadline:g} seconds")

    def _new_probe(self, question: McpConnection, rule: RuleFunction, id: Any, answer: asyncio.Future[Any]) -> Probe:
        sequence = self._sequences.setdefault(question.owner, ProbeSequence())
        sequence.asked += 1
        return Probe(question, rule, id, sequence, sequence.asked, answer)

    def _ask_again(self, probe: Probe, context: RequestContext) -> Probe | None:
        """The rule's question again, if the answer is not for the registration as it is now; else None."""
        late = RequestContext(context.call, context.bound, Transaction(context.transaction.store))
        record = late.collection().by_id.get(probe.id)
        now = question_of(late, probe.rule, record) if record is not None else None
        overtaken = probe.sequence.answered > probe.number
        if not isinstance(now, McpConnection) or (now == probe.question and not overtaken):
            return None
        return self._new_probe(now, probe.rule, probe.id, asyncio.ensure_future(self._answer_to(now)))

    async def _answer_to(self, question: Question) -> Any:
        answer = self._put(question)
        return await answer if isinstance(answer, Awaitable) else answer

    def _leave_pending(self, probe: Probe, context: RequestContext) -> Outcome:
        follow = asyncio.ensure_future(self._apply_when_late(probe, context))
        self._late.add(follow)
        follow.add_done_callback(self._late.discard)
        return Outcome("pending", None)

    async def _apply_when_late(self, probe: Probe, context: RequestContext) -> None:
        """Apply an answer that comes after the reply was sent, unless a later question was asked."""
        transaction = Transaction(context.transaction.store)
        late = RequestContext(context.call, context.bound, transaction)
        current: Probe | None = probe
        try:
            while current is not None:
                probe, outcome = current, await current.answer
                if probe.sequence.asked > probe.number:
                    return
                current = self._ask_again(probe, context)
            record = late.collection().by_id.get(probe.id)
            if record is not None:
                apply_late_answer(late, probe.rule, record, outcome)
                transaction.commit()
        except (Missing, Refusal) as refusal:
            transaction.rollback()
            log.debug("%s %s: the late outcome was not applied: %s", context.call.method, context.call.url, refusal)
