"""The links of a response as requests that follow it (OpenAPI 3.1 section 4.8.20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from mockserver.errors import InvalidDocument
from mockserver.openapi import json_codec
from mockserver.openapi.link_values import NoLinkValue, link_value, path_values
from mockserver.openapi.links import DocumentedLink, documented_links
from mockserver.openapi.media_types import is_json
from mockserver.openapi.runtime_expressions import ExpressionValues
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.own_request import OwnRequest
from mockserver.web.control.shown_entry import header_pairs
from mockserver.web.example_request import plain
from mockserver.web.service import Service


class LinkValues(NamedTuple):
    """A link with its values in one response. `missing` says why there are none."""

    link: DocumentedLink
    parameters: Mapping[tuple[str, str], Any] = {}
    body: Any = None
    missing: str = ""

    @property
    def path(self) -> dict[str, str]:
        """The path parameters as they are written in a path."""
        return {name: quote(text, safe="") for name, text in self._at("path")}

    def changed(self, example: OwnRequest) -> OwnRequest:
        """A request for the linked operation, with the values of the link."""
        target, headers, body = example.target, dict(example.headers), example.body
        if query := self._at("query"):
            target = _with_query(target, query)
        headers |= {name.lower(): text for name, text in self._at("header")}
        if cookies := self._at("cookie"):
            headers["cookie"] = "; ".join(f"{name}={quote(text, safe='')}" for name, text in cookies)
        if self.body is not None:
            body = plain(self.body).encode() if isinstance(self.body, str) else json_codec.write(self.body)
            headers.setdefault("content-type", "application/json")
        return OwnRequest(example.method, target, tuple(headers.items()), body)

    def _at(self, place: str) -> list[tuple[str, str]]:
        return [(name, plain(value)) for (where, name), value in self.parameters.items() if where == place]


def links_of(entry: JournalRecord, service: Service, address: str) -> Iterator[LinkValues]:
    """The links that the response of an entry has. `address` is that of the sandbox."""
    operation = entry.operation
    response = operation.response(entry.status) if operation is not None and entry.status is not None else None
    if operation is None or response is None:
        return
    values = _values(entry, address)
    for link in documented_links(operation, service.contract.document):
        if link.status == response.status:
            try:
                given = {place: link_value(written, values) for place, written in link.parameters.items()}
                body = link_value(link.body, values) if link.body is not None else None
            except (NoLinkValue, InvalidDocument) as fault:
                yield LinkValues(link, missing=str(fault))
            else:
                yield LinkValues(link, given, body)


def _values(entry: JournalRecord, address: str) -> ExpressionValues:
    """What expressions see of an entry. A body that was cut is none."""
    status, lines, content = entry.response or (0, b"", b"")
    sent, received = _by_name(entry.headers), _by_name(header_pairs(lines))
    return ExpressionValues(
        url=address + entry.target,
        method=entry.method,
        status=status or 0,
        path=path_values(entry.operation, address + entry.target) if entry.operation is not None else {},
        query=dict(parse_qsl(entry.target.partition("?")[2], keep_blank_values=True)),
        headers=sent,
        body=_json(entry.body, entry.length, sent),
        response_headers=received,
        response_body=_json(content, entry.sent, received),
    )


def _by_name(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}


def _json(content: bytes, length: int, headers: Mapping[str, str]) -> Any:
    if len(content) < length or not is_json(headers.get("content-type", "").partition(";")[0].strip().lower()):
        return None
    try:
        return json_codec.read(content)
    except ValueError:
        return None


def _with_query(target: str, given: list[tuple[str, str]]) -> str:
    """A target whose query has these values in place of those of the same names."""
    path, _, query = target.partition("?")
    names = {name for name, _ in given}
    kept = [each for each in query.split("&") if each and parse_qsl(each, keep_blank_values=True)[0][0] not in names]
    added = (f"{quote(name)}={quote(text, safe='')}" for name, text in given)
    return f"{path}?{'&'.join([*kept, *added])}"
