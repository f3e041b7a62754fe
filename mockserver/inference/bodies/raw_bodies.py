"""Bodies that are no objects: a text, a number, a list or a file. What is put so is got so."""

from __future__ import annotations

from mockserver.behaviour.statements import WHOLE_BODY
from mockserver.inference.bodies.messages import SUCCESS, USUAL, ReplyBody
from mockserver.inference.names import SCALAR
from mockserver.openapi.document import MediaType, Operation, Response
from mockserver.openapi.media_types import is_form, is_json, is_lines, is_xml, may_be_json
from mockserver.openapi.multipart import is_multipart
from mockserver.openapi.schemas import Schemas


def sent_content(schemas: Schemas, operation: Operation) -> str:
    """What a request uploads: `*` for its whole body, else the name of the file in its form; empty for neither."""
    media = operation.request_body.content if operation.request_body is not None else ()
    forms = (each for each in media if is_multipart(each.name) and each.schema)
    sent = next((found for form in forms if (found := files(schemas, str(form.schema)))), [])
    if len(sent) == 1:
        return sent[0]
    return WHOLE_BODY if media and all(is_raw(schemas, each) for each in media) else ""


def files(schemas: Schemas, pointer: str) -> list[str]:
    """The properties of a form that are files."""
    known = schemas.properties(pointer)
    single = [name for name, at in known.items() if _is_file(schemas, at)]
    listed = ((name, schemas.items(at)) for name, at in known.items() if "array" in schemas.types(at))
    return single or [name for name, entry in listed if entry is not None and _is_file(schemas, entry)]


def _is_file(schemas: Schemas, pointer: str) -> bool:
    if schemas.types(pointer) - {"null"} != {"string"}:
        return False
    kind = schemas.keyword(pointer, "contentMediaType")
    return schemas.keyword(pointer, "format") in ("binary", "byte", "file") or (
        isinstance(kind, str) and not kind.startswith("text/") and not is_json(kind)
    )


def is_raw(schemas: Schemas, media: MediaType) -> bool:
    """Is a body of this media type a value that is no object, or a file?"""
    if is_form(media.name) or is_multipart(media.name) or is_xml(media.name) or is_lines(media.name):
        return False
    types = schemas.types(media.schema) if media.schema else frozenset[str]()
    if is_json(media.name):
        return bool(types) and "object" not in types
    return "object" not in types and not (may_be_json(media.name) and "array" in types)


def is_json_body(operation: Operation) -> bool:
    """Does a request send JSON?"""
    return operation.request_body is not None and any(is_json(media.name) for media in operation.request_body.content)


def raw_reply(schemas: Schemas, operation: Operation, does: str = "get") -> ReplyBody | None:
    """The success reply that shows a value which is no object, or a file; None if it shows or may show an object.

    One without a documented body shows whatever was sent.
    """
    described = {response.status.upper(): response for response in operation.responses}
    for status in SUCCESS.get(does, USUAL):
        if status in described and status != "204":
            return _raw(schemas, described[status], int(status.replace("XX", "00")))
    return None


def _raw(schemas: Schemas, response: Response, status: int) -> ReplyBody | None:
    if not all(is_raw(schemas, media) for media in response.content):
        return None
    return ReplyBody(response, status, next(iter(response.content), None))


def fit(schemas: Schemas, sent: Operation, shown: ReplyBody) -> bool:
    """Can a reply show what a request sends? JSON shows JSON of the same type, any other media type any bytes."""
    asked = sent.request_body.content if sent.request_body is not None else ()
    offered = shown.response.content
    if not offered:
        return True
    values = [media for media in offered if is_json(media.name)]
    if not values:
        return not all(is_json(media.name) for media in asked)
    return any(is_json(one.name) and _same(schemas, one, other) for one in asked for other in values)


def _same(schemas: Schemas, one: MediaType, other: MediaType) -> bool:
    if not one.schema or not other.schema:
        return False
    if schemas.types(one.schema) != schemas.types(other.schema):
        return False
    own, its = schemas.items(one.schema), schemas.items(other.schema)
    if own is None or its is None:
        return own is its
    if "object" not in schemas.types(own):
        return schemas.types(own) == schemas.types(its)
    known = schemas.properties(own)
    is_made = any(schemas.keyword(known[name], "readOnly") is True for name in schemas.required(own) & known.keys())
    return schemas.kind(own) == schemas.kind(its) and not is_made


def is_list_of_ids(schemas: Schemas, pointer: str) -> bool:
    """Is a value a list of texts or of numbers?"""
    entries = schemas.items(pointer) if schemas.types(pointer) - {"null"} == {"array"} else None
    return entries is not None and bool(schemas.types(entries)) and schemas.types(entries) <= SCALAR
