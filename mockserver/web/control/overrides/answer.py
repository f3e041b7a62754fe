"""What the `then` of an override becomes: an answer, and the request that it is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from mockserver.messages import Reply
from mockserver.state.change_log import Commit
from mockserver.state.store import Store
from mockserver.web.control.namespaces import Namespace
from mockserver.web.control.overrides.matched_request import MatchedRequest
from mockserver.web.endpoint import Endpoint
from mockserver.web.exchange import Exchange, OutgoingResponse
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import complete

Place = tuple[str | int, ...]
"""The keys that lead to a value in the body of a request to the admin API."""

App = Callable[[Any, Any, Any], Awaitable[None]]


class AnsweredRequest(Struct):
    """A request that an override answers.

    `app` is the mock itself; `headers` are added to the response. `commits` are changes that were made before the mock
    answered.
    """

    request: MatchedRequest
    namespace: Namespace
    app: App
    headers: tuple[tuple[str, str], ...] = ()
    commits: Sequence[Commit] = ()

    @property
    def store(self) -> Store | None:
        """What is stored where the request belongs."""
        service = self.request.owner
        return self.namespace.store(service) if service is not None else None

    def note(self, text: str) -> None:
        """Tell the journal what was done."""
        self.request.note(text)

    def outgoing(self, reply: Reply) -> OutgoingResponse:
        """A reply as the response to the request."""
        return OutgoingResponse.complete(complete(reply, self.headers, self.request.method))


class OverrideAnswer(Protocol):
    """Answers requests. `name` says how, for the journal."""

    name: str

    def is_over(self, namespace: Namespace) -> bool:
        """Has its time ended?"""
        ...

    @property
    def ends_at(self) -> float | None:
        """When it ends by the clock of the namespace; None without an end of its own."""
        ...

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        """The response; None when the mock has to answer. Raises ConnectionFault."""
        ...

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        """Called with the response of the mock, or with that of `before`."""
        ...


class PassedOn:
    """The mock answers, as without the override; the base of answers that do only one of the two steps."""

    name = "pass"

    def is_over(self, namespace: Namespace) -> bool:
        return False

    @property
    def ends_at(self) -> float | None:
        return None

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        return None

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        """Leave the response as it is."""


class OverrideScope(Struct, frozen=True):
    """What an override is about: its id, its namespace, and the operations that its condition may match.

    `is_invalid` says that its answers may break the document. `services` are all services of the sandbox.
    """

    id: str
    namespace: Namespace
    endpoints: tuple[tuple[Service, Endpoint], ...]
    is_invalid: bool
    services: Mapping[str, Service]
