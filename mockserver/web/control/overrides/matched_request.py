"""A request that the sandbox is about to answer, as conditions see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote

from mockserver.errors import Refusal
from mockserver.messages import ANONYMOUS, Call, Principal
from mockserver.openapi import json_codec, media_types, path_template
from mockserver.web.endpoint import Endpoint
from mockserver.web.exchange import IncomingRequest
from mockserver.web.request.router import client_path, raw_path
from mockserver.web.service import Service
from mockserver.web.trace import TRACE, Trace

MOST_PARAMETERS = 1_000
"""How many parameters of a query or a form are read."""


class MatchedRequest:
    """A `ComparableRequest` (see conditions.py) with the service and the endpoint that would answer it."""

    def __init__(self, request: IncomingRequest, services: Mapping[str, Service]) -> None:
        self.incoming = request
        self._services = services
        self.owner = services.get(request.service) if request.service is not None else None
        operation = request.operation
        self.endpoint: Endpoint | None = None
        if self.owner is not None and operation is not None:
            self.endpoint = self.owner.endpoints[operation.operation_id]
        self.method = request.method

    @property
    def operation(self) -> str | None:
        return self.incoming.operation.operation_id if self.incoming.operation is not None else None

    @property
    def service(self) -> str | None:
        return self.incoming.service

    @cached_property
    def paths(self) -> Sequence[str]:
        raw = raw_path(self.incoming.scope)
        return paths_of(raw, self.owner, self._services, is_known=self.incoming.operation is not None)

    @property
    def path(self) -> str:
        return self.paths[0]

    @cached_property
    def query(self) -> Mapping[str, Sequence[str]]:
        return form_values(self.incoming.scope["query_string"])

    @cached_property
    def headers(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.incoming.headers:
            found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return found

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The raw values of the parameters in the path."""
        match = self.owner.find(self.path) if self.owner is not None else None
        return match[1] if match is not None else ()

    @cached_property
    def path_parameters(self) -> Mapping[str, Sequence[str]]:
        if self.incoming.operation is None:
            return {}
        names = path_template.names(self.incoming.operation.path)
        return {name: [unquote(value)] for name, value in zip(names, self.values, strict=False)}

    @cached_property
    def sender(self) -> tuple[Principal, str] | None:
        """Who sent the request, and the tenant; None where the mock would refuse the credential."""
        try:
            return self.endpoint.sender(self.incoming.scope, self.values) if self.endpoint is not None else None
        except Refusal:
            return None

    @property
    def caller(self) -> str | None:
        return self.sender[0].name if self.sender is not None else None

    @property
    def tenant(self) -> str | None:
        return self.sender[1] if self.sender is not None else None

    @cached_property
    def body(self) -> Any:
        content, kind = self.incoming.body, self.incoming.fields.get("content-type", "")
        return parsed_body(content, kind)

    def overridden(self, description: str) -> None:
        """Tell the journal which override applies."""
        trace: Trace | None = self.incoming.scope.get(TRACE)
        if trace is not None:
            trace.override = description
            trace.notes += (description,)

    def note(self, text: str) -> None:
        """Tell the journal what an override did with the request."""
        trace: Trace | None = self.incoming.scope.get(TRACE)
        if trace is not None:
            trace.notes += (text,)

    @property
    def call(self) -> Call:
        """The request as the makers of documented responses see it."""
        path = {name: values[0] for name, values in self.path_parameters.items()}
        return Call(self.method, client_path(self.incoming.scope), path, {}, {}, {}, None, "", ANONYMOUS, "")


def parsed_body(content: bytes, media_type: str) -> Any:
    """The value of a body: of JSON, else the fields of a form, else its text; None for an empty one."""
    if not content:
        return None
    if media_types.essence(media_type) == "application/x-www-form-urlencoded":
        return {name: sent[0] if len(sent) == 1 else list(sent) for name, sent in form_values(content).items()}
    if media_types.is_json(media_type) or not media_type:
        try:
            return json_codec.read(content)
        except ValueError:
            pass
    return content.decode("utf-8", "replace")


def paths_of(path: str, service: Service | None, services: Mapping[str, Service], *, is_known: bool) -> Sequence[str]:
    """The part of a raw path below the base URL of its service, and unless an operation `is_known` the whole path too.

    Where no service has the path, it is the part below the base URL of any.
    """
    if service is not None:
        below = below_base(path, service)
        return (below,) if is_known or below == path else (below, path)
    prefixes = (prefix for each in services.values() for prefix in prefixes_of(each) if path.startswith(f"{prefix}/"))
    return tuple(dict.fromkeys((path[len(max(prefixes, key=len, default="")) :], path)))


def prefixes_of(service: Service) -> Iterator[str]:
    """What may be before the paths of a service: its name, the path of a server."""
    return (f"{mount}{base}" for base in service.finders for mount in (f"/{service.name}", ""))


def below_base(path: str, service: Service) -> str:
    """The part of a raw path below the base URL of a service: below its name, or at the root if it is the only one.

    The longer base counts if the service has the path below it: `/pets/7` may be `/7` or `/pets/7` of a service `pets`.
    """
    for prefix in prefixes_of(service):
        if path.startswith(f"{prefix}/") and service.find(path[len(prefix) :]) is not None:
            return path[len(prefix) :]
    return path


def form_values(content: bytes) -> Mapping[str, Sequence[str]]:
    """The parameters of a query or a form by name; none if there are too many."""
    try:
        return parse_qs(content.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return {}
