"""An operation whose changes are written to a shared log, and which sees what other processes wrote."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Mapping
from functools import partial
from types import coroutine
from typing import Any

from mockserver.errors import LogError
from mockserver.handlers.outgoing import CommittedRequest
from mockserver.openapi.document import Operation
from mockserver.state.shared.draft import Draft, NeedsLock
from mockserver.state.shared.namespace_log import MOST_TRIALS, NamespaceLog
from mockserver.web.endpoint import Answered, Bind, Endpoint, ReadBody, Scope, receive_body
from mockserver.web.request.prefer import Preferences
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.service_parts import ServiceParts
from mockserver.web.serving.pause import KEPT, TURN
from mockserver.web.sharing.refusal import unavailable
from mockserver.web.sharing.sharing import Sharing
from mockserver.web.trace import TRACE, UNANSWERED, Outcome, forget_reasons

READS = ("GET", "HEAD")

WITHOUT_DRAFT = 100
"""For how many requests no draft is made after one that could not be kept."""


class SharedEndpoint(Endpoint):
    """An endpoint that answers in rounds of a Sharing.

    A request sees all that was appended before its round. When others append meanwhile, its changes are undone, theirs
    are applied, and it runs again. One that waits cannot run again: its changes come after theirs.

    What is changed, or read after that in the same round, pauses until the round is kept. While others append too, a
    request with a body also pauses between its body and its handler, until all requests of the round are read; one that
    only adds items pauses after its handler, as a draft (state/shared/draft.py). So the log is locked only while the
    others are handled and items are added, and other processes wait for that alone.
    """

    def __init__(
        self,
        operation: Operation,
        bind: Bind,
        parts: ServiceParts,
        errors: ErrorResponses,
        sharing: Sharing,
    ) -> None:
        super().__init__(operation, bind, parts, errors)
        self._sharing = sharing
        self._held: list[CommittedRequest] = []
        self._may_change = operation.http_method not in READS
        self._is_begun_alone, self._without_draft = False, 0

    def compile(self) -> None:
        """As Endpoint does."""
        super().compile()
        self.needs_trace |= self._may_change  # what is noted of a change may itself change before it is kept
        # A rate limit counts in the store, and does so before the body is read.
        self._has_parts = self._may_change and self._body is not None and self.limiter is None
        is_told = self._is_delete or self._notify is not None
        self._may_be_draft = self.bound is not None and not is_told

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

    async def __call__(  # noqa: C901  # with its pauses: each coroutine between them costs every read a microsecond
        self, scope: Scope, receive: Any, values: tuple[str, ...]
    ) -> Answered:
        sharing = self._sharing
        if not sharing.is_attached:
            return await Endpoint.__call__(self, scope, receive, values)
        if self._body is not None and type(receive) is not bytes and type(receive) is not ReadBody:
            receive = await receive_body(receive, self._parts.max_body)  # read once, also if the request runs again
        answered: Answered | Waiting
        try:
            if sharing.may_pause:
                log = self._followed(scope)
                if self._has_parts and log.is_contended:
                    answered = await self._in_parts(log, scope, receive, values)
                else:
                    answered = self._answered(log, scope, receive, values)
                if sharing.changed and type(answered) is tuple:
                    held, self._held = self._held, []
                    await KEPT
                    if sharing.fault is not None:
                        return self._unavailable(sharing.fault, scope, answered[2])
                    self._held = held
            elif sharing.in_round:
                answered = self._answered(self._followed(scope), scope, receive, values)
            else:
                with sharing.round():
                    answered = self._answered(self._followed(scope), scope, receive, values)
        except LogError as fault:
            return self._without_log(fault, scope, receive, values)
        if type(answered) is not tuple:
            return await self._continued(*answered)
        if self._held:
            self._send_held()
        return answered

    async def _in_parts(
        self, log: NamespaceLog, scope: Scope, receive: Any, values: tuple[str, ...]
    ) -> Answered | Waiting:
        """The answer to a request; as much of it as possible is done before the log is locked."""
        sharing, begun = self._sharing, None
        drafted = self._drafted(log, scope, receive, values)
        if drafted is not None:
            draft, answered = drafted
            if not draft.added:
                return answered
            await TURN
            log.hold(sharing.round_number)
            kept = log.keep(draft)
            if kept is not None:
                sharing.keep(kept[0])
                if TRACE in scope:
                    scope[TRACE].commits = kept[1]
                return answered
            self._without_draft = WITHOUT_DRAFT
            forget_reasons(scope)
        else:
            begun, refused = self._begun(scope, receive, values)
            if refused is not None:
                return refused
            await TURN
        return self._answered(log, scope, receive, values, begun)

    def _drafted(
        self, log: NamespaceLog, scope: Scope, receive: Any, values: tuple[str, ...]
    ) -> tuple[Draft, Answered] | None:
        """An answer that is made before the log is locked; None for a request that may do more than to add items."""
        if self._without_draft or not self._may_be_draft or self._sharing.changed:
            self._without_draft = max(0, self._without_draft - 1)
            return None
        draft = log.changes.draft = Draft(log.revision)
        answer = Endpoint.__call__(self, scope, receive, values)
        try:
            answer.send(None)
        except StopIteration as end:
            return draft, end.value
        except NeedsLock:
            pass
        finally:
            log.changes.draft = None
        answer.close()
        self._without_draft = WITHOUT_DRAFT
        forget_reasons(scope)
        return None

    def _begun(
        self, scope: Scope, receive: Any, values: tuple[str, ...]
    ) -> tuple[Coroutine[Any, Any, Answered], Answered | None]:
        """An answer up to what depends on what is stored; with the whole of one that is refused before."""
        begun = Endpoint.__call__(self, scope, receive, values)
        self._is_begun_alone = True
        try:
            begun.send(None)
        except StopIteration as end:
            return begun, end.value
        finally:
            self._is_begun_alone = False
        return begun, None

    async def _read(self, preferences: Preferences, headers: Mapping[str, str], receive: Any) -> tuple[bytes, Any, str]:
        """As Endpoint does. What comes after it may depend on what is stored."""
        read = await super()._read(preferences, headers, receive)
        if self._is_begun_alone:
            await TURN
        return read

    def _answered(
        self,
        log: NamespaceLog,
        scope: Scope,
        receive: Any,
        values: tuple[str, ...],
        begun: Coroutine[Any, Any, Answered] | None = None,
    ) -> Answered | Waiting:
        """The answer, or the rest of an answer that waits. Raises a LogError. What has `begun` goes on."""
        sharing = self._sharing
        if self._may_change and log.is_contended:
            log.hold(sharing.round_number)
        for trial in range(MOST_TRIALS):
            if trial:
                sharing.of(sharing.named(scope["headers"]), again=True)
                forget_reasons(scope)
            self._held.clear()
            answer = begun or Endpoint.__call__(self, scope, receive, values)
            begun = None
            try:
                awaited = answer.send(None)
            except StopIteration as end:
                done: Answered = end.value
                if log.changes.noted:
                    appended = log.append()
                    if appended is None:
                        continue
                    sharing.keep(appended)
                return done
            for each in log.append_unconditionally():
                sharing.keep(each)
            return [log, answer, awaited]
        fault = unavailable(LogError("others change it too often"))
        return self.refused(fault, scope["method"], scope["path"]), (), UNANSWERED

    def _followed(self, scope: Scope) -> NamespaceLog:
        """The log of the namespace of a request. Raises a LogError."""
        found = self._sharing.looked()
        if found is None:
            self._sharing.check()
            found = self._sharing.of(self._sharing.named(scope["headers"]))
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
        return self._unavailable(fault, scope)

    def _unavailable(self, fault: LogError, scope: Scope, outcome: Outcome = UNANSWERED) -> Answered:
        """The 503 of the service, for a request that changes nothing, with what is known of how it was decided."""
        if scope.get(TRACE) is not None:
            scope[TRACE].commits = ()
        return self.refused(unavailable(fault), scope["method"], scope["path"]), (), (*outcome[:6], (), outcome[7])


Waiting = list[Any]
"""The log, the coroutine of the answer, and what it awaits."""
