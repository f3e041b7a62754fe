"""Namespaces: worlds of their own above one start state, so that tests on one sandbox do not see each other.

A request names its namespace by `Mock-Namespace: NAME`, by `baggage: mock-namespace=NAME` (W3C Baggage, which traced
services pass on), or by a path below `/_mock/ns/NAME/`. A namespace begins when it is first named, with the start state
of the sandbox, and ends when it was not used for some time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from msgspec import Struct

from mockserver.errors import Invalid, TooMany
from mockserver.handlers.outside import give_back
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.state.change_log import ChangeLog
from mockserver.state.store import Store
from mockserver.state.world import World
from mockserver.web.control.checkpoints import Checkpoint, Checkpoints
from mockserver.web.control.state_owner import StateOwner
from mockserver.web.request.router import MOUNT
from mockserver.web.serving.bounded_protocol import RECEIVED

if TYPE_CHECKING:
    from mockserver.state.shared import changes as shared_changes
    from mockserver.state.shared import shared_store
    from mockserver.state.shared.changes import Changes
    from mockserver.state.shared.namespace_log import NamespaceLog
else:
    shared_changes = LazyModule("mockserver.state.shared.changes")
    shared_store = LazyModule("mockserver.state.shared.shared_store")

DEFAULT = "default"
"""The namespace of requests that name none."""

HEADER = "mock-namespace"
PATH_PREFIX = "/_mock/ns/"
NAME = lazy_pattern(r"[A-Za-z0-9._~-]{1,128}")
"""A name needs no encoding in a path, a header or baggage."""

KEPT_CHANGES = 1_000
"""How many commits are kept for stale reads, where the sandbox keeps none."""

CHANGES_FOR_WEBHOOKS = 1
"""How many commits are kept where only webhooks need them, which look at each as it is made."""

MOST_DIGITS = 18
"""The most digits of a revision: a longer number is none, and slow to read."""

BAGGAGE_MEMBER = lazy_pattern(r"(?:^|,)[ \t]*mock-namespace[ \t]*=[ \t]*([^,; \t]*)")
"""The member of a `baggage` header that names the namespace (W3C Baggage section 3.2.1)."""


class NamespaceLimits(Struct, frozen=True):
    """A namespace that was not used for `idle` seconds ends. There are at most `most` of them."""

    idle: float = 3600.0
    most: int = 10_000


USUAL_LIMITS = NamespaceLimits()


class Namespace:
    """One world: a clock, ids, the stores of the services, the log of their changes, and checkpoints to go back to.

    `used` is the time of its last use, by the monotonic clock. With a shared log, `changes` are those that no entry has
    yet, and `shared` is set when the log is followed.
    """

    def __init__(self, name: str, world: World, log: ChangeLog | None, changes: Changes | None = None) -> None:
        self.name, self.world, self.log, self.changes = name, world, log, changes
        self.shared: NamespaceLog | None = None
        self.stores: dict[str, Store] = {}
        self.checkpoints = Checkpoints()
        self.used = time.monotonic()

    def store(self, service: StateOwner) -> Store:
        """What a service stores in this namespace."""
        found = self.stores.get(service.name)
        if found is None:
            found = self.stores[service.name] = service.start_store(self.world, self.name)
            self.adopt(found)
        return found

    def adopt(self, store: Store) -> None:
        """Keep the changes of a store here."""
        store.log = self.log
        if self.changes is not None and isinstance(store, shared_store.SharedStore):
            store.changes = self.changes

    def restore(self, services: Iterable[StateOwner], before: Checkpoint) -> None:
        """Go back to a checkpoint. What came before can no longer be read by `Mock-At`.

        Raises ValueError and TypeError for what is no state of random numbers; then nothing is changed.
        """
        self.world.restore(before.world)
        for service in services:
            store, kept = self.store(service), before.stores.get(service.name)
            if kept is not None:
                store.take(kept)
            give_back(service.outside, store.label, before.outside.get(service.name, {}))
        self.cut()

    def cut(self) -> None:
        """Number a change that no request made."""
        if self.log is not None:
            self.log.cut()

    @property
    def revision(self) -> int:
        """The number of the last change; 0 without a log of changes."""
        return self.log.revision if self.log is not None else 0

    def keep_changes(self, services: Iterable[StateOwner]) -> None:
        """Keep the changes of the services from now on, so that earlier states can be read."""
        if self.log is None:
            self.log = ChangeLog(KEPT_CHANGES)
            for service in services:
                self.store(service).log = self.log

    def store_at(self, service: StateOwner, revision: int) -> Store:
        """A copy of what a service stored after a revision. Raises Invalid for one that is not kept."""
        now, log = self.store(service), self.log
        if log is None or not log.reaches(revision):
            kept = f"{log.revision - len(log.commits)} to {log.revision}" if log is not None else "none: --journal 0"
            raise Invalid(f"Mock-At: the revision {revision} is not kept; there are {kept}")
        then = now.snapshot()
        then.source = now.source.on(then) if now.source is not None else None
        for commit in reversed(log.commits):
            if commit.revision > revision and commit.store == now.label:
                then.revert(commit)
        return then


class DefaultNamespace(Namespace):
    """The namespace of requests that name none; each service has its store itself."""

    def store(self, service: StateOwner) -> Store:
        return service.store


class Namespaces:
    """All namespaces of a sandbox by name, the least recently used first.

    Each keeps its latest `changes`: that many commits, or no log of changes with 0. If they are shared, their stores
    note what is changed, for a log that other processes follow.
    """

    def __init__(
        self, world: World, changes: int = 0, limits: NamespaceLimits = USUAL_LIMITS, *, is_shared: bool = False
    ) -> None:
        self._changes, self.is_shared = changes, is_shared
        self.default = DefaultNamespace(DEFAULT, world, self._new_log(), self._new_changes())
        self._start, self._limits = world.fork(), limits
        self._named: OrderedDict[str, Namespace] = OrderedDict()
        self.on_end: list[Callable[[Namespace], None]] = []

    def __iter__(self) -> Iterator[Namespace]:
        """The default namespace and those in use."""
        self._end_idle()
        return iter((self.default, *self._named.values()))

    def keep_changes(self) -> None:
        """Keep some changes even if earlier states are not read: webhooks report them."""
        self._changes = self._changes or CHANGES_FOR_WEBHOOKS
        self.default.log = self.default.log or self._new_log()

    def mark_start(self) -> None:
        """Let new namespaces begin with the clock and the random numbers as they are now."""
        self._start = self.default.world.fork()

    def of(self, headers: Mapping[str, str]) -> Namespace:
        """The namespace that a request is in, from its headers by lower-case name. Raises Invalid and TooMany."""
        name = name_in(headers)
        return self.named(name) if name is not None else self.default

    def named(self, name: str) -> Namespace:
        """The namespace of that name, which begins now if there is none. Raises Invalid and TooMany."""
        if name == DEFAULT:
            return self.default
        found = self._named.get(name)
        if found is None:
            found = self._begin(name)
        self._named.move_to_end(name)
        found.used = time.monotonic()
        return found

    def known(self, name: str) -> Namespace | None:
        """The namespace of that name, if it is in use; it begins or lives on by nothing that only looks."""
        self._end_idle()
        return self.default if name == DEFAULT else self._named.get(name)

    def end(self, name: str) -> bool:
        """End a namespace; False if there is none."""
        found = self._named.pop(name, None)
        if found is not None:
            self._ended(found)
        return found is not None

    def store(self, service: StateOwner, headers: Mapping[str, str], method: str) -> Store | None:
        """The store that a request is about, if it names a namespace, or a revision in `Mock-At`; else None."""
        name = name_in(headers)
        namespace = self.named(name) if name is not None else self.default
        if "mock-at" in headers:
            return namespace.store_at(service, revision_in(headers["mock-at"], method))
        return namespace.store(service) if name is not None else None

    def _begin(self, name: str) -> Namespace:
        check_name(name)
        self._end_idle()
        if len(self._named) >= self._limits.most:
            raise TooMany(f"there are {len(self._named)} namespaces, the most allowed; DELETE /_mock/namespaces/NAME")
        found = self._named[name] = Namespace(name, self._start.fork(), self._new_log(), self._new_changes())
        return found

    def _new_log(self) -> ChangeLog | None:
        return ChangeLog(self._changes) if self._changes else None

    @property
    def idle(self) -> float:
        """After how many seconds without a request a namespace ends."""
        return self._limits.idle

    def _new_changes(self) -> Changes | None:
        return shared_changes.Changes() if self.is_shared else None

    @property
    def store_class(self) -> type[Store]:
        """The class of the stores."""
        return shared_store.SharedStore if self.is_shared else Store

    def _end_idle(self) -> None:
        limit = time.monotonic() - self._limits.idle
        while self._named and next(iter(self._named.values())).used < limit:
            self._ended(self._named.popitem(last=False)[1])

    def _ended(self, namespace: Namespace) -> None:
        for notify in self.on_end:
            notify(namespace)


def name_in(headers: Mapping[str, str]) -> str | None:
    """The name in `Mock-Namespace`, else the one in `baggage`; None if there is none."""
    if HEADER in headers:
        return headers[HEADER].strip()
    baggage = headers.get("baggage")
    found = BAGGAGE_MEMBER.search(baggage) if baggage is not None and "mock-namespace" in baggage else None
    # OpenTelemetry for Python takes properties for a part of the value, and encodes them.
    return unquote(found[1]).partition(";")[0].strip() if found is not None else None


def revision_in(text: str, method: str) -> int:
    """The revision in `Mock-At`. Raises Invalid for what is no number, and for a method that may change something."""
    if method not in ("GET", "HEAD"):
        raise Invalid(f"Mock-At: the past can only be read, by GET and HEAD, not changed by {method}")
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise Invalid(f"Mock-At: {text[:40]!r} is no revision: give a number as in Mock-Revision")
    return int(text)


def check_name(name: str) -> None:
    """Raises Invalid for what cannot be the name of a namespace."""
    if NAME.fullmatch(name) is None:
        raise Invalid(f"Mock-Namespace: {name[:40]!r} is no name: use 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -")


def without_prefix(scope: Any) -> Any:
    """The ASGI scope of a request below `/_mock/ns/NAME/`, as if it were sent with the header; any other unchanged."""
    path: str = scope["path"]
    if not path.startswith(PATH_PREFIX):
        return scope
    name, slash, rest = path[len(PATH_PREFIX) :].partition("/")
    if not slash:
        return scope
    raw: bytes = scope.get("raw_path") or path.encode()
    headers = [(key, value) for key, value in scope["headers"] if key != b"mock-namespace"]
    raw_rest = raw.partition(PATH_PREFIX.encode())[2].partition(b"/")[2]
    own = {
        "path": "/" + rest,
        "raw_path": b"/" + raw_rest,
        "headers": [*headers, (b"mock-namespace", name.encode("utf-8", "replace"))],
        RECEIVED: None,  # these bytes have the path as it was sent
        MOUNT: PATH_PREFIX + quote(name, safe=""),
    }
    return {**scope, **own}
