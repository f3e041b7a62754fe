"""An operation with a callback, called with an address of ours (OpenAPI 3.1 section 4.8.18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contracts.checks.deliveries.delivery_cause import AwaitedDelivery, listener_of, needs_success
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.listener.inbox import Inbox
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.openapi.runtime_expressions import ExpressionValues

IN_BODY = "$request.body"
IN_PARAMETER = {"$request.query.": "query", "$request.header.": "header"}
"""The beginnings of the expressions whose value a client chooses, with the place of the parameter."""


@dataclass(frozen=True, slots=True)
class CallbackCause:
    """The operation `op` (about items of `resource`, if that is known), which sends the callback `outgoing`.

    `beside` are its other callbacks: those that take their address from the same place come to the same inbox.
    """

    op: ResourceOperation
    resource: CheckedResource | None
    outgoing: OutgoingRequest
    beside: tuple[OutgoingRequest, ...] = ()

    @property
    def name(self) -> str:
        """As in findings."""
        return f"the callback {self.outgoing.name}"

    def happen(self, context: CheckContext, *statuses: int) -> AwaitedDelivery:
        """Send a valid request that names our address. Raises CannotBuildRequest."""
        inbox = listener_of(context).inbox(*statuses)
        awaited = self._request(context, inbox, self._body(context, inbox.address))
        needs_success(context, awaited.exchange, inbox, self.op.name)
        return awaited

    def be_refused(self, context: CheckContext) -> AwaitedDelivery:
        """Send a request that lacks what the document requires, but names our address. Raises CannotBuildRequest."""
        inbox = listener_of(context).inbox()
        body, steps = self._body(context, inbox.address), self._steps()
        needed = [name for name in sorted(context.bodies.required(self.op)) if not steps or name != steps[0]]
        if not isinstance(body, dict) or not needed:
            raise CannotBuildRequest("the document requires nothing that the request could leave out")
        awaited = self._request(context, inbox, {name: value for name, value in body.items() if name != needed[0]})
        if awaited.exchange.status < 400:
            raise CannotBuildRequest(f"{self.op.name} accepts a body without {needed[0]}")
        return awaited

    def _request(self, context: CheckContext, inbox: Inbox, body: Any) -> AwaitedDelivery:
        creates = context.shared.created_by.get(self.op.name)
        user = context.main_user
        path = context.parent_path(creates, user) if creates else dict(context.path_to(self.op, self.resource))
        given = {kind: self._parameter(context, begin, inbox.address) for begin, kind in IN_PARAMETER.items()}
        exchange = context.send(self.op, path=path, query=given["query"], headers=given["header"], body=body)
        if creates:
            context.record_created(creates, exchange, body if isinstance(body, dict) else {}, user, path)
        address = _address(self.outgoing, context, exchange, path)
        awaited = AwaitedDelivery(exchange, address, inbox)
        own = (self.outgoing.operation.http_method, awaited.place(address))
        found = {(o.operation.http_method, awaited.place(_address(o, context, exchange, path))) for o in self.beside}
        if own in found:
            listener_of(context).close(inbox)
            raise CannotBuildRequest(
                f"{self.op.name} has several callbacks to one address, and no request says which one it is"
            )
        return awaited._replace(beside=frozenset(found))

    @property
    def _expression(self) -> str:
        return self.outgoing.url.leading if self.outgoing.url is not None else ""

    def _steps(self) -> list[str] | None:
        """The place of the address in the item that the body holds; None if it is not in the body."""
        place, _, pointer = self._expression.partition("#")
        if place != IN_BODY:
            return None
        steps, wrapped = json_pointer.split(pointer), list(self.op.envelope)
        return steps[len(wrapped) :] if steps[: len(wrapped)] == wrapped else None

    def _body(self, context: CheckContext, address: str) -> Any:
        """A valid body, with the address if it belongs there. Raises CannotBuildRequest."""
        creates, steps = context.shared.created_by.get(self.op.name), self._steps()
        if self.op.operation.request_body is None:
            body: Any = MISSING
        else:
            body = context.body(creates) if creates else context.bodies.minimal(self.op, context.check)
        if steps is None and not self._expression.startswith(tuple(IN_PARAMETER)):
            raise CannotBuildRequest(f"the client does not choose the address of {self.name}: {self._written()}")
        if steps is None:
            return MISSING if body is None else body
        body = _with(body, steps, address)
        if not context.bodies.accepts(self.op, body):
            raise CannotBuildRequest(f"the document does not allow {address} at {self._expression}")
        return body

    def _parameter(self, context: CheckContext, begin: str, address: str) -> dict[str, str]:
        """The parameter with the address, if it is one of this kind. Raises CannotBuildRequest."""
        if not self._expression.startswith(begin):
            return {}
        name = self._expression.removeprefix(begin)
        known = (each for each in self.op.operation.parameters if each.location == IN_PARAMETER[begin])
        found = next((each for each in known if each.name.lower() == name.lower()), None)
        schema = found.schema if found is not None else None
        if schema and not context.contract.schemas.validator(schema, "request").is_valid(address):
            raise CannotBuildRequest(f"the document does not allow {address} in the parameter {name}")
        return {found.name if found is not None else name: address}

    def _written(self) -> str:
        return self.outgoing.url.text if self.outgoing.url is not None else ""


def _address(
    outgoing: OutgoingRequest, context: CheckContext, exchange: RecordedExchange, path: Mapping[str, Any]
) -> str:
    """The address by the expressions of the document; empty if one of them has no value."""
    found = outgoing.url.evaluate(_values(exchange, path)) if outgoing.url is not None else None
    return outgoing.address(found, f"{context.target.base_url}/") if found else ""


def _with(body: Any, steps: list[str], value: str) -> Any:
    """The body with a value at a pointer; objects that are missing on the way are made."""
    if not steps:
        return value
    if isinstance(body, list) and steps[0].isdecimal() and int(steps[0]) < len(body):
        index = int(steps[0])
        return [*body[:index], _with(body[index], steps[1:], value), *body[index + 1 :]]
    node = body if isinstance(body, dict) else {}
    return {**node, steps[0]: _with(node.get(steps[0]), steps[1:], value)}


def _values(exchange: RecordedExchange, path: Mapping[str, Any]) -> ExpressionValues:
    """An exchange as runtime expressions see it."""
    query = dict(reversed(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)))
    return ExpressionValues(
        url=exchange.url,
        method=exchange.method,
        status=exchange.status,
        path=path,
        query=query,
        headers={name.lower(): value for name, value in exchange.headers},
        body=exchange.sent,
        response_headers={name.lower(): value for name, value in exchange.reply_headers},
        response_body=exchange.json,
    )
