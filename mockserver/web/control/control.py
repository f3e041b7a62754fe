"""All that steers one sandbox, as the admin API reaches it."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.handlers.outside import OutsideService
from mockserver.state.world import World
from mockserver.web.control.journal import RequestJournal
from mockserver.web.control.namespaces import Namespaces
from mockserver.web.service import Service


class Control:
    """The services of a sandbox by name, and what steers them. A reload replaces `services`."""

    def __init__(
        self, world: World, namespaces: Namespaces, outside: OutsideService, journal: RequestJournal | None = None
    ) -> None:
        self.world, self.namespaces, self.outside, self.journal = world, namespaces, outside, journal
        self.services: Mapping[str, Service] = {}
