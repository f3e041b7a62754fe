"""A request to the admin API, as its functions see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockserver.errors import Conflict, Invalid, Missing
from mockserver.messages import Call, Reply
from mockserver.suggestions import meant
from mockserver.web.control.control import Control
from mockserver.web.control.namespaces import Namespace, check_name, name_in
from mockserver.web.request.headers import read_headers
from mockserver.web.service import Service

STREAM = "mockserver.stream"
"""The key of an ASGI scope with a list, to which the parts of a stream are added if the response is one."""


class AdminRequest:
    """A request that is read and validated. `query`, `path` and `body` have its values; `scope` is its ASGI scope."""

    def __init__(self, control: Control, call: Call, scope: Mapping[str, Any]) -> None:
        self.control, self.call, self.scope = control, call, scope
        self.query, self.path, self.body = call.query, call.path, call.body

    @property
    def namespace_name(self) -> str | None:
        """The namespace that the query, a header or the path names; None if nothing does. Raises Invalid."""
        given: str | None = self.query.get("namespace")
        named = name_in(read_headers(self.scope["headers"]))
        if named is not None:
            check_name(named)
        if given is not None and named is not None and given != named:
            raise Invalid(f"namespace: the query says {given!r} and the header {named!r}; send one of them")
        return given if given is not None else named

    @property
    def address(self) -> str:
        """The base URL of the sandbox, as the client wrote it."""
        host = read_headers(self.scope["headers"]).get("host", "127.0.0.1")
        return f"{self.scope.get('scheme', 'http')}://{host}"

    def send_stream(self, parts: AsyncIterator[bytes]) -> None:
        """Let the response be a stream of these parts, in place of the body of the reply."""
        self.scope[STREAM].append(parts)

    @property
    def namespace(self) -> Namespace:
        """The namespace that the request is about; a new one begins. Raises Invalid and TooMany."""
        name = self.namespace_name
        return self.control.namespaces.named(name) if name is not None else self.control.namespaces.default

    def service(self, name: str) -> Service:
        """The service of that name. Raises Missing."""
        found = self.control.services.get(name)
        if found is None:
            raise Missing(f"there is no service {name!r}; {meant(name, self.control.services)}", resource="service")
        return found

    @property
    def chosen_services(self) -> list[Service]:
        """The service that the query names, else all. Raises Missing."""
        name = self.query.get("service")
        return [self.service(name)] if name is not None else list(self.control.services.values())


def no_resource(service: Service, name: str, known: Iterable[str]) -> Missing:
    """The refusal for a resource that a service does not have."""
    return Missing(f"{service.name} has no resource {name!r}; {meant(name, known)}", resource="resource")


@contextmanager
def as_conflict() -> Iterator[None]:
    """Raise Conflict in place of Invalid: the document allows the request, but it cannot be done here."""
    try:
        yield
    except Invalid as refusal:
        raise Conflict(refusal.message, faults=refusal.faults) from None


AdminFunction = Callable[[AdminRequest], Reply | Awaitable[Reply]]
"""Answers an operation of the admin API. Raises Refusal."""
