"""What answers an operation once its request is read and validated."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from mockserver.errors import Refusal
from mockserver.handlers.handling import handle
from mockserver.handlers.outside import finish
from mockserver.handlers.request_context import BoundOperation, RequestContext
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.state.transaction import Transaction
from mockserver.web.response.example_response import ExampleResponses
from mockserver.web.service_parts import ServiceParts


class OperationHandler(Protocol):
    """Makes the reply to a request; the endpoint validates it and keeps the changes.

    `name` says in the genitive whose replies these are, for a log; `needs_task` that `reply` waits in a way that needs
    a Task of the event loop from its first step.
    """

    name: str
    needs_task: bool

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply, at once or later. Raises Refusal."""
        ...


class RaisedResponse(Refusal):
    """An error response that a function of the user raised, ready to send."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"a function raised a response with the status {reply.status}")
        self.reply = reply


OURS = "our own"
"""The name of a handler of the mock."""


class StatefulHandler:
    """Does what the behaviour says to the items in memory."""

    name, needs_task = OURS, False

    def __init__(self, bound: BoundOperation, parts: ServiceParts) -> None:
        self._bound, self._world, self._outside = bound, parts.world, parts.outside

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply of the action, at once where no rule asks an outside service."""
        context = RequestContext(call, self._bound, transaction, self._world)
        done = handle(context)
        return done if isinstance(done, Reply) else finish(done, context, self._outside)


class ExampleHandler:
    """Answers an operation of which only the document is known, with an example of its response."""

    name, needs_task = OURS, False

    def __init__(self, operation: Operation, examples: ExampleResponses) -> None:
        self._operation, self._examples = operation, examples

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply:
        """The example; the same request always has the same."""
        return self._examples.reply(self._operation, call, accept)


MockHandler = StatefulHandler | ExampleHandler
