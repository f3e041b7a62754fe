"""Entity tags of items and lists, conditional requests (RFC 9110 sections 8.8.3 and 13), where a document has them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from mockserver.behaviour.statements import CONTENTS, Action, OperationBehaviour
from mockserver.contract import Contract
from mockserver.errors import PreconditionFailed, PreconditionRequired
from mockserver.handlers.binding.content_plans import kept
from mockserver.handlers.binding.item_schemas import operations_on
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import Header, Operation, Parameter, Response
from mockserver.openapi.server_headers import ENTITY_TAG
from mockserver.state.record import Record

DIGEST = lazy_pattern(r"\b(?:sha-?(?:1|256|512)|md5)\b", re.IGNORECASE)

WRITES = ("update", "replace", "delete")


class TagPlan(Struct, frozen=True):
    """What an operation does with the entity tag of its item, compiled at load.

    `is_shown`: its reply has the tag. `match` and `none_match` are the names of the headers that it evaluates, empty
    for none; with `is_required` it refuses a request without `If-Match`. With `digest` the tag is that of the content
    of the item, by this digest. A write refuses what has one of the tags in the header `unless`, or with `*`, whatever
    is there.
    """

    is_shown: bool
    match: str
    none_match: str
    is_required: bool
    digest: str = ""
    unless: str = ""

    def tag(self, record: Record) -> str:
        """The tag of an item, or of its content, as it is now."""
        if not self.digest:
            return tag_of(record)
        content = kept(record)
        return self.content_tag(content.data if content is not None else b"")

    def content_tag(self, data: bytes) -> str:
        """The tag of a content."""
        return f'"{hashlib.new(self.digest, data, usedforsecurity=False).hexdigest()}"'


def tag_plan(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> TagPlan | None:
    """The plan of an operation on an item; None if no GET of such an item shows a tag, or a statement says which.

    A list has a tag of its own, if its reply shows one.
    """
    action = behaviour.action
    if action is not None and action.does == "list" and _shows_our_tag(contract, operation, behaviour):
        return TagPlan(is_shown=True, match="", none_match=_name(operation, "If-None-Match"), is_required=False)
    if action is not None and action.does in CONTENTS:
        return _content_tags(contract, operation, action)
    if action is None or action.does not in ("get", "create", *WRITES):
        return None
    is_refused = action.does in WRITES and operation.response(412) is not None
    unless = _name(operation, "If-None-Match") if is_refused else ""
    if not _has_tags(contract, action):
        is_asked = is_refused and any(one.location == "header" and one.name == unless for one in operation.parameters)
        return TagPlan(is_shown=False, match="", none_match="", is_required=False, unless=unless) if is_asked else None
    header = _tag_header(operation.success())
    return TagPlan(
        is_shown=header is not None,
        match=_name(operation, "If-Match") if is_refused else "",
        none_match=_name(operation, "If-None-Match") if operation.method == "get" else "",
        is_required=is_refused and any(response.status == "428" for response in operation.responses),
        unless=unless,
    )


def _content_tags(contract: Contract, operation: Operation, action: Action) -> TagPlan | None:
    """The plan of an operation on a content; None if no GET of one shows a tag of its own."""
    acting = [(each, own) for each, own in operations_on(contract, action.of) if own.action is not None]
    reads = [(each, own) for each, own in acting if own.action is not None and own.action.does == "get-content"]
    shown = next((each for each, own in reads if _shows_our_tag(contract, each, own)), None)
    header = _tag_header(shown.success()) if shown is not None else None
    if header is None:
        return None
    is_refused = action.does == "replace-content" and operation.response(412) is not None
    return TagPlan(
        is_shown=_tag_header(operation.success()) is not None,
        match=_name(operation, "If-Match") if is_refused else "",
        none_match=_name(operation, "If-None-Match") if operation.method == "get" else "",
        is_required=is_refused and operation.response(428) is not None,
        digest=_digest(contract, header),
        unless=_name(operation, "If-None-Match") if is_refused else "",
    )


def _digest(contract: Contract, header: Header) -> str:
    """The digest that the description of a header names: "the SHA-256 of the content in quotation marks"."""
    said = DIGEST.search(description(contract.schemas, header.pointer).text)
    return said[0].lower().replace("-", "") if said is not None else "sha256"


def with_conditions(plan: TagPlan | None, parameters: list[Parameter]) -> list[Parameter]:
    """The parameters of an operation, with the headers with conditions that it evaluates and its document lacks.

    An `If-Match` without which the request gets the documented 428 is not refused as a missing parameter (RFC 6585).
    """
    if plan is None:
        return parameters
    named = [
        replace(each, required=False)
        if plan.is_required and (each.location, each.name) == ("header", plan.match)
        else each
        for each in parameters
    ]
    known = {each.name.lower() for each in parameters if each.location == "header"}
    added = [name for name in (plan.match, plan.none_match, plan.unless) if name and name.lower() not in known]
    return named + [Parameter(name, "header", False, None, "simple", False, None, "") for name in added]


def _has_tags(contract: Contract, action: Action) -> bool:
    """Does a GET of such an item show a tag that ours can be, and that no statement gives a value?"""
    for operation, behaviour in operations_on(contract, action.of):
        is_get = behaviour.action is not None and behaviour.action.does == "get"
        found = _shows_our_tag(contract, operation, behaviour) if is_get else None
        if found is not None:
            return found
    return False


def _shows_our_tag(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> bool | None:
    """Can the tag in a reply be ours? None if the reply has none, or a statement gives it a value."""
    header = _tag_header(operation.success())
    stated = {name.lower() for name in behaviour.reply.headers} if behaviour.reply else set()
    if header is None or "etag" in stated:
        return None
    return header.schema is None or contract.schemas.validator(header.schema, "response").is_valid(ENTITY_TAG)


def _tag_header(response: Response | None) -> Header | None:
    return next((header for header in response.headers if header.name.lower() == "etag"), None) if response else None


def _name(operation: Operation, name: str) -> str:
    """The header as the document writes it; `name` if the document does not have it."""
    found = (one.name for one in operation.parameters if one.location == "header" and one.name.lower() == name.lower())
    return next(found, name)


def tag_of(record: Record) -> str:
    """The tag of an item as it is now: equal fields, equal tags."""
    return _tag(json_codec.write(record.fields, orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS))


def list_tag_of(reply: Reply) -> str:
    """The tag of a page of a list as the reply shows it."""
    return _tag(reply.content or json_codec.write(reply.body))


def _tag(written: bytes) -> str:
    return f'"{blake2b(written, digest_size=8).hexdigest()}"'


def check_match(plan: TagPlan, headers: Mapping[str, Any], record: Record | None) -> None:
    """Compare the tags of a request with the item that it changes, None if it would create one (RFC 9110 section 13.1).

    Raises PreconditionFailed if the item has none of the tags in `If-Match`, or if it has one of those in
    `If-None-Match`; `*` is every item. Raises PreconditionRequired without `If-Match` where it is required.
    """
    wanted = _sent(headers, plan.match) if plan.match else []
    unwanted = _sent(headers, plan.unless) if plan.unless else []
    if record is None:
        if wanted:
            raise PreconditionFailed(f"{plan.match}: there is no item with this entity tag, because there is no item")
        return
    if unwanted == ["*"]:
        raise PreconditionFailed(f"{plan.unless}: the item exists already")
    tag = plan.tag(record)
    if tag.strip('"') in _opaque(unwanted):
        raise PreconditionFailed(f"{plan.unless}: the item has this entity tag: {tag}")
    if not wanted and not unwanted and plan.is_required:
        raise PreconditionRequired(f"{plan.match} with the entity tag of the item is required")
    if wanted and wanted != ["*"] and tag.strip('"') not in [each.strip('"') for each in wanted]:
        raise PreconditionFailed(f"{plan.match}: the item has another entity tag: {tag}")


def _opaque(tags: list[str]) -> list[str]:
    """The tags as `If-None-Match` compares them, a weak one like a strong one (RFC 9110 section 8.8.3.2)."""
    return [each.removeprefix("W/").strip('"') for each in tags]


def tagged(plan: TagPlan, headers: Mapping[str, Any], tag: str, reply: Reply) -> Reply:
    """The reply with its tag; 304 without a body if `If-None-Match` has it (RFC 9110 section 13.1.2)."""
    sent = _sent(headers, plan.none_match) if plan.none_match else []
    if sent == ["*"] or tag.strip('"') in _opaque(sent):
        return Reply(304, None, (("etag", tag),), "", b"", proven=True)
    return reply._replace(headers=(*reply.headers, ("etag", tag))) if plan.is_shown else reply


def _sent(headers: Mapping[str, Any], name: str) -> list[str]:
    value = headers.get(name)
    text = ",".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return [tag.strip() for tag in text.split(",") if tag.strip()]
