"""Requests to the admin API of a sandbox that several processes share: what they do is done in all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from mockserver.errors import LogError
from mockserver.messages import Call, Reply
from mockserver.state.shared.namespace_log import MOST_TRIALS
from mockserver.web.admin.admin_request import AdminFunction, AdminRequest
from mockserver.web.admin.state import services_to_reset
from mockserver.web.control.control import Control
from mockserver.web.control.namespaces import Namespace
from mockserver.web.sharing.refusal import unavailable
from mockserver.web.sharing.sharing import Sharing

REPEATED: dict[str, Callable[[AdminRequest], Any]] = {
    "reset": services_to_reset,
    "setCheckpoint": lambda request: None,
    "restoreCheckpoint": lambda request: request.namespace.checkpoints.named(request.path["name"]),
    "removeCheckpoint": lambda request: request.namespace.checkpoints.named(request.path["name"]),
}
"""Operations that do the same wherever they are repeated, with what is checked before: it raises Refusal."""

OVERRIDES = ("addOverride", "replaceOverride", "switchOverride", "removeOverride", "removeOverrides")

SUBSCRIPTIONS = ("addSubscription", "removeSubscription")

ABOUT_ALL = ("listNamespaces", "getNamespace", "endNamespace")
"""Operations that need to know all namespaces, as a request for `?namespace=*` does."""

WITHOUT_LOG = ("getHealth",)
"""Operations that are answered even if the log cannot be used."""

Answer = Reply | Awaitable[Reply]


class SharedRequests:
    """Answers requests to the admin API in rounds of the shared log."""

    def __init__(self, control: Control, sharing: Sharing) -> None:
        self._control, self._sharing = control, sharing

    def reply(self, operation: str, function: AdminFunction, request: AdminRequest) -> Answer:
        """The reply, when it is done in the log too. Raises StoreUnavailable, and what the function raises."""
        if operation in WITHOUT_LOG:
            return function(request)
        try:
            with self._sharing.round():
                if operation in ABOUT_ALL or request.query.get("namespace") == "*":
                    self._sharing.discover()
                    for namespace in self._control.namespaces:
                        self._sharing.of(namespace)
                return self._done(operation, function, request)
        except LogError as fault:
            raise unavailable(fault) from None

    def _done(self, operation: str, function: AdminFunction, request: AdminRequest) -> Answer:
        if request.query.get("namespace") == "*":
            namespaces = list(self._control.namespaces)
            replies = [self._repeated(operation, request, each) for each in namespaces]
            return _together(replies, namespaces)
        if operation == "endNamespace":
            return self._ended(function, request)
        namespace = self._namespace(operation, request)
        if operation in REPEATED:
            return self._repeated(operation, request, namespace)
        if operation == "restoreSnapshot":
            return self._restored(function, request, namespace)
        return self._run(operation, function, request, namespace)

    def _namespace(self, operation: str, request: AdminRequest) -> Namespace:
        if operation in ("beginNamespace", "getNamespace"):
            known = self._control.namespaces.known(request.path["name"])
            if operation == "beginNamespace" or known is not None:
                return self._control.namespaces.named(request.path["name"])
            return self._control.namespaces.default
        return request.namespace

    def _ended(self, function: AdminFunction, request: AdminRequest) -> Answer:
        reply = function(request)
        self._sharing.drop(request.path["name"])
        return reply

    def _repeated(self, operation: str, request: AdminRequest, namespace: Namespace) -> Reply:
        """Let all processes do what the request asks for; the reply of this one."""
        log = self._sharing.of(namespace)
        REPEATED[operation](request)
        call = request.call
        asked = {"operation": operation, "path": call.path, "query": call.query}
        self._sharing.commanded(log)
        reply = log.command("request", asked)
        assert isinstance(reply, Reply)  # noqa: S101  # what could be refused was checked before
        return reply

    def _restored(self, function: AdminFunction, request: AdminRequest, namespace: Namespace) -> Answer:
        """Restore a snapshot here, where it is checked, and let the others become the same."""
        log = self._sharing.of(namespace)
        self._sharing.commanded(log)
        with log.unnoted():
            reply = function(request)
        log.command("state", msgspec.Raw(b"".join(log.followed.snapshot())))
        return reply

    def _run(self, operation: str, function: AdminFunction, request: AdminRequest, namespace: Namespace) -> Answer:
        """Run a function until its changes are appended before those of others."""
        for trial in range(MOST_TRIALS):
            log = self._sharing.of(namespace, again=trial > 0)
            undo, control = self._steering(operation, namespace)
            try:
                reply = function(request)
            except BaseException:
                log.changes.undo()
                raise
            appended = log.append(control())
            if appended is not None:
                self._sharing.keep(appended)
                return reply
            undo()
        raise unavailable(LogError("others change it too often"))

    def _steering(
        self, operation: str, namespace: Namespace
    ) -> tuple[Callable[[], None], Callable[[], list[tuple[str, Any]]]]:
        """How to undo what is not stored, and what an entry says about it."""
        clock, overrides = namespace.world.clock, self._control.overrides
        if operation == "steerClock":
            before = clock.state()
            return lambda: clock.restore(before), lambda: [("clock", clock.state())]
        if operation in OVERRIDES:
            listed = overrides.stored(namespace)
            return lambda: overrides.put_all(namespace, listed), lambda: [("overrides", overrides.stored(namespace))]
        if operation in SUBSCRIPTIONS:
            added, name = self._control.outbox.subscriptions, namespace.name
            kept = added.stored(name)
            return lambda: added.put_all(name, kept), lambda: [("subscriptions", added.stored(name))]
        return lambda: None, lambda: [("begin", None)] if operation == "beginNamespace" else []


def _together(replies: list[Reply], namespaces: list[Namespace]) -> Reply:
    """The reply about several namespaces."""
    last = replies[-1]
    return last._replace(body={**last.body, "namespaces": [each.name for each in namespaces]})


def shared_reply(control: Control, operation: str, function: AdminFunction, call: Call, scope: Any) -> Answer:
    """The reply of a function, in all processes that share the sandbox, if it is shared."""
    request, sharing = AdminRequest(control, call, scope), control.sharing
    if sharing is None or not sharing.is_attached:
        return function(request)
    return SharedRequests(control, sharing).reply(operation, function, request)
