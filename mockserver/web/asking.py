"""Waiting for MCP servers: a reply leaves within a deadline, and an outcome that comes later is still taken in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from mockserver.call import Reply
from mockserver.errors import Missing, Refusal
from mockserver.probe import Connection, Outcome, Prober, Question, ask
from mockserver.semantics.binding import Performance, ask_again, settle
from mockserver.semantics.turn import Rule, Turn
from mockserver.state.collection import Record
from mockserver.state.store import Transaction

log = logging.getLogger("mockserver")


class Asking:
    """Puts the questions of rules to a prober, and waits at most `deadline` seconds for each answer."""

    def __init__(self, prober: Prober, deadline: float) -> None:
        self.prober, self._deadline = prober, deadline
        self.callback = ""
        self._late: set[asyncio.Task[None]] = set()

    async def answer(self, performance: Performance, turn: Turn) -> Reply:
        """Carry a performance to its end. What it did so far is kept before any wait, and never lost by it."""
        answer: Any = None
        while True:
            try:
                question = performance.send(answer)
            except StopIteration as stop:
                reply: Reply = stop.value
                return reply
            answer = ask(self.prober, self._with_callback(question) if self.callback else question)
            if type(answer) is not Outcome and isinstance(answer, Awaitable):
                turn.save()
                turn.transaction.commit()
                answer = await self._wait(answer, question, turn)
                turn.renew()

    async def again(self, turn: Turn, record: Record) -> None:
        """Let the rules of a create ask once more for a registration, now that something has changed for it."""
        await self.answer(ask_again(turn, record), turn)
        turn.transaction.commit()

    def forget(self, owner: str) -> None:
        """Drop the tokens of a registration, or of a tenant, that is no longer there."""
        self.prober.forget(owner)

    def _with_callback(self, question: Question) -> Question:
        """OAuth must come back to this sandbox, not to the service that it stands for."""
        return replace(question, redirect_uri=self.callback) if isinstance(question, Connection) else question

    async def close(self) -> None:
        """Give up what is still being asked."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        end = getattr(self.prober, "aclose", None)
        if end is not None:
            await end()

    async def _wait(self, answer: Awaitable[Any], question: Question, turn: Turn) -> Any:
        task = asyncio.ensure_future(answer)
        done, _ = await asyncio.wait({task}, timeout=self._deadline)
        if done:
            return task.result()
        if not isinstance(question, Connection) or turn.record is None or turn.rule is None:
            task.cancel()
            return Outcome("timeout", f"no answer within {self._deadline:g} seconds")
        follow = asyncio.ensure_future(self._follow(task, turn, turn.rule, turn.record.id))
        self._late.add(follow)
        follow.add_done_callback(self._late.discard)
        return Outcome("pending", None)

    async def _follow(self, task: asyncio.Future[Any], turn: Turn, rule: Rule, id: Any) -> None:
        outcome = await task
        transaction = Transaction(turn.transaction.store)
        late = Turn(turn.call, turn.binding, transaction, turn.world)
        record = late.collection().by_id.get(id)
        if record is None:
            return
        try:
            settle(late, rule, record, outcome)
            transaction.commit()
        except (Missing, Refusal) as refusal:
            transaction.rollback()
            log.warning("%s %s: the late outcome was not taken in: %s", turn.call.method, turn.call.url, refusal)
