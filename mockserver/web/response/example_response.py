"""Responses from the document alone: the example of the success response if it is valid, else a generated value.

The same request gets the same response: values depend on the seed, the operation and the ids in the path, and echo
the values of the request. Those of a create (201) depend on its body too: two that differ have two ids.
docs/policies.md describes this for users.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

import orjson
from msgspec import Struct

from mockserver.contract import Contract
from mockserver.errors import NotAcceptable, Unanswerable
from mockserver.examples.part_writer import PartWriter
from mockserver.examples.serialized import serialized_example, serialized_type
from mockserver.handlers.replies.reply_alternatives import MOST_TRIED
from mockserver.inference.bodies.envelope_names import SUCCESSES
from mockserver.inference.names import plain
from mockserver.messages import Call, Reply
from mockserver.openapi import json_codec
from mockserver.openapi.deprecation_headers import EXAMPLES, announced
from mockserver.openapi.document import Header, MediaType, Operation, Response
from mockserver.openapi.header_values import documented_value, header_text, value_holder
from mockserver.openapi.media_types import essence, is_json, is_range
from mockserver.openapi.multipart import is_multipart
from mockserver.openapi.path_template import names, split
from mockserver.openapi.sequences import EVENTS, is_sequence
from mockserver.openapi.server_headers import SERVER_HEADERS
from mockserver.web.request.content_negotiation import best_match
from mockserver.web.response import serializers
from mockserver.web.response.echo import echo, echo_above, request_values
from mockserver.web.response.example_pairs import ExamplePairs
from mockserver.web.response.kinds import Kinds
from mockserver.web.response.link_header import LINKS, link_header
from mockserver.web.response.text_examples import text_example

CACHED_VALUES = 4096
"""How many generated values are cached; clients choose the ids in the path, so memory must be bounded."""

RANGES = {"2XX": 200, "3XX": 302, "4XX": 400, "5XX": 500, "DEFAULT": 200}
"""The status that is sent for a response that is documented under a range or as `default`."""

ELSEWHERE = "https://example.com/"
"""Where a GET redirects to, if nothing says where: to itself a client would follow it without end."""

Headers = tuple[tuple[str, str], ...]


class ResponseChoice(Struct, frozen=True):
    """The response that a client chooses: a `status`, a named `example`, or new values in place of examples.

    `draw` gives the number of the next new value.
    """

    status: int | None = None
    example: str | None = None
    draw: Callable[[], int] | None = None


DEFAULT_CHOICE = ResponseChoice()
"""No choice: the documented success response."""


class ExampleResponses:
    """Makes the responses of one service that its document alone decides."""

    def __init__(self, contract: Contract, seed: int | None) -> None:
        self._contract, self._schemas, self._maker = contract, contract.schemas, contract.examples
        self._parts = PartWriter(
            contract.schemas, contract.examples, "response", serializers.part_writer(contract.schemas)
        )
        # Without `--seed` the values are the same in every run too: examples should not change between two runs.
        self._seed = seed or 0
        self._cached: dict[tuple[str, str], Any] = {}
        self._kinds, self._pairs = Kinds(contract.schemas), ExamplePairs(contract.schemas)
        self._texts: dict[tuple[str, str | None], bytes | None] = {}

    def reply(
        self, operation: Operation, call: Call, accept: str = "*/*", choice: ResponseChoice = DEFAULT_CHOICE
    ) -> Reply:
        """The reply of an operation to a call.

        Raises Unanswerable, with the JSON pointer, when the document allows no valid reply, and NotAcceptable when the
        client accepts no documented media type.
        """
        if not operation.responses:
            return Reply(choice.status or 200, None, (), "")
        response = _response(operation, choice)
        status = choice.status or status_of(response)
        headers = tuple(self.headers(operation, call, response, status))
        media = _preferred_media(response, accept, choice.example)
        if media is None:
            return Reply(status, None, headers, "")
        if choice is DEFAULT_CHOICE:
            choice = ResponseChoice(example=self._pairs.name(operation, media, call))
        name = serializers.concrete_type(media.name, accept)
        sent = self._sent(media, choice.example) if choice.draw is None else None
        if sent is not None:
            name = serialized_type(name, sent)
            return Reply(status, sent.decode("utf-8", "replace"), headers, name, sent, proven=True)
        value = self._with_flag(self._value(operation, call, media, name, choice), media, status)
        if is_sequence(name) and essence(name) != EVENTS and not isinstance(value, list):
            value = [value]  # the schema describes one line
        content, name = (None, name) if is_json(name) else self.written(value, name, media)
        # An example that is asked for by its name is sent as the document has it, valid or not.
        return Reply(status, value, headers, name, content, proven=choice.example is not None)

    def is_shown(self, media: MediaType) -> bool:
        """Does the document show what a body is: by an example of it or its schema, or of each value in it?"""
        return bool(media.examples) or (media.schema is not None and self._is_shown(media.schema, DEEPEST_VALUES))

    def _is_shown(self, pointer: str, depth: int) -> bool:
        schemas = self._schemas
        if schemas.keyword(pointer, "examples") is not None:
            return True
        places = schemas.properties(pointer) if depth else {}
        types = {at: schemas.types(at) - {"null"} for at in places.values()}
        scalars = [at for at in types if types[at] <= {"string", "integer", "number"}]
        objects = [at for at in types if types[at] == {"object"}]
        known = [any(schemas.keyword(at, key) is not None for key in STATED) for at in scalars]
        return bool(scalars or objects) and all(known) and all(self._is_shown(at, depth - 1) for at in objects)

    def _sent(self, media: MediaType, name: str | None) -> bytes | None:
        """The bytes of an example that the document writes as it is sent."""
        key = (media.pointer, name)
        if key not in self._texts:
            found = serialized_example(media, self._schemas, name)
            self._texts[key] = text_example(media, self._schemas, name) if found is None else found
        return self._texts[key]

    def written(self, value: Any, name: str, media: MediaType | None) -> tuple[bytes, str]:
        """The bytes of a value of the media type `name`, which `media` describes, and their content type."""
        if media is None or not is_multipart(name):
            return serializers.write(value, name, media, self._schemas), name
        return self._parts.body(value, media, name, self._seed)

    def _value(self, operation: Operation, call: Call, media: MediaType, name: str, choice: ResponseChoice) -> Any:
        if choice.example is not None:
            return self._maker.content(media, seed=0, name=choice.example)
        if not media.examples and (
            media.schema is None or (is_json(name) and self._schemas.says_nothing(media.schema))
        ):
            return {} if is_json(name) else ""
        key = f"{operation.operation_id} {json_codec.write(dict(call.path)).decode()}{_digest(operation, call)}"
        draw = choice.draw
        value = self._alike(media, key, call.body) if draw is None else self._new_value(media, key, draw())
        if media.schema is None or self._is_example(media, value):
            return value
        sent = request_values(call, _item_parameter(operation))
        is_valid = self._schemas.validator(media.schema, "response").is_valid
        return echo_above(echo(value, sent, is_valid) if sent else value, operation.path, call, is_valid)

    def _alike(self, media: MediaType, key: str, sent: Any) -> Any:
        """The value of a media type. Of several alternatives it is of the one that a sent object is of, too."""
        value = self._cached_value(media, key)
        if not isinstance(sent, dict) or not isinstance(value, dict) or media.schema is None:
            return value
        wanted = self._kinds.wanted(media.schema, sent, value)
        tries = (self._cached_value(media, f"{key} {number}") for number in range(MOST_TRIED))
        found = (each for each in (value, *tries) if self._kinds.fit(media.schema, each, wanted))
        return next(found, value) if wanted else value

    def _with_flag(self, value: Any, media: MediaType, status: int) -> Any:
        """The value with a generated flag such as `success` as the status says it."""
        flags = {name for name in value if plain(name) in SUCCESSES} if isinstance(value, dict) else ()
        if not flags or media.schema is None or self._is_example(media, value):
            return value
        known, wanted = self._schemas.properties(media.schema), status < HTTPStatus.BAD_REQUEST
        stated = ("examples", "default", "const", "enum")
        free = {
            name: wanted
            for name in flags & known.keys()
            if isinstance(value[name], bool) and all(self._schemas.keyword(known[name], key) is None for key in stated)
        }
        return {**value, **free}

    def _cached_value(self, media: MediaType, key: str) -> Any:
        # `self` marks a miss: None can be a cached value.
        found = self._cached.get((media.pointer, key), self)
        if found is self:
            found = self._maker.content(media, seed=f"{self._seed} {key}")
            if len(self._cached) >= CACHED_VALUES:
                self._cached.clear()
            self._cached[media.pointer, key] = found
        return found

    def _new_value(self, media: MediaType, key: str, number: int) -> Any:
        """A newly generated value, which is no example of the document."""
        if media.schema is None:
            return self._cached_value(media, key)
        return self._maker.at(media.schema, seed=f"{self._seed} {key} {number}")

    @staticmethod
    def _is_example(media: MediaType, value: Any) -> bool:
        return any(value == example for example in media.examples.values())

    def headers(self, operation: Operation, call: Call, response: Response, status: int) -> Iterator[tuple[str, str]]:
        """The documented headers that are required or have an example, and `Location` in a 2xx or 3xx response.

        `Deprecation` and `Sunset` are sent whenever they are documented, with valid dates.

        Headers of a rate limit are left out: its counter sends them with every response.
        """
        counted = self._counted(operation, status)
        for header in response.headers:
            stated = self._schemas.resolve(header.pointer)[0]
            name, node = header.name.lower(), value_holder(stated)
            end = announced(self._schemas, header) if name in EXAMPLES else None
            if end is not None:
                yield name, end
                continue
            has_value = documented_value(self._schemas, header) is not None
            if (
                name not in SERVER_HEADERS
                and name not in counted
                and (header.required or has_value or status in TELLING.get(name, ()))
            ):
                value = self._header_value(operation, call, header, is_redirection=status // 100 == 3)
                if node is not stated and isinstance(value, dict | list):
                    value = _content_text(stated, value)
                explode = node.get("explode") is True
                lines = _cookies(value, explode) if name == "set-cookie" else [value]
                yield from ((name, header_text(each, explode)) for each in lines if each is not None)

    def _counted(self, operation: Operation, status: int) -> frozenset[str]:
        """The headers that the rate limit of an operation sends; `Retry-After` of a 429 or 503 says more than that."""
        behaviour = self._contract.behaviour
        stated = behaviour.operations.get((operation.path, operation.method))
        limit = (stated.rate_limit if stated else None) or behaviour.service.rate_limit
        names = frozenset(name.lower() for name in limit.headers.values()) if limit else frozenset()
        return names - {"retry-after"} if status in (429, 503) else names

    def _header_value(self, operation: Operation, call: Call, header: Header, *, is_redirection: bool) -> Any:
        node = value_holder(self._schemas.resolve(header.pointer)[0])
        if header.name.lower() == "location" and not node.keys() & {"example", "examples"}:
            return ELSEWHERE if is_redirection and operation.method in ("get", "head") else call.url
        documented = documented_value(self._schemas, header)
        if documented is not None:
            return documented
        if not header.schema:
            return ""
        is_valid = self._schemas.validator(header.schema, "response").is_valid
        soon = (each for each in (1, "1") if header.name.lower() == "retry-after" and is_valid(each))
        return next(soon, None) or self._maker.at(header.schema, seed=f"{self._seed} {operation.operation_id}")


def _digest(operation: Operation, call: Call) -> str:
    """What tells the body of a create from others; empty for other requests, and without an object as the body."""
    success = operation.success() if operation.method == "post" and isinstance(call.body, dict) else None
    if success is None or success.status != "201":
        return ""
    try:
        written = json_codec.write(call.body, orjson.OPT_SORT_KEYS)
    except TypeError:  # a file in a form
        return ""
    return " " + blake2b(written, digest_size=8).hexdigest()


DEEPEST_VALUES = 3
"""How many objects inside of each other are looked into for values without examples."""

STATED = ("examples", "const", "enum", "default")
"""Keywords that say what a value is."""


def _content_text(header: Mapping[str, Any], value: Any) -> str:
    """The value of a header with `content`, as that media type says (OpenAPI 3.2 section 4.21)."""
    if next(iter(header["content"])).lower() == LINKS and isinstance(value, dict):
        return link_header(value)
    return json_codec.write(value).decode()


def _cookies(value: Any, explode: bool) -> list[Any]:
    """The values of `Set-Cookie`, one for each line of the response (OpenAPI 3.2 section 4.21.4)."""
    if isinstance(value, dict) and explode:
        return [f"{name}={header_text(each)}" for name, each in value.items()]
    if isinstance(value, str):
        return value.strip("\r\n").splitlines() or [value]
    return value if isinstance(value, list) else [value]


TELLING = {"location": range(200, 400), "retry-after": (413, 429, 503)}
"""Headers that are sent whenever they are documented, with the statuses with which they say where or when to go on."""


def status_of(response: Response) -> int:
    """The status that is sent for a documented response."""
    return int(response.status) if response.status.isdigit() else RANGES.get(response.status.upper(), 200)


def _response(operation: Operation, choice: ResponseChoice) -> Response:
    """The response with the chosen status, else the documented success, a redirect, `default`, or any other.

    Raises Unanswerable for an interim response (RFC 9110 section 15.2), after which a client waits for another one.
    """
    if choice.status is not None:
        response = operation.response(choice.status)
        if response is None:
            raise Unanswerable(f"#{operation.pointer}/responses: {choice.status} is not documented")
        return _not_interim(response)
    usual = [operation.success(), *(r for r in operation.responses if r.status[0] == "3"), operation.response(0)]
    known = (response for response in (*usual, *operation.responses) if response is not None)
    order = sorted(known, key=lambda response: response.status[0] == "1")
    if choice.example is None:
        return _not_interim(order[0])
    return next((r for r in order if any(choice.example in m.examples for m in r.content)), order[0])


def _not_interim(response: Response) -> Response:
    if response.status[0] == "1":
        raise Unanswerable(f"#{response.pointer}: {response.status} is an interim response, which no answer can be")
    return response


def _preferred_media(response: Response, accept: str, example: str | None) -> MediaType | None:
    """The media type that the client prefers, JSON first among those of the same weight, and ranges last."""
    offered = [media for media in response.content if example is None or example in media.examples]
    if not offered:
        if example is not None and response.content:
            raise Unanswerable(f"#{response.pointer}: there is no example {example!r}")
        return None
    offered.sort(key=lambda media: (not is_json(media.name), is_range(media.name)))
    position = best_match(accept, [media.name for media in offered])
    if position is None and response.status[0] in "23":
        raise NotAcceptable(
            f"nothing that {accept!r} accepts is offered; there is {', '.join(m.name for m in offered)}"
        )
    return offered[position or 0]


def _item_parameter(operation: Operation) -> str:
    """The path parameter at the end of the path (`petId` in `/pets/{petId}`); empty when there is none."""
    path, _ = split(operation.path)
    return names(path)[-1] if path.endswith("}") else ""
