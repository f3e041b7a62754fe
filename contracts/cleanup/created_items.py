"""The items that a check created, and the exchanges that are needed to create them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource

MOST_RECREATED = 12
"""At most this many items are created again to reproduce a list."""


@dataclass(frozen=True)
class CreatedItem:
    """An item that a check created: its id, the `item` in the create response, and the body in `sent`."""

    resource: CheckedResource
    id: Any
    item: Mapping[str, Any]
    sent: Mapping[str, Any]
    user: User
    exchange: RecordedExchange
    path: Mapping[str, Any]


class CreatedItems:
    """The created items. Those in `present` still exist; the oldest is first."""

    def __init__(self) -> None:
        self.present: list[CreatedItem] = []
        self._ever: list[CreatedItem] = []
        self._removals: list[RecordedExchange] = []

    def add(self, made: CreatedItem) -> None:
        """Remember a created item."""
        self.present.append(made)
        self._ever.append(made)

    def forget(self, made: CreatedItem) -> None:
        """Remove an item from `present`, because it no longer exists or cannot be deleted."""
        if made in self.present:
            self.present.remove(made)

    def removed_by(self, exchange: RecordedExchange) -> None:
        """Remember a request that may have deleted an item."""
        self._removals.append(exchange)

    def steps_to_show(self, exchange: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """The exchanges that reproduce a wrong response. For a list, they include the item created last."""
        led = self.steps_to(*(each for each in self._removals if each.url == exchange.url), exchange)
        latest = [each.exchange for each in self.present[-1:] if each.exchange is not exchange]
        return led if len(led) > 1 or exchange.method != "GET" else (*self.steps_to(*latest), exchange)

    def steps_to(self, *exchanges: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """The exchanges, preceded by those that created the items in their URLs and lists."""
        shown = {id(each) for each in exchanges}
        needed: list[RecordedExchange] = []
        listed = self._listed(exchanges)
        steps = {step for each in exchanges for step in urlsplit(each.url).path.split("/")}
        for made in reversed(self._ever):
            if id(made.exchange) not in shown and (made in listed or quote(str(made.id), safe="") in steps):
                needed.insert(0, made.exchange)
                shown.add(id(made.exchange))
                steps |= set(urlsplit(made.exchange.url).path.split("/"))
        return (*needed, *exchanges)

    def _listed(self, exchanges: Iterable[RecordedExchange]) -> list[CreatedItem]:
        """Our items in the lists of the responses; none if there are too many to create again."""
        seen = {
            (key, str(value))
            for each in exchanges
            for item in _members(each.json)
            for key, value in item.items()
            if isinstance(value, str | int)
        }
        resources = [
            made.resource for made in self._ever if (made.resource.behaviour.identity.field, str(made.id)) in seen
        ]
        found = [made for made in self.present if made.resource in resources]
        return found if len(found) <= MOST_RECREATED else []


def _members(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that are in lists of a JSON value."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(value, list) and isinstance(each, dict):
            yield each
        yield from _members(each)
