"""An operation whose changes are written to a shared log, and which sees what other processes wrote."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any

from mockserver.errors import LogError
from mockserver.handlers.outgoing import CommittedRequest
from mockserver.handlers.request_context import BoundOperation
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.state.shared.namespace_log import MOST_TRIALS, NamespaceLog
from mockserver.web.endpoint import Endpoint, Headers, ReadBody, Scope, receive_body
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.service_parts import ServiceParts
from mockserver.web.sharing.refusal import unavailable
from mockserver.web.sharing.sharing import Sharing
from mockserver.web.trace import TRACE

Answered = tuple[Reply, Headers]

ENDPOINT = "mockserver.endpoint"
"""The key of an ASGI scope with the endpoint that answers in a round, for the response if the round is not kept."""

READS = ("GET", "HEAD")


class SharedEndpoint(Endpoint):
    """An endpoint that answers in rounds of a Sharing.

    A request sees all that was appended before its round. When others append meanwhile, its changes are undone, theirs
    are applied, and it runs again. One that waits cannot run again: its changes come after theirs.
    """

    def __init__(
        self,
        operation: Operation,
        bound: BoundOperation | None,
        parts: ServiceParts,
        errors: ErrorResponses,
        sharing: Sharing,
    ) -> None:
        super().__init__(operation, bound, parts, errors)
        self._sharing = sharing
        self._held: list[CommittedRequest] = []
        self._may_change = operation.method.upper() not in READS

    def send(self, request: CommittedRequest) -> None:
        """Hold back what is sent until the changes are in the log: before that, the request may run again."""
        if self._sharing.is_attached:
            self._held.append(request)
        else:
            super().send(request)

    def _send_held(self) -> None:
        held, self._held = self._held, []
        for request in held:
            super().send(request)

    async def __call__(self, scope: Scope, receive: Any, values: tuple[str, ...]) -> Answered:
        sharing = self._sharing
        if not sharing.is_attached:
            return await Endpoint.__call__(self, scope, receive, values)
        if self._body is not None and type(receive) is not bytes and type(receive) is not ReadBody:
            receive = await receive_body(receive, self._parts.max_body)  # read once, also if the request runs again
        answered: Answered | Waiting
        try:
            if sharing.in_round:
                scope[ENDPOINT] = self  # type: ignore[index]  # scopes of servers are dictionaries
                answered = self._answered(scope, receive, values)
            else:
                with sharing.round():
                    answered = self._answered(scope, receive, values)
        except LogError as fault:
            return self._without_log(fault, scope, receive, values)
        return answered if type(answered) is tuple else await self._continued(*answered)

    def _answered(self, scope: Scope, receive: Any, values: tuple[str, ...]) -> Answered | Waiting:
        """The answer, or the rest of an answer that waits. Raises a LogError."""
        sharing = self._sharing
        log = self._followed(scope)
        for trial in range(MOST_TRIALS):
            if trial:
                sharing.of(sharing.named(scope["headers"]), again=True)
            self._held.clear()
            answer = Endpoint.__call__(self, scope, receive, values)
            try:
                awaited = answer.send(None)
            except StopIteration as end:
                done: Answered = end.value
                if not log.changes.noted:
                    if self._held:
                        self._send_held()
                    return done
                appended = log.append()
                if appended is not None:
                    sharing.keep(appended)
                    self._send_held()
                    return done
            else:
                for each in log.append_unconditionally():
                    sharing.keep(each)
                return [log, answer, awaited]
            if TRACE in scope:
                scope[TRACE].reasons = ()
        return self.refused(unavailable(LogError("others change it too often")), scope["method"], scope["path"]), ()

    def _followed(self, scope: Scope) -> NamespaceLog:
        """The log of the namespace of a request, which is held if it must be. Raises a LogError."""
        found = self._sharing.looked()
        if found is None:
            self._sharing.check()
            found = self._sharing.of(self._sharing.named(scope["headers"]))
        if self._may_change and found.is_contended:
            found.hold()
        return found

    @coroutine
    def _continued(
        self, log: NamespaceLog, answer: Coroutine[Any, Any, Answered], awaited: Any
    ) -> Generator[Any, Any, Answered]:
        """The rest of an answer that waits; what it changes between two waits is a round."""
        while True:
            try:
                step = partial(answer.send, (yield awaited))
            except BaseException as fault:  # noqa: BLE001  # the coroutine must see a cancellation too
                step = partial(answer.throw, fault)
            with self._sharing.round():
                log.catch_up()
                try:
                    awaited = step()
                except StopIteration as end:
                    done: Answered = end.value
                    return done
                finally:
                    for each in log.append_unconditionally():
                        self._sharing.keep(each)
                    self._send_held()

    def _without_log(self, fault: LogError, scope: Scope, receive: Any, values: tuple[str, ...]) -> Answered:
        """The answer while the log cannot be used: of what was last known, if that is allowed, or a 503."""
        if self._sharing.stale_reads and scope["method"] in READS:
            changes = self._sharing.named(scope["headers"]).changes
            try:
                Endpoint.__call__(self, scope, receive, values).send(None)
            except StopIteration as end:
                done: Answered = end.value
                return done
            finally:
                if changes is not None:
                    changes.undo()
        return self.unavailable(fault, scope), ()

    def unavailable(self, fault: LogError, scope: Scope) -> Reply:
        """The 503 of the service."""
        return self.refused(unavailable(fault), scope["method"], scope["path"])


Waiting = list[Any]
"""The log, the coroutine of the answer, and what it awaits."""
