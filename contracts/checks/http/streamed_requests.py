"""Check of request bodies that are streams of JSON values: JSON Lines, NDJSON and JSON text sequences.

Schemathesis writes no such body, so that an operation that takes only these was never answered with success.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.checks.error_replies import check_refused, documented_statuses
from contracts.checks.http.multipart_parts import upload_path
from contracts.client.boundary_values import cases
from contracts.client.request_builder import CannotBuildRequest
from contracts.conformance.response_validation import documents_refusal
from contracts.conformance.stream_items import described_item
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_range
from mockserver.openapi.sequences import is_list_of_values, is_stream, written

SOURCE = "OpenAPI 3.2 section 4.14.3 (sequential media types)"

MOST = 3
"""How many items a stream has at most."""

UNSUPPORTED = 415
"""The status of a media type that a service does not take (RFC 9110 section 15.5.16)."""

MULTI_STATUS = 207
"""The status of a reply that has a status for each item (RFC 4918 section 13)."""

NOT_JSON = b'{"not": '
"""An item that ends too early."""

OUTCOMES = frozenset(("errors", "failed", "failures", "invalid", "rejected", "results", "skipped"))
"""Properties in which a successful reply says which items were refused."""


class _Stream(NamedTuple):
    """An operation that takes a stream, with the media type of its body and the schema of its items."""

    op: ResourceOperation
    resource: CheckedResource | None
    media: MediaType
    item: str


def streamed_request(context: CheckContext, stream: _Stream) -> None:
    """A stream of valid items is accepted, an empty one too; one whose second item is invalid is refused."""
    op, media = stream.op, stream.media
    path, bodies = upload_path(context, op, stream.resource), _valid_bodies(context, stream)
    for items in (bodies[0], bodies[-1]) if len(bodies) > 1 else bodies:
        _check_accepted(context, stream, path, items)
    if _is_valid(context.contract, media, []):
        empty = _send(context, stream, path, [])
        what = f"a stream of {media.name} without items is accepted"
        context.expect_status(empty.status < 400, what, empty, about=f"empty {media.name}", statement=_inferred(op))
    if len(bodies[-1]) > 1 and not _answers_each_item(context.contract, op):
        _check_refusals(context, stream, path, bodies[-1])


def _valid_bodies(context: CheckContext, stream: _Stream) -> list[list[Any]]:
    """The items of valid streams of one item to three, the shortest first, beginning with those of an example.

    Raises CannotBuildRequest.
    """
    maker = context.shared.maker
    try:
        shown = maker.documented(stream.media, "request")
        items = shown if isinstance(shown, list) else []
        items = [*items, *(maker.at(stream.item, seed=f"stream/{n}", direction="request") for n in range(MOST))]
    except MockServerError as fault:
        raise CannotBuildRequest(f"cannot generate the items of a stream: {fault}") from None
    found = [items[:length] for length in range(1, MOST + 1)]
    valid = [each for each in found if _is_valid(context.contract, stream.media, each)]
    if not valid:
        raise CannotBuildRequest(f"no stream of at most {MOST} generated items is valid")
    return valid


def _is_valid(contract: Contract, media: MediaType, items: list[Any]) -> bool:
    return contract.schemas.lines_validator(str(media.schema), "request").is_valid(items)


def _send(context: CheckContext, stream: _Stream, path: Mapping[str, Any], texts: Sequence[bytes]) -> RecordedExchange:
    """Send a stream of these texts. What it creates is deleted at the end, as far as the reply shows it."""
    op, resource, name = stream.op, stream.resource, stream.media.name
    exchange = context.send(op, path=path, body=written(texts, name), media_type=name)
    if resource is not None and resource.operations.get("create") == op:
        context.record_created(resource, exchange, {}, context.main_user, path)
    return exchange


def _check_accepted(context: CheckContext, stream: _Stream, path: Mapping[str, Any], items: list[Any]) -> None:
    """Report a refusal. That the media type is not taken contradicts the document; other rules may refuse the items.

    Raises CannotBuildRequest after a refusal: then no other one says anything.
    """
    op, name = stream.op, stream.media.name
    exchange = _send(context, stream, path, [json_codec.write(each) for each in items])
    what = f"a stream of {name} with {len(items)} valid item{'s' if len(items) > 1 else ''}"
    statement = None if exchange.status == UNSUPPORTED else _inferred(op)
    if not context.expect_status(
        exchange.status < 400, f"{what} is accepted", exchange, about=f"valid {name}", statement=statement
    ):
        raise CannotBuildRequest(f"{op.name} returns {exchange.status} for {what}")


def _check_refusals(context: CheckContext, stream: _Stream, path: Mapping[str, Any], items: list[Any]) -> None:
    op, name = stream.op, stream.media.name
    texts = [json_codec.write(each) for each in items]
    sent = [("malformed", f"a stream of {name} whose second item is not JSON", NOT_JSON)]
    broken = _broken(context.contract, stream.media, stream.item, items)
    if broken is not None:
        keyword, value = broken
        what = f"a stream of {name} whose second item is invalid ({keyword})"
        sent.append(("invalid", what, json_codec.write(value)))
    for kind, what, second in sent:
        exchange = _send(context, stream, path, [texts[0], second, *texts[2:]])
        about = f"{kind} {name}"
        if documents_refusal(op.operation):
            check_refused(context, kind, op, exchange, what, about)
        else:
            is_refused = 400 <= exchange.status < 500
            context.expect_status(is_refused, f"{what} is refused", exchange, about=about, statement=_inferred(op))


def _broken(contract: Contract, media: MediaType, at: str, items: list[Any]) -> tuple[str, Any] | None:
    """An invalid second item and the keyword that it breaks; None if every value is valid.

    An object with one wrong property comes first: servers that read items, but do not validate them, take it.
    """
    tried = [each for each in cases(contract.schemas, at, items[1]) if not each.valid]
    missing = [each for each in tried if each.keyword.endswith("/required")]
    inner = [each for each in tried if "/" in each.keyword]
    for each in (*missing, *inner, *tried):
        if not _is_valid(contract, media, [items[0], each.value, *items[2:]]):
            return each.keyword, each.value
    return None


def _answers_each_item(contract: Contract, op: ResourceOperation) -> bool:
    """May a successful reply say which items were refused?

    So does one with a status for each item. A reply that is a stream may begin before the second item is read.
    """
    if MULTI_STATUS in documented_statuses(op):
        return True
    success = op.operation.success()
    return any(
        is_stream(media.name) or (media.schema is not None and not OUTCOMES.isdisjoint(_names(contract, media.schema)))
        for media in (success.content if success is not None else ())
    )


def _names(contract: Contract, schema: str) -> set[str]:
    return {name.lower() for name in contract.schemas.properties(schema)}


def _inferred(op: ResourceOperation) -> StatementRef:
    text = "The document describes the items; other rules of the service may say more."
    return StatementRef(op.name, "schema", "inferred", "the document's schema of the request", text)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        body = op.operation.request_body
        for media in body.content if body is not None else ():
            at = described_item(contract, media, media.name) if is_list_of_values(media.name) else None
            if at is not None and not is_range(media.name):
                text = f"A stream of {media.name} is taken item by item."
                statement = StatementRef(op.name, "schema", "documented", SOURCE, text)
                yield op.name, statement, (_Stream(op, resource_of(op, known), media, at),)


CHECKS = (Check("streamed-request", (), _places, streamed_request),)
