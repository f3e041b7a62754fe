"""Answers from the document alone: the success response's example where it is valid, else a made-up value.

The same request gets the same answer: values depend on the seed, the operation and the ids in the path, and show
again what the request said. docs/policies.md states this for readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from mockserver.contract import Contract
from mockserver.errors import NotAcceptable, Unanswerable
from mockserver.messages import Call, Reply
from mockserver.openapi import json_codec
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Header, MediaType, Operation, Response
from mockserver.openapi.media_types import is_json, is_lines
from mockserver.openapi.path_template import names
from mockserver.web.request.content_negotiation import best_match
from mockserver.web.response import serializers
from mockserver.web.response.echo import echo, given

KEPT = 4096
"""How many made values are kept ready."""

RANGES = {"2XX": 200, "3XX": 302, "4XX": 400, "5XX": 500, "DEFAULT": 200}
"""The status that is sent for a response documented under a range."""

OWN = frozenset({"content-type", "content-length", "transfer-encoding", "connection", "date", "server"})
"""Headers that the server itself sets, or that are no headers of a response (OpenAPI 3.1 section 4.8.17)."""

Headers = tuple[tuple[str, str], ...]


class Wanted(NamedTuple):
    """What shall be answered, where the client chooses: a `status`, a named `example`, and whether examples count."""

    status: int | None = None
    example: str | None = None
    dynamic: bool = False


ANYTHING = Wanted()
"""No wish: the documented success."""


class ExampleResponses:
    """Makes the answers of one service that nothing but its document decides."""

    def __init__(self, contract: Contract, seed: int | None) -> None:
        self._schemas, self._maker = contract.schemas, contract.examples
        # Without a seed of the user's the answers are the same in every run all the same: nothing in them is chance.
        self._seed = seed or 0
        self._drawn = 0
        self._made: dict[tuple[str, str], Any] = {}

    def reply(self, operation: Operation, call: Call, accept: str = "*/*", wanted: Wanted = ANYTHING) -> Reply:
        """The answer of an operation to a call.

        Raises Unanswerable, naming the pointer, where the document makes a valid answer impossible, and NotAcceptable
        where nothing is offered that the client takes.
        """
        if not operation.responses:
            return Reply(wanted.status or 200, None, (), "")
        response = _response(operation, wanted)
        status = wanted.status or status_of(response)
        headers = tuple(self.headers(operation, call, response, status))
        media = _media(response, accept, wanted.example)
        if media is None:
            return Reply(status, None, headers, "")
        name = serializers.concrete(media.name, accept)
        value = self._value(operation, call, media, name, wanted)
        if is_lines(name) and not isinstance(value, list):
            value = [value]  # the schema describes one line
        written = None if is_json(name) else serializers.write(value, name, media, self._schemas)
        return Reply(status, value, headers, name, written)

    def _value(self, operation: Operation, call: Call, media: MediaType, name: str, wanted: Wanted) -> Any:
        if wanted.example is not None:
            return self._maker.content(media, seed=0, name=wanted.example)
        if media.schema is None and not media.examples:
            return {} if is_json(name) else ""
        key = f"{operation.operation_id} {json_codec.write(dict(call.path)).decode()}"
        value = self._drawn_anew(media, key) if wanted.dynamic else self._kept(media, key)
        if media.schema is None or self._is_example(media, value):
            return value
        said = given(call, _item(operation))
        return echo(value, said, self._schemas.validator(media.schema, "response").is_valid) if said else value

    def _kept(self, media: MediaType, key: str) -> Any:
        found = self._made.get((media.pointer, key), self)
        if found is self:
            found = self._maker.content(media, seed=f"{self._seed} {key}")
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[media.pointer, key] = found
        return found

    def _drawn_anew(self, media: MediaType, key: str) -> Any:
        """A value that is another one each time, and none of the document's examples."""
        self._drawn += 1
        if media.schema is None:
            return self._kept(media, key)
        return self._maker.at(media.schema, seed=f"{self._seed} {key} {self._drawn}")

    @staticmethod
    def _is_example(media: MediaType, value: Any) -> bool:
        return any(value == example for example in media.examples.values())

    def headers(self, operation: Operation, call: Call, response: Response, status: int) -> Iterator[tuple[str, str]]:
        """The headers that the response must have, those it shows by example, and where to go or what was made."""
        for header in response.headers:
            name, node = header.name.lower(), self._schemas.resolve(header.pointer)[0]
            shown = "example" in node or "examples" in node
            if name not in OWN and (header.required or shown or (name == "location" and status // 100 in (2, 3))):
                value = self._header_value(operation, call, header, node)
                if value is not None:
                    yield name, _text(value)

    def _header_value(self, operation: Operation, call: Call, header: Header, node: Mapping[str, Any]) -> Any:
        if "example" in node:
            return node["example"]
        for written in (node.get("examples") or {}).values():
            return json_pointer.resolve(self._schemas.root, written, header.pointer)[0].get("value")
        if header.name.lower() == "location":
            return call.url
        return self._maker.at(header.schema, seed=f"{self._seed} {operation.operation_id}") if header.schema else ""


def status_of(response: Response) -> int:
    """The status that is sent for a documented response."""
    return int(response.status) if response.status.isdigit() else RANGES.get(response.status.upper(), 200)


def _response(operation: Operation, wanted: Wanted) -> Response:
    """What is answered: the code asked for, or else the documented success, a redirect, `default`, or what there is.

    Raises Unanswerable for an interim response (RFC 9110 section 15.2): it is no answer, a client would wait on.
    """
    if wanted.status is not None:
        response = operation.response(wanted.status)
        if response is None:
            raise Unanswerable(f"#{operation.pointer}/responses: {wanted.status} is not documented")
        return _final(response)
    usual = [operation.success(), *(r for r in operation.responses if r.status[0] == "3"), operation.response(0)]
    known = (response for response in (*usual, *operation.responses) if response is not None)
    order = sorted(known, key=lambda response: response.status[0] == "1")
    if wanted.example is None:
        return _final(order[0])
    return next((r for r in order if any(wanted.example in m.examples for m in r.content)), order[0])


def _final(response: Response) -> Response:
    if response.status[0] == "1":
        raise Unanswerable(f"#{response.pointer}: {response.status} is an interim response, which no answer can be")
    return response


def _media(response: Response, accept: str, example: str | None) -> MediaType | None:
    """The media type that the client likes best, JSON before others of the same weight."""
    offered = [media for media in response.content if example is None or example in media.examples]
    if not offered:
        if example is not None and response.content:
            raise Unanswerable(f"#{response.pointer}: there is no example {example!r}")
        return None
    offered.sort(key=lambda media: not is_json(media.name))
    position = best_match(accept, [media.name for media in offered])
    if position is None and response.status[0] in "23":
        raise NotAcceptable(
            f"nothing that {accept!r} accepts is offered; there is {', '.join(m.name for m in offered)}"
        )
    return offered[position or 0]


def _item(operation: Operation) -> str:
    """The path parameter that ends the path, if one does: `petId` in `/pets/{petId}`."""
    return names(operation.path)[-1] if operation.path.endswith("}") else ""


def _text(value: Any) -> str:
    """A header's value in the style `simple` (OpenAPI 3.1 section 4.8.21), in the characters a header may have."""
    if isinstance(value, dict):
        parts = [str(part) for pair in value.items() for part in pair]
    else:
        parts = [_plain(part) for part in (value if isinstance(value, list) else [value])]
    return re.sub(r"[^\x20-\x7e]+", lambda found: quote(found.group()), ",".join(parts)).strip()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json_codec.write(value).decode()
