"""A check of contents: what a client puts at a path, a file, a text, a number or a list, is what a GET of it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import WHOLE_BODY
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi import json_codec
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_json

SAME = "RFC 9110 section 9.3.4 (a successful PUT replaces what a GET of the same path shows)"

CONVERTED = ("image/", "audio/", "video/")
"""Kinds of media that a service may convert, so that other bytes come back."""

SAMPLES = (b"contract-check \x00\xff first", b"contract-check second")
"""Files to put, the second one in place of the first."""


def put_content(
    context: CheckContext, put: ResourceOperation, get: ResourceOperation, remove: ResourceOperation | None
) -> None:
    """A GET returns what was put last, in the media type in which it was put."""
    media, path = _media(put, get), _path(context, put)
    for number, value in enumerate(_values(context, media)):
        data = value if isinstance(value, bytes) else json_codec.write(value)
        sent = context.send(put, path=path, body=data, media_type=media.name)
        if sent.status not in (200, 201, 204):
            raise CannotBuildRequest(f"{put.name} answers {sent.status} for a content of its own media type")
        got = context.send(get, path=path)
        expected = f"a GET after the PUT returns {_written(value)}"
        if context.expect_status(got.status == 200, expected, sent, got, about=f"found {number}"):
            context.expect(
                _is_same(media, value, got), expected, _seen(media, got), sent, got, about=f"content {number}"
            )
    if remove is not None:
        context.send(remove, path=path)


def _media(put: ResourceOperation, get: ResourceOperation) -> MediaType:
    """The media type to put: one that a GET shows too, or any if it shows others. Raises CannotBuildRequest."""
    body, success = put.operation.request_body, get.operation.success()
    shown = {media.name for media in (success.content if success is not None else ())}
    offered = [media for media in (body.content if body is not None else ()) if media.name in shown]
    usable = [media for media in offered if not media.name.startswith(CONVERTED) and "*" not in media.name]
    if not usable:
        raise CannotBuildRequest("a service may convert what is put in these media types")
    return usable[0]


def _values(context: CheckContext, media: MediaType) -> list[Any]:
    """Two contents: values of JSON, else bytes; texts for a media type of text. Raises CannotBuildRequest."""
    if not is_json(media.name):
        return [each.replace(b"\x00\xff ", b"") if media.name.startswith("text/") else each for each in SAMPLES]
    found: list[Any] = []
    for trial in range(6):
        try:
            value = context.shared.maker.content(media, seed=f"content/{trial}", direction="request")
        except MockServerError as fault:
            raise CannotBuildRequest(f"cannot generate a content: {fault}") from None
        found += [value] if value not in found else []
    return found[:2]


def _path(context: CheckContext, put: ResourceOperation) -> dict[str, Any]:
    """Values for the path: of an item above, if there is one, and valid ones. Raises CannotBuildRequest."""
    action = put.behaviour.action
    resource = context.contract.behaviour.resources.get(action.of) if action is not None else None
    above = context.shared.resources.get(resource.parent.resource) if resource is not None and resource.parent else None
    found: dict[str, Any] = dict(context.create(above).path) if above is not None and above.can("create") else {}
    if resource is not None and resource.parent and resource.parent.parameter not in found:
        found |= {resource.parent.parameter: next(iter(found.values()))} if len(found) == 1 else {}
    for parameter in put.operation.parameters:
        if parameter.location == "path" and parameter.name not in found:
            found[parameter.name] = context.valid(parameter)
    return found


def _is_same(media: MediaType, value: Any, got: RecordedExchange) -> bool:
    """Is it what was put? A service may keep a list as a set."""
    if is_json(media.name):
        return got.json == value or (isinstance(value, list) and _sorted(got.json) == _sorted(value))
    return bool(got.reply_body == value)


def _sorted(value: Any) -> list[str] | None:
    return sorted(json.dumps(each, sort_keys=True) for each in value) if isinstance(value, list) else None


def _written(value: Any) -> str:
    return f"the {len(value)} bytes that were put" if isinstance(value, bytes) else as_json(value)


def _seen(media: MediaType, got: RecordedExchange) -> str:
    return as_json(got.json) if is_json(media.name) else f"other ones: {len(got.reply_body)} bytes"


def _places(contract: Contract) -> Iterator[Place]:
    """Each PUT whose whole body is a content that a GET of the same path shows."""
    known: Mapping[tuple[str, str], ResourceOperation] = {
        (op.operation.path, op.operation.method): op for op in resource_operations(contract)
    }
    for (path, method), put in known.items():
        action, get = put.behaviour.action, known.get((path, "get"))
        shows = get is not None and get.behaviour.action is not None and get.behaviour.action.does == "get-content"
        is_put = method == "put" and action is not None and action.does == "replace-content"
        if get is not None and action is not None and is_put and shows and action.content == WHOLE_BODY:
            text = "A GET shows what was put at the same path."
            yield (
                put.name,
                StatementRef(put.name, "http", "documented", SAME, text),
                (put, get, known.get((path, "delete"))),
            )


CHECKS = (Check("content", (), _places, put_content, exclusive=False),)
