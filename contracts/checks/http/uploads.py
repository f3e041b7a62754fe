"""Checks of files that are uploaded: how large they may be, and what a download shows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from contracts.checks.http.multipart_parts import send_parts, upload_path, valid_parts
from contracts.checks.item_view import documented
from contracts.cleanup.created_items import CreatedItem
from contracts.client.raw_bodies import raw_media, with_letters
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from contracts.runner.item_maker import CONFLICT
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.examples.sample_files import SAMPLE_FILES
from mockserver.inference.names import words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.size_sentences import SizeLimit, size_limit
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import essence
from mockserver.openapi.multipart import BodyPart, is_multipart
from mockserver.openapi.part_encoding import encoding_of

TOO_LARGE = 413
"""The status of a content that is too large (RFC 9110 section 15.5.14)."""

LARGEST = 8 * 1024**2
"""Larger files are not sent."""

FILE_NAME = "contract-check"
"""The name of a file that is sent, without an ending that shows its type."""

TEXT_TYPE = "text/plain"

ANY_TYPE = "application/octet-stream"

FRAGILE = (b"contract-check\n", b"contract-check\r\n\r\n", b"\r\n contract-check \t", b"\x00contract\xffcheck\x1a\x00")
"""Contents whose first or last bytes a careless reader of multipart bodies takes for line ends or spaces."""

LETTERS = "Grüße, ein Brief für Zoë – 漢字"
"""The text of a file in which a letter has one to three bytes in UTF-8."""

OF_BYTES = re.compile(
    r"\b(?:size|length)\b.*\bin bytes\b|\b(?:number|count) of (?:the |its )?bytes\b|\bbytes (?:of|in) the (?:file|content)\b",
    re.IGNORECASE,
)
"""How a description says that a number counts the bytes of a file."""

UNCHANGED = re.compile(
    r"\b(?:as (?:it was|they were|you|was|were)? ?(?:uploaded|sent|stored)|original|unchanged|byte for byte|same bytes)\b",
    re.IGNORECASE,
)
"""What says that a download has the bytes that were sent."""

TYPED = re.compile(
    r"^(?!.*\b(?:always|converted)\b).*\b(?:(?:with|in|of) (?:the|its|their)|same|original) (?:media|content|mime)[ _-]types?\b",
    re.IGNORECASE,
)
"""What says that a download has the media type of the file."""


class _Upload(NamedTuple):
    """An operation that takes a file, with its body, the name of the part, and the media types that it may have."""

    op: ResourceOperation
    resource: CheckedResource | None
    media: MediaType
    name: str
    types: tuple[str, ...]


def upload_size(context: CheckContext, upload: _Upload, limit: SizeLimit) -> None:
    """A file of the largest size that the document allows is accepted, and a larger one is refused."""
    if limit.refused > LARGEST:
        raise CannotBuildRequest(f"a file of {limit.refused} bytes would be needed")
    path = upload_path(context, upload.op, upload.resource)
    small = _sent(context, upload, path, None)
    if small.status >= 300:
        raise CannotBuildRequest(f"{upload.op.name} answers {small.status} for a small file")
    largest = _sent(context, upload, path, limit.accepted)
    context.expect_status(
        largest.status != TOO_LARGE,
        f"a file of {limit.accepted} bytes is not too large",
        largest,
        about="largest",
    )
    larger = _sent(context, upload, path, limit.refused)
    context.expect_status(
        400 <= larger.status < 500,
        f"a file of {limit.refused} bytes is refused",
        larger,
        about="larger",
    )


def upload_length(context: CheckContext, upload: _Upload, field: str) -> None:
    """A figure of bytes is the number of bytes of the file, also where a letter has several."""
    path = upload_path(context, upload.op, upload.resource)
    kind = TEXT_TYPE if TEXT_TYPE in upload.types else ""
    for content in (LETTERS.encode("ascii", "ignore"), LETTERS.encode()):
        exchange = _sent(context, upload, path, content, kind)
        if exchange.status >= 300:
            raise CannotBuildRequest(f"{upload.op.name} answers {exchange.status} for a small file")
        shown = upload.op.item_in(exchange.json).get(field)
        context.expect(
            shown == len(content),
            f"{field} is {len(content)}, the number of bytes of the file",
            f"{field} is {shown}",
            exchange,
            about=field,
        )


def file_length(context: CheckContext, resource: CheckedResource, field: str) -> None:
    """A figure of bytes is the number of bytes of a file that is the whole body of a request."""
    op = resource.operations["create"]
    media = raw_media(context.contract.schemas, op.operation)
    created = context.create(resource)
    if media is None or created.exchange.body is None:
        raise CannotBuildRequest(f"{op.name} takes no file")
    content = with_letters(created.exchange.body)
    changed = context.send(op, path=created.path, body=content, media_type=media.name)
    context.record_created(resource, changed, {}, context.main_user, created.path)
    if changed.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {changed.status} for a file with letters beyond ASCII")
    for exchange, sent in ((created.exchange, created.exchange.body), (changed, content)):
        shown = op.item_in(exchange.json).get(field)
        context.expect(
            shown == len(sent),
            f"{field} is {len(sent)}, the number of bytes of the file",
            f"{field} is {shown}",
            exchange,
            about=field,
        )


def download(context: CheckContext, upload: _Upload, get: ResourceOperation) -> None:
    """A download shows the bytes that were uploaded, with their media type."""
    path = upload_path(context, upload.op, upload.resource)
    success = get.operation.success()
    shown = {media.name for media in success.content} if success is not None else set()
    for kind, content in _files(upload, shown):
        exchange = _sent(context, upload, path, content, kind)
        made = _made(context, upload, exchange, path)
        if made is None:
            continue
        got = context.send(get, path=made.path)
        if got.status != 200:
            raise CannotBuildRequest(f"{get.name} answers {got.status} for a new {made.resource.name}")
        context.expect(
            got.reply_body == content,
            f"a download shows the bytes of the {kind} that was uploaded: {len(content)} bytes, {content[-4:]!r} at the end",
            f"{len(got.reply_body)} bytes, {got.reply_body[-4:]!r} at the end",
            exchange,
            got,
            about="bytes",
            statement=_stated(context, get, UNCHANGED, "A download shows what was uploaded."),
        )
        typed = essence(got.header("content-type") or "")
        context.expect(
            typed == kind,
            f"the download of a file that was uploaded as {kind} has this media type",
            f"Content-Type: {typed}",
            exchange,
            got,
            about="type",
            statement=_stated(context, get, TYPED, "A download has the media type of the file."),
        )


def _files(upload: _Upload, shown: set[str]) -> Iterator[tuple[str, bytes]]:
    """Small files of the media types that are uploaded and shown, and for bytes of any kind those that are often lost."""
    for kind in [each for each in upload.types if each in shown][:4]:
        if kind in SAMPLE_FILES:
            yield kind, SAMPLE_FILES[kind]()
        if kind == ANY_TYPE:
            yield from ((kind, content) for content in FRAGILE)


def _made(
    context: CheckContext, upload: _Upload, exchange: RecordedExchange, path: Mapping[str, Any]
) -> CreatedItem | None:
    if upload.resource is None:
        return None
    return context.record_created(upload.resource, exchange, {}, context.main_user, path)


def _stated(context: CheckContext, get: ResourceOperation, said: re.Pattern[str], text: str) -> StatementRef:
    """A sentence about the download that says so, or else a guess."""
    found: Sentence | None = next(
        (each for each in operation_sentences(context.contract.schemas, get.operation) if said.search(each.text)), None
    )
    source = found.source if found is not None else ""
    return StatementRef(get.name, "content", "described" if found else "inferred", source, text)


def _sent(
    context: CheckContext, upload: _Upload, path: Mapping[str, Any], size: int | bytes | None, kind: str = ""
) -> RecordedExchange:
    """Upload a file of a size, filled up with zeros at its end, or with these bytes, or a small one."""
    kind = kind or next((each for each in upload.types if each in SAMPLE_FILES), upload.types[0])
    content = SAMPLE_FILES[kind]() if kind in SAMPLE_FILES else b"contract-check"
    content = content[:size].ljust(size, b"\0") if isinstance(size, int) else size or content
    disposition = f'form-data; name="{upload.name}"; filename="{FILE_NAME}"'
    file = BodyPart((("Content-Disposition", disposition), ("Content-Type", kind)), content)
    for seed in ("parts", context.shared.mark()):
        others = [part for part in valid_parts(context, upload.op, upload.media, seed) if part.name != upload.name]
        exchange = send_parts(context, upload.op, path, [file, *others], upload.media)
        if exchange.status != CONFLICT:
            break  # else an item has such values already
    _made(context, upload, exchange, path)
    return exchange


def _uploads(contract: Contract) -> Iterator[_Upload]:
    """The operations whose multipart body has one file."""
    known, schemas = checked_resources(contract), contract.schemas
    for op in resource_operations(contract):
        body = op.operation.request_body
        media = next((m for m in body.content if is_multipart(m.name) and m.schema), None) if body else None
        if media is None or media.schema is None or op.operation.method not in ("post", "put"):
            continue
        files = [name for name, at in schemas.properties(media.schema).items() if _is_file(contract, at)]
        if len(files) == 1:
            types = encoding_of(media, contract.document.root).named(files[0]).content_types
            resource = resource_of(op, known)
            is_create = resource is not None and resource.operations.get("create") == op
            exact = tuple(each for each in types if "*" not in each) or ("application/octet-stream",)
            yield _Upload(op, resource if is_create else None, media, files[0], exact)


def _is_file(contract: Contract, pointer: str) -> bool:
    is_binary = contract.schemas.keyword(pointer, "format") == "binary"
    return is_binary or contract.schemas.keyword(pointer, "contentMediaType") is not None


def _size_places(contract: Contract) -> Iterator[Place]:
    for upload in _uploads(contract):
        pointer = contract.schemas.properties(str(upload.media.schema))[upload.name]
        limit = size_limit(contract.schemas, upload.op.operation, pointer, upload.name)
        if limit is not None:
            text = f"A file has {limit.accepted} bytes at most."
            yield (
                upload.op.name,
                StatementRef(upload.op.name, "schema", "described", limit.source, text),
                (upload, limit),
            )


def _length_places(contract: Contract) -> Iterator[Place]:
    """Uploads in forms whose replies show how many bytes a file has."""
    for upload in _uploads(contract):
        for field, stated in _figures_of_bytes(contract, upload.op) if upload.resource is not None else ():
            yield upload.op.name, stated, (upload, field)


def _file_places(contract: Contract) -> Iterator[Place]:
    """The same of files that are whole bodies."""
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        if op is not None and raw_media(contract.schemas, op.operation) is not None:
            for field, stated in _figures_of_bytes(contract, op):
                yield op.name, stated, (resource, field)


def _figures_of_bytes(contract: Contract, op: ResourceOperation) -> Iterator[tuple[str, StatementRef]]:
    """The numbers of bytes that a reply shows: `size_bytes`, or a number that is described so."""
    schemas = contract.schemas
    for field, pointer in documented(contract, op).items():
        said = description(schemas, pointer).first(OF_BYTES)
        is_named = words(field)[-1:] == ("bytes",) and bool({"size", "length", "file"} & {*words(field)})
        if "integer" in schemas.types(pointer) and (said is not None or is_named):
            source = said.source if said is not None else f"the name of {field}"
            evidence: Evidence = "described" if said else "implied"
            yield field, StatementRef(op.name, "content", evidence, source, f"{field} counts bytes.")


def _download_places(contract: Contract) -> Iterator[Place]:
    operations = resource_operations(contract)
    for upload in _uploads(contract):
        name = upload.resource.name if upload.resource is not None else ""
        for op in operations:
            action = op.behaviour.action
            if action is not None and (action.does, action.of) == ("get-content", name):
                text = "A download shows what was uploaded."
                yield op.name, StatementRef(op.name, "content", "inferred", "", text), (upload, op)


CHECKS = (
    Check("upload-size", ("content-size",), _size_places, upload_size, exclusive=False),
    Check("upload-length", (), _length_places, upload_length, exclusive=False),
    Check("file-length", (), _file_places, file_length, exclusive=False),
    Check("download", (), _download_places, download, exclusive=False),
)
