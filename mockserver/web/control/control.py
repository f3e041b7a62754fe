"""All that steers one sandbox, as the admin API reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from mockserver.handlers.outside import OutsideService
from mockserver.state.world import World
from mockserver.web.control.check_runs import CheckRuns
from mockserver.web.control.journal import RequestJournal
from mockserver.web.control.namespaces import Namespace, Namespaces
from mockserver.web.control.outbox import WebhookOutbox
from mockserver.web.control.overrides.overrides import Overrides
from mockserver.web.control.own_request import App
from mockserver.web.service import Service

if TYPE_CHECKING:
    from mockserver.web.sharing.sharing import Sharing
    from mockserver.web.workers.worker import Worker


class Control:
    """The services of a sandbox by name, and what steers them. A reload replaces `services`.

    `worker` is the process among those that serve the sandbox; None if it is the only one. `sharing` is how the state
    is shared with other processes, if it is. `checks` are the contract checks that were started here.
    `metrics` makes the text of `GET /_mock/metrics` and its media type; None if nothing is measured.
    `on_reset` is called with a namespace that went back to its start state as a whole.
    """

    app: App
    """The sandbox itself, for requests that the dashboard sends."""

    def __init__(
        self,
        world: World,
        namespaces: Namespaces,
        outside: OutsideService,
        overrides: Overrides,
        outbox: WebhookOutbox,
        journal: RequestJournal | None = None,
        checks: CheckRuns | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.world, self.namespaces, self.outside = world, namespaces, outside
        self.overrides, self.outbox, self.journal = overrides, outbox, journal
        self.checks = checks if checks is not None else CheckRuns(is_allowed=False)
        self.services: Mapping[str, Service] = {}
        self.worker: Worker | None = None
        self.metrics: Callable[[], tuple[bytes, str]] | None = None
        self.sharing = sharing
        self.on_reset: list[Callable[[Namespace], None]] = [overrides.clear, self._forget_deliveries]
        namespaces.on_end.append(self._forget)

    @property
    def is_numbered(self) -> bool:
        """Does the journal give each response a number?"""
        return self.journal is not None and not self.journal.quiet

    def reset(
        self, namespace: Namespace, services: Iterable[Service], tenant: str | None = None, *, is_whole: bool = True
    ) -> None:
        """Take a namespace to its start state, with some services, or with one tenant of them.

        Without a tenant the counts of rate limits are reset. `is_whole` says that nothing else of it is left.
        """
        for service in services:
            service.reset(namespace.store(service), tenant)
        namespace.cut()
        if is_whole:
            for notify in self.on_reset:
                notify(namespace)

    def _forget_deliveries(self, namespace: Namespace) -> None:
        self.outbox.forget(namespace.name)

    def _forget(self, namespace: Namespace) -> None:
        """Drop what the outside service keeps for a namespace that has ended."""
        for store in namespace.stores.values():
            self.outside.forget(store.label)
        self.outbox.forget(namespace.name)
