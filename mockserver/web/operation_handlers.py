"""The handlers of operations: they make the reply to a request that is read and validated."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from mockserver.errors import Fault, Refusal
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.binding.content_plans import SentBody
from mockserver.handlers.handling import handle
from mockserver.handlers.outside import finish
from mockserver.handlers.relations.reply_references import ItemsInPath, ReplyReferences
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.state.transaction import Transaction
from mockserver.web.request.headers import read_headers
from mockserver.web.response.example_response import ExampleResponses
from mockserver.web.service_parts import ServiceParts


class OperationHandler(Protocol):
    """Makes the reply to a request; the endpoint validates the reply and commits the changes.

    `name` begins an error message about the reply. With `needs_task`, `reply` has to run in a Task of the event loop
    from its first step.
    """

    name: str
    needs_task: bool

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply, at once or later. Raises Refusal."""
        ...


class RaisedResponse(Refusal):
    """An error response that is ready to send: that a function of the user raised, or about a preference (`faults`)."""

    def __init__(self, reply: Reply, *, faults: tuple[Fault, ...] = ()) -> None:
        raised = f"a function raised a response with the status {reply.status}"
        super().__init__(faults[0].message if faults else raised, faults=faults)
        self.reply = reply


CAPACITY = "mockserver.capacity"
"""The key of an ASGI scope with how many items a collection may have; an override puts it there."""

OURS = "our own"
"""The name of the mock's own handlers."""


class StatefulHandler:
    """Applies the action of the operation to the stored items."""

    name, needs_task = OURS, False

    def __init__(self, bound: BoundOperation, parts: ServiceParts) -> None:
        self._bound, self._outside = bound, parts.outside

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply of the action; an awaitable when rules may ask an outside service."""
        context = RequestContext(call, self._bound, transaction)
        if self._bound.content is not None:
            context.sent = SentBody(content, read_headers(scope["headers"]).get("content-type", ""))
        if CAPACITY in scope:
            context.capacity = scope[CAPACITY]
        done = handle(context)
        return done if isinstance(done, Reply) else finish(done, context, self._outside)


class AddressingHandler(StatefulHandler):
    """The same for a list whose reply shows the addresses of other pages, which begin with the host of the request."""

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply | Awaitable[Reply]:
        """The reply of the action."""
        host = read_headers(scope["headers"]).get("host", "127.0.0.1")
        origin = f"{scope.get('scheme', 'http')}://{host}"
        return super().reply(call._replace(origin=origin), transaction, accept, scope, content)


class ExampleHandler:
    """Answers an operation without an action by an example of its response.

    With `in_path` its path must lead through items that exist, and with `references` the response names and shows some.
    """

    name, needs_task = OURS, False

    def __init__(
        self,
        operation: Operation,
        examples: ExampleResponses,
        references: ReplyReferences | None = None,
        in_path: ItemsInPath | None = None,
    ) -> None:
        self._operation, self._examples, self._references, self._in_path = operation, examples, references, in_path

    def reply(
        self, call: Call, transaction: Transaction, accept: str, scope: Mapping[str, Any], content: bytes
    ) -> Reply:
        """The example response; the same for the same request."""
        if self._in_path is not None:
            self._in_path.check(self._operation, call, transaction.store)
        reply = self._examples.reply(self._operation, call, accept)
        if self._references is None:
            return reply
        return self._references.joined(self._operation, call, reply, transaction.store)


MockHandler = StatefulHandler | ExampleHandler
