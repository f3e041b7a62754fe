"""Checks of multipart request bodies, whose parts have media types and headers of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import structs

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import MockServerError, Unanswerable
from mockserver.examples.part_writer import PartWriter
from mockserver.openapi import json_codec, multipart
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_json
from mockserver.openapi.multipart import BodyPart, is_multipart, is_ordered
from mockserver.openapi.part_encoding import PartEncoding, accepts, encoding_of, is_described_as_list
from mockserver.openapi.part_values import PartValues, UnreadablePart
from mockserver.openapi.schemas import Schemas

OTHER_TYPES = ("text/plain", "application/json", "application/x-contract-check")
"""Media types for a part that must have another one."""


def multipart_parts(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, media: MediaType
) -> None:
    """A multipart body is accepted as it is documented; without a required part header, or an invalid part, refused."""
    parts, path = valid_parts(context, op, media), upload_path(context, op, resource)
    first = send_parts(context, op, path, parts, media)
    holds = first.status < 400
    context.expect_status(holds, "a valid multipart body is accepted", first, about="valid", statement=_inferred(op))
    if not holds:
        raise CannotBuildRequest(f"{op.name} returns {first.status} for a valid multipart body")
    for what, changed, is_certain in _invalid(context.contract, media, parts):
        exchange = send_parts(context, op, path, changed, media)
        context.expect_status(
            400 <= exchange.status < 500,
            f"a multipart body with {what} is refused",
            exchange,
            about=what,
            statement=None if is_certain else _inferred(op),
        )


def valid_parts(context: CheckContext, op: ResourceOperation, media: MediaType, seed: str = "parts") -> list[BodyPart]:
    """The parts of a valid body: of all fields, or where one cannot be written, of the required ones.

    Another seed gives other values.

    Raises CannotBuildRequest.
    """
    maker, schemas = context.shared.maker, context.contract.schemas
    writer = PartWriter(schemas, maker, "request")
    needed = schemas.required(media.schema) if media.schema is not None else set()
    try:
        value = maker.content(media, seed=seed, direction="request")
        value = context.bodies.referring(op, value) if isinstance(value, dict) else value
        with suppress(Unanswerable):
            return writer.parts(value, media, seed)
        slim = {name: each for name, each in value.items() if name in needed} if isinstance(value, dict) else value
        return writer.parts(slim, media, seed)
    except MockServerError as fault:
        raise CannotBuildRequest(f"cannot generate a multipart body: {fault}") from None


def upload_path(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> Mapping[str, Any]:
    """The path parameters of an operation: of the owner of the item that it creates, or of an item.

    Raises CannotBuildRequest.
    """
    if resource is not None and resource.operations.get("create") == op:
        return context.parent_path(resource, context.main_user)
    return context.path_to(op, resource)


def send_parts(
    context: CheckContext, op: ResourceOperation, path: Mapping[str, Any], parts: Sequence[BodyPart], media: MediaType
) -> RecordedExchange:
    """Send a multipart body of these parts."""
    body, content_type = multipart.write(parts, media.name)
    return context.send(op, path=path, body=body, media_type=content_type)


def _invalid(contract: Contract, media: MediaType, parts: list[BodyPart]) -> Iterator[tuple[str, list[BodyPart], bool]]:
    """Bodies with one fault: what it is, the parts, and whether every server must refuse it.

    Few servers look at the media type of a part, so to accept another one is only a warning.
    """
    encoding = encoding_of(media, contract.document.root)
    is_list = _has_positions(media, contract.schemas)
    for number, part in enumerate(parts):
        here = encoding.at(number) if is_list else encoding.named(part.name)
        name = f"part {number}" if is_list else f"part {part.name}"
        for header in here.headers:
            if header.required:
                changed = _replaced(parts, number, _without(part, header.name))
                yield f"{name} without its header {header.name}", changed, True
        other = _other_type(here)
        if other:
            changed = _replaced(parts, number, _typed(part, other))
            yield f"{name} of the media type {other}", changed, False
    if is_list and media.schema is not None:
        yield from ((what, changed, True) for what, changed in _broken(contract, media, parts, encoding))


def _broken(
    contract: Contract, media: MediaType, parts: list[BodyPart], encoding: PartEncoding
) -> Iterator[tuple[str, list[BodyPart]]]:
    """Bodies whose list of parts is not valid: the last part missing, or a property of a JSON part."""
    reader = PartValues(contract.schemas, "request")
    validator = contract.schemas.validator(str(media.schema), "request")
    shortened = ((f"part {n} without {key}", changed) for n, key, changed in _without_properties(parts))
    for what, changed in (("no last part", parts[:-1]), *shortened):
        try:
            is_valid = validator.is_valid(reader.values(changed, media.schema, encoding))
        except UnreadablePart:
            continue
        if not is_valid:
            yield what, changed
            return  # one is enough: the service judges the list, or does not


def _without_properties(parts: list[BodyPart]) -> Iterator[tuple[int, str, list[BodyPart]]]:
    for number, part in enumerate(parts):
        value = json_codec.read(part.content) if is_json(part.media_type) else None
        if not isinstance(value, dict):
            continue
        for key in value:
            slim = {name: each for name, each in value.items() if name != key}
            yield number, key, _replaced(parts, number, structs.replace(part, content=json_codec.write(slim)))


def _other_type(encoding: PartEncoding) -> str:
    """A media type that a part may not have; empty where any may be right."""
    types = encoding.content_types
    return next((each for each in OTHER_TYPES if not accepts(types, each)), "") if types else ""


def _replaced(parts: list[BodyPart], number: int, part: BodyPart) -> list[BodyPart]:
    return [*parts[:number], part, *parts[number + 1 :]]


def _without(part: BodyPart, name: str) -> BodyPart:
    return structs.replace(part, headers=tuple(each for each in part.headers if each[0].lower() != name.lower()))


def _typed(part: BodyPart, kind: str) -> BodyPart:
    return structs.replace(part, headers=(*_without(part, "content-type").headers, ("Content-Type", kind)))


def _has_positions(media: MediaType, schemas: Schemas) -> bool:
    return is_ordered(media.name) or is_described_as_list(media, schemas)


def _inferred(op: ResourceOperation) -> StatementRef:
    text = "The document describes the parts; other rules of the service may say more."
    return StatementRef(op.name, "schema", "inferred", "the document's schema of the request", text)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    source = "OpenAPI 3.2 sections 4.14.4 and 4.15 (Encoding Object)"
    for op in resource_operations(contract):
        body = op.operation.request_body
        media = next((m for m in body.content if _is_encoded(m, contract)), None) if body else None
        if media is not None:
            statement = StatementRef(op.name, "schema", "documented", source, "Parts are as the document says.")
            yield op.name, statement, (op, resource_of(op, known), media)


def _is_encoded(media: MediaType, contract: Contract) -> bool:
    """Does the document say more about a multipart body than which fields it has?"""
    if not is_multipart(media.name):
        return False
    return _has_positions(media, contract.schemas) or any(
        each.headers or each.content_types for each in encoding_of(media, contract.document.root).by_name.values()
    )


CHECKS = (Check("multipart-parts", (), _places, multipart_parts),)
