"""What the endpoints of one service share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.handlers.outgoing import Outbox
from mockserver.handlers.outside import OutsideService
from mockserver.state.store import Store
from mockserver.web.request.authentication import Keyring
from mockserver.web.request.rate_limit import RateLimiter
from mockserver.web.response.example_response import ExampleResponses

NamedStore = Callable[[Mapping[str, str], str], Store | None]
"""From the headers and the method of a request to the store that it is about; None for the usual one."""


def no_namespaces(headers: Mapping[str, str], method: str) -> None:
    """Every request is in the default namespace."""


class ServiceParts(Struct, frozen=True):
    """What the endpoints of a service have in common.

    `limiter` counts the requests to the service; it is None without a rate limit. Without `enforces_limits` no limit
    refuses a request. `max_body` is the size in bytes of the largest request body. Without `authenticates` no
    credential is needed, without `validates` no request is validated, and with `strict_query` undocumented query
    parameters are refused. With `lenient_prefer`, a client may choose a status that is not documented. `outbox` sends
    webhooks and callbacks; None if the document has none.
    """

    contract: Contract
    store: Store
    keyring: Keyring
    limiter: RateLimiter | None
    enforces_limits: bool
    max_body: int
    outside: OutsideService
    examples: ExampleResponses
    authenticates: bool = True
    validates: bool = True
    strict_query: bool = False
    lenient_prefer: bool = False
    named_store: NamedStore = no_namespaces
    outbox: Outbox | None = None
