"""A check of byte ranges (RFC 9110 section 14): a request with `Range` gets that part of the content, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from contracts.checks.stored_fields import weaker
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.media_types import is_json

PARTIAL, WHOLE, NOT_SATISFIABLE = 206, 200, 416

SOURCE = "RFC 9110 sections 14.2, 14.4, 15.3.7 and 15.5.17"
TEXT = "A request with Range gets the part of the content that it asks for."
IGNORED = "RFC 9110 section 14.2 lets a server ignore Range, but the document has a 206."
NO_LENGTH = "RFC 9110 section 15.5.17 recommends that a 416 says in Content-Range how long the content is."

SAMPLE = b"contract-check \x00\xff of byte ranges"
"""What is put where a content can be put."""

CONVERTED = ("image/", "audio/", "video/")
"""Kinds of media that a service may look into, so that it refuses other bytes."""

SHORTEST = 4
"""How many bytes a content needs, so that its parts differ."""

NEVER = '"contract-check-never"'
"""An entity tag that no content has."""


PLAIN = {"accept-encoding": "identity"}
"""Ranges are of the bytes that are sent: a compressed content has others in every response."""


class ContentPlace(NamedTuple):
    """How a content comes to be there: as that of an item of a `resource`, or by `put`; `remove` deletes it."""

    resource: CheckedResource | None
    put: ResourceOperation | None
    remove: ResourceOperation | None


def byte_ranges(context: CheckContext, op: ResourceOperation, content: ContentPlace) -> None:
    """A request with Range gets a 206 with just these bytes, and a 416 where the content has none of them."""
    path = _path(context, op, content)
    _check(context, op, path)
    if content.put is not None and content.remove is not None:
        context.send(content.remove, path=path)


def _check(context: CheckContext, op: ResourceOperation, path: Mapping[str, Any]) -> None:
    whole = context.send(op, path=path, headers=PLAIN)
    content = _content(context, op, path, whole)
    size = len(content)
    parts = {"1-2": (1, 3), f"{size - 2}-": (size - 2, size), "-3": (size - 3, size), f"1-{size + 99}": (1, size)}
    given = [_check_part(context, op, path, content, wanted, span, whole) for wanted, span in parts.items()]
    _check_beyond(context, op, path, size, whole)
    lines = context.send(op, path=path, headers={**PLAIN, "range": "lines=1-2"})
    context.expect_status(
        lines.status == WHOLE, "a range in a unit that no server knows is ignored", whole, lines, about="unknown unit"
    )
    if any(given):
        changed = context.send(op, path=path, headers={**PLAIN, "range": "bytes=1-2", "if-range": NEVER})
        expected = "the whole content is sent where If-Range names another version of it"
        context.expect_status(changed.status == WHOLE, expected, whole, changed, about="if-range")


def _check_part(
    context: CheckContext,
    op: ResourceOperation,
    path: Mapping[str, Any],
    content: bytes,
    wanted: str,
    span: tuple[int, int],
    whole: RecordedExchange,
) -> bool:
    """Compare the answer for one range; true if it is a 206."""
    begin, end = span
    part = context.send(op, path=path, headers={**PLAIN, "range": f"bytes={wanted}"})
    expected = f"bytes={wanted} of {len(content)} bytes gets a 206"
    if part.status == WHOLE and part.reply_body == content:
        context.expect_status(False, expected, whole, part, about="ignored", statement=weaker(context, IGNORED))
        return False
    if not context.expect_status(part.status == PARTIAL, expected, whole, part, about=f"status {begin}"):
        return False
    shown = part.header("content-range") or "none"
    right = f"bytes {begin}-{end - 1}/"
    context.expect(
        shown in (f"{right}{len(content)}", f"{right}*"),
        f"the 206 for bytes={wanted} has the Content-Range {right}{len(content)}",
        f"Content-Range: {shown}",
        whole,
        part,
        about="content-range",
    )
    context.expect(
        part.reply_body == content[begin:end],
        f"the 206 for bytes={wanted} has the {end - begin} bytes from {begin} on",
        f"{len(part.reply_body)} bytes, {'others' if len(part.reply_body) == end - begin else 'another number'}",
        whole,
        part,
        about="bytes",
    )
    return True


def _check_beyond(
    context: CheckContext, op: ResourceOperation, path: Mapping[str, Any], size: int, whole: RecordedExchange
) -> None:
    """A range behind the end of the content is refused, or ignored."""
    beyond = context.send(op, path=path, headers={**PLAIN, "range": f"bytes={size}-{size + 9}"})
    expected = f"a range from byte {size} of {size} bytes gets a 416"
    if not context.expect_status(beyond.status in (NOT_SATISFIABLE, WHOLE), expected, whole, beyond, about="beyond"):
        return
    shown = beyond.header("content-range")
    context.expect(
        beyond.status == WHOLE or shown == f"bytes */{size}",
        f"the 416 has the Content-Range bytes */{size}",
        f"Content-Range: {shown or 'none'}",
        whole,
        beyond,
        about="length",
        statement=weaker(context, NO_LENGTH),
    )


def _path(context: CheckContext, op: ResourceOperation, content: ContentPlace) -> Mapping[str, Any]:
    """The path of a content: of an item, or one where a content is put first, else of any. Raises CannotBuildRequest."""
    made = context.item_for(op, content.resource) if content.put is None else None
    known = dict(made.path) if made is not None else {}
    parameters = (each for each in op.operation.parameters if each.location == "path" and each.name not in known)
    path = known | {each.name: context.valid(each) for each in parameters}
    if content.put is not None:
        sent = context.send(content.put, path=path, body=SAMPLE, media_type=_media_of(content.put))
        if sent.status >= 300:
            raise CannotBuildRequest(f"{content.put.name} answers {sent.status} for a content of its own media type")
    return path


def _media_of(put: ResourceOperation) -> str:
    body = put.operation.request_body
    return next((media.name for media in (body.content if body is not None else ()) if _is_of_bytes(media.name)), "")


def _is_of_bytes(name: str) -> bool:
    return not is_json(name) and not name.startswith(CONVERTED) and "*" not in name


def _content(context: CheckContext, op: ResourceOperation, path: Mapping[str, Any], whole: RecordedExchange) -> bytes:
    """The whole content. Raises CannotBuildRequest where it has no parts, or is another one in every response."""
    content = bytes(whole.reply_body)
    if whole.status != WHOLE:
        raise CannotBuildRequest(f"{op.name} returned {whole.status} for a valid request")
    if len(content) < SHORTEST:
        raise CannotBuildRequest(f"the content has {len(content)} bytes: too few to ask for parts of it")
    if context.send(op, path=path, headers=PLAIN).reply_body != content:
        raise CannotBuildRequest("the content differs in every response")
    return content


def _places(contract: Contract) -> Iterator[Place]:
    """Each GET whose document has a 206 of bytes. A 206 of JSON is a page of a list."""
    known = checked_resources(contract)
    at = {(op.operation.path, op.operation.method): op for op in resource_operations(contract)}
    of_path = {one.operations["get"].operation.path: one for one in known.values() if one.can("get")}
    for op in resource_operations(contract):
        partial = next((each for each in op.operation.responses if each.status == str(PARTIAL)), None)
        if op.operation.method != "get" or partial is None:
            continue
        success = op.operation.success() or partial
        if any(not is_json(media.name) for media in partial.content or success.content):
            path, resource = op.operation.path, resource_of(op, known) or of_path.get(op.operation.path)
            put = at.get((path, "put"))
            content = ContentPlace(resource, put if put and _media_of(put) else None, at.get((path, "delete")))
            yield op.name, StatementRef(op.name, "http", "documented", SOURCE, TEXT), (op, content)


CHECKS = (Check("byte-ranges", (), _places, byte_ranges, exclusive=False),)
