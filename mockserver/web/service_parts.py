"""What the endpoints of one service share."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.contract import Contract
from mockserver.handlers.outside import OutsideService
from mockserver.state.store import Store
from mockserver.state.world import World
from mockserver.web.request.authentication import Keyring
from mockserver.web.request.rate_limit import RateLimiter
from mockserver.web.response.example_response import ExampleResponses


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """What every endpoint of a service is made from.

    `limiter` counts requests to the whole service; with `keeps_limits` false neither it nor an operation's own limit
    refuses any. `max_body` is the size in bytes of the largest request body.
    """

    contract: Contract
    store: Store
    world: World
    keyring: Keyring
    limiter: RateLimiter | None
    enforces_limits: bool
    max_body: int
    outside: OutsideService
    examples: ExampleResponses
