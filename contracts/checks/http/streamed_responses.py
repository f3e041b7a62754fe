"""Check of streams: each item of a documented stream is as its schema says."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.sequences import is_stream

SOURCE = "OpenAPI 3.2 section 4.14.3 (sequential media types)"


def streamed_response(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, name: str
) -> None:
    """Each event, line, text or part of a stream is valid against the schema of an item."""
    exchange = context.send(op, path=context.path_to(op, resource), headers={"accept": name})
    if not 200 <= exchange.status <= 299:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    if not is_stream(exchange.header("content-type") or ""):
        raise CannotBuildRequest(f"{op.name} answers no {name}")
    context.compared += 1  # what is wrong with the items is found where each response is validated


def _streams(contract: Contract) -> Iterator[Place]:
    """The media types of streams with which operations answer, without those of operations that store something.

    Schemathesis reads of all streams only events, and sends no request to `additionalOperations`.
    """
    known = checked_resources(contract)
    for op in resource_operations(contract):
        response = op.operation.success()
        action = op.behaviour.action
        is_read = op.operation.method in ("get", "query") or action is None
        for media in response.content if response is not None and is_read else ():
            if media.schema is not None and is_stream(media.name):
                text = f"A stream of {media.name} has valid items."
                statement = StatementRef(op.name, "schema", "documented", SOURCE, text)
                yield op.name, statement, (op, resource_of(op, known), media.name)


CHECKS = (Check("streamed-response", (), _streams, streamed_response, exclusive=False),)
