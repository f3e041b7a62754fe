"""The items that Schemathesis creates: the journal has each request before it is sent, and the items are deleted."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import requests
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import servers_of
from contracts.client.target import Exhausted, ReadOnly, Unreachable, User
from contracts.client.transport import UNANSWERED, ReceivedResponse, SentRequest
from contracts.conformance.bounded_adapter import UnreadableResponse, is_disconnected
from contracts.conformance.engine_exchanges import pairs
from contracts.model.finding import RecordedExchange
from contracts.runner.context import CheckContext
from contracts.runner.request_sender import MAX_UNANSWERED
from mockserver.openapi.server_paths import relocated

SETTLING = 5.0
"""How long to wait for pending responses after an interrupt, in seconds."""


class EngineItems:
    """Follows the requests of one run of the engine by its hooks, and deletes what they created.

    `left` has the addresses of what could not be deleted. `silent` are the test cases without a response in time,
    `unread` those whose response cannot be read, and `cut` those whose connection was closed without a response. When
    the run is `over`, no further request is sent.
    """

    def __init__(self, context: CheckContext, user: User) -> None:
        self._context, self._target, self._user = context, context.target, user
        self.left: list[str] = []
        self.silent: set[str] = set()
        self.unread: dict[str, tuple[str, RecordedExchange]] = {}
        self.cut: dict[str, RecordedExchange] = {}
        self.over = False
        self._numbers: dict[str, str] = {}
        self._unanswered = context.shared.unanswered
        self._made: dict[str, CreatedItem] = {}

    @contextmanager
    def followed(self, hooks: Any) -> Iterator[None]:
        """Register hooks that write each create request to the journal, before and after it is sent.

        Schemathesis has only a global hook for the time before a request, so it is unregistered at the end.
        """
        before = self._before_call
        hooks.register_hook_with_name(self._after_call, "after_call")
        hooks.register_hook_with_name(self._after_network_error, "after_network_error")
        GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before, "before_call")
        try:
            yield
        finally:
            GLOBAL_HOOK_DISPATCHER.unregister(before)

    def _before_call(self, context: Any, case: Any, kwargs: Any) -> None:
        self._target.safe_point()
        if self.over:
            raise Exhausted("the run is over")
        if self._unanswered[case.operation.label] >= MAX_UNANSWERED:
            raise Exhausted(f"{case.operation.label} did not respond to {MAX_UNANSWERED} requests in time")
        self._go_to_own_server(case.operation)
        if case.operation.label in self._context.shared.created_by:
            operation = self._context.shared.operations[case.operation.label].operation
            self._numbers[case.id] = self._context.journal_create(operation, self._user, _path(case), case.body)

    def _go_to_own_server(self, engine_operation: Any) -> None:
        """Send an operation to where its own servers are: Schemathesis sends all to one base URL."""
        known = self._context.shared.operations.get(engine_operation.label)
        own = servers_of(self._context.shared.contract.document, known.operation) if known else None
        if own is not None:
            engine_operation.base_url = relocated(self._target.base_url, *own)

    def _after_call(self, context: Any, case: Any, response: Any) -> None:
        """Record an item that a create request created, to delete it later, unless the engine deletes it itself."""
        self._unanswered[case.operation.label] = 0
        if case.operation.method.upper() == "DELETE" and 200 <= response.status_code < 300:
            self._forget(case.operation.label, _path(case))
        resource = self._context.shared.created_by.get(case.operation.label)
        if resource is None:
            return
        asked = response.request
        sent = SentRequest(asked.method or "", asked.url or "", tuple(asked.headers.items()), None)
        got = ReceivedResponse(response.status_code, tuple(pairs(response.headers)), response.content)
        body = case.body if isinstance(case.body, dict) else {}
        made = self._context.record_created(
            resource, self._target.exchange(sent, got), body, self._user, _path(case), self._numbers.pop(case.id, "")
        )
        if made is not None:
            self._made[case.id] = made

    def _forget(self, operation: str, path: Mapping[str, str]) -> None:
        """Do not delete an item that is gone: another one may have its id by then, if clients choose the ids."""
        for case_id, made in list(self._made.items()):
            op = made.resource.operations.get("delete")
            if op is not None and op.name == operation and _is_named(made, path):
                self._made.pop(case_id, None)

    def _after_network_error(self, context: Any, case: Any, request: Any) -> None:
        """Keep the journal entry of a request without a response, because it may have created an item."""
        self._numbers.pop(case.id, None)
        # Schemathesis calls the hook while it handles the error.
        fault = sys.exc_info()[1]
        if isinstance(fault, requests.ReadTimeout):
            self.silent.add(case.id)
            self._unanswered[case.operation.label] += 1
        elif isinstance(fault, (requests.TooManyRedirects, UnreadableResponse)):
            self.unread[case.id] = str(fault), self._target.exchange(_sent(request), UNANSWERED)
        elif is_disconnected(fault):
            self.cut[case.id] = self._target.exchange(_sent(request), UNANSWERED)

    def delete(self, case_id: str) -> None:
        """Delete the item of a finished test case, so that little is left behind if the process is killed."""
        made = self._made.pop(case_id, None)
        if made is None:
            return
        try:
            left = self._context.remove(made)
        except (Unreachable, Exhausted) as reason:
            left = f"{made.resource.name} {made.id} at {self._target.base_url} ({type(reason).__name__})"
        if left is not None:
            self.left.append(left)

    def settle(self) -> None:
        """Send no further request, and wait for the engine's threads.

        An item is known only after the response to its create request.
        """
        self.over = True
        end = time.monotonic() + SETTLING
        while self._numbers and time.monotonic() < end:
            time.sleep(0.02)

    def clean_up(self) -> None:
        """Delete all created items that still exist."""
        try:
            self.left.extend(self._context.clean_up())
        except (Unreachable, Exhausted, ReadOnly, KeyboardInterrupt) as reason:
            self.left.append(f"items created by Schemathesis at {self._target.base_url} ({type(reason).__name__})")


def _is_named(made: CreatedItem, path: Mapping[str, str]) -> bool:
    """Does a path of the engine name this item?"""
    return all(str(made.path.get(name)) == value for name, value in path.items())


def _sent(request: Any) -> SentRequest:
    return SentRequest(request.method, request.url, tuple(request.headers.items()), request.body or None)


def _path(case: Any) -> dict[str, str]:
    """The decoded path parameters of a test case."""
    return {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
