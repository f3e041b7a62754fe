"""Who gets webhooks besides the subscriptions that are items: by an option of the command, or by the admin API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from mockserver.errors import Missing, TooMany

EVERY = "*"
"""In place of the name of a webhook: all of them."""

MOST = 1_000
"""How many subscriptions a namespace has at most."""


StoredSubscriber = tuple[str, str, tuple[str, ...], str]
"""The id, the address, the names of webhooks, and the secret."""


class Subscriber(Struct, frozen=True):
    """Who gets webhooks: the address, the name of the webhook or EVERY, and the secret; an empty one is the usual."""

    id: str
    url: str
    events: tuple[str, ...] = (EVERY,)
    secret: str = ""
    source: str = "admin"

    def wants(self, event: str) -> bool:
        """Is this webhook for it?"""
        return not self.events or EVERY in self.events or event in self.events


class Subscriptions:
    """The subscribers of each namespace, and which of all subscriptions are disabled after failures.

    Those `given` at start are in every namespace. A subscription that is an item is named `RESOURCE/ID`.
    """

    def __init__(self, given: tuple[Subscriber, ...] = ()) -> None:
        self._given, self._number = given, 0
        self._added: dict[str, dict[str, Subscriber]] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self.disabled: dict[tuple[str, str], int] = {}

    def __bool__(self) -> bool:
        return bool(self._given or self._added)

    def of(self, namespace: str) -> Iterator[Subscriber]:
        """The subscribers of a namespace, also the disabled ones."""
        yield from self._given
        yield from list(self._added.get(namespace, {}).values())

    def add(self, namespace: str, url: str, events: tuple[str, ...], secret: str) -> Subscriber:
        """Add a subscriber. Raises TooMany."""
        own = self._added.setdefault(namespace, {})
        if len(own) >= MOST:
            raise TooMany(f"there are {MOST} subscriptions, the most allowed")
        self._number += 1
        own[str(self._number)] = made = Subscriber(str(self._number), url, events, secret)
        return made

    def stored(self, namespace: str) -> list[StoredSubscriber]:
        """What was added to a namespace, as plain values."""
        return [(each.id, each.url, each.events, each.secret) for each in self._added.get(namespace, {}).values()]

    def put_all(self, namespace: str, stored: Iterable[StoredSubscriber]) -> None:
        """Have these added subscribers and no others."""
        made = [Subscriber(id, url, tuple(events), secret) for id, url, events, secret in stored]
        self._added.pop(namespace, None)
        if made:
            self._added[namespace] = {each.id: each for each in made}
        self._number = max(self._number, *(int(each.id) for each in made)) if made else self._number

    def remove(self, namespace: str, id: str) -> None:
        """Remove a subscriber of a namespace. Raises Missing, also for one that was given at start."""
        if self._added.get(namespace, {}).pop(id, None) is None:
            known = ", ".join(self._added.get(namespace, {})) or "none"
            raise Missing(f"no subscription {id!r} was added here; added: {known}", resource="subscription")
        self.enable(namespace, id)

    def count(self, namespace: str, id: str, *, is_success: bool, limit: int) -> None:
        """Count a delivery that succeeded or failed for good; so many failures in a row disable the subscription."""
        key = (namespace, id)
        if is_success:
            self._failures.pop(key, None)
            return
        self._failures[key] = self._failures.get(key, 0) + 1
        if limit and self._failures[key] >= limit:
            self.disabled[key] = self._failures[key]

    def enable(self, namespace: str, id: str) -> None:
        """Send to a disabled subscription again."""
        self._failures.pop((namespace, id), None)
        self.disabled.pop((namespace, id), None)

    def failures(self, namespace: str, id: str) -> int:
        """How many deliveries in a row failed for good."""
        return self._failures.get((namespace, id), 0)

    def clear(self, namespace: str) -> None:
        """Forget all that was added to a namespace."""
        self._added.pop(namespace, None)
        for table in (self._failures, self.disabled):
            for key in [key for key in table if key[0] == namespace]:
                del table[key]
